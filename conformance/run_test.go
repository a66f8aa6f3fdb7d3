package conformance

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/notrun"
)

// TestConformance runs all suites. CONFORMANCE_ONLY limits it to ids that match.
func TestConformance(t *testing.T) {
	for name, store := range map[string]bool{"living": false, "stored": true} {
		t.Run(name, func(t *testing.T) {
			o := Options{Driver: func() (play.Driver, error) { return play.NewMemory(store), nil }}
			if only := os.Getenv("CONFORMANCE_ONLY"); only != "" {
				o.Only = regexp.MustCompile(only)
			}
			r, err := Run(notrun.Conformance(t, ""), o)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := r.WriteText(&b); err != nil {
				t.Fatal(err)
			}
			t.Logf("\n%s", b.String())
			if r.Passed != r.Total {
				t.Errorf("%d of %d cases fail", r.Total-r.Passed, r.Total)
			}
		})
	}
}
