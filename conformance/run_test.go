package conformance

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine/play"
)

// suite is the conformance data: CONFORMANCE_DIR, or the checkout beside ours.
func suite(t testing.TB) string {
	dir := os.Getenv("CONFORMANCE_DIR")
	if dir == "" {
		dir = "../../shared/conformance"
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no conformance suite: set CONFORMANCE_DIR (%v)", err)
	}
	return dir
}

// TestConformance runs all suites. CONFORMANCE_ONLY limits it to ids that match.
func TestConformance(t *testing.T) {
	for name, store := range map[string]bool{"living": false, "stored": true} {
		t.Run(name, func(t *testing.T) {
			o := Options{Driver: func() (play.Driver, error) { return play.NewMemory(store), nil }}
			if only := os.Getenv("CONFORMANCE_ONLY"); only != "" {
				o.Only = regexp.MustCompile(only)
			}
			r, err := Run(suite(t), o)
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
