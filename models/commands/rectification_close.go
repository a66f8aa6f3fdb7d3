package commands

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// The two steps that close a finding, held to what forms are used against: what was done is not the plan once more (R04),
// and what is closed within the hour somebody has looked at on the spot (R08). rectification.remedy and
// rectification.check are the same steps without it, for the cases of former releases.
var _ = foretold(map[string]Plan{
	"rectification.prove":  onIssue(rectificationProve),
	"rectification.settle": onIssue(rectificationSettle),
})

// rectificationProve hands in what was done, in other words than those of the plan.
func rectificationProve(tx *gorm.DB, c Call, in remedied, r *books.Rectification, f faults) (string, Result, error) {
	told, more, err := rectificationRemedy(tx, c, in, r, f)
	if err != nil || in.Act == "extend" {
		return told, more, err
	}
	facts, err := books.LikePlan(*r)
	if err != nil {
		return "", nil, err
	}
	found, err := c.found(tx, r, "R04", facts)
	for _, x := range found {
		f.Field("/comment", "closing-is-plan", "score", fmt.Sprint(x.Values["score"]))
	}
	return told, more, err
}

// rectificationSettle is the independent check. Who passes something that was dispatched within the hour writes what he
// has seen; what is registered after the event (补录) is told by days only.
func rectificationSettle(tx *gorm.DB, c Call, in verifiedOnSite, r *books.Rectification, f faults) (string, Result, error) {
	told, more, err := rectificationCheck(tx, c, in, r, f)
	if err != nil || in.Result != "pass" || c.Acting.BackRegistered() {
		return told, more, err
	}
	step, there, err := books.Dispatched(tx, r.No)
	if err != nil || !there {
		return told, more, err
	}
	note := feel.List{}
	if r.SiteNote != "" {
		note = append(note, r.SiteNote)
	}
	at, _ := feel.ParseDateTime(step.At.In(models.Zone).Format(time.RFC3339))
	found, err := c.found(tx, r, "R08", rules.Facts{"dispatchedAt": at, "siteNote": note})
	if len(found) > 0 {
		f.Field("/siteNote", "site-note-missing")
	}
	return told, more, err
}

// found is what a rule finds at a finding at the moment of this act.
func (c Call) found(tx *gorm.DB, r *books.Rectification, rule string, facts rules.Facts) ([]rules.Finding, error) {
	e, err := Checks.Edition(tx, string(r.Project), c.Acting.On())
	if err != nil {
		return nil, err
	}
	now := rules.MomentFacts(c.Acting)
	facts["on"], facts["at"] = now["on"], now["at"]
	return rules.JudgeRule(rule, facts, e).Findings, nil
}
