package partnerlink

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/partner/reconcile"
)

const (
	reconcileEvery = 5 * time.Minute // how often it is looked whether it is time
	reconcileHour  = 2               // of Shanghai's clock
)

// Daily compares our books of yesterday with each partner's once, from two in the
// morning on, and on the first day of a month those of the month before.
func (l *Link) Daily(ctx context.Context) error {
	now := l.Now().In(models.Zone)
	if now.Hour() < reconcileHour {
		return nil
	}
	day := models.DateOf(now).AddDays(-1)
	ranges := [][2]models.Date{{day, day}}
	if now.Day() == 1 {
		ranges = append(ranges, [2]models.Date{day[:8] + "01", day})
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(l.Partners)) {
		for _, r := range ranges {
			done, err := reconcile.Done(l.DB.Read(ctx), name, r[0], r[1])
			if err == nil && !done {
				_, err = l.Reconcile(ctx, name, r[0], r[1])
			}
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Reconcile compares our books of some days with a partner's now.
func (l *Link) Reconcile(ctx context.Context, name string, from, to models.Date) (run reconcile.Run, err error) {
	p, ok := l.Partners[name]
	if !ok || p.URL == "" {
		return run, fmt.Errorf("no address is configured for %s", name)
	}
	records, err := l.AskRecords(ctx, p, string(from.AddDays(-reconcile.Margin)), string(to.AddDays(reconcile.Margin)))
	if err != nil {
		return run, fmt.Errorf("records of %s: %w", name, err)
	}
	events := make([]facts.Event, len(records))
	for i, r := range records {
		events[i] = facts.Event{
			Source: name, ID: r.EventID, Type: r.EventType, Project: r.Correlation.ProjectCode, ProCode: r.Correlation.ProCode,
			OccurredAt: r.OccurredAt, Data: r.Data,
		}
	}
	err = l.DB.Tx(ctx, func(tx *gorm.DB) error {
		run, err = reconcile.Compare(tx, models.Acting{Person: models.System, At: l.Now().UTC()}, name, from, to, events)
		return err
	})
	if err == nil && run.Differences > 0 {
		l.Log.Warn("books differ", "partner", name, "from", from, "to", to, "matched", run.Matched, "differences", run.Differences)
	}
	return run, err
}
