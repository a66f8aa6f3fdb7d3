package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	temporalclient "go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

var discard = slog.New(slog.DiscardHandler)

// send applies one event and returns its outcome.
type send func(ctx context.Context, r contract.Request) (contract.Outcome, error)

// way is one way to run the approval.
type way struct {
	name  string
	send  send
	took  times
	spent time.Duration
}

// rate is steps per second.
func (w *way) rate() float64 { return float64(len(w.took)) / w.spent.Seconds() }

// steps measures three steps of an approval (start, submit, sign): our BPMN path
// and the one by hand through Temporal, in turns, then Commit without Temporal.
func steps(ctx context.Context, o Options, db *models.DB, c temporalclient.Client, keys *trust.Keys, engine time.Duration) error {
	committer := activities.New(db, bundles.NewCache(db), keys)
	committer.Log = discard
	w := sdk.New(c, contract.Queue, sdk.Options{MaxConcurrentWorkflowTaskPollers: 8})
	worker.Register(w, committer)
	registerByHand(w, db)
	if err := w.Start(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer w.Stop()

	ours := &way{name: "BPMN path", send: client.New(c, keys).Send}
	hand := &way{name: "by hand on the SDK", send: byHand(c)}
	bare := &way{name: "Commit without Temporal", send: sealed(committer)}
	for range o.Rounds {
		for _, way := range []*way{ours, hand} {
			if err := way.measure(ctx, o, db); err != nil {
				return err
			}
		}
	}
	if err := bare.measure(ctx, o, db); err != nil {
		return err
	}
	for _, way := range []*way{ours, hand, bare} {
		fmt.Fprintf(o.Out, "  %-24s %6.0f steps/s   p50 %9s   p99 %9s\n", way.name, way.rate(), ms(way.took.at(0.5)), ms(way.took.at(0.99)))
	}
	fmt.Fprintf(o.Out, "  ratio to by hand         %6.2f (at least 0.7 is wanted); Commit alone takes %s of a step's %s\n",
		ours.rate()/hand.rate(), ms(bare.took.at(0.5)), ms(ours.took.at(0.5)))
	if err := shares(ctx, o, db, ours.send, bare.send, engine); err != nil {
		return err
	}
	if err := long(ctx, o, db, bare.send); err != nil {
		return err
	}
	return readsOwnWrites(ctx, o, db, ours.send)
}

// sealed is Commit with what a client does before it.
func sealed(c *activities.Committer) send {
	return func(ctx context.Context, r contract.Request) (contract.Outcome, error) {
		r, err := c.Keys.Seal(r)
		if err != nil {
			return contract.Outcome{}, err
		}
		return c.Commit(ctx, r)
	}
}

// shares measures one approval at a time, so that nothing waits for anything else.
func shares(ctx context.Context, o Options, db *models.DB, ours, bare send, engine time.Duration) error {
	o.Lanes = 1
	p, err := watch(ctx, db)
	if err != nil {
		return err
	}
	path, commit := &way{name: "BPMN path", send: ours}, &way{name: "Commit", send: p.during(bare)}
	if err := path.measure(ctx, o, db); err != nil {
		return err
	}
	if err := commit.measure(ctx, o, db); err != nil {
		return err
	}
	p.print(o, path, commit, engine)
	return nil
}

// measure runs the approvals over some lanes.
func (w *way) measure(ctx context.Context, o Options, db *models.DB) error {
	var mu sync.Mutex
	var errs []error
	var left atomic.Int64
	left.Store(int64(o.Cases))
	began := time.Now()
	var wg sync.WaitGroup
	for range o.Lanes {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				took, err := w.approve(ctx, db)
				mu.Lock()
				w.took = append(w.took, took...)
				if err != nil {
					errs = append(errs, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	w.spent += time.Since(began)
	return errors.Join(errs...)
}

// approve runs one approval and says what each step took.
func (w *way) approve(ctx context.Context, db *models.DB) (times, error) {
	start, err := begin(ctx, db)
	if err != nil {
		return nil, err
	}
	var took times
	r := start
	for _, next := range []string{"ann", "bob", ""} {
		at := time.Now()
		out, err := w.send(ctx, r)
		for range 5 { // a caller who hears 503 sends the same again
			if err == nil || ctx.Err() != nil {
				break
			}
			out, err = w.send(ctx, r)
		}
		if err != nil || out.Verdict != contract.Applied {
			return took, fmt.Errorf("bench: %s: %s %s %s: %w", w.name, r.ID, out.Verdict, out.Refusal, err)
		}
		took = append(took, time.Since(at))
		if next == "" {
			break
		}
		if r, err = complete(start.Root, out, next); err != nil {
			return took, err
		}
	}
	return took, nil
}

// begin makes a root instance and the request that starts it.
func begin(ctx context.Context, db *models.DB) (contract.Request, error) {
	var root int64
	var entry string
	err := db.Tx(ctx, func(tx *gorm.DB) (err error) {
		root, entry, err = process.Begin(tx, models.Acting{Person: "ann", At: time.Now()}, process.Beginning{Process: "two", Variables: models.JSON(`{}`)})
		return err
	})
	if err != nil {
		return contract.Request{}, err
	}
	return request(root, entry, contract.UpdateStart, engine.Event{Type: engine.Start, Key: root, Process: "two"}, "ann")
}

// complete is the request that completes the task that an outcome opened.
func complete(root int64, out contract.Outcome, person string) (contract.Request, error) {
	if len(out.Opened) != 1 {
		return contract.Request{}, fmt.Errorf("bench: %s opened the tasks %v, not one", out.Event, out.Opened)
	}
	key := out.Opened[0]
	return request(root, fmt.Sprintf("u:%s:%d", person, key), "complete", engine.Event{Type: engine.Operate, Key: key, Operation: "complete"}, person)
}

func request(root int64, id, name string, ev engine.Event, person string) (contract.Request, error) {
	post := map[string]string{"ann": "CLERK@DP18", "bob": "CHIEF@DP34"}[person]
	ev.Actor = &engine.Actor{Person: person, Post: post, Groups: []string{post}}
	event, err := json.Marshal(ev)
	if err != nil {
		return contract.Request{}, fmt.Errorf("bench: %w", err)
	}
	return contract.Request{
		Root: root, ID: id, Name: name, Digest: id, Event: event,
		Acting: json.RawMessage(models.JSONOf(models.Acting{Person: person, Post: post, Posts: []string{post}})),
	}, nil
}

// readsOwnWrites counts how often the next task was in the answer and in the
// very next read of its owner's inbox.
func readsOwnWrites(ctx context.Context, o Options, db *models.DB, send send) error {
	seen := 0
	for range o.Cases {
		r, err := begin(ctx, db)
		if err != nil {
			return err
		}
		out, err := send(ctx, r)
		if err != nil {
			return err
		}
		if r, err = complete(r.Root, out, "ann"); err != nil {
			return err
		}
		if out, err = send(ctx, r); err != nil {
			return err
		}
		next, err := complete(r.Root, out, "bob")
		if err != nil {
			return err
		}
		page, _, err := process.Inbox(db.Read(ctx), process.InboxQuery{Person: "bob", Scope: process.ScopeMine, Limit: 10_000})
		if err != nil {
			return err
		}
		for _, t := range page {
			if next.ID == fmt.Sprintf("u:bob:%d", t.Key) {
				seen++
			}
		}
	}
	fmt.Fprintf(o.Out, "  the next task was in the answer and in its owner's next inbox read in %d of %d steps\n", seen, o.Cases)
	return nil
}
