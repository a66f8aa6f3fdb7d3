package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/tracing"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Committer applies events. It is safe for concurrent use, in one process and in several.
type Committer struct {
	DB      *models.DB
	Bundles *bundles.Cache
	Keys    *trust.Keys       // whose requests are believed, and what results are sealed with
	Workers map[string]Worker // outside work by job type
	Now     func() time.Time
	Log     *slog.Logger
}

// New makes a Committer with the machine's clock, which believes what is sealed with the keys.
func New(db *models.DB, cache *bundles.Cache, keys *trust.Keys) *Committer {
	return &Committer{DB: db, Bundles: cache, Keys: keys, Now: time.Now, Log: slog.Default()}
}

// errStale says that somebody else stored a step in the meantime.
var errStale = errors.New("activities: the instance has moved on")

// staleTries bounds how often an attempt begins anew after errStale before it is left to the caller's retry.
const staleTries = 20

// lease is how long the database works for an attempt, or lets it wait for a lock.
const lease = contract.Attempt - 500*time.Millisecond

// defect is our fault: what is neither a refusal nor technical trouble.
type defect struct {
	cause error
	stack string
}

func (d *defect) Error() string { return d.cause.Error() }
func (d *defect) Unwrap() error { return d.cause }

// apply applies one event that is believed, once, however often it is called.
// An error is technical: the same call may be made again.
func (c *Committer) apply(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
	ctx, end := tracing.Start(
		tracing.Under(ctx, r.Trace), "Commit", "root", strconv.FormatInt(r.Root, 10), "update", contract.UpdateID(r.ID), "name", r.Name,
	)
	defer func() { end(err) }()
	defer func() {
		c.Log.Debug(
			"event", "request", tracing.ID(ctx), "event", r.ID, "root", r.Root, "verdict", out.Verdict, "code", out.Code, "error", err,
		)
	}()
	for range staleTries {
		if out, err = c.attempt(ctx, r); !errors.Is(err, errStale) {
			break
		}
	}
	var d *defect
	if errors.As(err, &d) {
		c.Log.Error(
			"a defect stopped an event", "alarm", true, "request", tracing.ID(ctx), "event", r.ID, "root", r.Root, "error", d.cause,
			"stack", d.stack,
		)
		return c.storeDefect(ctx, r, d)
	}
	return out, err
}

// attempt is one transaction.
func (c *Committer) attempt(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &defect{fmt.Errorf("panic: %v", p), string(debug.Stack())}
		}
	}()
	err = c.DB.Tx(ctx, func(tx *gorm.DB) error {
		out, err = c.transaction(ctx, tx, r)
		return err
	})
	if err == nil || errors.Is(err, errStale) || technical(ctx, err) {
		return out, err
	}
	return out, &defect{cause: err}
}

func (c *Committer) transaction(ctx context.Context, tx *gorm.DB, r contract.Request) (contract.Outcome, error) {
	// Steps of one instance exclude each other from here on; what another one has stored is seen.
	root, before, err := process.LockRootFor(tx, r.Root, r.ID, lease)
	if errors.Is(err, process.ErrNotFound) {
		before, _, err = process.OutcomeOf(tx, r.ID)
	}
	if err != nil {
		return contract.Outcome{}, err
	}
	if before.Event != "" {
		return c.known(tx, r, root, before)
	}
	s, err := c.begin(ctx, tx, r, root)
	if err != nil {
		var refused *models.Refusal
		if errors.As(err, &refused) {
			return c.storeRefusal(tx, r, root, 0, refused)
		}
		return contract.Outcome{}, err
	}
	err = tx.Transaction(func(sp *gorm.DB) error { return s.apply(sp) })
	if err == nil {
		return s.finish(tx)
	}
	refused := refusalOf(err)
	if refused == nil {
		return contract.Outcome{}, err
	}
	return c.refuse(ctx, tx, s, refused)
}

// technical reports whether trying again may help. Our own deadline is.
func technical(ctx context.Context, err error) bool {
	return ctx.Err() != nil || models.IsTransient(err)
}

// refusalOf is the refusal of a command or of the engine, or nil.
func refusalOf(err error) *models.Refusal {
	var domain *models.Refusal
	if errors.As(err, &domain) {
		return domain
	}
	var core *engine.Refusal
	if errors.As(err, &core) {
		return bundles.Refusal(core)
	}
	return nil
}

// known answers an event that has its outcome already. What the workflow adopts is as of now.
func (c *Committer) known(tx *gorm.DB, r contract.Request, root process.RootState, row process.Outcome) (contract.Outcome, error) {
	var out contract.Outcome
	if row.Digest != r.Digest || row.Root != r.Root {
		reuse := models.Refuse("idempotency-key-reused", "event", r.ID)
		out = contract.Outcome{
			Event: r.ID, Verdict: contract.Refused, Code: reuse.Code, Refusal: json.RawMessage(models.JSONOf(reuse)), At: row.At,
		}
	} else if err := row.Body.Into(&out); err != nil {
		return out, fmt.Errorf("outcome of %s: %w", r.ID, err)
	}
	return out, c.adopt(tx, root, nil, &out)
}

// storeRefusal stores that nothing was changed, and why.
func (c *Committer) storeRefusal(
	tx *gorm.DB, r contract.Request, root process.RootState, org int64, refused *models.Refusal,
) (contract.Outcome, error) {
	return c.store(
		tx, r, root, nil, org, contract.Outcome{Verdict: contract.Refused, Code: refused.Code, Refusal: json.RawMessage(models.JSONOf(refused))},
	)
}

// store writes the outcome of an event, with the version of the organisation that it saw (0: none).
// State is that of the root, where it was read.
func (c *Committer) store(
	tx *gorm.DB, r contract.Request, root process.RootState, state *engine.State, org int64, out contract.Outcome,
) (contract.Outcome, error) {
	out.Event, out.At = r.ID, c.now()
	row := process.Outcome{
		Event: r.ID, Root: r.Root, Digest: r.Digest, Verdict: string(out.Verdict), Body: models.JSONOf(out), At: out.At, OrgVersion: org,
	}
	if err := tx.Create(&row).Error; err != nil {
		if models.IsUnique(err) { // the same event at the same time elsewhere
			return out, errStale
		}
		return out, fmt.Errorf("outcome of %s: %w", r.ID, err)
	}
	return out, c.adopt(tx, root, state, &out)
}

// now is the recording time; finer than a millisecond neither people nor databases agree on.
func (c *Committer) now() time.Time { return c.Now().UTC().Truncate(time.Millisecond) }
