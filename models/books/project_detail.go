package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// StageStep is one step of the stage bar.
type StageStep struct {
	Stage Stage
	State string      // done, now, todo
	On    models.Date // when it came there
}

// StageBar is the life of a project with what is done, and the side state where it ended.
func StageBar(tx *gorm.DB, p Project) ([]StageStep, error) {
	var changes []StageChange
	if err := tx.Where("project = ?", p.Code).Order("seq").Find(&changes).Error; err != nil {
		return nil, fmt.Errorf("stages of %s: %w", p.Code, err)
	}
	on := map[Stage]models.Date{}
	for _, c := range changes {
		on[c.Stage] = c.BusinessDate
	}
	at := p.Stage
	if at.Closed() {
		at = p.ClosedFrom
	}
	if at == Supplementing {
		at = Submitted
	}
	var bar []StageStep
	for _, s := range Life {
		step := StageStep{Stage: s, State: "todo"}
		switch {
		case s == at && !p.Stage.Closed() && s != Archived:
			step.State, step.On = "now", on[s]
		case at.Reached(s):
			step.State, step.On = "done", on[s]
		}
		bar = append(bar, step)
		if p.Stage.Closed() && s == at {
			return append(bar, StageStep{Stage: p.Stage, State: "now", On: on[p.Stage]}), nil
		}
	}
	return bar, nil
}

// LineView is a line with what the review has made of it so far.
type LineView struct {
	BudgetLine
	Reviewed     *models.Money // nil before the first sheet
	Cut          *models.Money
	Reason       string
	SecondReason string
	Capability   string
	Basis        string
	Previous     *models.Money // reviewed in the round before
	Suggested    *models.Money // median of the experts' suggestions
	Objection    *Objection
}

// LineViews of a project. Figures of the review are shown from the issued sheet
// only, unless working is asked for: the sheet as it stands.
func LineViews(tx *gorm.DB, project string, working bool) ([]LineView, error) {
	s, err := CurrentSheet(tx, project)
	if err != nil {
		return nil, err
	}
	if s.Round > 0 && (s.Issued || working) {
		return s.Lines, nil
	}
	lines, err := Lines(tx, project)
	if err != nil {
		return nil, err
	}
	views := make([]LineView, len(lines))
	for i, l := range lines {
		views[i].BudgetLine = l
	}
	return views, nil
}
