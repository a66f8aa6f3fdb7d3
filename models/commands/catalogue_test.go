package commands

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCatalogue: the page of commands and the registry, which files fill on
// their own, name the same.
func TestCatalogue(t *testing.T) {
	page, err := os.ReadFile("../../workflows/definitions/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Commands\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var listed []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z.]+)`(?: \\(former\\))? \\|").FindAllStringSubmatch(section, -1) {
		listed = append(listed, row[1])
	}
	slices.Sort(listed)
	if known := slices.Sorted(maps.Keys(registry)); !slices.Equal(listed, known) {
		for _, name := range listed {
			if !Has(name) {
				t.Errorf("the catalogue lists %s, which no file registers", name)
			}
		}
		for _, name := range known {
			if !slices.Contains(listed, name) {
				t.Errorf("%s is not in the catalogue", name)
			}
		}
		if len(listed) != len(slices.Compact(listed)) {
			t.Error("the catalogue lists a command twice")
		}
	}
}
