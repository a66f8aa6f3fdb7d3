package livetest

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/workflows/contract"
)

const starts = "../../activities/testdata/starts.bpmn"

// serve runs what a worker runs beside Temporal's own, until it is stopped.
func (l *live) serve() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	log := slog.New(slog.DiscardHandler)
	wg.Go(func() { worker.NewPump(l.DB, l.client, log).Run(ctx) })
	wg.Go(func() { (&worker.Clock{Committer: l.C, Log: log}).Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	l.Cleanup(stop)
	return stop
}

// begins waits until a process has as many instances, all of which have begun, and lists them.
func (l *live) begins(process string, n int) []int64 {
	l.Helper()
	var roots []int64
	l.eventually("instances of "+process, func() bool {
		return l.Count("SELECT count(*) FROM root_state WHERE process = ? AND step > 0", process) >= n
	})
	if err := l.Read().Raw("SELECT key FROM root_state WHERE process = ? ORDER BY key", process).Scan(&roots).Error; err != nil {
		l.Fatal(err)
	}
	if len(roots) != n {
		l.Fatalf("%d instances of %s, want %d", len(roots), process, n)
	}
	return roots
}

// Messages, signals and moments begin instances through Temporal. What was asked
// for while nobody worked, or was lost on its way, begins when somebody works again, once.
func TestStartsByEvents(t *testing.T) {
	eachLive(t, starts, func(t *testing.T, l *live) {
		publish := func(id, key string) {
			l.Tx(func(tx *gorm.DB) error {
				return process.SendMessage(
					tx, models.Acting{Person: "ann", At: l.Now()}, id, "case.opened", key, map[string]any{"amount": 1},
				)
			})
		}
		stop := l.serve()
		watcher, _ := l.Start("watcher", nil)
		l.Wants(l.Operate(watcher, "watcher_task", "complete", "ann"), contract.Applied, "")
		thrower, _ := l.Start("thrower", map[string]any{"code": "K"})
		l.Wants(l.Operate(thrower, "thrower_task", "complete", "ann"), contract.Applied, "")
		first := l.begins("by_message", 1)[0]
		l.begins("by_signal", 1)
		l.begins("also_by_signal", 1)
		l.eventually(
			"the watcher hears the signal",
			func() bool { return l.Count("SELECT count(*) FROM root_state WHERE key = ? AND open", watcher) == 0 },
		)

		publish("second", "K") // while the first is open
		l.Advance(10 * time.Minute)
		l.begins("by_timer", 1)
		l.Wants(l.Operate(first, "by_message_task", "complete", "ann"), contract.Applied, "")
		l.begins("by_message", 2)

		stop() // nobody works any more
		publish("third", "L")
		publish("third", "L")
		l.Advance(time.Hour) // two moments pass
		stop = l.serve()
		l.begins("by_message", 3)
		l.begins("by_timer", 3)

		stop()
		publish("fourth", "M") // the start leaves the outbox and is lost
		l.Tx(func(tx *gorm.DB) error {
			return tx.Exec("UPDATE outbox SET state = ? WHERE state = ?", outbox.OutDelivered, outbox.OutPending).Error
		})
		third := l.begins("by_timer", 3)[2] // and the run of another
		if err := l.temporal.TerminateWorkflow(ctx, contract.WorkflowID(third), "", "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := worker.Repair(ctx, l.DB, l.client); err != nil {
			t.Fatal(err)
		}
		l.serve()
		fourth := l.begins("by_message", 4)[3]
		l.Wants(l.Operate(fourth, "by_message_task", "complete", "ann"), contract.Applied, "")
		l.Wants(l.Operate(third, "by_timer_task", "complete", "ann"), contract.Applied, "")
	})
}

// A moment whose instance was lost with a restored database comes again there,
// once, although Temporal has answered its event and runs an instance of that key.
func TestMomentAfterDatabaseRestored(t *testing.T) {
	eachDSN(t, func(t *testing.T, dsn string) {
		db := modelstest.Open(t, dsn)
		l := through(t, activitiestest.Build(t, db, starts))
		l.stop()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		for _, dsn := range []string{copied(t, dsn), dsn} { // one life, then the older state of the same
			db := open(t, dsn)
			l = connect(activitiestest.Open(t, db), l.temporal)
			l.Advance(10 * time.Minute)
			stop := l.serve()
			root := l.begins("by_timer", 1)[0]
			l.Task(root, "by_timer_task")
			stop()
			l.stop()
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A moment that was served is not served again when Temporal is restored to
// before it; its instance gets a run and goes on.
func TestMomentAfterTemporalRestored(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		file := filepath.Join(t.TempDir(), "temporal.db")
		h := activitiestest.Build(t, db, starts)
		_, stop := on(t, h, file)
		stop()
		older := copyFile(t, file)

		l, stop := on(t, h, file)
		h.Advance(10 * time.Minute)
		quit := l.serve()
		root := l.begins("by_timer", 1)[0]
		quit()
		stop()

		l, stop = on(t, h, older)
		defer stop()
		if _, err := worker.Repair(ctx, h.DB, l.client); err != nil {
			t.Fatal(err)
		}
		defer l.serve()()
		l.Wants(l.Operate(root, "by_timer_task", "complete", "ann"), contract.Applied, "")
		l.begins("by_timer", 1)
	})
}
