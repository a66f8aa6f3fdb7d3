package rules

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/feel"
)

// An amount in a sentence has two digits, whatever the computation that it comes from has: in 万元 where that says all
// of it, else in 元.

var (
	tenThousand = decimal.NewFromInt(10000)
	hundred     = decimal.NewFromInt(100)
)

func yuanZH(v feel.Value) string {
	d, ok := amount(v)
	switch {
	case !ok:
		return shown(v)
	case d.Abs().GreaterThanOrEqual(tenThousand) && d.Mod(hundred).IsZero():
		return grouped(d.Div(tenThousand)) + " 万元"
	}
	return grouped(d) + " 元"
}

func yuanEN(v feel.Value) string {
	d, ok := amount(v)
	if !ok {
		return shown(v)
	}
	return grouped(d) + " yuan"
}

func amount(v feel.Value) (decimal.Decimal, bool) {
	n, ok := v.(feel.Number)
	if !ok {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(n.String())
	return d.Round(2), err == nil
}

// grouped is a number with two digits and a comma between thousands.
func grouped(d decimal.Decimal) string {
	whole, cents, _ := strings.Cut(d.Abs().StringFixed(2), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if d.IsNegative() {
		whole = "-" + whole
	}
	return whole + "." + cents
}
