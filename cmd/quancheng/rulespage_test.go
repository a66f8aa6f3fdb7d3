package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestRulesPage: docs/rules.md says what holds now. QUANCHENG_UPDATE=1 writes it.
func TestRulesPage(t *testing.T) {
	raw, err := os.ReadFile("../../models/rules/testdata/examples.json")
	if err != nil {
		t.Fatal(err)
	}
	var examples []rules.Example
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatal(err)
	}
	tested := map[string]int{}
	for _, x := range examples {
		tested[x.Rule]++
	}
	page, err := commands.RulesPage(pointsOfModels(t), tested)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/rules.md"
	if os.Getenv("QUANCHENG_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(file); err != nil || string(was) != page {
		t.Errorf("docs/rules.md is stale: QUANCHENG_UPDATE=1 go test ./cmd/quancheng -run TestRulesPage (%v)", err)
	}
}

// pointsOfModels are the check points that the shipped models name.
func pointsOfModels(t *testing.T) (out []string) {
	t.Helper()
	shipped, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range shipped.Files {
		for _, m := range pointOfAct.FindAllSubmatch(f.Data, -1) {
			if p := string(m[1]); !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// pointOfAct is the task header that makes an act a check point (commands.Point).
var pointOfAct = regexp.MustCompile(`<zeebe:header key="checks" value="([a-z.]+)"`)
