package process_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Pages of any size, walked by cursor, give every task once, in due order, tasks without a due time last.
func TestInboxPages(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var want []int64
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for i := range 23 {
				task := process.Task{
					Key: int64(i + 1), Name: fmt.Sprintf("审签 %d%%", i), State: process.TaskOpen, CreatedAt: noon, Detail: models.JSON(`{}`),
				}
				if i < 20 {
					due := noon.Add(time.Duration(i/2) * time.Hour) // pairs share a due time
					task.DueAt = &due
				}
				want = append(want, task.Key)
				who := []string{"CLERK@DP18", "CHIEF@DP34"}[i%2]
				if _, _, err := process.SaveTask(tx, task, []string{who, "zhou-min", "zhou-min"}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, q := range []process.InboxQuery{
			{Person: "zhou-min", Scope: process.ScopeMine},
			{Person: "li-na", Posts: []string{"CLERK@DP18", "CHIEF@DP34"}, Scope: process.ScopeClaimable},
			{Person: "zhou-min", Posts: []string{"CLERK@DP18", "CHIEF@DP34"}, Scope: process.ScopeOpen}, // each once
		} {
			for _, limit := range []int{1, 4, 23, 50} {
				q.Limit, q.Cursor = limit, ""
				var got []int64
				for {
					page, next, err := process.Inbox(db.Read(context.Background()), q)
					if err != nil {
						t.Fatal(err)
					}
					for _, task := range page {
						got = append(got, task.Key)
					}
					if q.Cursor = next; next == "" {
						break
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s by %d: %v", q.Scope, limit, got)
				}
			}
			n, err := process.CountInbox(db.Read(context.Background()), q, 10)
			if err != nil || n != 10 {
				t.Errorf("%s: count = %d, %v; want it to stop at 10", q.Scope, n, err)
			}
		}
		late := process.InboxQuery{Person: "zhou-min", Scope: process.ScopeMine, DueBefore: noon.Add(2 * time.Hour), Limit: 50}
		if page, _, err := process.Inbox(db.Read(context.Background()), late); err != nil || len(page) != 4 {
			t.Errorf("due before 14:00: %d tasks, %v; want 4", len(page), err)
		}
		percent := process.InboxQuery{Person: "zhou-min", Scope: process.ScopeMine, Text: "1%", Limit: 50}
		if page, _, err := process.Inbox(db.Read(context.Background()), percent); err != nil || len(page) != 3 {
			t.Errorf(`text "1%%": %d tasks, %v; want 1, 11 and 21`, len(page), err)
		}
		if _, _, err := process.Inbox(db.Read(context.Background()), process.InboxQuery{Person: "x", Cursor: "'; DROP"}); err == nil {
			t.Error("a cursor that nobody made was accepted")
		}
	})
}

// The plan of a page uses the index and does not sort the inbox.
func TestInboxPlan(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	var plan []struct{ Detail string }
	err := db.Read(context.Background()).
		Raw(`EXPLAIN QUERY PLAN SELECT c.due, c.key FROM task_candidate c WHERE c.principal = 'a' AND (c.due, c.key) > (1, 1) ORDER BY c.due, c.key LIMIT 20`).
		Scan(&plan).
		Error
	if err != nil || len(plan) != 1 || !strings.Contains(plan[0].Detail, "USING COVERING INDEX") {
		t.Errorf("plan %+v, %v", plan, err)
	}
}

// A closed task leaves the inboxes, and shows in the done list of who acted, newest first.
func TestDoneList(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for key := range int64(3) {
				task := process.Task{Key: key + 1, Name: "审签", State: process.TaskOpen, CreatedAt: noon, Detail: models.JSON(`{}`)}
				if _, _, err := process.SaveTask(tx, task, []string{"zhou-min"}); err != nil {
					return err
				}
				at := noon.Add(time.Duration(key) * time.Minute)
				for _, op := range []string{"claim", "complete"} {
					if err := process.RecordAct(tx, process.TaskAct{Task: task.Key, Person: "zhou-min", Operation: op, Event: "e",
						TaskName: "审签", At: at}); err != nil {
						return err
					}
				}
				if _, err := process.CloseTask(tx, &task); err != nil {
					return err
				}
			}
			return nil
		})
		read := db.Read(context.Background())
		if n, err := process.CountInbox(read, process.InboxQuery{Person: "zhou-min", Scope: process.ScopeMine}, 100); err != nil || n != 0 {
			t.Errorf("%d tasks still in the inbox, %v", n, err)
		}
		q := process.InboxQuery{Person: "zhou-min", Scope: process.ScopeDone, Limit: 2}
		page, next, err := process.Inbox(read, q)
		if err != nil || len(page) != 2 || page[0].Key != 3 || page[0].State != process.TaskClosed {
			t.Fatalf("done list: %+v, %v", page, err)
		}
		q.Cursor = next
		if page, next, err = process.Inbox(read, q); err != nil || len(page) != 1 || page[0].Key != 1 || next != "" {
			t.Errorf("second page: %+v, %q, %v", page, next, err)
		}
	})
}

// A message reaches the oldest wait, whichever came first, once; a refused
// delivery returns it to the buffer until its time is over.
func TestMessageMeetsSubscription(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: models.System, At: noon}
		publish := func(id string, ttl time.Duration) {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				return process.Publish(
					tx, a, process.Message{ID: id, Name: "budget.issued", CorrelationKey: "XM1", ExpiresAt: noon.Add(ttl)},
				)
			})
		}
		subscribe := func(key int64, at time.Time) {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				return process.Subscribe(
					tx, at,
					process.Subscription{
						Key: key, Root: key, Kind: process.SubMessage, Name: "budget.issued", CorrelationKey: "XM1", OpenedAt: at,
					},
				)
			})
		}
		expect := func(id, state string, sub int64) {
			t.Helper()
			m, err := process.MessageByID(db.Read(context.Background()), id)
			if err != nil || m.State != state || m.Subscription != sub {
				t.Errorf("message %s is %s for %d, %v; want %s for %d", id, m.State, m.Subscription, err, state, sub)
			}
		}
		publish("first", time.Hour)
		publish("first", time.Hour) // the same id again changes nothing
		publish("short", time.Minute)
		expect("first", process.MessageBuffered, 0)
		subscribe(7, noon.Add(30*time.Minute))
		expect("first", process.MessageDelivering, 7)
		subscribe(8, noon.Add(30*time.Minute))
		expect("short", process.MessageBuffered, 0) // its time was over
		publish("second", time.Hour)
		expect("second", process.MessageDelivering, 8)

		later := noon.Add(40 * time.Minute)
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.Correlated(tx, later, "first") })
		expect("first", process.MessageCorrelated, 7)
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.CloseSubscription(tx, 8) })
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.Returned(tx, later, "second", "no-such-subscription") })
		expect("second", process.MessageDelivering, 7) // the next one that waits

		publish("third", time.Hour)
		expect("third", process.MessageBuffered, 0) // one at a time
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.Correlated(tx, later, "second") })
		expect("third", process.MessageDelivering, 7) // the subscription stayed open
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.Returned(tx, later, "third", "suspended") })
		expect("third", process.MessageBuffered, 0)
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.Redeliver(tx, later, 10) })
		expect("third", process.MessageDelivering, 7)
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return process.ExpireMessages(tx, noon.Add(2*time.Hour)) })
		expect("short", process.MessageExpired, 0)
	})
}

// Only one of two steps from the same state is stored.
func TestAdvanceIsGuarded(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var key int64
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			if _, err = process.StoreBundle(tx, models.Acting{Person: "x", At: noon}, "d1",
				[]process.BundleFile{{Name: "a.bpmn", Data: []byte("x")}}, []process.Definition{{Process: "p"}}); err != nil {
				return err
			}
			key, _, err = process.Begin(
				tx, models.Acting{Person: "x", At: noon, BusinessDate: "2026-03-02"},
				process.Beginning{Process: "p", Variables: models.JSON(`{}`)},
			)
			return err
		})
		r, err := process.RootByKey(db.Read(context.Background()), key)
		if err != nil || r.Bundle != "d1" || !r.Open {
			t.Fatalf("%+v, %v", r, err)
		}
		r.State, r.UpdatedAt = []byte(`{"x":1}`), noon
		for i, want := range []bool{true, false} {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				ok, err := r.Advance(tx)
				if ok != want {
					t.Errorf("attempt %d stored: %v", i, ok)
				}
				return err
			})
		}
	})
}
