package live_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/activities/live"
	"github.com/quancheng/quancheng/conformance"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/notrun"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// TestConformance plays all BPMN suites through Commit on both databases.
func TestConformance(t *testing.T) {
	dir := notrun.Conformance(t, "bpmn")
	o := conformance.Options{}
	if only := os.Getenv("CONFORMANCE_ONLY"); only != "" {
		o.Only = regexp.MustCompile(only)
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		o.Driver = live.Open(db).Driver
		r, err := conformance.Run(dir, o)
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
