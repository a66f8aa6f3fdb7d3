package quancheng

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLimitsDocument holds each row of docs/limits.md against the constant that it names.
func TestLimitsDocument(t *testing.T) {
	page, err := os.ReadFile("docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| .* \\| `(\\S+)` `(\\S+)` \\| (.+?) \\| \\S+ \\|$").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 30 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		source, err := os.ReadFile(row[1])
		if err != nil {
			t.Error(err)
			continue
		}
		constant := regexp.MustCompile(`(?m)^\s*(?:const )?` + row[2] + `\s*=\s*` + regexp.QuoteMeta(row[3]) + `(\s*//.*)?$`)
		if !constant.Match(source) {
			t.Errorf("%s in %s is not %s", row[2], row[1], row[3])
		}
	}
}

// TestEveryPageIsFound: each page of docs/ stands in its index.
func TestEveryPageIsFound(t *testing.T) {
	index, err := os.ReadFile("docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, p := range pages {
		if name := filepath.Base(p); name != "README.md" && !strings.Contains(string(index), "("+name+")") {
			t.Errorf("docs/README.md does not list %s", name)
		}
	}
}
