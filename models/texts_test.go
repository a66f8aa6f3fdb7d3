package models_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/texts"
)

var (
	refusal = regexp.MustCompile(`(?:Refuse|\.Code = |Mistake\{[^,]*,) ?\(?"([a-z][a-z-]*)"`)
)

// fieldCode finds the code of a Field call: its second argument.
func fieldCodes(line string) []string {
	var out []string
	for _, part := range strings.Split(line, ".Field(")[1:] {
		depth := 0
		for i, r := range part {
			if r == '(' {
				depth++
			}
			if r == ')' {
				depth--
			}
			if r == ',' && depth == 0 {
				if m := regexp.MustCompile(`^, "([a-z][a-z-]*)"`).FindStringSubmatch(part[i:]); m != nil {
					out = append(out, m[1])
				}
				break
			}
		}
	}
	return out
}

// Every refusal of the books has a sentence for people.
func TestEveryRefusalHasAText(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(raw), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			codes := fieldCodes(line)
			for _, m := range refusal.FindAllStringSubmatch(line, -1) {
				codes = append(codes, m[1])
			}
			for _, code := range codes {
				seen++
				if !texts.Has(code) {
					t.Errorf("%s: %q has no text", path, code)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("only %d refusals were found; the test looks for the wrong thing", seen)
	}
}
