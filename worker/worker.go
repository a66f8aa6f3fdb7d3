// Package worker runs what the durable shell does outside a request: Temporal's
// worker with the workflow and its activities, the pump that empties the outbox,
// the clock of timer starts, and the sweepers that find what was missed.
package worker

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"go.temporal.io/sdk/activity"
	temporalclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/workflows"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Config of a worker.
type Config struct {
	Temporal  temporalclient.Client
	Committer *activities.Committer
	Log       *slog.Logger
}

// Run works until ctx ends, then lets running steps finish.
func Run(ctx context.Context, c Config) error {
	w := worker.New(c.Temporal, contract.Queue, worker.Options{
		// With two pollers the first step of a new case waits three times as long under load.
		MaxConcurrentWorkflowTaskPollers: 8,
	})
	Register(w, c.Committer)
	if err := w.Start(); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	defer w.Stop()

	sender := client.New(c.Temporal)
	sender.Stored = c.Committer.Stored
	var wg sync.WaitGroup
	wg.Go(func() { NewPump(c.Committer.DB, sender, c.Log).Run(ctx) })
	wg.Go(func() { (&Clock{Committer: c.Committer, Log: c.Log}).Run(ctx) })
	wg.Go(func() {
		(&Sweeper{DB: c.Committer.DB, Temporal: sender, Now: c.Committer.Now, Log: c.Log}).Run(ctx)
	})
	wg.Wait()
	return nil
}

// Register makes the workflow and its activities known under the names of the contract.
func Register(r worker.Registry, c *activities.Committer) {
	workflows.Register(r)
	r.RegisterActivityWithOptions(c.Commit, activity.RegisterOptions{Name: contract.Commit})
	r.RegisterActivityWithOptions(c.ResumeLoad, activity.RegisterOptions{Name: contract.ResumeLoad})
	r.RegisterActivityWithOptions(c.RunJob, activity.RegisterOptions{Name: contract.RunJob})
}
