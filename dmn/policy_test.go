package dmn

import "testing"

// TestHitPolicies runs each policy with no, one and several rules that hold (DMN 1.5 §8.2.8 to §8.2.11).
func TestHitPolicies(t *testing.T) {
	two := []string{"x: number", "y: number"}
	overlapping := []string{`< 10; - -> "low"`, `>= 5; - -> "high"`, `-; 7 -> "seven"`}
	graded := []string{`out: string = "high","low","seven"`}
	for _, c := range []struct {
		policy                string
		inputs, outputs       []string
		rules                 []string
		given, want, warnings string
	}{
		{"UNIQUE", two, []string{"out: string"}, overlapping, "x: 1, y: 0", `"low"`, ""},
		{"UNIQUE", two, []string{"out: string"}, overlapping, "x: 6, y: 0", `null`, "rules 1, 2 hold together"},
		{"U", two, []string{"out: string"}, overlapping, "x: 20, y: 0", `"high"`, ""},
		{"UNIQUE", two, []string{"out: string"}, []string{`1; 1 -> "a"`}, "x: 2, y: 1", "null", ""},
		{"UNIQUE", two, []string{`out: string | "none"`}, []string{`1; 1 -> "a"`}, "x: 2, y: 1", `"none"`, ""},
		{"FIRST", two, []string{"out: string"}, overlapping, "x: 6, y: 7", `"low"`, ""},
		{"FIRST", two, []string{"out: string"}, overlapping, "x: 12, y: 7", `"high"`, ""},
		{"ANY", two, []string{"out: string"}, overlapping, "x: 6, y: 0", `null`, "different outputs"},
		{"ANY", two, []string{"out: string"}, []string{`< 10; - -> "a"`, `> 5; - -> "a"`}, "x: 6, y: 0", `"a"`, ""},
		{"PRIORITY", two, graded, overlapping, "x: 6, y: 7", `"high"`, ""},
		{"PRIORITY", two, graded, overlapping, "x: 1, y: 7", `"low"`, ""},
		{"RULE ORDER", two, graded, overlapping, "x: 6, y: 7", `["low","high","seven"]`, ""},
		{"OUTPUT ORDER", two, graded, overlapping, "x: 6, y: 7", `["high","low","seven"]`, ""},
		{"COLLECT", two, graded, overlapping, "x: 1, y: 7", `["low","seven"]`, ""},
		{"COLLECT", two, graded, []string{`1; 1 -> "low"`}, "x: 2, y: 7", `null`, ""},
		{"COLLECT", two, []string{`out: string | "low"`}, []string{`1; 1 -> "low"`}, "x: 2, y: 7", `["low"]`, ""},
		{"COLLECT/SUM", two, []string{"n: number"}, []string{"-; - -> 1.10", "< 5; - -> 2.2", "> 5; - -> 4"}, "x: 1, y: 0", "3.30", ""},
		{"COLLECT/MIN", two, []string{"n: number"}, []string{"-; - -> 1.1", "< 5; - -> 2.2"}, "x: 1, y: 0", "1.1", ""},
		{"COLLECT/MAX", two, []string{"n: number"}, []string{"-; - -> 1.1", "< 5; - -> 2.2"}, "x: 1, y: 0", "2.2", ""},
		{"COLLECT/COUNT", two, []string{"n: number"}, []string{"-; - -> 1.1", "< 5; - -> 2.2"}, "x: 1, y: 0", "2", ""},
		{"COLLECT/COUNT", two, []string{"n: number"}, []string{"1; - -> 1.1"}, "x: 2, y: 0", "0", ""},
		{"C+", two, []string{"n: number"}, []string{"1; - -> 1.1"}, "x: 2, y: 0", "null", ""},
		// several outputs
		{"UNIQUE", two, []string{"a: string", "b: number"}, []string{`1; - -> "x"; 2`}, "x: 1, y: 0", `{a: "x", b: 2}`, ""},
		{"UNIQUE", two, []string{`a: string | "none"`, "b: number"}, []string{`1; - -> "x"; 2`}, "x: 2, y: 0", `{a: "none", b: null}`, ""},
		{"RULE ORDER", two, []string{"a: string", "b: number"}, []string{`1; - -> "x"; 2`, `-; - -> "y"; 3`}, "x: 1, y: 0",
			`[{a: "x", b: 2}, {a: "y", b: 3}]`, ""},
		{"PRIORITY", two, []string{`a: string = "x","y"`, "b: number = 3,2,1"},
			[]string{`-; - -> "y"; 3`, `-; - -> "x"; 1`, `-; - -> "x"; 2`}, "x: 1, y: 0", `{a: "x", b: 2}`, ""},
		{"PRIORITY", two, []string{`a: string = "x","y"`, "b: number"}, []string{`-; - -> "y"; 1`, `-; - -> "x"; 9`, `-; - -> "x"; 2`},
			"x: 1, y: 0", `{a: "x", b: 9}`, ""},
		// input values, output values and types
		{"UNIQUE", []string{"x: number = [0..10]", "y: number"}, []string{"out: string"}, []string{`-; - -> "a"`}, "x: 11, y: 0", "null",
			"not among"},
		{"UNIQUE", two, []string{`out: string = "a"`}, []string{`-; - -> "b"`}, "x: 1, y: 0", "null", "not among"},
		{"UNIQUE", two, []string{`out: number`}, []string{`-; - -> "b"`}, "x: 1, y: 0", "null", "not of type number"},
		// entries that read other inputs, and the tested value by name
		{"UNIQUE", two, []string{"out: string"}, []string{`< y; - -> "less"`, `>= y; - -> "more"`}, "x: 1, y: 2", `"less"`, ""},
		{"UNIQUE", two, []string{"out: number"}, []string{`? + 1 = y; - -> x + y`, `not(? + 1 = y); - -> 0`}, "x: 1, y: 2", `3`, ""},
		{"UNIQUE", two, []string{"out: string"}, []string{`not(1, 2); - -> "other"`, `1, 2; - -> "known"`}, "x: 2, y: 2", `"known"`, ""},
		{"UNIQUE", two, []string{"out: string"}, []string{`null; - -> "nothing"`, `>= 0; - -> "some"`}, "x: null, y: 2", `"nothing"`,
			"have no order"},
	} {
		src := file(
			given("x", "number"), given("y", "number"), decide("D", "Any", tab(c.policy, c.inputs, c.outputs, c.rules...), "x", "y"),
		)
		t.Run(c.policy, func(t *testing.T) { check(t, program(t, src), c.given, c.want, c.warnings) })
	}
}
