// Package partnerlink is the traffic with the partner bureaus beside the HTTP
// hooks: it brings stored events into the books and delivers what the outbox
// holds for partners. Several processes may run it at once.
package partnerlink

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/webhook"
)

// Partner is where a bureau takes our events, and the key that signs them. Below
// the address it sends its own again (/replay); beside it, it tells its books (records).
type Partner struct {
	URL string
	Key webhook.Key
}

// Config of a link.
type Config struct {
	DB       *models.DB
	Partners map[string]Partner
	Now      func() time.Time // nil: time.Now
	Client   *http.Client     // nil: one with a time limit of 10 s
	Log      *slog.Logger     // nil: slog.Default
}

// Link is the running traffic.
type Link struct {
	Config
	wake    chan struct{}
	breaker breaker
}

// poll is how often the tables are looked at when nobody wakes us.
const poll = 500 * time.Millisecond

// New makes a link; Run starts it.
func New(c Config) *Link {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Link{Config: c, wake: make(chan struct{}, 1)}
}

// Run works until ctx ends.
func (l *Link) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = l.DB.Listen(ctx, func(n models.Notice) {
			if n.Kind == "partner" {
				select {
				case l.wake <- struct{}{}:
				default:
				}
			}
		})
	})
	wg.Go(func() { l.loop(ctx, "inbox", poll, l.wake, l.Receive) })
	wg.Go(func() { l.loop(ctx, "outbox", poll, l.wake, l.Deliver) })
	wg.Go(func() { l.loop(ctx, "gaps", gapsEvery, nil, l.Gaps) })
	wg.Go(func() { l.loop(ctx, "reconciliation", reconcileEvery, nil, l.Daily) })
	wg.Wait()
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	return ctx.Err()
}

// loop repeats a pass until ctx ends, when it is woken or so often.
func (l *Link) loop(ctx context.Context, name string, every time.Duration, wake <-chan struct{}, pass func(context.Context) error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-wake:
		}
		if err := pass(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("partner link", "pass", name, "error", err)
		}
		timer.Reset(every)
	}
}

// backoff is when a failed attempt is repeated (domain/integration.md §5), after
// three quick tries for a connection that broke.
var backoff = []time.Duration{
	time.Second, 5 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour,
	24 * time.Hour,
}

// after is the pause after so many attempts, false when there were enough.
func after(attempts int) (time.Duration, bool) {
	if attempts > len(backoff) {
		return 0, false
	}
	return backoff[max(attempts, 1)-1], true
}
