package commands

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// The comparison is not foretold: a preview would tell reviewer B how far his
// figures are from A's, which he has not seen, as often as he likes.
var _ = register(map[string]Func{
	"trimming.cross": trimmingCross,
})

// trimmingCross takes reviewer B's own figures, entered before he sees A's, for
// every line from B08.line on (others as he likes), and compares.
func trimmingCross(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Lines []struct {
			LineNo   int    `json:"lineNo"`
			Reviewed amount `json:"reviewed"`
			Comment  string `json:"comment"`
		} `json:"lines"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	project := c.text("projectCode")
	s, current, err := currentLines(tx, project)
	if err != nil {
		return nil, err
	}
	if s.Actor == c.Acting.Person {
		return nil, models.Refuse("same-reviewer")
	}
	threshold, err := c.moneyParam("B08", "line")
	if err != nil {
		return nil, err
	}
	f := check()
	own, rows := map[int]models.Money{}, []books.CrossLine{}
	for i, l := range in.Lines {
		m := f.money(at("lines", i, "reviewed"), l.Reviewed)
		line, ok := current[l.LineNo]
		if !ok {
			f.Field(at("lines", i, "lineNo"), "line-unknown", "line", fmt.Sprint(l.LineNo))
			continue
		}
		if _, twice := own[l.LineNo]; twice {
			f.Field(at("lines", i, "lineNo"), "twice", "item", fmt.Sprint(l.LineNo))
		}
		if m.Cmp(line.Declared) > 0 {
			f.Field(at("lines", i, "reviewed"), "reviewed-above-declared", "declared", line.Declared.String())
		}
		own[l.LineNo] = m
		rows = append(rows, books.CrossLine{Project: project, LineNo: l.LineNo, Reviewed: m, Comment: strings.TrimSpace(l.Comment)})
	}
	for _, no := range slices.Sorted(maps.Keys(current)) {
		if _, ok := own[no]; !ok && current[no].Declared.Cmp(threshold) >= 0 {
			f.Field("/lines", "line-missing", "line", fmt.Sprint(no))
		}
	}
	if err := c.flatOwn(tx, f, project, rows, current); err != nil {
		return nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	if err := saveCross(tx, c, project, rows, current); err != nil {
		return nil, err
	}
	return compare(c, own, current)
}

// flatHeader of the cross-check has reviewer B explain a flat cut of his own. Models of a former release do not.
const flatHeader = "flat"

// flatOwn holds reviewer B to rule B11 as A is held to it: who cuts his lines by one ratio says why at each of them.
func (c Call) flatOwn(tx *gorm.DB, f faults, project string, rows []books.CrossLine, current map[int]books.SheetLine) error {
	if c.Headers[flatHeader] == "" {
		return nil
	}
	own := []any{}
	for _, r := range rows {
		own = append(own, map[string]any{
			"no": r.LineNo, "declared": Number(current[r.LineNo].Declared), "reviewed": Number(r.Reviewed),
		})
	}
	facts, err := books.PlainFacts(map[string]any{"sheet": own})
	if err != nil {
		return err
	}
	maps.Copy(facts, rules.MomentFacts(c.Acting))
	edition, err := Checks.Edition(tx, project, c.Acting.On())
	if err != nil {
		return err
	}
	res := rules.JudgeRule("B11", facts, edition)
	if res.State == rules.Error {
		return fmt.Errorf("rule B11: %s", res.Reason)
	}
	if len(res.Findings) == 0 {
		return nil
	}
	for i, r := range rows {
		if r.Comment == "" && r.Reviewed.Cmp(current[r.LineNo].Declared) < 0 {
			f.Field(at("lines", i, "comment"), "flat-cut-unexplained")
		}
	}
	return nil
}

func saveCross(tx *gorm.DB, c Call, project string, rows []books.CrossLine, current map[int]books.SheetLine) error {
	sums := make([]books.SheetLine, 0, len(rows))
	for _, r := range rows {
		d := current[r.LineNo].Declared
		sums = append(sums, books.SheetLine{Declared: d, Reviewed: r.Reviewed, Cut: d.Sub(r.Reviewed)})
	}
	b, err := nextSheet(tx, c, project, books.SheetB, sums)
	if err == nil {
		err = createSheet(tx, &b)
	}
	if err != nil || len(rows) == 0 {
		return err
	}
	for i := range rows {
		rows[i].Round = b.Round
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("cross-check of %s: %w", project, err)
	}
	return nil
}

func compare(c Call, own map[int]models.Money, current map[int]books.SheetLine) (Result, error) {
	tolerance, err := c.tolerance()
	if err != nil {
		return nil, err
	}
	greatest := decimal.Zero
	for no, b := range own {
		greatest = decimal.Max(greatest, difference(current[no].Reviewed, b))
	}
	return Result{"crossDiff": jsonNumber(greatest), "crossWithin": greatest.LessThanOrEqual(tolerance)}, nil
}

func (c Call) tolerance() (decimal.Decimal, error) {
	v, err := c.param("B08", "tolerance")
	if err != nil {
		return decimal.Zero, err
	}
	return decimal.NewFromString(v.String())
}

// difference of two amounts relative to the greater one.
func difference(a, b models.Money) decimal.Decimal {
	greater := decimal.Max(a.Decimal(), b.Decimal())
	if greater.IsZero() {
		return greater
	}
	return a.Decimal().Sub(b.Decimal()).Abs().DivRound(greater, 6)
}

// disputedLines are those where A and B are further apart than the tolerance.
func disputedLines(tx *gorm.DB, c Call, project string, current map[int]books.SheetLine) ([]int, error) {
	tolerance, err := c.tolerance()
	if err != nil {
		return nil, err
	}
	var rows []books.CrossLine
	err = tx.Raw(`SELECT * FROM cross_line WHERE project = ? AND round = (SELECT MAX(round) FROM sheet WHERE project = ? AND kind = 'B')
		ORDER BY line_no`,
		project, project).
		Scan(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("cross-check of %s: %w", project, err)
	}
	var out []int
	for _, r := range rows {
		if difference(current[r.LineNo].Reviewed, r.Reviewed).GreaterThan(tolerance) {
			out = append(out, r.LineNo)
		}
	}
	return out, nil
}
