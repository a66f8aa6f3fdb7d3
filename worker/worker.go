// Package worker runs what the durable shell does outside a request: Temporal's
// worker with the workflow and its activities, the pump that empties the outbox,
// the clock of timer starts, and the sweepers that find what was missed.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"go.temporal.io/sdk/activity"
	temporalclient "go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/notices"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/trust/stamp"
	"github.com/quancheng/quancheng/workflows"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Config of a worker.
type Config struct {
	Temporal  temporalclient.Client
	Committer *activities.Committer
	Log       *slog.Logger
	Marks     string             // file of the high-water marks that the sweeper keeps; "": none
	Medium    audit.Medium       // second medium of the audit's seals; "": none
	Stamps    *stamp.Authority   // stamps the seals of the audit; nil: none does
	Notices   *notices.Deliverer // nil: people are told in the platform only
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

	sender := client.New(c.Temporal, c.Committer.Keys)
	sender.Stored = c.Committer.Stored
	var wg sync.WaitGroup
	wg.Go(func() { NewPump(c.Committer.DB, sender, c.Log).Run(ctx) })
	if c.Notices != nil {
		c.Notices.DB, c.Notices.Now, c.Notices.Log = c.Committer.DB, c.Committer.Now, c.Log
		wg.Go(func() { c.Notices.Run(ctx) })
	}
	wg.Go(func() { (&Clock{Committer: c.Committer, Log: c.Log}).Run(ctx) })
	wg.Go(func() {
		(&Sweeper{DB: c.Committer.DB, Temporal: sender, Now: c.Committer.Now, Log: c.Log, Marks: c.Marks,
			Sign: c.Committer.Keys.SignPaper, Stamps: c.Stamps,
			Verifier: audit.Verifier{Known: c.Committer.Keys.VerifyPaper, Medium: c.Medium}}).Run(ctx)
	})
	wg.Wait()
	return nil
}

// Register makes the workflow and its activities known under the names of the contract.
func Register(r worker.Registry, c *activities.Committer) {
	workflows.Register(r)
	r.RegisterActivityWithOptions(local(believed(c.Arrive)), activity.RegisterOptions{Name: contract.Commit})
	r.RegisterActivityWithOptions(local(c.ResumeLoad), activity.RegisterOptions{Name: contract.ResumeLoad})
	r.RegisterActivityWithOptions(c.RunJob, activity.RegisterOptions{Name: contract.RunJob})
}

// step is a local activity: what a run asks of the database.
type step[T any] func(context.Context, T) (contract.Outcome, error)

// local refuses to do for a workflow of somebody else what only our loop may
// ask for: whoever reaches Temporal can schedule any registered activity.
func local[T any](f step[T]) step[T] {
	return func(ctx context.Context, in T) (contract.Outcome, error) {
		if !activity.GetInfo(ctx).IsLocalActivity {
			return contract.Outcome{}, sdk.NewNonRetryableApplicationError("only our own workflow takes steps", contract.ErrDistrust, nil)
		}
		return f(ctx, in)
	}
}

// believed tells Temporal that a request which is not believed will not be believed later.
func believed[T any](f step[T]) step[T] {
	return func(ctx context.Context, in T) (contract.Outcome, error) {
		out, err := f(ctx, in)
		var d *contract.Distrust
		if errors.As(err, &d) {
			return out, sdk.NewNonRetryableApplicationError(texts.Text(texts.Chinese, d.Code, d.Args), contract.ErrDistrust, nil, d)
		}
		return out, err
	}
}
