package bpmn

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Every faulty model of the suite is refused, and no model that it deploys.
func TestGateOnSuite(t *testing.T) {
	for _, file := range suiteFiles(t, "constraints/*.json") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if ds := checkScenario(t, file); !HasErrors(ds) {
				t.Errorf("not refused: %v", ds)
			}
		})
	}
	for _, file := range suiteFiles(t, "bpmn/*/*.json") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if deploysTo(t, file, "ok") {
				for _, d := range checkScenario(t, file) {
					if d.Severity == Error {
						t.Errorf("refused: %v", d)
					}
				}
			}
		})
	}
}

func checkScenario(t *testing.T, file string) []Diagnostic {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s struct{ Models []string }
	if err := json.Unmarshal(data, &s); err != nil || len(s.Models) == 0 {
		t.Fatalf("%s: %v", file, err)
	}
	var out []Diagnostic
	for _, model := range s.Models {
		xml, err := os.ReadFile(filepath.Join(filepath.Dir(file), model))
		if err != nil {
			t.Fatal(err)
		}
		m, ds := Parse(xml)
		out = append(out, ds...)
		if m != nil {
			out = append(out, Check(m)...)
		}
	}
	return out
}

// deploysTo reports whether the scenario's first deployment must have that result.
func deploysTo(t *testing.T, file, result string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s struct{ Steps []struct{ Do, Result string } }
	if err := json.Unmarshal(data, &s); err != nil || len(s.Steps) == 0 {
		t.Fatalf("%s: %v", file, err)
	}
	for _, step := range s.Steps {
		if step.Do == "deploy" {
			return step.Result == result
		}
	}
	return false
}
