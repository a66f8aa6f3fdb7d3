package ops

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// badDays are how many bad days of an office the page has.
const badDays = 14

// TestTheBadDaysAreHeld: each bad day on docs/organisation.md names tests that are there.
func TestTheBadDaysAreHeld(t *testing.T) {
	raw, err := os.ReadFile("../docs/organisation.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(raw), "\n## Bad input and bad days\n")
	where := testsByName(t)
	rows := regexp.MustCompile("(?m)^\\| ([^|-][^|]*) \\| ([^|]*`[^|]*) \\| ([^|]*) \\|$").FindAllStringSubmatch(page, -1)
	if len(rows) != badDays {
		t.Errorf("%d bad days, want %d", len(rows), badDays)
	}
	for _, row := range rows {
		for _, n := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[2], -1) {
			if err := there(n[1], where); err != nil {
				t.Errorf("%s: %v", row[1], err)
			}
		}
	}
}
