package api_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine"
)

// operationRow is a row of the table in docs/approval-operations.md.
var operationRow = regexp.MustCompile(`(?m)^\| (\d+) \| [^|]* \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| [^|]* \|$`)

// TestOperationsPage: the page names every operation and every scenario, and nothing that does not exist.
func TestOperationsPage(t *testing.T) {
	page, err := os.ReadFile("../docs/approval-operations.md")
	if err != nil {
		t.Fatal(err)
	}
	names, scenarios := []string{}, map[string]bool{}
	all := operationRow.FindAllStringSubmatch(string(page), -1)
	if len(all) != 39 {
		t.Fatalf("%d rows, want the 39 operations of the domain", len(all))
	}
	for _, row := range all {
		ops := strings.Fields(row[2])
		names = append(names, ops...)
		for i, cell := range row[3:6] {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("operation %s: column %d is empty", row[1], i+4)
			}
		}
		if file := strings.TrimSpace(row[3]); file != "" && file != "–" {
			if _, err := os.Stat("../engine/" + file); err != nil {
				t.Errorf("operation %s: %v", row[1], err)
			}
		}
		used := false
		for name := range strings.FieldsSeq(row[4]) {
			scenarios[name] = true
			used = used || plays(t, name, ops)
		}
		if len(scenarios) > 0 && strings.TrimSpace(row[4]) != "" && !used {
			t.Errorf("operation %s: none of its scenarios uses %v", row[1], ops)
		}
	}
	for _, op := range engine.Operations {
		if !op.System && !slices.Contains([]string{"complete", "answer", "unclaim", "resume"}, op.Name) &&
			!slices.Contains(names, op.Name) {
			t.Errorf("the page has no %s", op.Name)
		}
	}
}

// plays reports whether a scenario does one of some operations, or whether they are no verbs of a task.
func plays(t *testing.T, name string, ops []string) bool {
	t.Helper()
	raw, err := os.ReadFile("testdata/scenarios/" + name + ".json")
	if err != nil {
		t.Errorf("scenario %s: %v", name, err)
		return true
	}
	if slices.Contains(ops, "saveDraft") {
		return strings.Contains(string(raw), "/draft\"")
	}
	var s struct {
		Steps []json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Errorf("scenario %s: %v", name, err)
	}
	for _, op := range ops {
		if spec, known := engine.OperationNamed(op); !known || spec.Event != "" || spec.System {
			return true // a policy, an act on the whole case, or the clock's
		}
		if strings.Contains(string(raw), `"do": "`+op+`"`) || op == "reassign" && strings.Contains(string(raw), "/handovers/") ||
			strings.Contains(string(raw), "/instances/{case}/"+op+"\"") {
			return true
		}
	}
	return false
}
