package commands

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models/books"
)

// functionPoints refuses function points that give no price (B07): counted for no line of the
// application, with a sum of zero, or without the scale change that somebody chose and the reason for it.
// Modules that name no line are a description; nothing is computed from them.
func (f faults) functionPoints(p books.Project, lines int) error {
	modules, costing, err := books.FunctionPoints(p)
	if err != nil {
		return err
	}
	points := map[int]decimal.Decimal{}
	for i, m := range modules {
		if m.LineNo == "" {
			continue
		}
		no, err := m.LineNo.Int64()
		if err != nil || no < 1 || no > int64(lines) {
			f.Field(at("form/functionPoints", i, "lineNo"), "line-unknown", "line", m.LineNo.String())
			continue
		}
		n := m.Points()
		if n == nil {
			f.Field(at("form/functionPoints", i, "module"), "points-not-counted", "line", fmt.Sprint(no))
			continue
		}
		points[int(no)] = points[int(no)].Add(*n)
	}
	for _, no := range slices.Sorted(maps.Keys(points)) {
		if points[no].Sign() <= 0 {
			f.Field("/form/functionPoints", "points-none", "line", fmt.Sprint(no))
		}
		factors, i := books.Costing{}, len(costing)
		for k, c := range costing {
			if c.LineNo.String() == fmt.Sprint(no) {
				factors, i = c, k
			}
		}
		if scf, err := decimal.NewFromString(factors.SCF.String()); err != nil || scf.Sign() <= 0 {
			f.Field(at("form/costing", i, "scf"), "factor-missing", "line", fmt.Sprint(no))
		}
		if factors.Basis == "" {
			f.Field(at("form/costing", i, "basis"), "factor-basis-missing", "line", fmt.Sprint(no))
		}
	}
	return nil
}
