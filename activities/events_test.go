package activities_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
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

// each runs a test in a house with the process "waits" on both databases.
func each(t *testing.T, f func(t *testing.T, h *activitiestest.House)) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, db *models.DB) { f(t, activitiestest.Build(t, db, "testdata/waits.bpmn")) })
}

func begin(h *activitiestest.House, code string) int64 {
	h.Helper()
	root, out := h.Start("waits", map[string]any{"projectCode": code, "limit": "PT1H"})
	h.Wants(out, contract.Applied, "")
	return root
}

// tables that a step writes.
var tables = []string{
	"event_outcome", "audit", "element_instance", "task", "task_act", "task_candidate", "subscription", "timer", "incident", "outbox",
	"variable", "flow_taken",
}

// rows is all that a step could have changed, as text.
func rows(h *activitiestest.House, root int64) string {
	h.Helper()
	s := fmt.Sprint(h.Count("SELECT step FROM root_state WHERE key = ?", root))
	for _, table := range tables {
		s += fmt.Sprintf(" %s=%d", table, h.Count("SELECT count(*) FROM "+table))
	}
	return s
}

// The same event twice has one effect and one answer; another request under its id is refused and changes nothing.
func TestSameEventTwice(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		r := h.Operation(root, "hold", "complete", "ann")
		first := h.Commit(r)
		h.Wants(first, contract.Applied, "")
		before := rows(h, root)
		second := h.Commit(r)
		if first.Task == 0 || first.Task != second.Task || !slices.Equal(first.Opened, second.Opened) || second.Step != first.Step {
			t.Errorf("outcomes differ: %+v, %+v", first, second)
		}
		r.Digest = "another request"
		h.Wants(h.Commit(r), contract.Refused, "idempotency-key-reused")
		if now := rows(h, root); now != before {
			t.Errorf("rows before %s, after %s", before, now)
		}
	})
}

// Attempts of one event at the same time end in one step, and all of them know its answer.
func TestConcurrentAttemptsOfOneEvent(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		r := h.Operation(root, "hold", "complete", "ann")
		for _, out := range at(8, func(int) contract.Outcome { return h.Commit(r) }) {
			h.Wants(out, contract.Applied, "")
		}
		if n := h.Count("SELECT step FROM root_state WHERE key = ?", root); n != 2 {
			t.Errorf("%d steps, want 2: the start and one completion", n)
		}
	})
}

// Two people at once: one wins, the others hear that the task is closed.
func TestOneOfManyWins(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		var requests []contract.Request
		for i := range 8 {
			requests = append(requests, h.Operation(root, "hold", "complete", []string{"ann", "cat"}[i%2]))
		}
		applied := 0
		for _, out := range at(8, func(i int) contract.Outcome { return h.Commit(requests[i]) }) {
			if out.Verdict == contract.Applied {
				applied++
			} else {
				h.Wants(out, contract.Refused, "task-closed")
			}
		}
		if applied != 1 {
			t.Errorf("%d completions were applied", applied)
		}
	})
}

func at(n int, f func(int) contract.Outcome) []contract.Outcome {
	out := make([]contract.Outcome, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { out[i] = f(i) })
	}
	wg.Wait()
	return out
}

// A timer whose event is refused becomes an incident on its element and is not
// tried again by itself; the retry applies the same event once its cause is mended.
func TestRefusedTimer(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-2026-001") // there is no such project yet
		h.Advance(2 * time.Hour)
		now, err := h.C.ResumeLoad(context.Background(), root)
		if err != nil || len(now.Timers) != 1 {
			t.Fatalf("timers %+v, %v", now.Timers, err)
		}
		out := h.Commit(now.Timers[0].Fire(root))
		if out.Verdict != contract.Refused || len(out.Timers) != 0 || out.NextDue != nil {
			t.Fatalf("%+v", out)
		}
		incidents, err := process.Incidents(h.Read(), root, 0, 10)
		if err != nil || len(incidents) != 1 || incidents[0].Code != out.Code {
			t.Fatalf("incidents %+v, %v", incidents, err)
		}
		if whole, err := process.RootByKey(h.Read(), root); err != nil || incidents[0].Process != whole.Process || whole.Process == "" {
			t.Errorf("an incident of %q tells %q, %v", whole.Process, incidents[0].Process, err)
		}
		retry := func(id string) contract.Outcome {
			return h.Commit(
				h.Request(root, id, contract.UpdateResolve, engine.Event{Type: engine.ResolveIncident, Key: incidents[0].Key}, "bob"),
			)
		}
		h.Wants(retry("u:bob:retry-1"), contract.Refused, out.Code) // nothing was mended
		h.Tx(func(tx *gorm.DB) error {
			return tx.Create(
				&books.Project{
					Code: "XM-2026-001", Name: "示例", DeptID: "DP18", Stage: books.Draft, MlpsLevel: 1, CreatedBy: "ann", Type: "NEW",
					Form: models.JSON(`{}`), DraftedOn: "2026-03-01", Version: 1, CreatedAt: h.Now(), UpdatedAt: h.Now(),
				},
			).Error
		})
		out = retry("u:bob:retry-2")
		h.Wants(out, contract.Applied, "")
		if !out.Ended {
			t.Errorf("the token did not go on: %v", h.Open(root))
		}
		if n := h.Count("SELECT count(*) FROM incident WHERE resolved_at IS NULL"); n != 0 {
			t.Errorf("%d incidents are still open", n)
		}
	})
}

// A timer that comes after its task was done, or comes again, stops nothing.
func TestLateTimer(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		now, err := h.C.ResumeLoad(context.Background(), root)
		if err != nil {
			t.Fatal(err)
		}
		h.Wants(h.Operate(root, "hold", "complete", "ann"), contract.Applied, "")
		h.Advance(2 * time.Hour)
		h.Wants(h.Commit(now.Timers[0].Fire(root)), contract.Refused, "no-such-timer")
		if n := h.Count("SELECT count(*) FROM incident"); n != 0 {
			t.Errorf("%d incidents", n)
		}
	})
}

// A timer before its moment is refused without a trace, so that it can come again.
func TestEarlyTimer(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root := begin(h, "XM-1")
		now, err := h.C.ResumeLoad(context.Background(), root)
		if err != nil {
			t.Fatal(err)
		}
		before := rows(h, root)
		out := h.Commit(now.Timers[0].Fire(root))
		h.Wants(out, contract.Refused, "not-due")
		if len(out.Timers) != 1 || rows(h, root) != before {
			t.Errorf("outcome %+v; rows %s, before %s", out, rows(h, root), before)
		}
	})
}

// Our own fault is stored as the outcome, raises an incident, and stops no other event.
func TestDefect(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		root, _ := h.Start("broken", map[string]any{"projectCode": "XM-1"})
		r := h.Operation(root, "b_task", "complete", "ann")
		h.Wants(h.Commit(r), contract.Defect, "defect")
		h.Wants(h.Commit(r), contract.Defect, "defect") // stored: not tried again
		if n := h.Count("SELECT count(*) FROM incident WHERE root = ? AND code = 'defect'", root); n != 1 {
			t.Errorf("%d incidents", n)
		}
		h.Wants(h.Operate(root, "b_task", "claim", "ann"), contract.Applied, "")
	})
}

// A message and the wait for it meet whichever comes first, and at the same time.
func TestMessageMeetsWait(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		const pairs = 10
		var roots []int64
		var requests []contract.Request
		for i := range pairs {
			roots = append(roots, begin(h, fmt.Sprintf("XM-%d", i)))
			requests = append(requests, h.Operation(roots[i], "hold", "complete", "ann"))
		}
		at(2*pairs, func(i int) contract.Outcome {
			if i%2 == 0 {
				return h.Commit(requests[i/2])
			}
			h.Tx(func(tx *gorm.DB) error {
				return process.SendMessage(
					tx, models.Acting{Person: models.System, At: h.Now()}, fmt.Sprintf("p:%d", i/2), "test.answer",
					fmt.Sprintf("XM-%d", i/2), nil,
				)
			})
			return contract.Outcome{}
		})
		var entries []outbox.Outgoing
		if err := h.Read().Where("kind = ?", outbox.OutMessage).Find(&entries).Error; err != nil || len(entries) != pairs {
			t.Fatalf("%d deliveries, %v; want %d", len(entries), err, pairs)
		}
		for _, e := range entries {
			var d process.Delivery
			if err := e.Payload.Into(&d); err != nil {
				t.Fatal(err)
			}
			ev := engine.Event{Type: engine.CorrelateMessage, Key: d.Subscription, Name: e.EventType}
			h.Wants(h.Commit(h.Request(d.Root, e.ID, contract.UpdateMessage, ev, "")), contract.Applied, "")
		}
		for _, root := range roots {
			h.Task(root, "after")
		}
		if n := h.Count("SELECT count(*) FROM message WHERE state = ?", process.MessageCorrelated); n != pairs {
			t.Errorf("%d messages are correlated", n)
		}
	})
}
