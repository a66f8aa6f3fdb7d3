package livetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// More events at once than Temporal lets be in flight are waits of their senders, never errors.
func TestMoreEventsThanTemporalTakes(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		const senders = 40 // Temporal's limit is 10 Updates in flight
		var requests []contract.Request
		for i := range senders {
			r := l.Request(
				root, fmt.Sprintf("u:ann:%d-%d", root, i), "claim",
				engine.Event{Type: engine.Operate, Key: l.Task(root, "first"), Operation: "claim"}, "ann",
			)
			requests = append(requests, r)
		}
		var mu sync.Mutex
		verdicts := map[contract.Verdict]int{}
		var wg sync.WaitGroup
		for _, r := range requests {
			wg.Go(func() {
				out, err := l.Send(ctx, r)
				if err != nil {
					t.Errorf("%s: %v", r.ID, err)
				}
				mu.Lock()
				defer mu.Unlock()
				verdicts[out.Verdict]++
			})
		}
		wg.Wait()
		if verdicts[contract.Applied] != 1 || verdicts[contract.Refused] != senders-1 {
			t.Errorf("verdicts %v, want one claim of %d", verdicts, senders)
		}
	})
}

// A caller is told after seconds that the database does not answer, and
// nothing happened; sent again, the event happens once. A due timer has no
// caller: it is tried until the database is back.
func TestDatabaseAway(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			l := through(t, activitiestest.Build(t, modelstest.Open(t, at), waits))
			root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P20000D"})
			limit := time.Since(l.Now()) + 2*time.Second // the house's clock stands still: due in two seconds of Temporal's
			late, _ := l.Start("waits", map[string]any{"projectCode": "XM-2", "limit": fmt.Sprintf("PT%dS", int(limit.Seconds()))})
			l.Advance(limit + time.Hour)
			other, err := models.Open(at)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close() }()
			r := l.Operation(root, "hold", "claim", "ann")
			err = other.Tx(ctx, func(tx *gorm.DB) error {
				if err := tx.Exec("UPDATE root_state SET open = open WHERE key IN (?, ?)", root, late).Error; err != nil {
					return err
				}
				if out, err := l.Send(ctx, r); !errors.Is(err, client.ErrUnavailable) && !errors.Is(err, contract.ErrPending) {
					t.Errorf("while the instance is locked: %+v, %v", out, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			l.Wants(l.Commit(r), contract.Applied, "")
			l.Wants(l.Commit(r), contract.Applied, "")
			if n := l.Count("SELECT count(*) FROM task_act WHERE event = ?", r.ID); n != 1 {
				t.Errorf("claimed %d times", n)
			}
			// There is no project to withdraw: that the timer came is an incident.
			l.eventually("the timer fires", func() bool { return l.Count("SELECT count(*) FROM incident WHERE root = ?", late) == 1 })
		})
	}
}
