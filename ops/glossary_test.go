package ops

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What docs/glossary.md says of the code is there: files by their paths or names, other words somewhere in the sources.
func TestGlossary(t *testing.T) {
	page, err := os.ReadFile("../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	files, words := map[string]bool{}, map[string]bool{}
	word := regexp.MustCompile(`\w+`)
	for _, room := range []string{"models", "engine", "workflows/definitions", "activities", "similar", "docs", "web/src"} {
		err := filepath.WalkDir(filepath.Join("..", room), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			files[d.Name()], files[strings.TrimPrefix(filepath.ToSlash(path), "../")] = true, true
			if ext := filepath.Ext(path); d.IsDir() || strings.HasSuffix(path, "_test.go") || ext != ".go" && ext != ".sql" && ext != ".json" {
				return nil
			}
			raw, err := os.ReadFile(path)
			for _, w := range word.FindAllString(string(raw), -1) {
				words[w] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	named := regexp.MustCompile("`([^`]+)`")
	for _, line := range strings.Split(string(page), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "| ") || len(cells) != 4 {
			continue
		}
		for _, m := range named.FindAllStringSubmatch(cells[3], -1) {
			if !files[m[1]] && !words[m[1]] {
				t.Errorf("%s: %s is not in the code", strings.TrimSpace(cells[1]), m[1])
			}
		}
	}
}
