package commands

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/stuck"
	"github.com/quancheng/quancheng/texts"
)

// stuckPaper is what the papers of the window say of a case. They name the
// citizen as he is masked: who hands the paper over knows him.
func stuckPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	r, err := stuck.Find(tx, c.text("caseNo"))
	if err != nil {
		return err
	}
	unit := ""
	if r.Unit != "" {
		if unit, err = office.DeptName(tx, r.Unit); err != nil {
			return err
		}
	}
	said := func(key string) string { return texts.Text(texts.Chinese, key, nil) }
	level := ""
	if r.Difficulty != "" {
		level = said("stuck.difficulty." + r.Difficulty)
	}
	outcome := ""
	if r.Outcome != "" {
		outcome = said("stuck.outcome." + r.Outcome)
	}
	person := r.PersonMask
	if person == "" {
		person = "群众"
	}
	out := root(all, "case")
	for name, v := range map[string]any{
		"no": r.No, "kind": said("stuck.kind." + r.Kind), "person": person, "mobile": r.PhoneMask, "item": r.Item, "unit": unit,
		"visits": r.Visits, "reason": said("stuck.category." + r.Category),
		"text": said("stuck.category." + r.Category), "level": level, "receivedOn": r.ReceivedOn, "inScope": r.Kind != stuck.Out,
		"scopeWhy": said("stuck.why." + r.Kind), "reply": r.Reply, "outcome": outcome,
	} {
		out[name] = v
	}
	if r.DueOn != "" {
		out["dueOn"] = r.DueOn
	} else {
		out["dueOn"] = nil
	}
	all["callbackDays"] = callbackDays
	return nil
}

// callbackDays is until when the citizen is asked, in working days (processes.md W2).
const callbackDays = 2

// outsideConsultations: a question that is answered leaves no paper.
func outsideConsultations(c Call, _ Result, _ books.Project) bool {
	return c.text("stuckScope") != "consult"
}
