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
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/models/partner/watch"
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
	errs := []error{l.afterRestore(ctx)}
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
	balances, _, err := l.AskBalances(ctx, p)
	if err != nil {
		return run, fmt.Errorf("balances of %s: %w", name, err)
	}
	err = l.DB.Tx(ctx, func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: l.Now().UTC()}
		if err := watch.Heard(tx, name, 0, l.Now()); err != nil {
			return err
		}
		apart, err := reconcile.CompareBalances(tx, a, name, balances)
		if err != nil {
			return err
		}
		run, err = reconcile.Compare(tx, a, name, from, to, events)
		run.Differences += apart
		return err
	})
	if err == nil && run.Differences > 0 {
		l.Log.Warn("books differ", "partner", name, "from", from, "to", to, "matched", run.Matched, "differences", run.Differences)
	}
	return run, err
}

// afterRestore compares the books whole with a bureau that was restored and numbers
// again: what it told before may be lost there, or be told anew. Nothing is deleted (FT09).
func (l *Link) afterRestore(ctx context.Context) error {
	restarted, err := stream.Restarted(l.DB.Read(ctx))
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range restarted {
		if p, ok := l.Partners[s.Source]; !ok || p.URL == "" {
			continue // it is compared by hand, once its books are at hand
		}
		first, err := reconcile.First(l.DB.Read(ctx), s.Source)
		if err == nil {
			_, err = l.Reconcile(ctx, s.Source, first, models.DateOf(l.Now()))
		}
		if err == nil {
			err = l.DB.Tx(ctx, func(tx *gorm.DB) error { return stream.Compared(tx, s) })
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
