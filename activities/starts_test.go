package activities_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/workflows/contract"
)

// eachStarts runs a test in a house whose processes begin by events, on both databases.
func eachStarts(t *testing.T, f func(t *testing.T, h *activitiestest.House)) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, db *models.DB) { f(t, activitiestest.Build(t, db, "testdata/starts.bpmn")) })
}

// committing hands events to Commit, without a Temporal between.
type committing struct{ *activitiestest.House }

func (c committing) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	return c.House.Send(ctx, r)
}

// bring empties the outbox of what leads into processes.
func bring(h *activitiestest.House) {
	h.Helper()
	pump := worker.NewPump(h.DB, committing{h}, slog.Default())
	for range 10 {
		if err := pump.Pass(context.Background()); err != nil {
			h.Fatal(err)
		}
	}
	if n := h.Count("SELECT count(*) FROM outbox WHERE state = ?", outbox.OutPending); n != 0 {
		h.Fatalf("%d entries did not leave the outbox", n)
	}
}

// publish publishes case.opened for an hour.
func publish(h *activitiestest.House, id, key string) {
	h.Helper()
	h.Tx(func(tx *gorm.DB) error {
		return process.SendMessage(tx, models.Acting{Person: "ann", At: h.Now()}, id, "case.opened", key, map[string]any{"amount": 41})
	})
}

// found registers a project.
func found(h *activitiestest.House, code string) {
	h.Helper()
	h.Tx(func(tx *gorm.DB) error {
		return tx.Create(
			&books.Project{
				Code: code, Name: "示例", DeptID: "DP18", Stage: books.Draft, MlpsLevel: 1, CreatedBy: "ann", Type: "NEW",
				Form: models.JSON(`{}`), DraftedOn: "2026-03-01", Version: 1, CreatedAt: h.Now(), UpdatedAt: h.Now(),
			},
		).Error
	})
}

// begun lists the root instances of a process, oldest first.
func begun(h *activitiestest.House, id string) []process.RootState {
	h.Helper()
	var all []process.RootState
	if err := h.Read().Where("process = ?", id).Order("key").Find(&all).Error; err != nil {
		h.Fatal(err)
	}
	return all
}

func wantBegun(h *activitiestest.House, id string, want int) {
	h.Helper()
	if all := begun(h, id); len(all) != want {
		h.Errorf("%d instances of %s, want %d", len(all), id, want)
	}
}

func wantMessage(h *activitiestest.House, id, state string) {
	h.Helper()
	if m, err := process.MessageByID(h.Read(), id); err != nil || m.State != state {
		h.Errorf("message %s is %q, %v; want %s", id, m.State, err, state)
	}
}

// A message for which nobody waits begins one instance of the process that
// starts by it, however often it is published and brought. The instance gets
// what the start's mapping names, and is about the project that the key names.
func TestMessageBeginsAnInstance(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		found(h, "XM-2026-001")
		publish(h, "p:finance:1", "XM-2026-001")
		publish(h, "p:finance:1", "XM-2026-001")
		wantMessage(h, "p:finance:1", process.MessageDelivering)
		bring(h)
		publish(h, "p:finance:1", "XM-2026-001")
		bring(h)
		wantBegun(h, "by_message", 1)
		wantMessage(h, "p:finance:1", process.MessageCorrelated)
		root := begun(h, "by_message")[0]
		if root.Step != 1 || root.BusinessKey != "XM-2026-001" || root.Project != "XM-2026-001" || root.Dept != "DP18" {
			t.Errorf("begun %+v", root)
		}
		vars, err := process.Variables(h.Read(), root.Key)
		if err != nil || len(vars) != 1 || vars[0].Name != "sum" || string(vars[0].Value) != "42" {
			t.Errorf("variables %+v, %v; want sum = 42 only", vars, err)
		}
		h.Task(root.Key, "by_message_task")
		if n := h.Count("SELECT count(*) FROM audit WHERE chain = ? AND action = 'process.start' AND actor = ?",
			fmt.Sprintf("i:%d", root.Key), models.System); n != 1 {
			t.Errorf("%d audit entries of the start", n)
		}
	})
}

// Published at the same time, one id begins one instance, one key has one, and messages without a key begin one each.
func TestMessagesBeginInstancesAtTheSameTime(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		messages := [][2]string{{"a", ""}, {"a", ""}, {"a", ""}, {"b", ""}, {"c", ""}, {"d", "K"}, {"e", "K"}, {"f", "K"}, {"g", "L"}}
		at(len(messages), func(i int) contract.Outcome {
			publish(h, messages[i][0], messages[i][1])
			return contract.Outcome{}
		})
		bring(h)
		wantBegun(h, "by_message", 5)
		if n := h.Count("SELECT count(*) FROM message WHERE state = ?", process.MessageBuffered); n != 2 {
			t.Errorf("%d messages wait for their key, want 2", n)
		}
	})
}

// While an instance that a message with a key began is open, the next one with
// that key waits; it begins the next instance when the first has ended, unless its time is over.
func TestKeyHasOneOpenInstance(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		publish(h, "first", "K")
		publish(h, "second", "K")
		bring(h)
		publish(h, "third", "K")
		wantBegun(h, "by_message", 1)
		h.Wants(h.Operate(begun(h, "by_message")[0].Key, "by_message_task", "complete", "ann"), contract.Applied, "")
		bring(h)
		wantBegun(h, "by_message", 2)
		wantMessage(h, "second", process.MessageCorrelated)
		wantMessage(h, "third", process.MessageBuffered)
		h.Advance(2 * time.Hour)
		h.Wants(h.Operate(begun(h, "by_message")[1].Key, "by_message_task", "complete", "ann"), contract.Applied, "")
		bring(h)
		wantBegun(h, "by_message", 2)
	})
}

// A message and the end of the instance that holds its key meet whichever comes first, and at the same time.
func TestMessageMeetsTheEnd(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		const pairs = 10
		for i := range pairs {
			publish(h, fmt.Sprintf("first %d", i), fmt.Sprintf("K%d", i))
		}
		bring(h)
		var requests []contract.Request
		for _, root := range begun(h, "by_message") {
			requests = append(requests, h.Operation(root.Key, "by_message_task", "complete", "ann"))
		}
		at(2*pairs, func(i int) contract.Outcome {
			if i%2 == 0 {
				return h.Commit(requests[i/2])
			}
			publish(h, fmt.Sprintf("second %d", i/2), fmt.Sprintf("K%d", i/2))
			return contract.Outcome{}
		})
		bring(h)
		wantBegun(h, "by_message", 2*pairs)
	})
}

// An instance that waits for a message gets it before a new one begins. A
// message whose waiting instance has gone in the meantime begins one.
func TestWaitingInstanceGoesFirst(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		listen := func() int64 {
			root, _ := h.Start("listener", map[string]any{"code": "K"})
			h.Wants(h.Operate(root, "listener_task", "complete", "ann"), contract.Applied, "")
			return root
		}
		listen()
		publish(h, "for the listener", "K")
		bring(h)
		wantBegun(h, "by_message", 0)
		publish(h, "for a new one", "L")
		bring(h)
		wantBegun(h, "by_message", 1)

		root := listen()
		publish(h, "too late", "K")
		h.Wants(
			h.Commit(h.Request(root, "u:bob:cancel", contract.UpdateCancel, engine.Event{Type: engine.Cancel, Key: root}, "bob")),
			contract.Applied, "",
		)
		bring(h)
		wantBegun(h, "by_message", 2)
		wantMessage(h, "too late", process.MessageCorrelated)
	})
}

// What an instance throws begins others: its message one, its signal one of each process that starts by it, and whoever waits for it goes
// on.
func TestThrownEventsBeginInstances(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		watcher, _ := h.Start("watcher", nil)
		h.Wants(h.Operate(watcher, "watcher_task", "complete", "ann"), contract.Applied, "")
		root, _ := h.Start("thrower", map[string]any{"code": "K"})
		r := h.Operation(root, "thrower_task", "complete", "ann")
		for range 2 {
			h.Wants(h.Commit(r), contract.Applied, "")
			bring(h)
		}
		for _, process := range []string{"by_message", "by_signal", "also_by_signal"} {
			wantBegun(h, process, 1)
		}
		if row, err := process.RootByKey(h.Read(), watcher); err != nil || row.Open {
			t.Errorf("the watcher did not go on: %+v, %v", row, err)
		}
	})
}

// A newer version of a process waits in place of the older one; what runs goes on with the bundle it began with, and
// the same bundle again changes nothing.
func TestRedeployMovesStarts(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		publish(h, "before", "K")
		old := h.Count("SELECT count(*) FROM start_subscription")
		before := rows(h, 0)
		h.Deploy("testdata/starts.bpmn")
		if now := rows(h, 0); now != before {
			t.Errorf("the same bundle again: rows %s, before %s", now, before)
		}
		redeploy(t, h, "renamed.bpmn", "case.opened", "case.renamed", `"by_message_begin"`, `"by_message_renamed"`)
		if n := h.Count("SELECT count(*) FROM start_subscription"); n != old {
			t.Errorf("%d start events wait, want %d", n, old)
		}
		publish(h, "after", "L") // nothing starts by it any more
		h.Tx(func(tx *gorm.DB) error {
			return process.SendMessage(tx, models.Acting{Person: "ann", At: h.Now()}, "renamed", "case.renamed", "M", nil)
		})
		bring(h)
		all := begun(h, "by_message")
		if len(all) != 2 || all[0].Bundle != "starts.bpmn" || all[1].Bundle != "renamed.bpmn" || all[0].Step != 1 || all[1].Step != 1 {
			t.Errorf("begun: %+v", all)
		}
		wantMessage(h, "after", process.MessageBuffered)
		redeploy(t, h, "again.bpmn", "waits", "waits") // the buffered message finds the start event that was deployed after it
		h.Tx(func(tx *gorm.DB) error { return process.BeginBuffered(tx, h.Now(), 10) })
		bring(h)
		wantBegun(h, "by_message", 3)
	})
}

// redeploy deploys starts.bpmn under another name, with some texts replaced.
func redeploy(t *testing.T, h *activitiestest.House, name string, replace ...string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/starts.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replace...).Replace(string(raw))), 0o600); err != nil {
		t.Fatal(err)
	}
	h.Deploy(file)
}

// Whoever dies after the message was stored and before the instance has begun
// leaves a start in the outbox. It happens once, also when it was taken from the
// outbox by somebody who died before its outcome was stored.
func TestStartThatDidNotHappen(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		publish(h, "first", "K")
		lose := func() {
			h.Tx(func(tx *gorm.DB) error {
				return tx.Exec("UPDATE outbox SET state = ?, delivered_at = created_at", outbox.OutDelivered).Error
			})
			bring(h)
		}
		again := func() {
			h.Tx(func(tx *gorm.DB) error { return outbox.StartAgain(tx, h.Now(), h.Now()) })
			bring(h)
		}
		lose()
		if root := begun(h, "by_message")[0]; root.Step != 0 {
			t.Fatalf("it has begun: %+v", root)
		}
		again()
		lose()
		again()
		wantBegun(h, "by_message", 1)
		if root := begun(h, "by_message")[0]; root.Step != 1 {
			t.Errorf("step %d, want 1", root.Step)
		}
		wantMessage(h, "first", process.MessageCorrelated)
	})
}

// A start that is refused because of what its first step does is an incident of
// its instance: no caller would hear of it. The retry begins the same instance,
// and the message is correlated only then.
func TestRefusedStart(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		for _, id := range []string{"first", "second"} {
			h.Tx(func(tx *gorm.DB) error {
				return process.SendMessage(
					tx, models.Acting{Person: "ann", At: h.Now()}, id, "case.withdrawn", "XM-2026-001",
					map[string]any{"projectCode": "XM-2026-001"},
				)
			})
			bring(h)
		}
		wantBegun(h, "by_withdrawal", 1)
		wantMessage(h, "first", process.MessageDelivering)
		root := begun(h, "by_withdrawal")[0]
		incidents, err := process.Incidents(h.Read(), root.Key, 0, 10)
		if err != nil || len(incidents) != 1 || root.Step != 0 || incidents[0].Process != root.Process {
			t.Fatalf("step %d, incidents %+v, %v", root.Step, incidents, err)
		}
		retry := func(id string) contract.Outcome {
			return h.Commit(
				h.Request(root.Key, id, contract.UpdateResolve, engine.Event{Type: engine.ResolveIncident, Key: incidents[0].Key}, "bob"),
			)
		}
		h.Wants(retry("u:bob:retry-1"), contract.Refused, incidents[0].Code) // nothing was mended
		found(h, "XM-2026-001")
		h.Wants(retry("u:bob:retry-2"), contract.Applied, "")
		wantMessage(h, "first", process.MessageCorrelated)
		wantMessage(h, "second", process.MessageDelivering) // its key is free
		if n := h.Count("SELECT count(*) FROM incident WHERE resolved_at IS NULL"); n != 0 {
			t.Errorf("%d incidents are open", n)
		}
	})
}

// The process may die before any statement of what begins an instance: nothing has begun then. Tried again, each begins one.
func TestDeathBeforeAnInstanceBegins(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		h.Advance(10 * time.Minute)
		for name, begin := range map[string]func(context.Context) error{
			"message": func(ctx context.Context) error {
				return h.DB.Tx(ctx, func(tx *gorm.DB) error {
					return process.SendMessage(tx, models.Acting{Person: "ann", At: h.Now()}, "m", "case.opened", "K", nil)
				})
			},
			"signal": func(ctx context.Context) error {
				return h.DB.Tx(ctx, func(tx *gorm.DB) error {
					return process.Broadcast(tx, models.Acting{Person: "ann", At: h.Now()}, process.Signal{ID: "g", Name: "alarm"})
				})
			},
			"timer": func(ctx context.Context) error {
				_, err := h.C.BeginDue(ctx)
				return err
			},
		} {
			state := func() string {
				return fmt.Sprint(
					h.Count("SELECT count(*) FROM root_state"), h.Count("SELECT count(*) FROM outbox"),
					h.Count("SELECT count(*) FROM message"), h.Count("SELECT sum(times) FROM start_subscription"),
				)
			}
			before := state()
			statements := modelstest.Cut(t, begin, func(statement int) {
				if now := state(); now != before {
					t.Fatalf("%s died before statement %d: %s, before %s", name, statement, now, before)
				}
			})
			if statements < 4 || state() == before {
				t.Errorf("%s: %d statements, %s", name, statements, state())
			}
		}
		bring(h)
		for _, process := range []string{"by_message", "by_signal", "also_by_signal", "by_timer"} {
			wantBegun(h, process, 1)
		}
	})
}

// Where one definition of a parallel multiple start has begun an instance, the
// other is for that instance, and begins none besides.
func TestParallelMultipleStart(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := activitiestest.Build(t, db, "testdata/both.bpmn")
		a := models.Acting{Person: "ann", At: h.Now()}
		for i, c := range []struct {
			event       string
			begun, open int
		}{{"one", 1, 1}, {"two", 1, 0}, {"two", 2, 1}, {"one", 2, 0}} {
			h.Tx(func(tx *gorm.DB) error {
				if c.event == "one" {
					return process.SendMessage(tx, a, fmt.Sprint("e", i), c.event, "", nil)
				}
				return process.Broadcast(tx, a, process.Signal{ID: fmt.Sprint("e", i), Name: c.event})
			})
			bring(h)
			wantBegun(h, "both", c.begun)
			if n := h.Count("SELECT count(*) FROM root_state WHERE open"); n != c.open {
				t.Errorf("after %d events: %d instances are open, want %d", i+1, n, c.open)
			}
		}
	})
}
