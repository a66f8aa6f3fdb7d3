package worker_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// direct is the shell without Temporal.
type direct func(context.Context, contract.Request) (contract.Outcome, error)

func (d direct) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	return d(ctx, r)
}

// The process may die anywhere between the outbox and the outcome: what was
// brought and not ticked off is brought again, and has one effect.
func TestPumpDies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := activitiestest.Build(t, db, "../activities/testdata/two.bpmn")
		root := h.Begin("two", nil).Root
		pump := worker.NewPump(db, direct(h.Send), slog.New(slog.DiscardHandler))
		brought := false
		state := func() (step, delivered int) {
			return h.Count(
					"SELECT step FROM root_state WHERE key = ?", root,
				), h.Count(
					"SELECT count(*) FROM outbox WHERE state = ?", outbox.OutDelivered,
				)
		}
		statements := modelstest.Cut(t, pump.Pass, func(statement int) {
			step, delivered := state()
			if step > 1 || delivered > 0 {
				t.Fatalf("died before statement %d: step %d, %d entries delivered", statement, step, delivered)
			}
			brought = brought || step == 1
		})
		if step, delivered := state(); step != 1 || delivered != 1 || !brought {
			t.Errorf(
				"after %d deaths: step %d, %d entries delivered, died between effect and tick: %v", statements, step, delivered, brought,
			)
		}
	})
}
