package feel

import (
	"testing"
	"time"
)

// seeds are expressions with something of everything.
var seeds = []string{
	`a + b * -c ** 2 / (1 - d)`, `x between 1 and 10 and y in (1, < 5, [7..9), "a")`, `for i in 1..3, j in l return partial[-1] + i`,
	`some x in [1, 2] satisfies every y in x satisfies y > "1"`, `{a: 1, "b c": a + 1, f: function(x: number, y) f(x, y)}.f(1, 2)`,
	`l[item.a > 1][-1].b.time offset`, `@"2020-01-01T00:00:00@Asia/Shanghai" - date and time("2019-01-01T00:00:00Z")`,
	`if a instance of function<list<number>, string> -> context<a: Any> then null else not(true)`, `"\ud83d\udc0e\n\"" + string(1.5e3)`,
	`]1..5[ = (1..5)`, `(< 10)`, `not(1, 2..3)`, `-`, `? > 5 or count(?) = 0`, `substring(start position: 2, string: "abc")`,
	`replace("aab", "(a)\1", "[$0]")`, `sort(l, function(x, y) x < y)`, `a-b.c * d/e`, `/* c */ 1 // d`, "`a b`.c",
	`function(x) external {java: 1}`,
	`for i in 1..1e12 return i`, `range("[1..2]")`, `string join(for i in 1..9 return "ab", ",")`, `[1..`, `(((((((`, `[[[[1..2[`,
	`{a-b: 1}.a-b`,
	`decimal(10**34 / 3, 2)`, `1.0000001 ** 999999999`, `context put({}, ["a", "b"], 1)`, `working days after(@"2024-01-01", 1e9)`,
	`flatten([[1, [2]], 3])`, `matches("aaaaaaaaaaaaaaaaaaaaaaaa", "(a*)*\1b")`, `@"P1Y" * 1e30`, `date(99999999999, 1, 1)`,
}

// FuzzExpression checks that nothing panics or runs away, that printing and parsing agree, and that evaluation
// gives the same value twice.
func FuzzExpression(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, false, false)
		f.Add(s, true, true)
	}
	vars := MapVars{
		"a": Int(2), "b": "text", "c": NewContext(1).Set("d", Int(1)), "d": nil, "x": Int(3), "y": true, "?": Int(7),
		"l": List{NewContext(1).Set("a", Int(5)), NewContext(2).Set("a", Int(1)).Set("b", mustDate("2020-01-01"))}, "a-b": Int(9),
	}
	env := Env{Now: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), MaxSteps: 20_000}
	f.Fuzz(func(t *testing.T, src string, unary, camunda bool) {
		o := Options{Names: []string{"a-b"}, UnaryTests: unary, Camunda: camunda}
		e, faults := Parse(src, o)
		if e == nil {
			if len(faults) == 0 || faults[0].Line < 1 || faults[0].Col < 1 || faults[0].Message == "" {
				t.Fatalf("no diagnostic with a place: %v", faults)
			}
			return
		}
		text := e.String()
		again, faults := Parse(text, o)
		if again == nil {
			t.Fatalf("%q prints as %q: %v", src, text, faults)
		}
		if got, want := dump(again.root), dump(e.root); got != want {
			t.Fatalf("%q prints as %q\ngot  %s\nwant %s", src, text, got, want)
		}
		p, _ := e.Compile(Scope{Open: true})
		if p == nil {
			return
		}
		v, warnings := p.Eval(env, vars)
		w, warnings2 := p.Eval(env, vars)
		if Text(v) != Text(w) || len(warnings) != len(warnings2) {
			t.Fatalf("%q is %s, then %s", src, Text(v), Text(w))
		}
	})
}

// FuzzPattern checks that no regular expression panics or runs away.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{`^a+?(b|c)*\1$`, `[a-z-[aeiou]]{2,3}`, `\p{Lu}\P{IsBasicLatin}`, `(?:x)`, `(a*)*\1\1`, `[^\i\c]`, `((((`,
		`a{1000}{1000}`} {
		f.Add(s, "abcabc", "i")
	}
	f.Fuzz(func(t *testing.T, pattern, text, flags string) {
		r, err := compileRegex(regexKey{pattern, flags})
		if err != nil || len(text) > 1000 {
			return
		}
		run := &run{}
		run.begin(&Program{}, Env{MaxSteps: 100_000}, nil)
		if _, err := r.findAll(&run.self, text); err != nil && r.back == nil {
			t.Fatal(err)
		}
	})
}
