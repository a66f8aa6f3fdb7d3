package partnerlink

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/models/rules"
)

const (
	gapsEvery = 2 * time.Second
	askEvery  = time.Minute // for one gap
)

// Gaps asks partners to send again what has not reached us, each gap once a
// minute, and gives the alarm when it stays open longer than events wait for it.
func (l *Link) Gaps(ctx context.Context) error {
	gaps, err := stream.Gaps(l.DB.Read(ctx))
	if err != nil || len(gaps) == 0 {
		return err
	}
	limit, err := rules.Parameter(l.DB.Read(ctx), models.DateOf(l.Now()), "PARTNER", "gapMinutes")
	if err != nil {
		return err
	}
	patience := time.Duration(limit.IntPart()) * time.Minute
	var errs []error
	for _, g := range gaps {
		errs = append(errs, l.mend(ctx, g, patience))
	}
	return errors.Join(errs...)
}

func (l *Link) mend(ctx context.Context, g stream.Gap, patience time.Duration) error {
	now := models.Stamp(l.Now())
	switch {
	case now.Sub(g.FoundAt) >= patience && g.AlarmedAt == nil:
		l.Log.Error(
			"a gap in a partner's stream was not filled", "alarm", true, "partner", g.Source, "stream", g.Stream, "from", g.FromSeq, "to",
			g.ToSeq,
		)
		g.AlarmedAt = &now
	case g.AlarmedAt == nil && (g.AskedAt == nil || now.Sub(*g.AskedAt) >= askEvery):
		to, ok := l.Partners[g.Source]
		if !ok || to.URL == "" {
			return nil // met by files and offline registration only: nobody to ask
		}
		if err := l.AskReplay(ctx, to, g.Stream, g.FromSeq, g.ToSeq); err != nil {
			l.Log.Warn("a partner was not reached for a replay", "partner", g.Source, "stream", g.Stream, "error", err)
		}
		g.AskedAt = &now
	default:
		return nil
	}
	return l.DB.Tx(ctx, func(tx *gorm.DB) error { return stream.Note(tx, g) })
}
