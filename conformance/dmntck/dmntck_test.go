package dmntck

import (
	"regexp"
	"testing"

	"github.com/quancheng/quancheng/conformance/report"
	"github.com/quancheng/quancheng/notrun"
)

// TestSuite runs the kit in the conformance directory: CONFORMANCE_DIR, or the one beside the checkout.
func TestSuite(t *testing.T) {
	dir := notrun.Conformance(t, "dmn")
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

// TestVerdicts runs a directory of our own in which some cases must fail: a runner that passes everything is none.
func TestVerdicts(t *testing.T) {
	r := report.New()
	if err := Run("testdata", nil, r); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"level/greeting/fails":            `greeting: got Hello Ada, want Bye`,
		"level/greeting/unknown decision": `unknown decision "nobody"`,
	}
	if r.Total != 6 || r.Passed != 4 || len(r.Failures) != len(want) {
		t.Errorf("%d of %d pass; failures %v", r.Passed, r.Total, r.Failures)
	}
	for _, f := range r.Failures {
		if f.Why != want[f.ID] {
			t.Errorf("%s: %q, want %q", f.ID, f.Why, want[f.ID])
		}
	}
	r = report.New()
	if err := Run("testdata", regexp.MustCompile("/passes$"), r); err != nil || r.Total != 1 {
		t.Errorf("only: %d cases, %v", r.Total, err)
	}
}
