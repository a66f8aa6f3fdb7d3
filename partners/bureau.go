package partners

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/quancheng/quancheng/webhook"
)

// Config of a fake bureau.
type Config struct {
	Name   string        // finance or procurement
	Hook   string        // where its events go: …/integrations/<name>
	Key    webhook.Key   // shared with us, both directions
	File   string        // where it keeps its state
	Delay  time.Duration // between one event and the next
	Now    func() time.Time
	Client *http.Client
	Log    *slog.Logger
}

// Bureau is one fake bureau. Handler receives, Run sends.
type Bureau struct {
	cfg   Config
	react reaction
	wake  chan struct{}

	mu    sync.Mutex
	state state
}

// reaction is what a bureau sends back for an event that it received.
type reaction func(e webhook.Envelope, s *state, now time.Time) ([]answer, error)

// answer is an event that a bureau will send.
type answer struct {
	Type string
	Data map[string]any
}

func (c Config) journal() journal { return journal(c.File + "l") }

const (
	maxBody = 1 << 20
	// history is the age from which an event is a record of the past (补录): a
	// bureau files it and does nothing, because it acted at the time.
	history = 45 * 24 * time.Hour
)

var reactions = map[string]reaction{"finance": finance, "procurement": procurement}

// New opens a bureau with the state that its file holds.
func New(cfg Config) (*Bureau, error) {
	react, ok := reactions[cfg.Name]
	if !ok {
		return nil, fmt.Errorf("partners: no bureau %q", cfg.Name)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b := &Bureau{cfg: cfg, react: react, wake: make(chan struct{}, 1)}
	return b, b.state.load(cfg.File)
}

// Faults tells how the bureau misbehaves: in one project, or ("") as a whole.
func (b *Bureau) Faults(project string) Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	if project != "" {
		return b.state.Projects[project]
	}
	return b.state.Faults
}

// SetFaults changes how it misbehaves from now on, in one project or as a whole.
func (b *Bureau) SetFaults(project string, f Faults) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if project != "" {
		b.state.Projects[project] = f
		if f == (Faults{}) {
			delete(b.state.Projects, project)
		}
		return b.state.save(b.cfg.File)
	}
	b.state.Faults = f
	for i := range b.state.Queue { // an event that waited because of the old faults is tried at once
		b.state.Queue[i].Tries = 0
		b.state.Queue[i].Due = b.cfg.Now().Add(b.pause(i))
	}
	b.poke()
	return b.state.save(b.cfg.File)
}

// Pending is how many events the bureau still has to send.
func (b *Bureau) Pending() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.state.Queue)
}

// receive takes one of our events.
func (b *Bureau) receive(body []byte) (int, any) {
	var e webhook.Envelope
	if err := json.Unmarshal(body, &e); err != nil || e.EventID == "" {
		return http.StatusBadRequest, "not an event"
	}
	if b.state.Received[e.EventID] {
		return http.StatusAccepted, "duplicate"
	}
	if err := b.answer(e, b.cfg.Now()); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	b.state.Received[e.EventID] = true
	if err := b.state.save(b.cfg.File); err != nil {
		b.cfg.Log.Error("fake bureau cannot keep its state", "bureau", b.cfg.Name, "error", err)
		return http.StatusInternalServerError, "cannot store"
	}
	b.poke()
	return http.StatusAccepted, "stored"
}

// answer queues what the bureau sends back.
func (b *Bureau) answer(e webhook.Envelope, now time.Time) error {
	if b.state.Faults.Silent || now.Sub(e.OccurredAt) > history {
		return nil
	}
	answers, err := b.react(e, &b.state, now)
	if err != nil {
		return err
	}
	var told []webhook.Envelope
	for _, a := range answers {
		a.Data["project_code"] = e.Correlation.ProjectCode
		data, err := json.Marshal(a.Data)
		if err != nil {
			return err
		}
		b.state.Seq++
		next := webhook.Envelope{
			EventID: uuid.NewString(), EventType: a.Type, SchemaVersion: "1.0", Source: b.cfg.Name, OccurredAt: now,
			Stream: b.cfg.Name + ":county", Seq: b.state.Seq, PrevEventID: b.state.Last,
			Correlation: e.Correlation, Data: data,
		}
		b.state.Last = next.EventID
		told = append(told, next)
		if b.state.Faults.Lose > 0 { // told, and lost on the way
			b.state.Faults.Lose--
			continue
		}
		b.state.Queue = append(b.state.Queue, queued{Event: next, Due: now.Add(b.pause(len(b.state.Queue)))})
	}
	return b.cfg.journal().append(told...)
}

// pause is how long the event at a place of the queue waits.
func (b *Bureau) pause(place int) time.Duration {
	return time.Duration(place+1)*b.cfg.Delay + time.Duration(b.state.Faults.DelaySeconds*float64(time.Second))
}

func (b *Bureau) poke() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run sends what is due until ctx ends.
func (b *Bureau) Run(ctx context.Context) error {
	for {
		wait := b.sendDue(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil
			}
			return ctx.Err()
		case <-b.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}
