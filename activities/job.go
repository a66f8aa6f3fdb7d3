package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Worker does outside work of one job type. It runs at least once: the job's
// key is its idempotency key. What it returns become variables.
type Worker func(ctx context.Context, j process.Job) (map[string]any, error)

// jobBackoff is the wait before another attempt, by attempts already made.
var jobBackoff = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute}

// RunJob does the work of a job and says which event tells its result, sealed:
// it comes back through Temporal. A job that is gone, is another instance's, or waits for its incident, needs no work. An error is
// technical: the call may be made again.
func (c *Committer) RunJob(ctx context.Context, root int64, job contract.Job) (contract.Request, error) {
	row, err := process.JobByKey(c.DB.Read(ctx), job.Key)
	if errors.Is(err, process.ErrNotFound) {
		return contract.Request{}, nil
	}
	if err != nil {
		return contract.Request{}, fmt.Errorf("job %d: %w", job.Key, err)
	}
	work := c.Workers[row.Type]
	if work == nil || row.Failed || row.Root != root {
		return contract.Request{}, nil
	}
	result, err := safely(ctx, work, row)
	if ctx.Err() != nil {
		return contract.Request{}, ctx.Err()
	}
	ev := engine.Event{ID: fmt.Sprintf("j:%d:%d", row.Key, row.Attempt), Key: row.Key}
	if err != nil {
		ev.Type, ev.Message, ev.Retries = engine.FailJob, err.Error(), max(row.Retries-1, 0)
		ev.RetryAt = c.now().Add(jobBackoff[min(row.Attempt, len(jobBackoff))-1])
	} else {
		ev.Type = engine.CompleteJob
		if ev.Variables, err = bundles.Variables(result); err != nil {
			return contract.Request{}, fmt.Errorf("result of job %d: %w", row.Key, err)
		}
	}
	raw, err := json.Marshal(ev)
	if err != nil {
		return contract.Request{}, fmt.Errorf("result of job %d: %w", row.Key, err)
	}
	// The result of a work that runs twice may differ: the first one counts, so it has no digest.
	return c.Keys.Seal(contract.Request{Root: root, ID: ev.ID, Name: string(ev.Type), Event: raw})
}

// safely turns a panic of the work into its failure: it would be tried for ever.
func safely(ctx context.Context, work Worker, j process.Job) (result map[string]any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return work(ctx, j)
}
