package livetest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/workflows/contract"
)

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
	eachLive(t, "../../activities/testdata/starts.bpmn", func(t *testing.T, l *live) {
		publish := func(id, key string) {
			l.Tx(func(tx *gorm.DB) error {
				return models.SendMessage(tx, models.Acting{Person: "ann", At: l.Now()}, id, "case.opened", key, map[string]any{"amount": 1})
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
		l.eventually("the watcher hears the signal", func() bool { return l.Count("SELECT count(*) FROM root_state WHERE key = ? AND open", watcher) == 0 })

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
			return tx.Exec("UPDATE outbox SET state = ? WHERE state = ?", models.OutDelivered, models.OutPending).Error
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
