package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Sender hands an event to the workflow of its root instance; see api.Sender.
type Sender interface {
	Send(ctx context.Context, r contract.Request) (contract.Outcome, error)
}

// Pump brings starts, messages and signals from the outbox to their workflows.
// What it brings twice has one effect; what fails is tried again for ever.
type Pump struct {
	db     *models.DB
	sender Sender
	log    *slog.Logger
	wake   chan struct{}
}

const (
	pumpPoll  = 200 * time.Millisecond // when nobody wakes the pump
	pumpBatch = 100
	pumpLanes = 8 // instances that are served at once
	pumpRetry = 5 * time.Second
)

// NewPump makes a pump; Run starts it.
func NewPump(db *models.DB, sender Sender, log *slog.Logger) *Pump {
	return &Pump{db: db, sender: sender, log: log, wake: make(chan struct{}, 1)}
}

// Run works until ctx ends. Every commit that tells a change wakes it.
func (p *Pump) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		_ = p.db.Listen(ctx, func(models.Notice) {
			select {
			case p.wake <- struct{}{}:
			default:
			}
		})
	})
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		case <-timer.C:
		}
		if err := p.Pass(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("outbox", "error", err)
		}
		timer.Reset(pumpPoll)
	}
}

// Pass brings everything that is due: instances side by side, the things of one in their order.
func (p *Pump) Pass(ctx context.Context) error {
	for ctx.Err() == nil {
		rows, err := outbox.DueOutgoing(p.db.Read(ctx), activities.Inward, time.Now(), pumpBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		byTarget := map[string][]outbox.Outgoing{}
		var targets []string
		for _, o := range rows {
			if byTarget[o.Target] == nil {
				targets = append(targets, o.Target)
			}
			byTarget[o.Target] = append(byTarget[o.Target], o)
		}
		lanes := make(chan struct{}, pumpLanes)
		var wg sync.WaitGroup
		for _, target := range targets {
			lanes <- struct{}{}
			wg.Go(func() {
				defer func() { <-lanes }()
				for _, o := range byTarget[target] {
					if !p.bring(ctx, o) {
						return // the ones behind it wait for it
					}
				}
			})
		}
		wg.Wait()
		if len(rows) < pumpBatch {
			return nil
		}
	}
	return ctx.Err()
}

func (p *Pump) bring(ctx context.Context, o outbox.Outgoing) bool {
	request, err := activities.RequestOf(p.db.Read(ctx), o)
	if err == nil {
		_, err = p.sender.Send(ctx, request) // a refusal is an outcome too: it is stored, and whoever may act on it sees an incident
	}
	if ctx.Err() != nil {
		return false
	}
	settle := p.db.Tx(ctx, func(tx *gorm.DB) error {
		if err != nil {
			return outbox.Postponed(tx, o.ID, err.Error(), time.Now().Add(pumpRetry))
		}
		return outbox.Delivered(tx, o.ID, time.Now())
	})
	if err != nil || settle != nil {
		p.log.Warn("outbox", "entry", o.ID, "error", err, "settle", settle)
	}
	return err == nil && settle == nil
}
