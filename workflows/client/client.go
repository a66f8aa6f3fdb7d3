// Package client hands events to the workflows of their root instances and
// waits for the outcomes. Temporal's own limits (Updates in flight, Updates in a
// run, a run that is ending) are waits here, never errors of a caller.
package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/quancheng/quancheng/tracing"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Deadline is how long Send waits for an outcome.
const Deadline = 10 * time.Second

// again is the wait before the same event is sent again.
const again = 50 * time.Millisecond

// ErrUnavailable says that nothing is known to have happened: send the same event again later.
var ErrUnavailable = errors.New("the process engine does not answer")

// Client sends events. It is safe for concurrent use.
type Client struct {
	t    client.Client
	keys *trust.Keys
	gate gate
	open circuit
	// Stored reports whether the database has the outcome of an event. Temporal
	// may remember answers that a restored database lost; nil: not asked.
	Stored func(ctx context.Context, event string) (bool, error)
	// Renew is contract.Input.Renew of the runs that this client starts.
	Renew int
}

// New makes a client over a connection to Temporal. It seals what it sends.
func New(t client.Client, keys *trust.Keys) *Client { return &Client{t: t, keys: keys} }

// Send applies an event and returns its outcome, however often it is called
// with the same id. An error that wraps contract.ErrPending says that the event
// was accepted and its outcome can be asked for later; a *contract.Distrust that
// nothing happened, because our seal is not believed; any other says that
// nothing is known to have happened.
func (c *Client) Send(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
	ctx, end := tracing.Start(ctx, "Update "+r.Name, "root", strconv.FormatInt(r.Root, 10), "update", contract.UpdateID(r.ID))
	defer func() { end(err) }()
	r.Trace = tracing.Parent(ctx)
	if err := c.open.now(time.Now()); err != nil {
		return out, fmt.Errorf("event %s: %w: %w", r.ID, ErrUnavailable, err)
	}
	out, err = c.send(ctx, r)
	c.open.heard(time.Now(), err)
	return out, err
}

func (c *Client) send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	leave, err := c.gate.enter(ctx, r.Root)
	if err != nil {
		return contract.Outcome{}, fmt.Errorf("event %s: %w", r.ID, ErrUnavailable)
	}
	defer leave()
	if r, err = c.keys.Seal(r); err != nil {
		return contract.Outcome{}, fmt.Errorf("event %s: %w", r.ID, err)
	}
	own := contract.UpdateID(r.ID)
	id, lost := own, false
	for {
		out, accepted, err := c.update(ctx, id, r)
		switch {
		case err == nil:
			known, err := c.stored(ctx, r)
			if err != nil {
				return contract.Outcome{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
			// An answer to another event is none: somebody else has used our id for his Update.
			if known && out.Event == r.ID {
				return out, nil
			}
			if lost { // nor is one that the database does not know: whatever runs under our name, it is not our workflow
				return contract.Outcome{}, fmt.Errorf("event %s: answered, and not stored: %w", r.ID, ErrUnavailable)
			}
			lost = true
			if err := c.Poke(ctx, r.Root, contract.Poke{Renew: true}); err != nil {
				return contract.Outcome{}, err
			}
			id = another(own) // an Update of its own: the old answer is void
		case unavailable(err):
			return contract.Outcome{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		case failed(err) && id == own:
			// The Update met trouble in an earlier attempt, or was somebody else's under our id,
			// and Temporal would answer that for ever.
			id = another(own)
		case failed(err):
			return contract.Outcome{}, failure(err, r.ID)
		case ctx.Err() != nil && accepted:
			return contract.Outcome{}, fmt.Errorf("event %s: %w", r.ID, contract.ErrPending)
		case ctx.Err() != nil || !passing(err):
			return contract.Outcome{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if !sleep(ctx, again) {
			return contract.Outcome{}, fmt.Errorf("event %s: %w", r.ID, ErrUnavailable)
		}
	}
}

// another is a new id of an Update that brings the same event.
func another(own string) string { return own + "~" + strconv.FormatInt(time.Now().UnixNano(), 36) }

// update sends one Update, to the running workflow or to one that it starts.
func (c *Client) update(ctx context.Context, id string, r contract.Request) (out contract.Outcome, accepted bool, err error) {
	name := r.Name
	if !slices.Contains(contract.Updates(), name) {
		name = contract.UpdateOther
	}
	start := c.t.NewWithStartWorkflowOperation(c.options(r.Root), contract.Workflow, c.input(r.Root))
	handle, err := c.t.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			WorkflowID: contract.WorkflowID(
				r.Root,
			), UpdateID: id, UpdateName: name, Args: []any{r}, WaitForStage: client.WorkflowUpdateStageAccepted,
		},
	})
	if err != nil {
		return out, false, err
	}
	err = handle.Get(ctx, &out)
	return out, true, err
}

func (c *Client) input(root int64) contract.Input { return contract.Input{Root: root, Renew: c.Renew} }

func (c *Client) options(root int64) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: contract.WorkflowID(root), TaskQueue: contract.Queue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}

// Start makes sure that a root instance has a running workflow.
func (c *Client) Start(ctx context.Context, root int64) error {
	_, err := c.t.ExecuteWorkflow(ctx, c.options(root), contract.Workflow, c.input(root))
	if err != nil {
		return fmt.Errorf("start the workflow of %d: %w", root, err)
	}
	return nil
}

// Poke lets the workflow of a root instance look at the database again, and starts it where there is none.
func (c *Client) Poke(ctx context.Context, root int64, p contract.Poke) error {
	_, err := c.t.SignalWithStartWorkflow(
		ctx, contract.WorkflowID(root), contract.SignalPoke, p, c.options(root), contract.Workflow, c.input(root),
	)
	if err != nil {
		return fmt.Errorf("poke the workflow of %d: %w", root, err)
	}
	return nil
}

func (c *Client) stored(ctx context.Context, r contract.Request) (bool, error) {
	if c.Stored == nil {
		return true, nil
	}
	return c.Stored(ctx, r.ID)
}

// unavailable reports that the event met technical trouble just now.
func unavailable(err error) bool {
	var down *serviceerror.Unavailable
	return errors.As(err, &down)
}

// failed reports that the Update itself ended with technical trouble, or was not believed.
func failed(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && (app.Type() == contract.ErrUnavailable || app.Type() == contract.ErrDistrust)
}

// failure is why an Update itself failed: a *contract.Distrust, or technical trouble.
func failure(err error, event string) error {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != contract.ErrDistrust {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var d *contract.Distrust
	if app.Details(&d) != nil || d == nil {
		d = &contract.Distrust{Code: contract.NotBelieved, Args: map[string]string{"event": event}}
	}
	return d
}

// passing reports what passes by itself: a run that is ending or just ended, and
// Temporal's limits of Updates.
func passing(err error) bool {
	var app *temporal.ApplicationError
	if errors.As(err, &app) {
		return app.Type() == contract.ErrDraining
	}
	var (
		exhausted *serviceerror.ResourceExhausted
		gone      *serviceerror.NotFound
		state     *serviceerror.FailedPrecondition
		aborted   *serviceerror.Aborted
		multi     *serviceerror.MultiOperationExecution
		started   *serviceerror.WorkflowExecutionAlreadyStarted
	)
	return errors.As(err, &exhausted) || errors.As(err, &gone) || errors.As(err, &state) || errors.As(err, &aborted) ||
		errors.As(err, &multi) || errors.As(err, &started)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
