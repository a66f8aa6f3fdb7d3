package feel

import (
	"fmt"
	"reflect"
	"testing"
)

func TestShapeOfUnaryTests(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"-", ""},
		{`"a", "b"`, "a|b"},
		{`not("a")`, "not a"},
		{"< 5", "..5)"},
		{">= -5", "[-5.."},
		{"[1..5)", "[1..5)"},
		{"]1..2+3]", "(1..5]"},
		{"= 3", "3"},
		{"? > 3", "(3.."},
		{"null", "null"},
		{"true", "true"},
		{`date("2022-01-01")`, "2022-01-01"},
		{`[@"2022-01-01"..@"2022-02-01"]`, "[2022-01-01..2022-02-01]"},
		{"< params.B01.simple", "..params.B01.simple)"},
		{"[low..high)", "[low..high)"},
		{"[5..)", "[5.."},
		{"(..5]", "..5]"},
		{"limit", "limit"},
		{"? + 1 > 3", "none"},
		{"count(?) > 3", "none"},
		{"now()", "now()"},
		{"[5..1]", "none"},
		{`[1.."a"]`, "none"},
	} {
		e, faults := Parse(c.src, Options{UnaryTests: true})
		if e == nil {
			t.Errorf("%s: %v", c.src, faults)
			continue
		}
		tests, ok := e.Tests()
		if got := showTests(tests, ok); got != c.want {
			t.Errorf("%s: got %s, want %s", c.src, got, c.want)
		}
	}
}

func showTests(ts Tests, ok bool) string {
	if !ok {
		return "none"
	}
	s := ""
	for i, v := range ts.Any {
		if i > 0 {
			s += "|"
		}
		if r, ok := v.(*Range); ok {
			s += showRange(r)
			continue
		}
		s += showBound(v)
	}
	if ts.Not {
		return "not " + s
	}
	return s
}

func showRange(r *Range) string {
	s := ""
	if !r.LowUnbounded {
		s = map[bool]string{true: "[", false: "("}[r.LowIncluded] + showBound(r.Low)
	}
	s += ".."
	if !r.HighUnbounded {
		s += showBound(r.High) + map[bool]string{true: "]", false: ")"}[r.HighIncluded]
	}
	return s
}

func showBound(v Value) string {
	if s, ok := v.(Symbol); ok {
		return string(s)
	}
	return fmt.Sprint(Text(v))
}

func TestFreeNames(t *testing.T) {
	for src, want := range map[string][]string{
		"a + b.c * a":                           {"a", "b"},
		"for x in xs return x + y":              {"xs", "y"},
		"{a: 1, b: a + c}":                      {"c"},
		"some x in xs satisfies f(x)":           {"xs", "f"},
		"function(p) p + q":                     {"q"},
		"items[price > limit]":                  {"items", "price", "limit"},
		"xs[item > 1]":                          {"xs"},
		`if a then "x" else (function(z) z)(b)`: {"a", "b"},
	} {
		e, faults := Parse(src, Options{})
		if e == nil {
			t.Errorf("%s: %v", src, faults)
			continue
		}
		if got := e.FreeNames(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", src, got, want)
		}
	}
}

func TestFieldsOf(t *testing.T) {
	for src, want := range map[string][]string{
		`"CHIEF@" + org.bureau`:                            {"bureau"},
		`["A@" + org.bureau, "B@" + org.hall, org.bureau]`: {"bureau", "hall"},
		`for org in units return org.id`:                   nil,
		`other.org.bureau + "org.hall"`:                    nil,
		`for u in org.joint return "JOINT@" + u`:           {"joint"},
	} {
		e, faults := Parse(src, Options{})
		if e == nil {
			t.Errorf("%s: %v", src, faults)
			continue
		}
		if got := e.FieldsOf("org"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", src, got, want)
		}
	}
}

// TestCallSharesOneBound evaluates two programs as one evaluation: warnings add up and so does the work.
func TestCallSharesOneBound(t *testing.T) {
	compileAll := func(src string) *Program {
		e, _ := Parse(src, Options{})
		p, faults := e.Compile(Scope{Open: true})
		if p == nil {
			t.Fatal(faults)
		}
		return p
	}
	loop, missing := compileAll("count(for i in 1..600 return i)"), compileAll("nothing + 1")
	c := NewCall(Env{MaxSteps: 1000}, "host")
	if v := c.Eval(loop, nil); Equal(v, Int(600)) != true {
		t.Errorf("first loop: %v", v)
	}
	if v := c.Eval(missing, nil); v != nil || len(c.Warnings()) == 0 {
		t.Errorf("missing name: %v with %d warnings", v, len(c.Warnings()))
	}
	if v := c.Eval(loop, nil); v != nil {
		t.Errorf("the second loop exceeds the bound: got %v", v)
	}
	if c.Host() != "host" {
		t.Errorf("host: %v", c.Host())
	}
}
