package workflows

import (
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

// runJob waits until the job may run, has it done, and applies its result. The
// key of the job is the activity's id, so that its history can be read.
func (w *instance) runJob(ctx workflow.Context, job contract.Job) {
	if d := job.At.Sub(workflow.Now(ctx)); !job.At.IsZero() && d > 0 {
		_ = workflow.Sleep(ctx, d) // fails only when the run is cancelled
	}
	options := workflow.ActivityOptions{
		ActivityID:          strconv.FormatInt(job.Key, 10) + "-" + strconv.Itoa(job.Retries),
		StartToCloseTimeout: 10 * time.Minute, RetryPolicy: &backoff, Summary: job.Element + " " + job.Type,
	}
	var result contract.Request
	err := workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), contract.RunJob, w.in.Root, job).Get(ctx, &result)
	if err != nil || result.ID == "" {
		return // cancelled, or nobody needs the job any more
	}
	if err := w.queue.Lock(ctx); err != nil {
		return
	}
	defer w.queue.Unlock()
	_, _ = w.commit(ctx, result, forever) // an error is a cancelled run; the next one starts the job again
}
