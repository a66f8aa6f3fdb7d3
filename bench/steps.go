package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	took  times     // of each step
	rates []float64 // steps per second of each measurement
}

// stand is what is measured on one database.
type stand struct {
	db       *models.DB
	client   temporalclient.Client
	keys     *trust.Keys
	payloads *meter
	cache    *bundles.Cache
	engine   time.Duration // of a step alone
	ours     send          // our BPMN path
	bare     send          // Commit without Temporal
}

// run measures three steps of an approval (start, submit, sign).
func (s *stand) run(ctx context.Context, o Options, clients []int) error {
	s.cache = bundles.NewCache(s.db)
	committer := activities.New(s.db, s.cache, s.keys)
	committer.Log = discard
	w := sdk.New(s.client, contract.Queue, sdk.Options{MaxConcurrentWorkflowTaskPollers: 8})
	worker.Register(w, committer)
	registerByHand(w, s.db)
	if err := w.Start(); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer w.Stop()
	s.ours, s.bare = client.New(s.client, s.keys).Send, sealed(committer)

	fmt.Fprintf(
		o.Out, "  %7s   %-24s %9s %10s %10s   %s\n", "clients", "", "steps/s", "p50", "p99", "ratio to by hand (at least 0.7 is wanted)",
	)
	for _, n := range clients {
		if err := s.rates(ctx, o, n); err != nil {
			return err
		}
	}
	if err := s.shares(ctx, o); err != nil {
		return err
	}
	if err := long(ctx, o, s.db, s.bare); err != nil {
		return err
	}
	return readsOwnWrites(ctx, o, s.db, s.ours)
}

// rates measures our BPMN path and the one by hand with some clients at once, in
// turns, then Commit without Temporal.
func (s *stand) rates(ctx context.Context, o Options, clients int) error {
	ours, hand, bare := &way{
		name: "BPMN path", send: s.ours,
	}, &way{
		name: "by hand on the SDK", send: byHand(s.client),
	}, &way{
		name: "Commit without Temporal", send: s.bare,
	}
	cases := max(o.Cases, 5*clients) // a few for each
	var ratios []float64
	for range o.Rounds {
		for _, w := range []*way{ours, hand} {
			if err := w.measure(ctx, s.db, clients, cases); err != nil {
				return err
			}
		}
		ratios = append(ratios, ours.rates[len(ratios)]/hand.rates[len(ratios)])
	}
	if err := bare.measure(ctx, s.db, clients, cases); err != nil {
		return err
	}
	for _, w := range []*way{ours, hand, bare} {
		ratio := ""
		if w == ours {
			ratio = fmt.Sprintf("   %.2f (%.2f–%.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
		}
		fmt.Fprintf(
			o.Out, "  %7d   %-24s %9.1f %10s %10s%s\n", clients, w.name, median(w.rates), ms(w.took.at(0.5)), ms(w.took.at(0.99)), ratio,
		)
	}
	return nil
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

// measure runs some approvals, as many at once as there are clients.
func (w *way) measure(ctx context.Context, db *models.DB, clients, cases int) error {
	var mu sync.Mutex
	var errs []error
	var left atomic.Int64
	left.Store(int64(cases))
	before, began := len(w.took), time.Now()
	var wg sync.WaitGroup
	for range clients {
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
	w.rates = append(w.rates, float64(len(w.took)-before)/time.Since(began).Seconds())
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
		root, entry, err = process.Begin(
			tx, models.Acting{Person: "ann", At: time.Now()}, process.Beginning{Process: "two", Variables: models.JSON(`{}`)},
		)
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
	return request(
		root, fmt.Sprintf("u:%s:%d", person, key), "complete", engine.Event{Type: engine.Operate, Key: key, Operation: "complete"}, person,
	)
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
