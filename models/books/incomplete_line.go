package books

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// IncompleteLine is a row of a draft that is no budget line yet. It keeps its
// cells as they were typed; nothing computes with it, and an application that
// has one cannot be submitted.
type IncompleteLine struct {
	Project   string `gorm:"primaryKey"`
	LineNo    int    `gorm:"primaryKey"` // place among all rows of the draft, those of budget_line included
	Category  string
	Name      string
	Spec      string
	Unit      string
	Qty       string
	UnitPrice string
	Remark    string
}

// TableName of the entity.
func (IncompleteLine) TableName() string { return "incomplete_line" }

// IncompleteLines of a project's draft, in order.
func IncompleteLines(tx *gorm.DB, project string) ([]IncompleteLine, error) {
	var lines []IncompleteLine
	if err := tx.Where("project = ?", project).Order("line_no").Find(&lines).Error; err != nil {
		return nil, fmt.Errorf("incomplete lines of %s: %w", project, err)
	}
	return lines, nil
}

// Missing names the fields that keep the row from being a budget line, as the
// members of the request are called.
func (l IncompleteLine) Missing() []string {
	var out []string
	if !slices.Contains(models.LineCategories, l.Category) {
		out = append(out, "category")
	}
	if l.Name == "" {
		out = append(out, "name")
	}
	if qty, err := decimal.NewFromString(l.Qty); err != nil || !qty.IsPositive() || !qty.Equal(qty.Round(4)) {
		out = append(out, "qty")
	}
	if m, err := models.ParseMoney(l.UnitPrice); err != nil || m.Sign() < 0 {
		out = append(out, "unitPrice")
	}
	return out
}
