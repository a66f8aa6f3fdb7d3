package feel

import (
	"strings"
	"testing"
	"time"
)

// TestExamplesOfBuiltins runs the examples of the tables, which docs/feel.md shows.
func TestExamplesOfBuiltins(t *testing.T) {
	env := Env{Now: time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)}
	for _, b := range Builtins() {
		if len(b.Examples) == 0 {
			t.Errorf("%s has no example", b.Name)
		}
		for _, line := range b.Examples {
			src, want, _ := strings.Cut(line, " → ")
			e, diags := Parse(src, Options{Camunda: b.Camunda})
			if e == nil {
				t.Errorf("%s: %v", src, diags)
				continue
			}
			p, diags := e.Compile(Scope{Open: b.Camunda})
			if p == nil {
				t.Errorf("%s: %v", src, diags)
				continue
			}
			v, warnings := p.Eval(env, nil)
			if got := literalText(v); got != want {
				t.Errorf("%s is %s, want %s %v", src, got, want, warnings)
			}
		}
	}
}

func TestRegularExpressions(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`matches("abracadabra", "^a.*a$")`, "true"},
		{`matches("a\nb", "a.b")`, "false"},
		{`matches("a\nb", "a.b", "s")`, "true"},
		{`matches("x\nb", "^b$", "m")`, "true"},
		{`matches("x\nb", "^b$")`, "false"},
		{`matches("helloworld", "hello world", "x")`, "true"},
		{`matches("a.b", "a.b", "q") and not(matches("axb", "a.b", "q"))`, "true"},
		{`matches("HELLO", "hello", "i")`, "true"},
		{`matches("hello world", "hello[ ]world", "x")`, "true"},
		{`matches("hello world", "hello\ sworld", "x")`, "true"},
		{`matches("m", "\p{Lu}", "i")`, "false"},
		{`matches("M", "[a-z]", "i")`, "true"},
		{`matches("abc", "abc", "p")`, "null"},
		{`matches("xyzzyx", "(.)(.)(.)\3\2\1")`, "true"},
		{`matches("aA", "(a)\1", "i")`, "true"},
		{`matches("ab", "(a)\2")`, "null"},
		{`matches("b", "[a-z-[aeiou]]")`, "true"},
		{`matches("e", "[a-z-[aeiou]]")`, "false"},
		{`matches("全", "\p{IsCJKUnifiedIdeographs}")`, "true"},
		{`matches("é", "\p{Ll}") and matches("é", "\P{Lu}")`, "true"},
		{`matches("٣", "^\d$")`, "true"},
		{`matches("a:b", "^\i\c*$")`, "true"},
		{`matches("-", "\w")`, "false"},
		{`matches("a", "[")`, "null"},
		{`matches("a", "(a")`, "null"},
		{`matches("a", "*a")`, "null"},
		{`matches("a", "\q")`, "null"},
		{`replace("abracadabra", "a(.)", "a$1$1")`, `"abbraccaddabbra"`},
		{`replace("AAAA", "A+?", "b")`, `"bbbb"`},
		{`replace("darted", "^(.*?)d(.*)$", "$1c$2")`, `"carted"`},
		{`replace("abc", "b", "\\$")`, `"a$c"`},
		{`replace("abc", "b", "$")`, "null"},
		{`replace("abc", "x*", "-")`, "null"},
		{`replace("abab", "(a)(b)\1", "<$2$0>")`, `"<baba>b"`},
		{`split("a1b22c", "\d+")`, `["a", "b", "c"]`},
		{`split("abc", "x*")`, "null"},
	} {
		if got := literalText(evalText(t, c.src)); got != c.want {
			t.Errorf("%s is %s, want %s", c.src, got, c.want)
		}
	}
}
