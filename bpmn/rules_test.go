package bpmn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Each rule has a faulty model, which it refuses, and the nearest valid twin, which nothing refuses.
func TestRules(t *testing.T) {
	for _, group := range ruleGroups {
		for _, r := range group {
			t.Run(r.id, func(t *testing.T) {
				archive, err := txtar.ParseFile(filepath.Join("testdata", "rules", r.id+".txtar"))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(r.section, "§") || r.hint == "" {
					t.Errorf("rule without section or hint")
				}
				models := map[string][]Diagnostic{}
				for _, f := range archive.Files {
					models[f.Name] = Check(mustParse(t, f.Data))
				}
				if faulty := models["faulty.bpmn"]; !refusedBy(faulty, r.id) {
					t.Errorf("the faulty model is not refused by the rule: %v", faulty)
				}
				for _, d := range models["valid.bpmn"] {
					t.Errorf("the valid twin: %v", d)
				}
			})
		}
	}
}

func refusedBy(ds []Diagnostic, rule string) bool {
	for _, d := range ds {
		if d.Rule == rule && d.Severity == Error && d.Line > 0 && d.Element != "" && d.Message != "" {
			return true
		}
	}
	return false
}

// A file of testdata without a rule would test nothing.
func TestRulesHaveNoStrays(t *testing.T) {
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, f := range files {
		if RuleSection(strings.TrimSuffix(filepath.Base(f), ".txtar")) == "" {
			t.Errorf("%s is of no rule", f)
		}
	}
	if _, err := os.Stat("testdata/rules/EXT002.txtar"); err != nil {
		t.Error(err)
	}
}
