package activities

import (
	"context"
	"errors"
	"fmt"

	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// ResumeLoad is what a run must know when it starts: due moments, jobs, and
// what people read of the instance. The database says, whatever Temporal remembers.
func (c *Committer) ResumeLoad(ctx context.Context, root int64) (contract.Outcome, error) {
	var out contract.Outcome
	row, err := process.RootByKey(c.DB.Read(ctx), root)
	if err != nil && !errors.Is(err, process.ErrNotFound) {
		return out, fmt.Errorf("instance %d: %w", root, err)
	}
	return out, c.adopt(c.DB.Read(ctx), row, nil, &out)
}

// Outcome finds the outcome of an event; false when it has none.
func (c *Committer) Outcome(ctx context.Context, event string) (contract.Outcome, bool, error) {
	var out contract.Outcome
	row, found, err := process.OutcomeOf(c.DB.Read(ctx), event)
	if err == nil && found {
		err = row.Body.Into(&out)
	}
	return out, found && err == nil, err
}

// Stored reports whether an event has its outcome.
func (c *Committer) Stored(ctx context.Context, event string) (bool, error) {
	_, found, err := process.OutcomeOf(c.DB.Read(ctx), event)
	return found, err
}
