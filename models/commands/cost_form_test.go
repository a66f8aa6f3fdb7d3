package commands

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// What is counted must give a price: FP-8 is refused when the application is handed in, and so is a line
// without the factor that somebody chose and why.
func TestFunctionPointsThatGiveNoPrice(t *testing.T) {
	raw, err := os.ReadFile("testdata/function_points.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name    string
		Modules []map[string]any
		Costing map[string]any
		Refused []string
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	codes := func(modules, costing any) (out []string) {
		f := check()
		p := books.Project{Code: "X", Form: models.JSONOf(map[string]any{"functionPoints": modules, "costing": costing})}
		if err := f.functionPoints(p, 1); err != nil {
			t.Fatal(err)
		}
		for _, x := range f.Fields {
			out = append(out, x.Code)
		}
		return out
	}
	for _, x := range cases {
		for _, m := range x.Modules {
			m["lineNo"] = 1
		}
		x.Costing["lineNo"] = 1
		if got := codes(x.Modules, []any{x.Costing}); !slices.Equal(got, x.Refused) {
			t.Errorf("%s: %v, want %v", x.Name, got, x.Refused)
		}
	}
	other := []map[string]any{{"lineNo": 2, "module": "of a line that is not there", "ilf": 3}, {"module": "of none", "ilf": 3}}
	if got := codes(other, []any{}); !slices.Equal(got, []string{"line-unknown"}) {
		t.Errorf("modules of no line: %v", got)
	}
}
