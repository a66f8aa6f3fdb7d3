package feel

import (
	"os"
	"strings"
	"testing"
)

// TestLanguage evaluates the lines of testdata/language.txt.
func TestLanguage(t *testing.T) {
	data, err := os.ReadFile("testdata/language.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(data), "\n") {
		src, want, found := strings.Cut(line, " → ")
		if !found || strings.HasPrefix(line, "# ") {
			continue
		}
		if got := literalText(evalText(t, src)); got != want {
			t.Errorf("%s is %s, want %s", src, got, want)
		}
	}
}
