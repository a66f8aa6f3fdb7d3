package dmn

import (
	"fmt"
	"slices"

	"github.com/quancheng/quancheng/feel"
)

// outputs are listed output values that no rule gives.
func (a *tableAnalysis) outputs() {
	for col, o := range a.t.outputs {
		if !o.listed.known {
			continue
		}
		produced, ok := a.produced(col)
		if !ok {
			continue
		}
		for _, v := range o.listed.tests.Any {
			if _, isRange := v.(*feel.Range); isRange || isSymbol(v) ||
				slices.ContainsFunc(produced, func(p feel.Value) bool { return feel.Equal(p, v) == true }) {
				continue
			}
			a.find(
				Finding{
					Diagnostic: Diagnostic{
						Rule: "output-unreachable", Message: fmt.Sprintf("no rule gives %s as %s", pointText(v), o.label()),
					},
				},
				a.t.src.Outputs[col].Place,
			)
		}
	}
}

func (o outputColumn) label() string {
	if o.name == "" {
		return "the output"
	}
	return o.name
}

// produced are the constants that rules and default give in a column; false when some entry is none.
func (a *tableAnalysis) produced(col int) ([]feel.Value, bool) {
	var out []feel.Value
	for i := range a.t.rules {
		if a.useless.has(i) {
			continue
		}
		v, ok := constantOf(a.t.src.Rules[i].Outputs[col].Text)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	if d := a.t.src.Outputs[col].Default; d.Text != "" {
		v, ok := constantOf(d.Text)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// constantOf is the value of an output entry that depends on nothing.
func constantOf(text string) (feel.Value, bool) {
	e, _ := feel.Parse(text, feel.Options{UnaryTests: true})
	if e == nil {
		return nil, false
	}
	tests, ok := e.Tests()
	if !ok || tests.Not || len(tests.Any) != 1 || isSymbol(tests.Any[0]) {
		return nil, false
	}
	_, isRange := tests.Any[0].(*feel.Range)
	return tests.Any[0], !isRange
}
