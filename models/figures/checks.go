package figures

import (
	"fmt"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Check is a cross-foot check (domain/data-model.md §5). Its sentence is the
// text "check.<ID>" with Args.
type Check struct {
	ID    string
	Level string // block, warn, info
	Pass  bool
	Args  map[string]string
}

// crossFoot checks the figures against each other and against the rows of the
// books that they do not come from.
func crossFoot(tx *gorm.DB, p Period, figures []Figure) ([]Check, error) {
	v := map[string]decimal.Decimal{}
	for _, f := range figures {
		d, err := decimal.NewFromString(f.Value)
		if err != nil {
			return nil, fmt.Errorf("figure %s: %w", f.ID, err)
		}
		v[f.ID] = d
	}
	approved, err := savings(tx, p, v)
	if err != nil {
		return nil, err
	}
	headers, err := linesAndHeaders(tx, p, v)
	if err != nil {
		return nil, err
	}
	depts, err := byDepartment(tx, p, v)
	if err != nil {
		return nil, err
	}
	return []Check{rectified(v), approved, rates(figures), headers, depts}, nil
}

// rectified is V03: found = rectified + referred + open.
func rectified(v map[string]decimal.Decimal) Check {
	parts := v["rectification_closed"].Add(v["rectification_referred"]).Add(v["rectification_open"])
	return Check{"V03", "block", parts.Equal(v["rectification_found"]), map[string]string{
		"found": v["rectification_found"].String(), "closed": v["rectification_closed"].String(),
		"referred": v["rectification_referred"].String(), "open": v["rectification_open"].String(),
	}}
}

// savings is V05: of what was concluded in the period, reviewed = declared −
// savings − deferred, and savings ≤ declared.
func savings(tx *gorm.DB, p Period, v map[string]decimal.Decimal) (Check, error) {
	var declared models.Money
	err := tx.Raw(`SELECT COALESCE(SUM(l.amount), 0) FROM ledger l JOIN project p ON p.code = l.project
		WHERE l.kind = 'declared' AND p.reviewed_on BETWEEN @from AND @to AND l.business_date <= @to AND `+latest, map[string]any{"from": p.From, "to": p.To}).Scan(&declared).Error
	if err != nil {
		return Check{}, fmt.Errorf("check V05: %w", err)
	}
	left := declared.Decimal().Sub(v["cut_total"]).Sub(v["deferred_total"])
	return Check{"V05", "block", left.Equal(v["reviewed_total"]) && v["cut_total"].LessThanOrEqual(declared.Decimal()), map[string]string{
		"declared": declared.String(), "cut": v["cut_total"].StringFixed(2), "deferred": v["deferred_total"].StringFixed(2), "reviewed": v["reviewed_total"].StringFixed(2),
	}}, nil
}

// rates is V08: each rate has its two numbers and recomputes from them.
func rates(figures []Figure) Check {
	c := Check{"V08", "block", true, map[string]string{"n": "0"}}
	n := 0
	for _, f := range figures {
		if f.Unit != "%" {
			continue
		}
		n++
		a, errA := decimal.NewFromString(f.Numerator)
		b, errB := decimal.NewFromString(f.Denominator)
		if errA != nil || errB != nil || books.RateOf(a, b).Percent() != f.Value {
			c.Pass = false
		}
	}
	c.Args["n"] = fmt.Sprint(n)
	return c
}

// linesAndHeaders is V11: the lines of the counted applications, as they stand,
// make what the ledger says was declared.
func linesAndHeaders(tx *gorm.DB, p Period, v map[string]decimal.Decimal) (Check, error) {
	var sums struct {
		N   int64
		Sum models.Money
	}
	err := tx.Raw(`SELECT COUNT(DISTINCT p.code) AS n, COALESCE(SUM(b.declared), 0) AS sum FROM project p JOIN budget_line b ON b.project = p.code WHERE `+applications,
		map[string]any{"from": p.From, "to": p.To, "rejected": books.Rejected}).Scan(&sums).Error
	if err != nil {
		return Check{}, fmt.Errorf("check V11: %w", err)
	}
	pass := decimal.NewFromInt(sums.N).Equal(v["declared_count"]) && sums.Sum.Decimal().Equal(v["declared_total"])
	return Check{"V11", "block", pass, map[string]string{
		"count": v["declared_count"].String(), "listed": fmt.Sprint(sums.N), "lines": sums.Sum.String(), "headers": v["declared_total"].StringFixed(2),
	}}, nil
}

// byDepartment is V15: the sums of the departments make the total, also where a
// project has no department of the directory any more.
func byDepartment(tx *gorm.DB, p Period, v map[string]decimal.Decimal) (Check, error) {
	var sums []struct {
		DeptID string
		Sum    models.Money
	}
	err := tx.Raw(`SELECT p.dept_id, SUM(l.amount) AS sum FROM project p JOIN ledger l ON l.project = p.code AND l.kind = 'declared' AND l.business_date <= @to
		WHERE `+applications+` GROUP BY p.dept_id`, map[string]any{"from": p.From, "to": p.To, "rejected": books.Rejected}).Scan(&sums).Error
	if err != nil {
		return Check{}, fmt.Errorf("check V15: %w", err)
	}
	var sum models.Money
	for _, s := range sums {
		sum = sum.Add(s.Sum)
	}
	return Check{"V15", "block", sum.Decimal().Equal(v["declared_total"]), map[string]string{
		"departments": fmt.Sprint(len(sums)), "sum": sum.String(), "total": v["declared_total"].StringFixed(2),
	}}, nil
}
