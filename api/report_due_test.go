package api_test

import (
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAReportBeginsByTheClock: on 25 December the snapshot of the half-year is taken and its sections are written;
// where somebody has begun that report by hand, it stays the only one.
func TestAReportBeginsByTheClock(t *testing.T) {
	for name, byHand := range map[string]bool{"by the clock": false, "begun before": true} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
			office := w.holder("OFFICE@DP34")
			if byHand {
				var r wire.HalfYear
				w.do(office, "POST", "/api/v1/reports", wire.ReportInput{From: "2026-07-01", To: "2026-12-31"}).want(201, "").into(&r)
				w.do(office, "POST", "/api/v1/reports/"+r.Snapshot+"/begin", wire.ReportAct{}).want(200, "")
				w.pump()
			}
			due := time.Date(2026, 12, 25, 9, 0, 0, 0, models.Zone)
			for _, when := range []time.Duration{-time.Minute, time.Minute, 5 * time.Minute} {
				w.pass(due.Add(when).Sub(w.clock()))
				for n := 1; n > 0; {
					var err error
					n, err = w.shell.c.BeginDue(ctx())
					w.must(err)
				}
				w.pump()
				var all wire.ReportList
				w.do(office, "GET", "/api/v1/reports", nil).want(200, "").into(&all)
				want := 1
				if !byHand && when < 0 {
					want = 0
				}
				if len(all.Items) != want {
					t.Fatalf("at %s there are %d snapshots, want %d", w.clock(), len(all.Items), want)
				}
			}
			var r wire.HalfYear
			task := w.taskOf(office, "x1_section")
			w.operate(office, task, "complete", wire.OperationRequest{Data: map[string]any{}}).want(200, "")
			w.do(office, "GET", "/api/v1/reports/1", nil).want(200, "").into(&r)
			if r.From != "2026-07-01" || r.To != "2026-12-31" || r.Stage != "WRITING" || r.InstanceKey == "" {
				t.Errorf("%s–%s %q %q", r.From, r.To, r.Stage, r.InstanceKey)
			}
		})
	}
}
