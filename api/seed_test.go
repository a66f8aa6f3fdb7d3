package api_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
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
}
