package activities_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
)

// PostgreSQL ends every connection again and again, as at a restart, while
// steps run: an attempt fails technically or succeeds, none is taken for a
// defect, and tried again each event happens once.
func TestConnectionsLost(t *testing.T) {
	dsn := modelstest.Postgres(t)
	h := activitiestest.Build(t, modelstest.Open(t, dsn), "testdata/two.bpmn")
	send := h.Send
	h.Send = func(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
		for range 200 {
			if out, err = send(ctx, r); err == nil {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		return out, err
	}
	const cases = 20
	var requests []contract.Request
	for range cases {
		root, _ := h.Start("two", nil)
		requests = append(requests, h.Operation(root, "first", "complete", "ann"))
	}
	killer, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = killer.Close() }()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 10 {
			time.Sleep(50 * time.Millisecond)
			err := killer.Read(context.Background()).
				Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).
				Error
			if err != nil {
				t.Errorf("terminate: %v", err)
				return
			}
		}
	})
	outcomes := at(cases, func(i int) contract.Outcome {
		out, err := h.Send(context.Background(), requests[i])
		if err != nil {
			t.Errorf("%s: %v", requests[i].ID, err)
		}
		return out
	})
	wg.Wait()
	for i, out := range outcomes {
		h.Wants(out, contract.Applied, "")
		root := requests[i].Root
		var steps int
		for range 50 { // the pool still holds connections that are gone
			if err = h.Read().Raw("SELECT step FROM root_state WHERE key = ?", root).Scan(&steps).Error; err == nil {
				break
			}
		}
		if err != nil || steps != 2 {
			t.Errorf("instance %d: %d steps, %v; want 2", root, steps, err)
		}
	}
}
