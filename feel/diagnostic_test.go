package feel

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDiagnostics(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"a +", "1:4 found the end of the expression, expected a value, a name, or “(”"},
		{"a == 1", "1:4 found “=”, expected a value, a name, or “(” (equality is written with one =)"},
		{"a &&", "1:3 found “&”, expected an operator or the end of the expression (write and, or)"},
		{"预算 > 100）",
			"1:9 found “）”, expected an operator or the end of the expression (use the ASCII character instead of the full-width one)"},
		{"if a then 1", "1:12 found the end of the expression, expected “else” after the value of then"},
		{"\"abc", "1:1 the string has no closing quote (end it with \")"},
		{"'abc'", `1:1 found “'”, expected a value, a name, or “(” (strings stand in straight double quotes: "text")`},
		{"[1, 2", "1:6 found the end of the expression, expected “]” after the list"},
		{"{a: 1, a: 2}", `1:8 the context has two entries named "a" (rename one of them)`},
		{"f(a: 1, 2)", "1:9 named and positional arguments are mixed (name all arguments or none)"},
		{"1 +\n  (2", "2:5 found the end of the expression, expected “)” to close “(”"},
		{"amuont > 1", "1:1 unknown name “amuont” (did you mean “amount”?)"},
		{"strng(1)", "1:1 unknown name “strng” (did you mean “string”?)"},
		{"a instance of numbr", "1:15 unknown type numbr (did you mean “number”?)"},
		{"/* x", "1:1 the comment /* has no end (close it with */)"},
		{strings.Repeat("(", 400), "1:151 nested more than 300 deep (split the expression)"},
	} {
		if got := firstFault(c.src); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", shorten(c.src), got, c.want)
		}
	}
}

func TestTypesAreChecked(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`amount > "5"`, "1:1 a number and a string have no order; this answers null"},
		{`amount = "5"`, "1:1 a number and a string are never equal; this answers null"},
		{`amount + day`, "1:1 a number + a date has no result"},
		{`day - duration("P1D") + 1`, ""},
		{`project.nmae = "x"`, "1:1 the context has no entry “nmae” (did you mean “name”?)"},
		{`day.hour`, "1:1 a date has no property “hour”"},
		{`if amount then 1 else 2`, "1:4 this is a number instead of true or false"},
		{`amount and true`, "1:1 this is a number instead of true or false"},
		{`upper case(amount)`, "1:12 argument “string” of upper case is a number instead of a string"},
		{`some i in items satisfies i.qty > "1"`, "1:27 a number and a string have no order; this answers null"},
		{`items[qty > "1"]`, "1:7 a number and a string have no order; this answers null"},
		{`amount in (< "1")`, "1:12 a number and a string have no order; this answers null"},
		{`abs(1, 2)`, "1:1 abs takes 1 arguments; this call answers null"},
		{`matches("a", "[")`, `1:14 the pattern "[": has a [ without ]`},
		{`count(items[qty > 1]) > 0 and day + @"P1M" < @"2030-01-01" and sum(items.qty) >= amount`, ""},
		{`items[1].qty + 1 > 2 and items[-1].qty / 2 = 1 and string length(project.name) > 3 and day.year = 2024`, ""},
		{`for x in [1, "a"] return x + 1`, ""},
		{`{a: 1, f: function(x: number) x > a}.f(2)`, ""},
		{`amount in [1..3] and any(amount > 1, true)`, ""},
		{`day < date and time("2024-01-01T00:00:00")`, "1:1 a date and a date and time have no order; this answers null"},
	} {
		e, faults := Parse(c.src, Options{})
		if e == nil {
			t.Fatal(faults)
		}
		item := &ContextType{[]Field{{"qty", NumberType}}}
		_, faults = e.Compile(Scope{Names: map[string]Type{"amount": NumberType, "day": DateType, "items": &ListType{item},
			"project": &ContextType{[]Field{{"name", StringType}}}}})
		got := ""
		for _, d := range faults {
			if d.Severity != Warn {
				t.Errorf("%s: an error: %s", c.src, d.Message)
			}
			if got == "" {
				got = fmt.Sprintf("%d:%d %s", d.Line, d.Col, d.Message)
				if d.Hint != "" {
					got += " (" + d.Hint + ")"
				}
			}
		}
		if got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.src, got, c.want)
		}
	}
}

func firstFault(src string) string {
	e, faults := Parse(src, Options{})
	if e != nil {
		_, faults = e.Compile(Scope{Names: map[string]Type{"amount": NumberType, "a": Any, "预算": NumberType}})
	}
	if len(faults) == 0 {
		return ""
	}
	s := fmt.Sprintf("%d:%d %s", faults[0].Line, faults[0].Col, faults[0].Message)
	if faults[0].Hint != "" {
		s += " (" + faults[0].Hint + ")"
	}
	return s
}

func TestWarningsNameTheCause(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"1 + a / 0", "1:5 a / 0: division by zero"},
		{"a > \"x\"", `1:1 a > "x": the number 2 and the string "x" have no order`},
		{"m.nmae", "1:1 m.nmae: the context has no entry “nmae”; did you mean “name”?"},
		{"missing", "1:1 missing: there is no variable “missing”"},
		{"l[3]", "1:1 l[3]: there is no element 3 in a list of 2"},
		{"if a then 1 else 2", "1:4 a: the condition is the number 2 instead of true or false; else is taken"},
		{"substring(\"abc\", 9)", `1:1 substring("abc", 9): the start position lies outside the string`},
		{"10 ** 9999", "1:1 10 ** 9999: 10 ** 9999 has no result in decimal128"},
		{"date(\"2024-02-30\")", `1:1 date("2024-02-30"): "2024-02-30" is no date`},
		{"a and true", "1:1 a: the number 2 instead of true or false"},
		{"for i in 1..1e12 return i", "1:1 : stopped after 1000000 steps of work"},
	} {
		e, faults := Parse(c.src, Options{})
		if e == nil {
			t.Errorf("%s: %v", c.src, faults)
			continue
		}
		p, faults := e.Compile(Scope{Open: true})
		if p == nil {
			t.Errorf("%s: %v", c.src, faults)
			continue
		}
		_, warnings := p.Eval(Env{}, MapVars{"a": Int(2), "m": NewContext(1).Set("name", "x"), "l": List{Int(1), Int(2)}})
		if len(warnings) == 0 {
			t.Errorf("%s: no warning", c.src)
			continue
		}
		w := warnings[0]
		if got := fmt.Sprintf("%d:%d %s: %s", w.Line, w.Col, w.Expr, w.Message); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.src, got, c.want)
		}
	}
}

// TestWorkIsBounded runs expressions that would take for ever or fill the memory.
func TestWorkIsBounded(t *testing.T) {
	for _, src := range []string{
		"for i in 1..1e12 return i",
		"some i in 1..1e12, j in 1..1e12 satisfies i + j < 0",
		"for i in [1..1e12] return 1",
		"for d in @\"2000-01-01\"..@\"999999999-01-01\" return d",
		"{f: function(n) f(n + 1), r: f(0)}.r",
		"{f: function(n) f(n - 1) + f(n - 2), r: f(99)}.r",
		"(for i in 1..100 return if i = 1 then \"0123456789\" else partial[-1] + partial[-1])[-1]",
		"(for i in 1..100 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1]))[-1]",
		"(for i in 1..60 return if i = 1 then \"aaaaaaaaaa\" else replace(partial[-1], \"a\", \"aa\"))[-1]",
		"(for i in 1..200 return if i = 1 then [] else [partial[-1], partial[-1]])[-1] = 1 and string((for i in 1..64 return if i = 1 then [] else [partial[-1], partial[-1]])[-1]) = \"\"",
		"string((for i in 1..40000 return if i = 1 then [] else [partial[-1]])[-1])",
		"flatten((for i in 1..40000 return if i = 1 then [] else [partial[-1]])[-1])",
		"(for i in 1..40000 return if i = 1 then [] else [partial[-1]])[-1] = (for i in 1..40000 return if i = 1 then [] else [partial[-1]])[-1]",
		"working days after(@\"2024-01-01\", 1e12)",
		"sort(for i in 1..300000 return -i)",
		"distinct values(for i in 1..100000 return i)",
		"matches(string join(for i in 1..3000 return \"a\"), \"(a*)*\\1b\")",
	} {
		e, faults := Parse(src, Options{})
		if e == nil {
			t.Fatalf("%s: %v", src, faults)
		}
		p, faults := e.Compile(Scope{})
		if p == nil {
			t.Fatalf("%s: %v", src, faults)
		}
		if v, warnings := p.Eval(Env{MaxSteps: 200_000}, nil); v != nil || len(warnings) == 0 {
			t.Errorf("%s is %s %v", src, shorten(Text(v)), warnings)
		}
	}
}

// testCalendar has the holidays around the golden tests of the platform's rules.
type testCalendar map[string]bool

func (c testCalendar) IsWorkday(year int, month time.Month, day int) bool {
	d, _ := NewDate(year, int(month), day)
	if special, ok := c[d.String()]; ok {
		return special
	}
	return d.Weekday() <= 5
}

func newTestCalendar(holidays, makeUp string) testCalendar {
	c := testCalendar{}
	for _, span := range strings.Fields(holidays) {
		first, last, _ := strings.Cut(span, "/")
		from, _ := ParseDate(first)
		to, ok := ParseDate(last)
		if !ok {
			to = from
		}
		for d := from; d.days() <= to.days(); d, _ = d.AddDays(1) {
			c[d.String()] = false
		}
	}
	for _, day := range strings.Fields(makeUp) {
		c[day] = true
	}
	return c
}

func TestWorkingDays(t *testing.T) {
	calendar := newTestCalendar(
		"2022-01-31/2022-02-06 2022-04-03/2022-04-05 2022-04-30/2022-05-04 2022-06-03/2022-06-05 2022-09-10/2022-09-12 "+
			"2022-10-01/2022-10-07 2022-12-31/2023-01-02 2026-02-15/2026-02-23 2026-09-25/2026-09-27 2026-10-01/2026-10-07",
		"2022-01-29 2022-01-30 2022-04-02 2022-04-24 2022-05-07 2022-10-08 2022-10-09 2026-02-14 2026-02-28 2026-09-20 2026-10-10")
	for _, c := range []struct {
		name, start string
		n           int
		due         string
	}{
		{"WD-1", "2022-04-28", 5, "2022-05-09"}, {"WD-2", "2022-09-29", 7, "2022-10-13"}, {"WD-3", "2022-12-28", 5, "2023-01-05"},
		{"WD-4", "2022-01-28", 5, "2022-02-09"}, {"WD-5", "2022-03-31", 3, "2022-04-06"}, {"WD-6", "2022-06-02", 1, "2022-06-06"},
		{"WD-7", "2026-09-24", 7, "2026-10-12"}, {"WD-8", "2026-02-13", 5, "2026-02-27"}, {"PA-1", "2022-05-16", 10, "2022-05-30"},
		{"CUT-1", "2022-06-13", 1, "2022-06-14"},
	} {
		src := fmt.Sprintf(
			`[working days after(@"%s", %d), working days between(@"%[1]s", @"%[3]s"), working days between(@"%[3]s", @"%[1]s")]`, c.start,
			c.n, c.due,
		)
		e, _ := Parse(src, Options{})
		p, faults := e.Compile(Scope{})
		if p == nil {
			t.Fatal(faults)
		}
		v, warnings := p.Eval(Env{Calendar: calendar}, nil)
		if got, want := Text(v), fmt.Sprintf("[%s, %d, -%d]", c.due, c.n, c.n); got != want {
			t.Errorf("%s: %s, want %s %v", c.name, got, want, warnings)
		}
	}
	for _, c := range []struct {
		from, to string
		want     int64
	}{{"2021-12-31", "2022-06-30", 122}, {"2022-04-17", "2022-06-30", 52}} {
		e, _ := Parse(fmt.Sprintf(`working days between(@"%s", @"%s")`, c.from, c.to), Options{})
		p, _ := e.Compile(Scope{})
		full := newTestCalendar("2022-01-01/2022-01-03", "")
		for k, v := range calendar {
			full[k] = v
		}
		if v, _ := p.Eval(Env{Calendar: full}, nil); v != Int(c.want) {
			t.Errorf("%s to %s: %s working days, want %d", c.from, c.to, Text(v), c.want)
		}
	}
}
