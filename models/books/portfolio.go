package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Portfolio is what projects amount to together.
type Portfolio struct {
	Count     int
	Uncounted int // drafts: nothing of them is in the sums
	Totals    Totals
	Stages    []StageShare
}

// StageShare is how many of the projects stand in a stage.
type StageShare struct {
	Stage Stage
	Count int
}

// PortfolioOf sums up the projects of a filter, whatever its page: only what the viewer sees is in it.
func PortfolioOf(tx *gorm.DB, f ProjectFilter) (Portfolio, error) {
	var out Portfolio
	if err := f.query(tx).Select("p.stage, COUNT(*) AS count").Group("p.stage").Scan(&out.Stages).Error; err != nil {
		return out, fmt.Errorf("portfolio: %w", err)
	}
	for _, s := range out.Stages {
		out.Count += s.Count
	}
	var sums []struct {
		Kind   LedgerKind
		Amount models.Money
	}
	err := tx.Table("ledger").
		Select("kind, SUM(amount) AS amount").
		Where("project IN (?)", f.query(tx).Select("p.code")).
		Group("kind").
		Scan(&sums).
		Error
	if err != nil {
		return out, fmt.Errorf("portfolio: %w", err)
	}
	for _, s := range sums {
		out.Totals.Add(s.Kind, s.Amount)
	}
	var unsubmitted int64
	if err := f.query(tx).Where("p.submitted_on IS NULL").Count(&unsubmitted).Error; err != nil {
		return out, fmt.Errorf("portfolio: %w", err)
	}
	out.Uncounted = int(unsubmitted)
	return out, nil
}
