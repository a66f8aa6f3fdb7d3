package quancheng

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A county draws its own models and has its own units (DESIGN §11): what a task
// edits and is about stands in the model, which unit serves as what in the
// organisation. TestNobodyKnowsAnID plays a life without any of our ids.

// knows are the files that may name ids: tests and their data, the players of the
// demonstration, the organisation of it, and what former releases' ids meant.
var knows = regexp.MustCompile(
	`_test\.go$|\.(test|spec)\.ts$|(^|/)(testdata|node_modules|dist)/|^(seed|bench|models/demo|activities/activitiestest|web/e2e|web/tests)/|^models/migrations/0033_`,
)

// sources are the files that may not.
var sources = regexp.MustCompile(`\.(go|ts|mjs|vue|sql)$`)

// definitions are the files that may name their own elements, but no unit.
var definitions = regexp.MustCompile(`^workflows/definitions/[^/]+\.(bpmn|dmn|form)$`)

func TestNobodyNamesAnID(t *testing.T) {
	elements, units := elementIDs(t), unitIDs(t)
	if len(elements) < 200 || len(units) < 30 {
		t.Fatalf("only %d elements and %d units were found", len(elements), len(units))
	}
	looked := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "node_modules" || d.Name() == ".git") {
				return fs.SkipDir
			}
			return err
		}
		name = filepath.ToSlash(name)
		source := sources.MatchString(name) && !knows.MatchString(name)
		if !source && !definitions.MatchString(name) {
			return nil
		}
		looked++
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if strings.HasSuffix(name, ".sql") { // published migrations explain themselves with examples
				line, _, _ = strings.Cut(line, "--")
			}
			if id := named(line, elements, units, source); id != "" {
				t.Errorf("%s:%d: knows %q; say it in the model (qc:task) or by the function of a unit", name, i+1, id)
			}
		}
		return nil
	})
	if err != nil || looked < 400 {
		t.Errorf("%d files, %v", looked, err)
	}
}

var (
	word = regexp.MustCompile(`[A-Za-z0-9_]+`)
	// beginning is how a stage's elements and processes begin, as a text or a pattern of its own.
	beginning = regexp.MustCompile("[\"'`/(^|](p[0-9]{1,2}_?|r1_?|(?:qc_)?p[0-9]{1,2}_?)[\"'`/)|%*]")
)

// named is the first id that a line names, or "".
func named(line string, elements, units map[string]bool, source bool) string {
	for _, w := range word.FindAllString(line, -1) {
		if units[w] || source && elements[w] {
			return w
		}
	}
	if m := beginning.FindStringSubmatch(line); source && m != nil {
		return m[1]
	}
	return ""
}

// TestNamedFindsThem: the scan is no better than what it sees.
func TestNamedFindsThem(t *testing.T) {
	elements, units := map[string]bool{"p1_draft": true}, map[string]bool{"DP34": true}
	for line, want := range map[string]string{
		`const elementDraft = "p1_draft"`:            "p1_draft",
		`WHERE element IN ('p1_draft')`:              "p1_draft",
		`const post = "OFFICE@DP34"`:                 "DP34",
		`"p3":  reviewMatter,`:                       "p3",
		`strings.HasPrefix(t.Element, "p10_")`:       "p10_",
		`/^(qc_p1|qc_p2|qc_p3)/.test(task.process)`:  "qc_p1",
		`UPDATE task SET a = 1 WHERE e LIKE 'p3_%'`:  "p3_",
		`fmt.Fprintf(o.Out, "p50 %s p99 %s")`:        "",
		`SendStart(tx, a, "qc_lifecycle", p.Code)`:   "",
		`task.about === 'review' && p1 != undefined`: "",
	} {
		if got := named(line, elements, units, true); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if named(`<userTask id="p1_draft">`, elements, units, false) != "" || named(`groups="A@DP34"`, elements, units, false) != "DP34" {
		t.Error("a model may name its elements, and no unit")
	}
}

// elementIDs are the ids in the shipped models but those of processes, which are what a case is started by.
func elementIDs(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("workflows/definitions/*.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`<([\w:]+) id="([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
			if !slices.Contains([]string{"bpmn:process", "bpmn:definitions"}, m[1]) {
				out[m[2]] = true
			}
		}
	}
	return out
}

func unitIDs(t *testing.T) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile("models/demo/organisation.json")
	if err != nil {
		t.Fatal(err)
	}
	var o struct{ Depts []struct{ ID string } }
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, d := range o.Depts {
		out[d.ID] = true
	}
	return out
}
