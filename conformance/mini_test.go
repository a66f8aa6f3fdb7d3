package conformance

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine/play"
)

// The suite in testdata plays every step and expectation of the format once; the cases called wrong_* must fail for their reason.
func TestMiniSuite(t *testing.T) {
	why := map[string]string{
		"mini/wrong_tasks":        "tasks are [T], expected [T T]",
		"mini/wrong_incident":     "unexpected incident: uncaught-error at fe",
		"mini/wrong_lost_message": "correlates to nothing",
		"mini/wrong_alias":        `no instance is called "p9"`,
		"mini/wrong_must_fail":    "it must fail",
		"mini/wrong_variable":     "variable a is 1, expected \"1\"",
		"mini/wrong_step":         "no such step",
		"mini/wrong_key":          "tempo",
		"mini/wrong_need":         "telepathy",
		"mini/wrong_json":         "unexpected end of JSON",
	}
	for _, store := range []bool{false, true} {
		r, err := Run("testdata/mini", Options{Driver: func() (play.Driver, error) { return play.NewMemory(store), nil }})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Failures {
			if want := why[f.ID]; want == "" || !strings.Contains(f.Why, want) {
				t.Errorf("%s: %s", f.ID, f.Why)
			}
		}
		if r.Total != 4+len(why) || r.Passed != 4 || len(r.Suites) != 1 || r.Suites[0].Name != "mini" || r.Contested.Total != 1 ||
			r.Contested.Passed != 0 {
			t.Errorf("got %d of %d, suites %v, contested %v", r.Passed, r.Total, r.Suites, r.Contested)
		}
	}
}

func TestRunNeedsASuite(t *testing.T) {
	if _, err := Run(t.TempDir(), Options{}); err == nil {
		t.Error("an empty directory passed")
	}
	if _, err := Run("testdata/nowhere", Options{}); err == nil {
		t.Error("a directory that is not there passed")
	}
}
