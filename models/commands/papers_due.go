package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// gatherer adds facts of a paper to those that were gathered before it.
type gatherer func(c Call, tx *gorm.DB, p books.Project, all map[string]any) error

// duePaper is a paper that follows from a command, in its transaction
// (domain/papers.md §3). What the template says is data; here stands only when
// it is due and which books know its facts.
type duePaper struct {
	kind   string
	when   func(c Call, r Result, p books.Project) bool // nil: always
	gather []gatherer
}

// duePapers are the papers by the command that they follow from. Those that a
// command must name in its result, as a 批复, are issued by the command itself.
var duePapers = map[string][]duePaper{
	"application.submit": {
		{kind: "application_form", gather: []gatherer{applicationPaper}},
		{kind: "receipt_slip", gather: []gatherer{applicationPaper}},
	},
	"formal.supplement":    {{kind: "application_form", gather: []gatherer{applicationPaper}}},
	"project.close":        {{kind: "lapse_notice", when: lapsed, gather: []gatherer{lapsePaper}}},
	"review.draw":          {{kind: "draw_record", gather: []gatherer{drawPaper}}},
	"draw.run":             {{kind: "draw_record", gather: []gatherer{drawPaper}}},
	"draw.reply":           {{kind: "avoidance_pledge", when: seated, gather: []gatherer{seatPaper, pledgePaper}}},
	"review.statement":     {{kind: "avoidance_pledge", gather: []gatherer{seatPaper, pledgePaper}}},
	"review.opinion":       {{kind: "expert_opinion", gather: []gatherer{seatPaper, opinionPaper}}},
	"review.conclude":      {{kind: "group_opinion", gather: []gatherer{groupPaper}}},
	"trimming.cross":       {{kind: "trim_consultation", when: within, gather: []gatherer{consultPaper}}},
	"trimming.arbitrate":   {{kind: "trim_consultation", gather: []gatherer{consultPaper}}},
	"approval.issue":       {{kind: "joint_opinion", when: needsJoint, gather: []gatherer{jointPaper}}},
	"procurement.send":     {{kind: "need_check", gather: []gatherer{needPaper}}},
	"contract.sign":        {{kind: "contract_filing", gather: []gatherer{contractPaper}}},
	"contract.mirror":      {{kind: "contract_filing", gather: []gatherer{contractPaper}}},
	"construction.kickoff": {{kind: "kickoff_report", gather: []gatherer{contractPaper, kickoffPaper}}},
	"construction.open":    {{kind: "kickoff_report", gather: []gatherer{contractPaper, kickoffPaper}}},
	"progress.submit":      {{kind: "progress_report", gather: []gatherer{contractPaper, progressPaper}}},
	"progress.report":      {{kind: "progress_report", gather: []gatherer{contractPaper, progressPaper}}},
	"acceptance.materials": {{kind: "final_application", gather: []gatherer{contractPaper, materialsPaper}}},
	"acceptance.apply":     {{kind: "final_application", gather: []gatherer{contractPaper, materialsPaper}}},
	"payment.send":         {{kind: "payment_check", gather: []gatherer{contractPaper, paymentPaper}}},
	"archive.detect": {
		{kind: "archive_list", when: whole4, gather: []gatherer{archivePaper}},
		{kind: "four_property_report", when: whole4, gather: []gatherer{archivePaper}},
	},
	"archive.examine": {
		{kind: "archive_list", when: whole4, gather: []gatherer{archivePaper}},
		{kind: "four_property_report", when: whole4, gather: []gatherer{archivePaper}},
	},
	"evaluation.self":   {{kind: "self_evaluation", gather: []gatherer{evaluationPaper}}},
	"evaluation.close":  {{kind: "evaluation_report", gather: []gatherer{evaluationPaper}}},
	"archive.package":   {{kind: "transfer_list", gather: []gatherer{archivePaper}}},
	"campaign.bulletin": {{kind: "walk_bulletin", gather: []gatherer{campaignPaper}}},
	"campaign.close":    {{kind: "walk_summary", gather: []gatherer{campaignPaper}}},
	"plan.call":         {{kind: "plan_call", gather: []gatherer{callPaper}}},
	"plan.publish": {
		{kind: "annual_plan", gather: []gatherer{callPaper, annualPaper}},
		{kind: "joint_minutes", gather: []gatherer{callPaper, minutesPaper}},
	},
	"stuck.open":  {{kind: "stuck_receipt", when: outsideConsultations, gather: []gatherer{stuckPaper}}},
	"stuck.reply": {{kind: "stuck_answer", gather: []gatherer{stuckPaper}}},
}

func lapsed(c Call, _ Result, p books.Project) bool {
	return c.Headers["stage"] == string(books.Withdrawn) && p.ClosedFrom == books.Supplementing
}

// seated: who declines states nothing.
func seated(c Call, _ Result, _ books.Project) bool {
	var in struct {
		Decline bool `json:"decline"`
	}
	return c.into(&in) == nil && !in.Decline
}

func within(_ Call, r Result, _ books.Project) bool { return r["crossWithin"] == true }

func needsJoint(c Call, _ Result, _ books.Project) bool { return c.number("approvalLevel") > 1 }

func whole4(_ Call, r Result, _ books.Project) bool { return r["archiveOk"] == true }

// issueDue issues the papers that follow from a command that has been carried out.
func (c Call) issueDue(tx *gorm.DB, r Result) error {
	for _, d := range duePapers[c.Name] {
		var p books.Project
		if code := c.text("projectCode"); code != "" {
			var err error
			if p, err = books.FindProject(tx, code); err != nil {
				return err
			}
		}
		if d.when != nil && !d.when(c, r, p) {
			continue
		}
		if _, err := c.issueWith(tx, d, p); err != nil {
			return fmt.Errorf("%s after %s: %w", d.kind, c.Name, err)
		}
	}
	return nil
}

func (c Call) issueWith(tx *gorm.DB, d duePaper, p books.Project) (papers.Document, error) {
	all := map[string]any{}
	if err := c.houseFacts(tx, p, all); err != nil {
		return papers.Document{}, err
	}
	var gather []gatherer
	if p.Code != "" {
		gather = []gatherer{plain(projectFacts), plain(sheetFacts), plain(reviewFacts)}
	}
	for _, g := range slices.Concat(gather, d.gather) {
		if err := g(c, tx, p, all); err != nil {
			return papers.Document{}, err
		}
	}
	shelf, err := papers.ShelfOf(tx)
	if err != nil {
		return papers.Document{}, err
	}
	title := p.Name
	if k, ok := all["campaign"].(map[string]any); ok {
		title = fmt.Sprint(k["name"])
	}
	if k, ok := all["plan"].(map[string]any); ok {
		title = fmt.Sprintf("%v年度", k["year"])
		if k["name"] != nil {
			title = fmt.Sprint(k["name"])
		}
	}
	if k, ok := all["case"].(map[string]any); ok {
		title = fmt.Sprint(k["no"])
	}
	if t, ok := shelf.Kind(d.kind); ok {
		title += " " + t.Name.Zh
	}
	doc, err := papers.Issue(tx, c.Acting, d.kind, p.Code, title, all)
	if err != nil || all["plan"] == nil || p.Code != "" {
		return doc, err
	}
	doc.PlanYear = c.year()
	return doc, tx.Model(&doc).Where("id = ?", doc.ID).Update("plan_year", doc.PlanYear).Error
}

// plain makes a gatherer of one that does not ask for the call.
func plain(f func(*gorm.DB, books.Project, map[string]any) error) gatherer {
	return func(_ Call, tx *gorm.DB, p books.Project, all map[string]any) error { return f(tx, p, all) }
}

// root is the context of a root among the facts, made where nobody has begun it.
func root(all map[string]any, name string) map[string]any {
	m, ok := all[name].(map[string]any)
	if !ok {
		m = map[string]any{}
		all[name] = m
	}
	return m
}

// digest8 is how papers name a digest.
func digest8(digest string) string { return digest[:min(8, len(digest))] }
