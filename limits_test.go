package quancheng

import (
	"os"
	"regexp"
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
