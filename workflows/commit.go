package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

var backoff = temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second}

// Technical trouble is tried again: for as long as a caller waits, or for ever
// where nobody does.
var (
	waited = workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 5 * time.Second, StartToCloseTimeout: contract.Attempt, RetryPolicy: &backoff,
	}
	forever = workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 24 * time.Hour, StartToCloseTimeout: contract.Attempt, RetryPolicy: &backoff,
	}
)

// listen takes Updates under the name of every operation.
func (w *instance) listen(ctx workflow.Context) error {
	for _, name := range contract.Updates() {
		err := workflow.SetUpdateHandlerWithOptions(ctx, name, w.update, workflow.UpdateHandlerOptions{Validator: w.validate})
		if err != nil {
			return err
		}
	}
	return nil
}

// validate refuses an Update without a trace while this run is about to end.
func (w *instance) validate(workflow.Context, contract.Request) error {
	if w.draining {
		return temporal.NewApplicationError("this run is ending, send it again", contract.ErrDraining)
	}
	return nil
}

// update is one event of a person or a partner.
func (w *instance) update(ctx workflow.Context, r contract.Request) (contract.Outcome, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // as the run's own
	if err := w.queue.Lock(ctx); err != nil {
		return contract.Outcome{}, err
	}
	defer w.queue.Unlock()
	w.handled++
	return w.commit(ctx, contract.Arrival{Root: w.in.Root, Request: &r}, waited)
}

// commit applies what arrived and adopts what follows from it. The caller holds the queue.
func (w *instance) commit(ctx workflow.Context, a contract.Arrival, o workflow.LocalActivityOptions) (contract.Outcome, error) {
	var out contract.Outcome
	local := workflow.WithLocalActivityOptions(ctx, o)
	if err := workflow.ExecuteLocalActivity(local, contract.Commit, a).Get(ctx, &out); err != nil {
		w.changed.SendAsync(true)
		if distrusted(err) {
			return out, err
		}
		return out, temporal.NewApplicationErrorWithCause("the database does not answer", contract.ErrUnavailable, err)
	}
	w.adopt(ctx, out)
	return out, nil
}

// distrusted reports that Commit does not believe a request: trying it again would not help.
func distrusted(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == contract.ErrDistrust
}

// work has outside jobs done that nobody works on yet.
func (w *instance) work(ctx workflow.Context) {
	for _, job := range w.now.Jobs {
		if w.working[job.Key] {
			continue
		}
		w.working[job.Key] = true
		workflow.Go(ctx, func(ctx workflow.Context) {
			again := w.runJob(ctx, job)
			delete(w.working, job.Key)
			if again {
				w.changed.SendAsync(true)
			}
		})
	}
}
