package activities

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Arrive applies what came to the workflow of a root instance. A due moment
// needs no seal: it fires no timer that the database does not find due. All
// else came through Temporal, where anybody may have put it.
func (c *Committer) Arrive(ctx context.Context, a contract.Arrival) (contract.Outcome, error) {
	if a.Timer != nil {
		return c.apply(ctx, a.Timer.Fire(a.Root))
	}
	var r contract.Request
	if a.Request != nil {
		r = *a.Request
	}
	if r.Root != a.Root {
		return contract.Outcome{}, c.distrust(ctx, r, trust.Misdirected(r, a.Root))
	}
	return c.Commit(ctx, r)
}

// Commit applies one sealed event, once, however often it is called. A
// *contract.Distrust says that the request is not believed; any other error is
// technical: the same call may be made again.
func (c *Committer) Commit(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	err := c.Keys.Verify(r)
	if err == nil {
		return c.apply(ctx, r)
	}
	var d *contract.Distrust
	if errors.As(err, &d) && d.Late() { // it was ours: what became of it may be told again
		_, known, err := process.OutcomeOf(c.DB.Read(ctx), r.ID)
		if err != nil {
			return contract.Outcome{}, fmt.Errorf("outcome of %s: %w", r.ID, err)
		}
		if known {
			return c.apply(ctx, r)
		}
	}
	return contract.Outcome{}, c.distrust(ctx, r, err)
}

// distrust tells of a request that is not believed, and stores nothing under
// its id: that belongs to somebody else. What it says of itself is in the log
// only; what is counted comes from bounded sets.
func (c *Committer) distrust(ctx context.Context, r contract.Request, err error) error {
	var d *contract.Distrust
	if !errors.As(err, &d) {
		return err
	}
	c.Log.Warn("a request is not believed", "alarm", true, "why", texts.Text(texts.English, d.Code, d.Args),
		"event", r.ID, "root", r.Root, "operation", r.Name, "claims", string(r.Acting))
	count := c.DB.Tx(ctx, func(tx *gorm.DB) error { return audit.CountDistrust(tx, c.now(), r.Root, d.Code) })
	if count != nil {
		c.Log.Error("a request that is not believed is not in the audit", "event", r.ID, "error", count)
	}
	return d
}
