package dmn

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// FuzzModel reads, writes, compiles and evaluates whatever comes: no panic, no endless work, and what is written
// reads back.
func FuzzModel(f *testing.F) {
	f.Add([]byte(importer))
	f.Add([]byte(rates))
	f.Add(
		[]byte(
			file(
				tree, percent, pair, given("x", "number"),
				decide(
					"D", "tPair", tab("PRIORITY", []string{"x: number = >0"}, []string{`o: string = "a","b" | "b"`}, `[1..3] -> "a"`), "x",
				),
			),
		),
	)
	f.Add(
		[]byte(file(decide("D", "Any", `<for iteratorVariable="i"><in>`+literal("[1..3]")+`</in><return>`+literal("i")+`</return></for>`))),
	)
	shipped, _ := filepath.Glob("../workflows/definitions/*.dmn")
	for _, name := range shipped {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _ := Parse(data)
		if m == nil {
			return
		}
		if out, err := m.Write(); err == nil {
			if again, diags := Parse(out); again == nil {
				t.Fatalf("what was written does not read back: %v", diags)
			}
		}
		p, _ := Compile(m, Options{Camunda: len(data)%2 == 0})
		for _, d := range m.Decisions {
			if _, err := p.Explain(d.Name, feel.Env{MaxSteps: 10_000}, feel.MapVars{"x": feel.Int(1)}); err != nil && d.Name != "" {
				t.Fatal(err)
			}
		}
	})
}
