package ops

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// families of the faults that were found by trying, and how many there are of each.
var families = map[byte]int{'W': 12, 'S': 6, 'A': 24, 'E': 11, 'T': 6, 'O': 11}

// TestTheFaultsAreHeld: each fault stands once on docs/faults.md, with tests that are there, or with what is not held.
// A test is named as `TestName`, a file as `web/tests/x.test.ts` or `web/e2e/x.mjs` with a sentence that is in it.
func TestTheFaultsAreHeld(t *testing.T) {
	raw, err := os.ReadFile("../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	where := testsByName(t)
	rows := regexp.MustCompile(`(?m)^\| ([WSAETO]\d+) \| (.*) \| (.*) \| (.*) \|$`).FindAllStringSubmatch(string(raw), -1)
	seen := map[string]bool{}
	named := regexp.MustCompile("`([^`]+)`")
	for _, row := range rows {
		id, by, open := row[1], row[3], strings.TrimSpace(row[4])
		if seen[id] {
			t.Errorf("%s stands twice", id)
		}
		seen[id] = true
		names := named.FindAllStringSubmatch(by, -1)
		if len(names) == 0 && (open == "" || open == "–") {
			t.Errorf("%s is held by nothing, and nothing says so", id)
		}
		for _, n := range names {
			if err := there(n[1], where); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
	for family, n := range families {
		for i := 1; i <= n; i++ {
			if id := fmt.Sprintf("%c%d", family, i); !seen[id] {
				t.Errorf("%s is not on the page", id)
			}
		}
	}
}

// there reports whether a test, or a file of tests, is there.
func there(name string, tests map[string]string) error {
	if strings.HasPrefix(name, "Test") {
		if tests[name] == "" {
			return fmt.Errorf("%s is not there", name)
		}
		return nil
	}
	if strings.HasPrefix(name, "make ") {
		raw, err := os.ReadFile("../Makefile")
		if err != nil || !strings.Contains(string(raw), "\n"+strings.Fields(name)[1]+":") {
			return fmt.Errorf("%s is not there", name)
		}
		return nil
	}
	_, err := os.Stat("../" + name)
	return err
}
