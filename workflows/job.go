package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

// runJob waits until the job may run, has it done, and applies its result. The
// key of the job is the activity's id, so that its history can be read. It
// reports whether the job must be done again: its result is signed by the worker
// that did it, and may have come from a former release, or have waited too long.
func (w *instance) runJob(ctx workflow.Context, job contract.Job) (again bool) {
	if d := job.At.Sub(workflow.Now(ctx)); !job.At.IsZero() && d > 0 {
		_ = workflow.Sleep(ctx, d) // never fails: nothing cancels the run
	}
	options := workflow.ActivityOptions{
		ActivityID:          strconv.FormatInt(job.Key, 10) + "-" + strconv.Itoa(job.Retries),
		StartToCloseTimeout: 10 * time.Minute, RetryPolicy: &backoff, Summary: job.Element + " " + job.Type,
	}
	var result contract.Request
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), contract.RunJob, w.in.Root, job).Get(ctx, &result)
	if err != nil || result.ID == "" {
		return false // cancelled, or nobody needs the job any more
	}
	if err := w.queue.Lock(ctx); err != nil {
		return false
	}
	_, err = w.commit(ctx, contract.Arrival{Root: w.in.Root, Request: &result}, forever)
	w.queue.Unlock()
	if !distrusted(err) {
		return false // any other error is a cancelled run; the next one starts the job again
	}
	_ = workflow.Sleep(ctx, distrustPause) // never fails: nothing cancels the run
	return true
}

// distrustPause is the wait before a job is done again whose result was not believed.
const distrustPause = time.Minute
