package api_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/seed"
)

// TestSeedThroughTheAPI plays the demonstration's ten projects through HTTP and
// reads the half-year figures that are given for them (domain/data-model.md §6).
func TestSeedThroughTheAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("plays ten projects")
	}
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	server := httptest.NewServer(w.h)
	defer server.Close()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				w.pump()
			}
		}
	}()
	err := seed.Run(context.Background(), server.URL, t.Output())
	close(stop)
	<-done
	if err != nil {
		t.Fatalf("%v\n%s", err, w.log.String())
	}
	var report wire.HalfYear
	w.do("zhao-kezhang", "GET", "/api/v1/reports/half-year?from=2022-01-01&to=2022-06-30", nil).want(200, "").into(&report)
	want := map[string]string{
		"declared_count": "10", "declared_total": "57117600.00", "cut_total": "22177300.00", "cut_rate": "38.83",
		"reviewed_total": "34940300.00", "approved_doc_total": "29945100.00",
	}
	for _, f := range report.Figures {
		if v, ok := want[f.ID]; ok && v != f.Value {
			t.Errorf("%s = %s, want %s", f.ID, f.Value, v)
		}
		w.do("zhao-kezhang", "GET", f.Rows, nil).want(200, "")
		delete(want, f.ID)
	}
	if len(want) > 0 {
		t.Errorf("figures missing: %v", want)
	}
	w.rehearsed()
}

// rehearsed: a higher step to the county's leaders is told of the ten as issue and domain know them.
func (w *town) rehearsed() {
	w.t.Helper()
	f, err := rulepacks.Parse(
		[]byte(`{"pack": "COUNTY-1", "validFrom": "2022-07-01", "params": [{"rule": "B06", "key": "L3", "value": 3000000}]}`),
	)
	w.must(err)
	var r rulepacks.Rehearsal
	w.must(w.db.Snapshot(ctx(), func(tx *gorm.DB) error {
		d, err := rulepacks.Make(tx, commands.Checks, f)
		if err == nil {
			_, r, err = commands.Rehearse(tx, d)
		}
		return err
	}))
	want := map[string]string{
		"001": "3 2 true", "002": "4 4 true", "003": "3 3 true", "004": "3 3 true", "005": "4 4 true", "006": "3 2 true",
		"007": "3 2 false", "008": "3 2 true",
		"009": "<nil> <nil> true", "010": "<nil> <nil> false",
	}
	for _, row := range r.Rows {
		no := strings.TrimPrefix(row.Subject, "XM-2022-")
		if row.Rule != "B06" {
			if row.Changed {
				w.t.Errorf("%s %s: %v becomes %v", no, row.Rule, row.Before, row.After)
			}
			continue
		}
		if got := fmt.Sprint(row.Before, " ", row.After, " ", row.Decided); got != want[no] {
			w.t.Errorf("B06 of %s: %s, want %s", no, got, want[no])
		}
		delete(want, no)
	}
	if len(want) > 0 || r.Changed != 4 || r.Ahead != 1 || r.Stops != 0 {
		w.t.Errorf("missing %v; %+v", want, r)
	}
}
