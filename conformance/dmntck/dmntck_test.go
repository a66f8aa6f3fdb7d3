package dmntck

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/quancheng/quancheng/conformance/report"
)

// TestSuite runs the kit in the conformance directory: CONFORMANCE_DIR, or the one beside the checkout.
func TestSuite(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DIR")
	if dir == "" {
		dir = "../../../shared/conformance"
	}
	dir = filepath.Join(dir, "dmn")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no DMN suite in %s; set CONFORMANCE_DIR", dir)
	}
	r := report.New()
	if err := Run(dir, nil, r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Failures {
		t.Errorf("%s: %s", f.ID, f.Why)
	}
	for _, s := range r.Suites {
		t.Logf("%s: %d of %d", s.Name, s.Passed, s.Total)
	}
	if r.Total == 0 {
		t.Fatal("no cases found")
	}
}
