package api_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/texts"
)

var refusals = []*regexp.Regexp{
	regexp.MustCompile(`(?:models\.)?Refuse\("([a-z][a-zA-Z.-]*)"`),
	regexp.MustCompile(`refuse\("([a-z][a-z-]*)"`),
	regexp.MustCompile(`refuse\(http\.Status\w+, "([a-z][a-z-]*)"`),
	regexp.MustCompile(`\.(?:Field|field)\([^,()]*(?:\([^()]*\))?[^,()]*, "([a-z][a-zA-Z.-]*)"`),
}

// TestEveryRefusalHasAText: what people may be answered is said in words.
func TestEveryRefusalHasAText(t *testing.T) {
	for _, room := range []string{".", "../models", "../engine", "../activities"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.Contains(path, "client/") {
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, re := range refusals {
				for _, m := range re.FindAllSubmatch(src, -1) {
					if code := string(m[1]); !texts.Has(code) {
						t.Errorf("%s: %s has no text", path, code)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
