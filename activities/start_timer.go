package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// dueBatch bounds the timer starts of one call.
const dueBatch = 100

// BeginDue begins the instances of the timer starts whose moment has come, and
// says how many moments it served. One that fails does not hold up the others.
// What it begins leaves by the outbox.
func (c *Committer) BeginDue(ctx context.Context) (int, error) {
	due, err := process.DueStarts(c.DB.Read(ctx), c.now(), dueBatch)
	if err != nil {
		return 0, err
	}
	n := 0
	var errs []error
	for _, s := range due {
		if err := c.beginAtDue(ctx, s); err != nil {
			errs = append(errs, fmt.Errorf("timer start %s of %s: %w", s.Element, s.Process, err))
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}

// beginAtDue serves one moment. The next one follows from it, not from the clock: what
// was missed while nobody worked is made up for, each moment once.
func (c *Committer) beginAtDue(ctx context.Context, s process.StartSubscription) error {
	b, err := c.Bundles.Load(ctx, s.Bundle)
	if err != nil {
		return err
	}
	return c.DB.Tx(ctx, func(tx *gorm.DB) error {
		w, err := c.Bundles.World(tx, bundles.About{Now: *s.Due, On: models.DateOf(*s.Due)})
		if err != nil {
			return err
		}
		t := engine.StartTrigger{
			Process: s.Process, Element: s.Element, Definition: s.Definition, Kind: s.Kind, Due: *s.Due, Count: s.Times, Begun: s.OpenedAt,
		}
		var next *time.Time
		if after, more := b.Program.NextStart(t, w.Input); more {
			next = &after.Due
		}
		return process.BeginAtDue(tx, c.now(), s, next)
	})
}
