package seed

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// What a diligent applicant and reviewer do about the county's rules: the project
// stands in the annual plan, splitting is said, and every reminder is answered.

// prepare sees to it that the rules of the submission hold.
func (l *life) prepare(ctx context.Context, clerk *client.Client, unit string, form fields) error {
	if err := l.plan(ctx, unit, form); err != nil {
		return err
	}
	found, err := l.checks(ctx, clerk, "application", "applied")
	if err != nil {
		return err
	}
	if codes := splitting(found); len(codes) > 0 && !l.apart {
		all, _ := form["linkedProjects"].([]any)
		for _, code := range codes {
			all = append(all, fields{"code": code})
		}
		form["linkedProjects"] = all
		fresh, err := clerk.Project(ctx, l.Code)
		if err != nil {
			return err
		}
		if err := clerk.Edit(ctx, "PATCH", "/api/v1/projects/"+l.Code, fresh.Version, wire.ProjectPatch{Form: form}, nil); err != nil {
			return err
		}
	}
	return l.answerAll(ctx, clerk, "application", "applied", "APPLY_CLERK@"+unit)
}

// plan has the head register the entry of the plan that the form names.
func (l *life) plan(ctx context.Context, unit string, form fields) error {
	id, _ := form["planEntry"].(string)
	if id == "" {
		return nil
	}
	head, err := l.viewer(ctx)
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(l.on("applied", l.today)[:4])
	if err != nil {
		return fmt.Errorf("year of the plan: %w", err)
	}
	estimate := l.estimate()
	if d, err := decimal.NewFromString(fmt.Sprint(form["total"])); err == nil && d.IsPositive() && l.Dates == nil {
		estimate = d.StringFixed(2) // as somebody else has filled it in
	}
	entry := wire.PlanEntry{ID: id, FiscalYear: year, Unit: unit, Name: l.Name, Type: l.Type, Estimate: estimate, Reason: "补录已印发的年度计划"}
	err = head.Post(ctx, "/api/v1/plan-entries", "seed-plan-"+id+"-"+l.Code, entry, nil)
	if client.Slug(err) == "plan-runs-here" { // the neighbouring year's plan will do as well (A05)
		entry.FiscalYear--
		err = head.Post(ctx, "/api/v1/plan-entries", "seed-plan-"+id+"-before-"+l.Code, entry, nil)
	}
	if client.Slug(err) == "plan-entry-taken" {
		return nil // somebody has put it there; the rules say whether it will do
	}
	return err
}

func (l *life) on(name, otherwise string) string {
	if on := l.Dates[name]; on != "" {
		return on
	}
	return otherwise
}

// checks are what the rules say as of one of the project's dates.
func (l *life) checks(ctx context.Context, who *client.Client, point, date string) (out wire.Checks, err error) {
	path := "/api/v1/checks/" + point + "/project/" + l.Code
	if on := l.Dates[date]; on != "" {
		path += "?on=" + on
	}
	err = who.Get(ctx, path, &out)
	return out, err
}

// splitting are the projects that rule B09 wants reviewed as one with this.
func splitting(found wire.Checks) (codes []string) {
	for _, r := range found.Results {
		for _, f := range r.Findings {
			if code := linked(r.Rule, f.Place); code != "" {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// linked is the project that a finding of rule B09 is about, "" of any other finding.
func linked(rule, place string) string {
	if parts := strings.Split(place, "|"); rule == "B09" && len(parts) == 3 && parts[0] == "linked" {
		return parts[2]
	}
	return ""
}

// answerReviewer lets reviewer A answer what the rules find on the sheet.
func (l *life) answerReviewer(ctx context.Context) error {
	a, err := l.as(ctx, "BUREAU_REVIEW_A", "")
	if err != nil {
		return err
	}
	return l.answerAll(ctx, a, "sheet", "reviewed", "")
}

// answerAll answers every reminder, and what is not known, that this person may answer.
func (l *life) answerAll(ctx context.Context, who *client.Client, point, date, post string) error {
	found, err := l.checks(ctx, who, point, date)
	if err != nil {
		return err
	}
	in := wire.CheckAnswers{Post: post, BusinessDate: l.Dates[date]}
	for _, r := range found.Results {
		for _, f := range r.Findings {
			if r.Mine && f.Must && f.Answer == nil {
				in.Answers = append(in.Answers, wire.CheckAnswerInput{Rule: r.Rule, Place: f.Place, Reason: "已逐项核实，情况属实，依据见附件说明材料"})
			}
		}
	}
	if len(in.Answers) == 0 {
		return nil
	}
	return who.Post(ctx, "/api/v1/checks/"+point+"/project/"+l.Code+"/answers", "", in, nil)
}
