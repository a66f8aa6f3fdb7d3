package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
)

// checkSubject is the subject of a check route, when the caller may see it.
func (c *call) checkSubject() (rules.Subject, error) {
	switch c.Param("kind") {
	case books.SubjectRectification: // its parties see what is found about it
		r, err := c.seen(c.Param("id"))
		if err != nil {
			return rules.Subject{}, err
		}
		return commands.RectificationSubject(c.db(), r.No, r.Root)
	case plan.SubjectEntry:
		e, err := plan.FindEntry(c.db(), c.Param("id"))
		if err != nil || c.Param("point") != plan.Point || !c.who.may(planRead) ||
			!c.holdsUnit(e.Unit) && (c.sightOfPool() != nil || e.SentOn == "") {
			return rules.Subject{}, notFound()
		}
		return e.Subject(), nil
	case books.SubjectProject:
	default:
		return rules.Subject{}, notFound()
	}
	p, err := c.project(c.Param("id"))
	if err != nil {
		return rules.Subject{}, err
	}
	s, err := commands.ProjectSubject(c.db(), p.Code, 0)
	if err != nil {
		return s, err
	}
	return s, c.mayLook(c.Param("point"), s)
}

// drafting are the check points whose facts the applicant himself has written.
var drafting = []string{"plan", "application", "intake", "procurement"}

// mayLook keeps to themselves what scores and sheets say while they are being made: they are the bureau's.
func (c *call) mayLook(point string, s rules.Subject) error {
	if slices.Contains(drafting, point) {
		return nil
	}
	for _, post := range c.who.postIDs() {
		role, _ := models.SplitPost(post)
		if slices.Contains(bureau, role) || role == "AUDITOR" {
			return nil
		}
	}
	return refuse(http.StatusForbidden, "forbidden")
}

// beforeOwn reports whether the caller is reviewer B alone, and has not entered his own figures yet.
func (c *call) beforeOwn(tx *gorm.DB, s rules.Subject) (bool, error) {
	for _, post := range c.who.postIDs() {
		role, _ := models.SplitPost(post)
		if role != "BUREAU_REVIEW_B" && (slices.Contains(bureau, role) || role == "AUDITOR") {
			return false, nil
		}
	}
	v, err := books.CurrentSheet(tx, s.ID)
	return err == nil && (v.Round == 0 || v.Kind == books.SheetA && !v.Issued), err
}

// lookChecks judges a subject as it stands; nothing is stored.
func lookChecks(c *call) (any, error) {
	s, err := c.checkSubject()
	if err != nil {
		return nil, err
	}
	a, err := c.actingOn("", c.Query("on"), "")
	if err != nil {
		return nil, err
	}
	return c.checks(c.db(), a, c.Param("point"), s)
}

func (c *call) checks(tx *gorm.DB, a models.Acting, point string, s rules.Subject) (wire.Checks, error) {
	rep, _, err := commands.Checks.Look(tx, a, point, s)
	if err != nil {
		return wire.Checks{}, err
	}
	answers, err := rules.Answers(tx, s)
	if err != nil {
		return wire.Checks{}, err
	}
	d, err := c.directory()
	if err != nil {
		return wire.Checks{}, err
	}
	for _, one := range answers {
		if err := d.know(one.Person, one.SecondBy); err != nil {
			return wire.Checks{}, err
		}
	}
	p, _ := rep.Edition.Checks().Point(point)
	out := wire.Checks{
		Point: point, Kind: s.Kind, ID: s.ID, Pack: rep.Edition.Pack, InForce: rep.Edition.InForce, Before: p.Before,
		Results: []wire.CheckResult{},
	}
	sealed, err := c.sealedRules(tx, point, s)
	if err != nil {
		return wire.Checks{}, err
	}
	for _, res := range rep.Results {
		if !sealed(res.Rule) {
			out.Results = append(out.Results, c.checkResult(d, rep, res, answers))
		}
	}
	return out, nil
}

// scoring are the rules of a review that read what experts said, and who they are.
var scoring = []string{"B02", "B03", "B04"}

// tellsNoFigure are the rules of a sheet that reviewer B reads before his own figures: that lines are cut by
// one ratio, without saying by which (B11).
var tellsNoFigure = []string{"B11"}

// sealedRules are those whose results are not shown yet: until the review is
// concluded nobody learns scores or names from them (domain/access.md §2.3), and
// reviewer B does not learn A's figures before he has entered his own.
func (c *call) sealedRules(tx *gorm.DB, point string, s rules.Subject) (func(rule string) bool, error) {
	none := func(string) bool { return false }
	switch {
	case s.Kind != books.SubjectProject:
		return none, nil
	case point == "review" || point == "draw":
		done, err := books.ReviewConcluded(tx, s.ID)
		if err != nil || done {
			return none, err
		}
		return func(rule string) bool { return slices.Contains(scoring, rule) }, nil
	case point == "sheet":
		blind, err := c.beforeOwn(tx, s)
		if err != nil || !blind {
			return none, err
		}
		return func(rule string) bool { return !slices.Contains(tellsNoFigure, rule) }, nil
	}
	return none, nil
}

func (c *call) checkResult(d *directory, rep rules.Report, res rules.Result, answers []rules.Answer) wire.CheckResult {
	w := wire.CheckResult{
		Rule: res.Rule, State: res.State, Findings: []wire.CheckFinding{}, Missing: []string{}, AnsweredBy: []string{},
		Unwired: res.Unwired, UnwiredNames: c.factNames(res.Unwired),
	}
	if res.Missing != nil {
		w.Missing = res.Missing
	}
	r := rep.Edition.Checks().Rules[res.Rule]
	if r == nil {
		return w
	}
	w.Name, w.Kind, w.Basis = c.inLanguage(rules.Sentence(r.Name)), r.Kind, r.Basis
	w.Params = rep.Edition.Params(res.Rule)
	if r.Kind == rules.KindCheck {
		w.Severity = map[bool]string{true: "hard", false: "soft"}[r.Hard]
		if !r.Hard && r.AnsweredBy != nil {
			w.AnsweredBy = r.AnsweredBy
			w.Mine = slices.ContainsFunc(c.who.postIDs(), func(post string) bool {
				role, _ := models.SplitPost(post)
				return slices.Contains(r.AnsweredBy, role)
			})
		}
	}
	found := res.Findings
	if u := res.Unknown(); u != nil && r.Kind == rules.KindCheck {
		found = append(slices.Clone(found), *u)
	}
	for _, f := range found {
		one := wire.CheckFinding{
			Place: f.Place(), Pointer: f.Pointer, Must: !f.May, Act: f.Act, Detail: c.inLanguage(f.Detail),
			Satisfy: c.inLanguage(rep.Satisfy(res.Rule, f)), Values: f.Values,
		}
		if a, ok := rules.AnswerTo(answers, res.Rule, f); ok {
			one.Answer = &wire.CheckAnswer{
				ID: keyText(
					a.ID,
				), Kind: a.Kind, Reason: a.Reason, By: d.maybe(a.Person, a.Post), At: a.At.In(models.Zone), Second: d.maybe(a.SecondBy, ""),
				Waits: a.Kind == rules.AnswerOverride && a.SecondBy == "",
			}
		}
		w.Findings = append(w.Findings, one)
	}
	if raw, err := feel.ToJSON(res.Value); err == nil && res.Value != nil {
		w.Value = json.RawMessage(raw)
	}
	return w
}

// factNames are what people call facts.
func (c *call) factNames(facts []string) (out []string) {
	for _, f := range facts {
		out = append(out, rules.FactName(c.lang, f))
	}
	return out
}

func (c *call) inLanguage(s rules.Sentence) string {
	if c.lang == texts.English {
		return s.EN
	}
	return s.ZH
}

// answerChecks stores answers to what a point finds, and gives what it says then.
func answerChecks(c *call) (any, error) {
	var in wire.CheckAnswers
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, err := c.checkSubject()
	if err != nil {
		return nil, err
	}
	a, err := c.actingOn(in.Post, in.BusinessDate, "")
	if err != nil {
		return nil, err
	}
	replies := make([]rules.Reply, len(in.Answers))
	for i, x := range in.Answers {
		if x.Kind == "" {
			x.Kind = rules.AnswerGiven
		}
		replies[i] = rules.Reply(x)
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := commands.Checks.Answer(tx, a, c.Param("point"), s, replies); err != nil {
			return reply{}, err
		}
		entry := audit.AuditEntry{
			Action: "checks.answer", Subject: s.Kind + ":" + s.ID, Project: s.Project,
			Detail: models.JSONOf(map[string]any{"point": c.Param("point"), "answers": in.Answers}),
		}
		if err := audit.Audit(tx, "r:checks", a, entry); err != nil {
			return reply{}, err
		}
		out, err := c.checks(tx, a, c.Param("point"), s)
		return reply{Status: http.StatusOK, Body: out}, err
	})
}

// confirmCheckAnswer is the second person's signature below an override.
func confirmCheckAnswer(c *call) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := rules.Countersign(tx, a, id); err != nil {
			return reply{}, err
		}
		entry := audit.AuditEntry{Action: "checks.countersign", Subject: "check-answer:" + keyText(id)}
		return reply{Status: http.StatusNoContent}, audit.Audit(tx, "r:checks", a, entry)
	})
}

func listPlanEntries(c *call) (any, error) {
	year, _ := strconv.Atoi(c.Query("year")) // api/openapi says it is a number
	rows, err := books.PlanEntries(c.db(), year, c.Query("unit"))
	if err != nil {
		return nil, err
	}
	drawn, err := books.DrawnPlanEntries(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.PlanEntries{Items: []wire.PlanEntry{}}
	for _, e := range rows {
		w := planEntryOf(e)
		w.Drawn = drawn[e.ID]
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func planEntryOf(e books.PlanEntry) wire.PlanEntry {
	return wire.PlanEntry{
		ID: e.ID, FiscalYear: e.FiscalYear, Unit: e.Unit, Name: e.Name, Type: e.Type, Estimate: e.EstAmount.String(), State: e.State,
		OutOfPlan: e.OutOfPlan, InstructionDoc: e.InstructionDoc, Pool: e.Pool, Reason: e.Reason,
	}
}

// addPlanEntry back-registers an entry of a plan that was published outside the
// platform, for a reason; a year that is called here gets its entries from the meeting.
func addPlanEntry(c *call) (any, error) {
	var in wire.PlanEntry
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	amount, err := models.ParseMoney(in.Estimate)
	if err != nil || amount.Sign() <= 0 {
		return nil, invalid().field("/estimate", "amount-not-positive")
	}
	e := books.PlanEntry{
		ID: in.ID, FiscalYear: in.FiscalYear, Unit: in.Unit, Name: in.Name, Type: in.Type, EstAmount: amount, OutOfPlan: in.OutOfPlan,
		InstructionDoc: in.InstructionDoc,
		Reason:         strings.TrimSpace(in.Reason),
	}
	if utf8.RuneCountInString(e.Reason) < minReason {
		return nil, invalid().field("/reason", "reason-required", "limit", strconv.Itoa(minReason))
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := plan.MayBackRegister(tx, in.FiscalYear); err != nil {
			return reply{}, err
		}
		e, err := books.AddPlanEntry(tx, a, e)
		if err != nil {
			return reply{}, err
		}
		in.ID = e.ID
		entry := audit.AuditEntry{Action: "plan.entry", Subject: "plan-entry:" + e.ID, Detail: models.JSONOf(in)}
		if err := audit.Audit(tx, "r:plan", a, entry); err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusOK, Body: planEntryOf(e)}, nil
	})
}

// checkPoints are those of what is decided, by kind.
var checkPoints = map[string]string{
	"application": "intake", "review": "review", "sheet": "sheet", "approval": "approval", "procurement": "procurement",
}

// fillCheckPoint names the check point whose rules bear on a task, to whom may
// look at them: experts and the applicant see those of the application only.
func (c *call) fillCheckPoint(out *wire.TaskDetail) error {
	if out.Rectification != "" && out.About == books.SubjectRectification {
		return c.fillRectificationPoint(out)
	}
	point := checkPoints[out.About]
	if point == "intake" && out.View == "application" {
		point = "application" // its own draft
	}
	if point == "" || out.Project == "" || !c.who.may(checkAnswer) {
		return nil
	}
	s, err := commands.ProjectSubject(c.db(), out.Project, 0)
	if err != nil {
		return err
	}
	err = c.mayLook(point, s)
	var no *problem
	if errors.As(err, &no) && no.Status == http.StatusForbidden {
		return nil
	}
	if err == nil {
		out.CheckPoint = point
	}
	return err
}

// fillRectificationPoint names the point whose rules bear on a finding now: until
// it is worked on those of its opening, then those of its closing.
func (c *call) fillRectificationPoint(out *wire.TaskDetail) error {
	if !c.who.may(checkAnswer) {
		return nil
	}
	r, err := books.FindRectification(c.db(), out.Rectification)
	if err != nil {
		return err
	}
	switch r.State {
	case books.RectOpen, books.RectAnalysis, books.RectPlan:
		out.CheckPoint = books.PointRectOpen
	case books.RectRectifying, books.RectVerifying, books.RectReturned:
		out.CheckPoint = books.PointRectClose
	}
	return nil
}
