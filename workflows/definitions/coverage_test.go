package definitions_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/workflows/definitions"
)

var quoted = regexp.MustCompile("`([^`]+)`")

// TestCoverageNames: what docs/coverage-contracts.md names is there, element, form and test; and every
// task of the processes that it is about is in it.
func TestCoverageNames(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "coverage-contracts.md"))
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	elements, forms, tests, told := map[string]bool{}, map[string]bool{}, testsOf(t), map[string]bool{}
	about, papers := map[string]bool{}, map[string]bool{}
	kinds, err := os.ReadFile(filepath.Join("..", "..", "docs", "papers.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range quoted.FindAllStringSubmatch(string(kinds), -1) {
		papers[m[1]] = true
	}
	for _, f := range bundle.Files {
		forms[strings.TrimSuffix(f.Name, ".form")] = strings.HasSuffix(f.Name, ".form")
		if !strings.HasSuffix(f.Name, ".bpmn") {
			continue
		}
		for _, m := range regexp.MustCompile(`<bpmn:(\w+) id="((?:p6|p7|p8|p9|p10|p11|p12|c1|pk)_\w+)"`).FindAllSubmatch(f.Data, -1) {
			elements[string(m[2])] = true
			if string(m[1]) == "userTask" {
				about[string(m[2])] = true
			}
		}
	}
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, "|")
		if len(cells) != 8 {
			continue
		}
		for column, there := range map[int]map[string]bool{2: elements, 3: forms, 5: papers, 6: tests} {
			for _, m := range quoted.FindAllStringSubmatch(cells[column], -1) {
				told[m[1]] = true
				if !there[m[1]] {
					t.Errorf("%s: there is no %s", strings.TrimSpace(cells[1]), m[1])
				}
			}
		}
	}
	for task := range about {
		if !told[task] {
			t.Errorf("docs/coverage-contracts.md leaves out %s", task)
		}
	}
}
