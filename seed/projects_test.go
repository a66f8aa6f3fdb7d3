package seed

import (
	"testing"

	"github.com/shopspring/decimal"
)

// The totals of domain/data-model.md §6.1 and rules.md TR-1, TR-2, in 万元.
func TestTotals(t *testing.T) {
	ps, err := Projects()
	if err != nil {
		t.Fatal(err)
	}
	var declared, reviewed decimal.Decimal
	cuts, lines := map[string]decimal.Decimal{}, 0
	for _, p := range ps {
		declared, reviewed = declared.Add(p.Declared()), reviewed.Add(p.Reviewed())
		for _, l := range p.Lines {
			lines++
			cut := l.Declared().Sub(l.Reviewed)
			cuts[l.Reason] = cuts[l.Reason].Add(cut)
			if cut.IsNegative() || cut.IsZero() != (l.Reason == "") || (l.Reason == "REUSE") != (l.Capability != "") {
				t.Errorf("%s %s: cut %s, reason %q, capability %q", p.Code, l.Name, cut, l.Reason, l.Capability)
			}
		}
	}
	check := func(what, want string, got decimal.Decimal) {
		if !got.Shift(-4).Equal(decimal.RequireFromString(want)) {
			t.Errorf("%s: %s, want %s", what, got.Shift(-4), want)
		}
	}
	check("declared", "5711.76", declared)
	check("reviewed", "3494.03", reviewed)
	for reason, want := range map[string]string{"REUSE": "572.30", "PRICE": "561.53", "DUP": "478.50", "OVER": "404.40",
		"INVALID": "126.00", "SCOPE": "75.00", "": "0"} {
		check(reason, want, cuts[reason])
	}
	if len(ps) != 10 || lines != 60 {
		t.Errorf("%d projects, %d lines", len(ps), lines)
	}
}
