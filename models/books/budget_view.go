package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// The states of a project's budget.
const (
	BudgetNone     = "NONE"
	BudgetRejected = "REJECTED"
	BudgetPartial  = "PARTIAL"
	BudgetFull     = "FULL"
)

// BudgetView is what finance has made available.
type BudgetView struct {
	State      string
	Approved   models.Money
	Issued     models.Money
	Indicators []Indicator
	Refusal    FactData // the refusal that nobody has dealt with yet, of a rejected one
}

// Budget reads the books: anything issued counts, else a refusal that nobody handled.
func Budget(tx *gorm.DB, project string) (BudgetView, error) {
	v := BudgetView{State: BudgetNone}
	totals, err := TotalsOf(tx, project)
	if err != nil {
		return v, err
	}
	v.Approved, v.Issued = totals[project].Approved, totals[project].Issued
	if err := tx.Where("project = ?", project).Order("bgt_id").Find(&v.Indicators).Error; err != nil {
		return v, fmt.Errorf("indicators of %s: %w", project, err)
	}
	refusals, err := FactsOf(tx, project, "budget.rejected")
	if err != nil {
		return v, err
	}
	for _, f := range refusals {
		if !f.Handled {
			v.State, v.Refusal = BudgetRejected, f.DataOf()
		}
	}
	switch {
	case v.Issued.Sign() > 0 && v.Issued.Cmp(v.Approved) >= 0:
		v.State = BudgetFull
	case v.Issued.Sign() > 0:
		v.State = BudgetPartial
	}
	return v, nil
}
