package feel

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/feel.md anew")

// TestDocumentation holds docs/feel.md against the tables of built-ins; their examples have a test of their own.
func TestDocumentation(t *testing.T) {
	intro, err := os.ReadFile(filepath.Join("testdata", "docs.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(intro) + functionPage()
	file := filepath.Join("..", "docs", "feel.md")
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(file); string(got) != page {
		t.Errorf("%s is stale: run go test ./feel -run Documentation -update", file)
	}
}

// functionPage is a table for each group of built-ins.
func functionPage() string {
	var b strings.Builder
	group := ""
	for _, f := range Builtins() {
		if f.Group != group {
			group = f.Group
			b.WriteString("\n### " + group + "\n\n| function | examples |\n|---|---|\n")
		}
		b.WriteString("| " + code(f.Signatures(), "<br>") + " | " + code(f.Examples, "<br>") + " |\n")
	}
	return b.String()
}

func code(lines []string, between string) string {
	quoted := make([]string, len(lines))
	for i, l := range lines {
		quoted[i] = "`` " + strings.ReplaceAll(l, "|", `\|`) + " ``"
	}
	return strings.Join(quoted, between)
}
