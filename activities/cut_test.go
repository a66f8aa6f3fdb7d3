package activities_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// deaths are events of every sort: how each comes to be, what it leads to, and
// the least statements that it takes.
var deaths = []struct {
	name       string
	event      func(h *activitiestest.House) contract.Request
	verdict    contract.Verdict
	code       string
	statements int
}{
	{"a start", func(h *activitiestest.House) contract.Request {
		return h.Begin("waits", map[string]any{"projectCode": "XM-1", "limit": "PT1H"})
	}, contract.Applied, "", 15},
	{"an operation", func(h *activitiestest.House) contract.Request {
		return h.Operation(begin(h, "XM-1"), "hold", "complete", "ann")
	}, contract.Applied, "", 18},
	{"an operation that is refused", func(h *activitiestest.House) contract.Request {
		return h.Operation(begin(h, "XM-1"), "hold", "complete", "bob")
	}, contract.Refused, "not-your-task", 5},
	{"a timer that becomes an incident", dueTimer, contract.Refused, "not-found", 12},
	{"the retry of an incident", func(h *activitiestest.House) contract.Request {
		r := dueTimer(h)
		h.Wants(h.Commit(r), contract.Refused, "not-found")
		incidents, err := process.Incidents(h.Read(), r.Root, 0, 1)
		if err != nil || len(incidents) != 1 {
			h.Fatalf("incidents %+v, %v", incidents, err)
		}
		h.Tx(func(tx *gorm.DB) error {
			return tx.Create(
				&books.Project{
					Code: "XM-9", Name: "示例", DeptID: "DP18", Stage: books.Draft, MlpsLevel: 1, CreatedBy: "ann", Type: "NEW",
					Form: models.JSON(`{}`), DraftedOn: "2026-03-01", Version: 1, CreatedAt: h.Now(), UpdatedAt: h.Now(),
				},
			).Error
		})
		return h.Request(
			r.Root, "u:bob:retry", contract.UpdateResolve, engine.Event{Type: engine.ResolveIncident, Key: incidents[0].Key}, "bob",
		)
	}, contract.Applied, "", 15},
	{"a message", func(h *activitiestest.House) contract.Request {
		h.Wants(h.Operate(begin(h, "XM-1"), "hold", "complete", "ann"), contract.Applied, "")
		h.Tx(func(tx *gorm.DB) error {
			return process.SendMessage(tx, models.Acting{Person: models.System, At: h.Now()}, "p:1", "test.answer", "XM-1", nil)
		})
		var entry outbox.Outgoing
		var d process.Delivery
		if err := h.Read().Where("kind = ?", outbox.OutMessage).Take(&entry).Error; err != nil {
			h.Fatal(err)
		}
		if err := entry.Payload.Into(&d); err != nil {
			h.Fatal(err)
		}
		return h.Request(
			d.Root, entry.ID, contract.UpdateMessage,
			engine.Event{Type: engine.CorrelateMessage, Key: d.Subscription, Name: entry.EventType}, "",
		)
	}, contract.Applied, "", 15},
	{"a defect", func(h *activitiestest.House) contract.Request {
		root, _ := h.Start("broken", map[string]any{"projectCode": "XM-1"})
		return h.Operation(root, "b_task", "complete", "ann")
	}, contract.Defect, "defect", 15},
}

// dueTimer is a timer whose command finds no project.
func dueTimer(h *activitiestest.House) contract.Request {
	root := begin(h, "XM-9")
	h.Advance(2 * time.Hour)
	now, err := h.C.ResumeLoad(context.Background(), root)
	if err != nil || len(now.Timers) != 1 {
		h.Fatalf("timers %+v, %v", now.Timers, err)
	}
	return now.Timers[0].Fire(root)
}

// The process may die before any statement of an event: nothing has happened
// then. Sent again, the event happens once, and again it changes nothing more.
func TestDeathBetweenAnyTwoStatements(t *testing.T) {
	for _, d := range deaths {
		t.Run(d.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *activitiestest.House) {
				r := d.event(h)
				before := rows(h, r.Root)
				var out contract.Outcome
				statements := modelstest.Cut(t, func(ctx context.Context) (err error) {
					out, err = h.Send(ctx, r)
					return err
				}, func(statement int) {
					if now := rows(h, r.Root); now != before {
						t.Fatalf("died before statement %d: rows %s, before %s", statement, now, before)
					}
				})
				h.Wants(out, d.verdict, d.code)
				if statements < d.statements {
					t.Errorf("an event of only %d statements", statements)
				}
				after := rows(h, r.Root)
				h.Wants(h.Commit(r), d.verdict, d.code)
				if now := rows(h, r.Root); now != after || now == before {
					t.Errorf("rows %s; applied once %s, before %s", now, after, before)
				}
			})
		})
	}
}
