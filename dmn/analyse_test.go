package dmn

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// TestAnalysis names what each table has, with the witness.
func TestAnalysis(t *testing.T) {
	one, two := []string{"x: number"}, []string{"x: number", "s: string"}
	out := []string{"o: string"}
	for name, c := range map[string]struct {
		policy          string
		inputs, outputs []string
		rules           []string
		want            []string // "rule: message, for witness", in part; nothing else may be found
	}{
		"complete": {"UNIQUE", one, out, []string{`< 10 -> "a"`, `>= 10 -> "b"`}, nil},
		"gap at a point": {"UNIQUE", one, out, []string{`< 10 -> "a"`, `> 10 -> "b"`},
			[]string{"table-gap (D): no rule holds, for x 10"}},
		"gap in a range": {"UNIQUE", one, out, []string{`<= 10 -> "a"`, `>= 20 -> "b"`}, []string{"no rule holds, for x (10..20)"}},
		"gap below":      {"UNIQUE", one, out, []string{`>= 20 -> "b"`}, []string{"no rule holds, for x < 20"}},
		"gap above":      {"UNIQUE", one, out, []string{`<= 20 -> "b"`}, []string{"no rule holds, for x > 20"}},
		"gap by text": {"UNIQUE", two, out, []string{`-; "a" -> "b"`, `< 5; "b" -> "b"`},
			[]string{`for s not("a", "b")`, `for x >= 5 and s "b"`}},
		"default fills":    {"UNIQUE", one, []string{`o: string | "c"`}, []string{`>= 20 -> "b"`}, nil},
		"collect has none": {"COLLECT", one, out, []string{`>= 20 -> "b"`}, nil},
		"input values":     {"UNIQUE", []string{`s: string = "a","b"`}, out, []string{`"a" -> "x"`, `"b" -> "y"`}, nil},
		"booleans":         {"UNIQUE", []string{"x > 1: boolean"}, out, []string{`true -> "x"`, `false -> "y"`}, nil},
		"boolean gap":      {"UNIQUE", []string{"x > 1: boolean"}, out, []string{`true -> "x"`}, []string{"for x > 1 false"}},
		"overlap": {"UNIQUE", one, out, []string{`< 10 -> "a"`, `>= 5 -> "b"`},
			[]string{"table-overlap (D): rules 1 and 2 hold together, though the hit policy is unique, for x [5..10)"}},
		"overlap in two": {"UNIQUE", two, out, []string{`< 10; - -> "a"`, `>= 5; "q" -> "b"`, `>= 10; not("q") -> "c"`},
			[]string{`rules 1 and 2 hold together, though the hit policy is unique, for x [5..10) and s "q"`}},
		"conflict": {"ANY", one, out, []string{`< 10 -> "a"`, `>= 10 -> "b"`, `- -> "a"`},
			[]string{"table-conflict (D): rules 2 and 3"}},
		"shadowed by one": {"FIRST", one, out, []string{`- -> "a"`, `> 5 -> "b"`},
			[]string{"table-shadowed (D): rule 2 never decides: rules before it (1) cover it"}},
		"shadowed by two": {"FIRST", two, out, []string{`< 10; - -> "a"`, `>= 10; - -> "b"`, `5; "z" -> "c"`, `-; - -> "d"`},
			[]string{"rule 3 never decides: rules before it (1) cover", "rule 4 never decides: rules before it (1, 2, 3)"}},
		"not shadowed": {"FIRST", two, out, []string{`< 10; "q" -> "a"`, `5; - -> "c"`, `-; - -> "d"`}, nil},
		"duplicate": {"FIRST", one, out, []string{`< 10 -> "a"`, `-  -> "b"`, `< 10 -> "a"`},
			[]string{"table-duplicate (D): rule 3 says the same as rule 1"}},
		"dead": {"UNIQUE", []string{"x: number = [0..100]"}, out, []string{`<= 100 -> "a"`, `> 100 -> "b"`},
			[]string{"rule-dead (D): rule 2 never holds"}},
		"unreachable output": {"UNIQUE", one, []string{`o: string = "a","b"`}, []string{`- -> "a"`},
			[]string{`output-unreachable (D): no rule gives "b" as o`}},
		"symbols": {"UNIQUE", one, out, []string{`< p.low -> "a"`, `[p.low..p.high) -> "b"`, `>= p.high -> "c"`}, nil},
		"symbols with gap": {"UNIQUE", one, out, []string{`< p.low -> "a"`, `(p.low..p.high) -> "b"`, `> p.high -> "c"`},
			[]string{"for x p.low, p.high"}},
		"symbols apart": {"UNIQUE", one, out, []string{`< p.low -> "a"`, `>= p.high -> "c"`},
			[]string{"table-not-analysed (D): the input \"x\" was not analysed: the order of p.low and p.high is not known"}},
		"not to be told": {"UNIQUE", one, out, []string{`odd(?) -> "a"`, `even(?) -> "c"`}, nil},
		"dates": {"UNIQUE", []string{"d: date"}, out, []string{`< date("2022-07-01") -> "a"`, `> date("2022-07-01") -> "c"`},
			[]string{`for d @"2022-07-01"`}},
	} {
		t.Run(name, func(t *testing.T) {
			src := file(
				given("x", "number"), given("s", "string"), given("d", "date"), given("p", "Any"),
				decide("D", "Any", tab(c.policy, c.inputs, c.outputs, c.rules...), "x", "s", "d", "p"),
			)
			var got []string
			for _, f := range program(t, src).Analyse() {
				if f.Rule != "requirement-unused" {
					got = append(got, f.String())
				}
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %d findings, want %d:\n%s", len(got), len(c.want), strings.Join(got, "\n"))
			}
			for i, w := range c.want {
				if !strings.Contains(got[i], w) {
					t.Errorf("got %s\nwant %s", got[i], w)
				}
			}
		})
	}
}

// TestWitnesses evaluates random tables at what the analysis says of them: where it sees a gap no rule holds, where it
// sees an overlap both do, and a table in which it sees neither has exactly one rule for every value.
func TestWitnesses(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	complete := 0
	for range 300 {
		rules := randomPartition(rnd)
		src := file(given("x", "number"), given("y", "number"),
			decide("D", "Any", tab("UNIQUE", []string{"x: number", "y: number"}, []string{"o: string"}, rules...), "x", "y"))
		p := program(t, src)
		findings := p.Analyse()
		for _, f := range findings {
			hits := hitsAt(t, p, f.Witness[0].Sample, f.Witness[1].Sample)
			if f.Rule == "table-gap" && len(hits) != 0 || f.Rule == "table-overlap" && len(hits) < 2 {
				t.Fatalf("%s\nbut rules %v hold in\n%s", f, hits, strings.Join(rules, "\n"))
			}
		}
		if len(findings) > 0 {
			continue
		}
		complete++
		for i := range 44 {
			if hits := hitsAt(t, p, half(i%22), half(i/2)); len(hits) != 1 {
				t.Fatalf("nothing found, but at %v and %v rules %v hold in\n%s", half(i%22), half(i/2), hits, strings.Join(rules, "\n"))
			}
		}
	}
	if complete == 0 {
		t.Error("no random table was complete; the test says nothing about those")
	}
}

func half(i int) feel.Value {
	v, _ := feel.Int(int64(i)).Quo(feel.Int(2))
	return v
}

func hitsAt(t *testing.T, p *Program, x, y feel.Value) []RuleHit {
	t.Helper()
	r, err := p.Explain("D", feel.Env{}, feel.MapVars{"x": x, "y": y})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Trace.Steps {
		for _, h := range s.Tables {
			return h.Rules
		}
	}
	t.Fatal("no table ran")
	return nil
}

// randomPartition cuts the plane into rectangles and sometimes spoils one bound.
func randomPartition(rnd *rand.Rand) []string {
	cut := 1 + rnd.Intn(4)
	var rules []string
	for _, x := range []string{fmt.Sprintf("< %d", cut), fmt.Sprintf("[%d..%d)", cut, cut+3), fmt.Sprintf(">= %d", cut+3)} {
		at := rnd.Intn(10)
		rules = append(rules, fmt.Sprintf(`%s; <= %d -> "a"`, x, at), fmt.Sprintf(`%s; > %d -> "b"`, x, at))
	}
	if rnd.Intn(2) == 0 {
		i := rnd.Intn(len(rules))
		entries, output, _ := strings.Cut(rules[i], "->")
		rules[i] = strings.NewReplacer("<=", "<", ">=", ">", "[", "(", "> ", ">= ").Replace(entries) + "->" + output
	}
	return rules
}

func TestConsumers(t *testing.T) {
	table := tab("UNIQUE", []string{"x: number"}, []string{"kept: string", "lost: string", "full name: string"}, `- -> "a"; "b"; "c"`)
	p := program(t, file(given("x", "number"), given("unused", "number"), factorial[:strings.Index(factorial, "<decisionService")],
		decide("D1", "Any", table, "x"), decide("D", "Any", literal("D1.kept + D1.full name"), "D1", "x")))
	want := []string{
		`input-unused (unused):`, `knowledge-unused (F):`, `no consumer of the decision "D1" reads its output "lost"`,
		`the decision "D" requires "x" and does not read it`,
	}
	got := p.Analyse()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, w := range want {
		if !strings.Contains(got[i].String(), w) {
			t.Errorf("got %s\nwant %s", got[i], w)
		}
	}
}

// TestShippedDecisions compiles and analyses what ships, strictly: nothing may be found.
func TestShippedDecisions(t *testing.T) {
	files, err := filepath.Glob("../workflows/definitions/*.dmn")
	if err != nil || len(files) < 5 {
		t.Fatalf("only %d decisions: %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range program(t, string(data)).Analyse() {
			t.Errorf("%s: %s", filepath.Base(f), finding)
		}
	}
}
