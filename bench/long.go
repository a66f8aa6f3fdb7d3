package bench

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// around is how many steps' median stands for one of them.
const around = 20

// circle is a case that goes through the same task again and again.
type circle struct {
	root int64
	next contract.Request
}

// long measures, in turns, a step of a case that has just begun and of one that
// has gone in circles for years.
func long(ctx context.Context, o Options, db *models.DB, send send) error {
	old, err := newCircle(ctx, db)
	if err != nil {
		return err
	}
	for range o.Long - around {
		if _, err := old.step(ctx, send); err != nil {
			return err
		}
	}
	young, err := newCircle(ctx, db)
	if err != nil {
		return err
	}
	var tenth, last times
	for range around {
		for c, took := range map[*circle]*times{young: &tenth, old: &last} {
			d, err := c.step(ctx, send)
			if err != nil {
				return err
			}
			*took = append(*took, d)
		}
	}
	fmt.Fprintf(o.Out, "  a step of Commit: the 10th p50 %s, the %dth p50 %s (ratio %.2f)\n",
		ms(tenth.at(0.5)), o.Long, ms(last.at(0.5)), float64(last.at(0.5))/float64(tenth.at(0.5)))
	return nil
}

func newCircle(ctx context.Context, db *models.DB) (*circle, error) {
	c := &circle{}
	var entry string
	err := db.Tx(ctx, func(tx *gorm.DB) (err error) {
		c.root, entry, err = process.Begin(
			tx, models.Acting{Person: "ann", At: time.Now()}, process.Beginning{Process: "loop", Variables: models.JSON(`{}`)},
		)
		return err
	})
	if err == nil {
		c.next, err = request(c.root, entry, contract.UpdateStart, engine.Event{Type: engine.Start, Key: c.root, Process: "loop"}, "ann")
	}
	return c, err
}

func (c *circle) step(ctx context.Context, send send) (time.Duration, error) {
	at := time.Now()
	out, err := send(ctx, c.next)
	took := time.Since(at)
	if err != nil || out.Verdict != contract.Applied {
		return took, fmt.Errorf("bench: %s: %s %s: %w", c.next.ID, out.Verdict, out.Refusal, err)
	}
	c.next, err = complete(c.root, out, "ann")
	return took, err
}
