package feel

import "testing"

// TestNegatedClassIgnoresCase: what a class leaves out is left out in both cases.
func TestNegatedClassIgnoresCase(t *testing.T) {
	for expression, want := range map[string]Value{
		`matches("A", "^[^a]$", "i")`:       false,
		`matches("a", "^[^A-Z]$", "i")`:     false,
		`matches("b", "^[^a]$", "i")`:       true,
		`matches("A", "^[^a]$")`:            true,
		`matches("K", "^[^b-j-[k]]$", "i")`: false,
		`replace("aAbB", "[^a]", "x", "i")`: "aAxx",
	} {
		e, diags := Parse(expression, Options{})
		if e == nil {
			t.Fatal(diags)
		}
		p, diags := e.Compile(Scope{})
		if p == nil {
			t.Fatal(diags)
		}
		if got, _ := p.Eval(Env{}, nil); got != want {
			t.Errorf("%s gives %v, want %v", expression, got, want)
		}
	}
}
