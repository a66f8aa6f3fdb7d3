package books

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// SheetView is a trimming sheet as people read it.
type SheetView struct {
	Sheet
	Rate     Rate
	Lines    []LineView
	ByReason []ReasonSum
}

// ReasonSum is what was cut for one reason.
type ReasonSum struct {
	Reason string
	Amount models.Money
	Lines  int
}

// CurrentSheet is the newest sheet that holds all lines (not B's cross-check);
// round 0 with the declared figures when there is none.
func CurrentSheet(tx *gorm.DB, project string) (SheetView, error) {
	sheets, err := Sheets(tx, project)
	if err != nil {
		return SheetView{}, err
	}
	var v SheetView
	previous := 0
	for _, s := range sheets {
		if s.Kind != SheetB {
			previous, v.Sheet = v.Round, s
		}
	}
	return v, v.fill(tx, project, previous)
}

// Sheets are all rounds of a project, oldest first.
func Sheets(tx *gorm.DB, project string) ([]Sheet, error) {
	var sheets []Sheet
	if err := tx.Where("project = ?", project).Order("round").Find(&sheets).Error; err != nil {
		return nil, fmt.Errorf("sheets of %s: %w", project, err)
	}
	return sheets, nil
}

func (v *SheetView) fill(tx *gorm.DB, project string, previous int) error {
	lines, err := Lines(tx, project)
	if err != nil {
		return err
	}
	now, err := sheetLines(tx, project, v.Round)
	if err != nil {
		return err
	}
	before, err := sheetLines(tx, project, previous)
	if err != nil {
		return err
	}
	objections, err := objectionsOf(tx, project)
	if err != nil {
		return err
	}
	suggested, err := Suggestions(tx, project)
	if err != nil {
		return err
	}
	for _, l := range lines {
		view := LineView{BudgetLine: l, Objection: objections[l.LineNo]}
		if v.Round == 0 {
			v.Declared = v.Declared.Add(l.Declared)
		}
		if s, ok := now[l.LineNo]; ok {
			view.Reviewed, view.Cut = &s.Reviewed, &s.Cut
			view.Reason, view.SecondReason = string(s.Reason), s.SecondReason
			view.Capability, view.Basis = string(s.Capability), s.Basis
		}
		if s, ok := before[l.LineNo]; ok {
			view.Previous = &s.Reviewed
		}
		if m, ok := suggested[l.LineNo]; ok {
			view.Suggested = &m
		}
		v.Lines = append(v.Lines, view)
	}
	v.ByReason, v.Rate = byReason(now), RateOf(v.Cut.Decimal(), v.Declared.Decimal())
	return nil
}

func byReason(lines map[int]SheetLine) []ReasonSum {
	sums := map[string]ReasonSum{}
	for _, l := range lines {
		if l.Reason != "" {
			s := sums[string(l.Reason)]
			sums[string(l.Reason)] = ReasonSum{Reason: string(l.Reason), Amount: s.Amount.Add(l.Cut), Lines: s.Lines + 1}
		}
	}
	out := make([]ReasonSum, 0, len(sums))
	for _, s := range sums {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b ReasonSum) int {
		if c := b.Amount.Cmp(a.Amount); c != 0 {
			return c
		}
		return slices.Compare([]string{a.Reason}, []string{b.Reason})
	})
	return out
}

func sheetLines(tx *gorm.DB, project string, round int) (map[int]SheetLine, error) {
	var rows []SheetLine
	if err := tx.Where("project = ? AND round = ?", project, round).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("sheet %d of %s: %w", round, project, err)
	}
	out := make(map[int]SheetLine, len(rows))
	for _, r := range rows {
		out[r.LineNo] = r
	}
	return out, nil
}

func objectionsOf(tx *gorm.DB, project string) (map[int]*Objection, error) {
	var rows []Objection
	if err := tx.Where("project = ?", project).Order("round").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("objections of %s: %w", project, err)
	}
	out := make(map[int]*Objection, len(rows))
	for i := range rows {
		out[rows[i].LineNo] = &rows[i]
	}
	return out, nil
}

// Suggestions are the medians of the experts' amounts by line, of the newest
// review. With an even number the lower of the middle two counts.
func Suggestions(tx *gorm.DB, project string) (map[int]models.Money, error) {
	var opinions []ExpertOpinion
	err := tx.Where("project = ? AND cycle = (SELECT MAX(cycle) FROM review WHERE project = ?)", project, project).Find(&opinions).Error
	if err != nil {
		return nil, fmt.Errorf("opinions of %s: %w", project, err)
	}
	amounts := map[int][]models.Money{}
	for _, o := range opinions {
		var lines []LineOpinion
		if err := o.Lines.Into(&lines); err != nil {
			return nil, fmt.Errorf("opinion of %s on %s: %w", o.PersonID, project, err)
		}
		for _, l := range lines {
			amounts[l.LineNo] = append(amounts[l.LineNo], l.Amount)
		}
	}
	out := make(map[int]models.Money, len(amounts))
	for no, ms := range amounts {
		slices.SortFunc(ms, models.Money.Cmp)
		out[no] = ms[(len(ms)-1)/2]
	}
	return out, nil
}

// Rate is a ratio with its two numbers (rule X01).
type Rate struct{ Numerator, Denominator decimal.Decimal }

// RateOf is n ÷ d.
func RateOf(n, d decimal.Decimal) Rate { return Rate{n, d} }

// Percent is the ratio in percent with two decimals, rounded half up; zero of nothing.
func (r Rate) Percent() string {
	if r.Denominator.IsZero() {
		return "0.00"
	}
	return r.Numerator.Shift(2).DivRound(r.Denominator, 2).StringFixed(2)
}
