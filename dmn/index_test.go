package dmn

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// TestIndexFindsWhatAScanFinds compares the index with evaluating every entry of every rule, on random tables and
// random values, some of kinds that the columns do not speak of.
func TestIndexFindsWhatAScanFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for round := range 60 {
		var rules []string
		for range 1 + rnd.Intn(80) {
			rules = append(rules, fmt.Sprintf("%s; %s; %s -> 1", numberEntry(rnd), textEntry(rnd), booleanEntry(rnd)))
		}
		src := file(
			given("n", "Any"), given("s", "Any"), given("b", "Any"), given("limit", "number"),
			decide(
				"D", "Any", tab("COLLECT/COUNT", []string{"n: Any", "s: Any", "b: Any"}, []string{"out: number"}, rules...), "n", "s", "b",
				"limit",
			),
		)
		p := program(t, src)
		d := p.find("D").(*decision)
		tab := compiledTable(t, p, d)
		scan := *tab
		scan.index = &index{rules: len(rules), words: tab.index.words, columns: make([]column, 3)} // decides nothing
		for range 20 {
			vars := feel.MapVars{"n": anyValue(rnd), "s": anyValue(rnd), "b": anyValue(rnd), "limit": feel.Int(3)}
			r := p.newRun(feel.Env{}, vars, nil)
			f := d.plan.frame(r, nil)
			values := []feel.Value{vars["n"], vars["s"], vars["b"]}
			if got, want := tab.match(r, values, f), scan.match(r, values, f); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("round %d, %v: index %v, scan %v\n%s", round, vars, got, want, strings.Join(rules, "\n"))
			}
		}
	}
}

// compiledTable compiles the table of a decision once more, to look inside.
func compiledTable(t *testing.T, p *Program, d *decision) *table {
	t.Helper()
	c := &compiler{program: p, models: []*Model{p.main.model}}
	return c.compileTable(d.src.Logic.(Table), c.scopeOf(d.u, "D", d.needs))
}

func numberEntry(rnd *rand.Rand) string {
	a, b := rnd.Intn(10), rnd.Intn(10)
	forms := []string{
		"-", "%d", "< %d", ">= %d", "[%d..%d]", "]%d..%d[", "not(%d)", "not([%d..%d))", "%d, > %d", "< limit", "[%d..limit]", "? + 1 > %d",
		`"a"`, "null",
	}
	form := forms[rnd.Intn(len(forms))]
	return fmt.Sprintf(form, []any{a, b}[:strings.Count(form, "%d")]...)
}

func textEntry(rnd *rand.Rand) string {
	letter := func() string { return string(rune('a' + rnd.Intn(4))) }
	forms := []string{"-", `"%s"`, `"%s", "%s"`, `not("%s")`, `not("%s", "%s")`, `starts with(?, "%s")`, `< "%s"`, `["%s".."%s"]`}
	form := forms[rnd.Intn(len(forms))]
	return fmt.Sprintf(form, []any{letter(), letter()}[:strings.Count(form, "%s")]...)
}

func booleanEntry(rnd *rand.Rand) string {
	return []string{"-", "true", "false", "not(true)", "null"}[rnd.Intn(5)]
}

func anyValue(rnd *rand.Rand) feel.Value {
	switch rnd.Intn(8) {
	case 0:
		return nil
	case 1:
		return rnd.Intn(2) == 0
	case 2:
		return feel.List{feel.Int(int64(rnd.Intn(10))), "a"}
	case 3, 4:
		return string(rune('a' + rnd.Intn(5)))
	}
	return feel.Int(int64(rnd.Intn(12) - 1))
}

func benchmarkTable(b *testing.B, rules int) {
	rows := make([]string, rules)
	for i := range rows {
		rows[i] = fmt.Sprintf(`[%d..%d); "kind%d" -> "out%d"`, i/10*1000, i/10*1000+1000, i%10, i)
	}
	src := file(
		given("amount", "number"), given("kind", "string"),
		decide(
			"D", "string", tab("UNIQUE", []string{"amount: number", "kind: string"}, []string{"out: string"}, rows...), "amount", "kind",
		),
	)
	p := program(b, src)
	in := feel.MapVars{"amount": feel.Int(int64(rules / 10 * 500)), "kind": "kind7"}
	b.ReportAllocs()
	for b.Loop() {
		r, err := p.Evaluate("D", feel.Env{}, in)
		if err != nil || r.Value == nil {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkTable10(b *testing.B)    { benchmarkTable(b, 10) }
func BenchmarkTable1000(b *testing.B)  { benchmarkTable(b, 1000) }
func BenchmarkTable10000(b *testing.B) { benchmarkTable(b, 10000) }

// BenchmarkCompile compiles a chain of 400 decisions whose names have spaces.
func BenchmarkCompile(b *testing.B) {
	var decisions []string
	for i := range 400 {
		logic, need := "1", ""
		if i > 0 {
			logic = fmt.Sprintf("my decision %d + 1", i-1)
			need = fmt.Sprintf(`<informationRequirement><requiredDecision href="#d%d"/></informationRequirement>`, i-1)
		}
		decisions = append(decisions, fmt.Sprintf(`<decision id="d%d" name="my decision %d">%s%s</decision>`, i, i, need, literal(logic)))
	}
	m := mustParse(b, file(decisions...))
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := Compile(m, Options{}); len(diags) > 0 {
			b.Fatal(diags)
		}
	}
}
