package commands

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"condition.state":  conditionState,
	"condition.report": conditionReport,
	"condition.met":    conditionMet,
})

// keepConditions makes rows of the conditions that were said at the decision.
func (c Call) keepConditions(tx *gorm.DB, project, approval string) error {
	rows := []books.Condition{}
	for _, x := range c.conditions() {
		row := x.(map[string]any)
		due, _ := row["dueOn"].(string)
		if _, err := models.ParseDate(due); err != nil {
			due = ""
		}
		rows = append(
			rows, books.Condition{Project: project, ApprovalNo: approval, No: row["no"].(int), Text: row["text"].(string), DueOn: due},
		)
	}
	return books.PutConditions(tx, project, rows)
}

// conditionState says which conditions of the approval are not met.
func conditionState(tx *gorm.DB, c Call) (Result, Write, error) {
	all, err := books.Conditions(tx, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	open := []any{}
	for _, k := range all {
		if k.MetOn == "" {
			open = append(open, map[string]any{"no": k.No, "text": k.Text, "dueOn": k.DueOn})
		}
	}
	return Result{"conditionsOpen": open, "conditionsLeft": len(open)}, nil, nil
}

// condition is the one that the task is about.
func (c Call) condition(tx *gorm.DB) (books.Condition, error) {
	at, _ := c.Vars["condition"].(map[string]any)
	no, err := strconv.Atoi(fmt.Sprint(at["no"]))
	if err != nil {
		return books.Condition{}, fmt.Errorf("condition of %s: %w", c.Element, err)
	}
	all, err := books.Conditions(c.locked(tx), c.text("projectCode"))
	for _, k := range all {
		if k.No == no {
			return k, nil
		}
	}
	if err == nil {
		err = models.Refuse("not-found", "what", fmt.Sprint(no))
	}
	return books.Condition{}, err
}

// conditionReport tells how the applicant met a condition, with its evidence.
func conditionReport(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Text     string   `json:"text"`
		Evidence []string `json:"evidence"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	k, err := c.condition(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	k.Report = f.reason("/text", in.Text)
	if len(in.Evidence) == 0 {
		f.Field("/evidence", "required")
	}
	if err := f.documents(tx, "/evidence", k.Project, in.Evidence); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	k.Evidence, k.ReportedBy = models.JSONOf(in.Evidence), c.Acting.Person
	return Result{"conditionReport": k.Report}, func() error {
		if err := c.record(tx, k.Project); err != nil {
			return err
		}
		return saveCondition(tx, k)
	}, nil
}

// conditionMet is the reviewer's word that a condition is met.
func conditionMet(tx *gorm.DB, c Call) (Result, Write, error) {
	k, err := c.condition(tx)
	if err != nil {
		return nil, nil, err
	}
	k.MetOn, k.CheckedBy = string(c.Acting.On()), c.Acting.Person
	return Result{}, func() error { return saveCondition(tx, k) }, nil
}

func saveCondition(tx *gorm.DB, k books.Condition) error {
	if err := tx.Save(&k).Error; err != nil {
		return fmt.Errorf("condition %d of %s: %w", k.No, k.Project, err)
	}
	return nil
}
