package partnerlink

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/inbox"
)

// batch is how many events one pass looks at.
const batch = 100

// Receive applies the stored events that are due: held ones too, which look
// whether they may go on. Each has its own transaction, so that one event that
// cannot be applied holds up no other, and each that was looked at is done, or due
// at a later moment. What became of it wakes the next pass.
func (l *Link) Receive(ctx context.Context) error {
	rows, err := partner.DueEvents(l.DB.Read(ctx), l.Now(), batch)
	if err != nil {
		return err
	}
	for _, row := range rows {
		err := l.apply(ctx, row.ID)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return nil
		case models.IsTransient(err):
			return err // the database is in trouble: the next pass begins here again
		default:
			l.Log.Error("an event could not be applied", "alarm", true, "partner", row.Source, "event", row.EventID, "error", err)
			if err := l.failed(ctx, row.ID, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply is one event in one transaction. A panic is an error like any other.
func (l *Link) apply(ctx context.Context, id int64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return l.DB.Tx(ctx, func(tx *gorm.DB) error {
		row, err := partner.LockEvent(tx, id)
		if err != nil || !row.Due(l.Now()) {
			return err // another process was faster
		}
		ev, err := inbox.Event(row)
		if err != nil {
			return err
		}
		_, err = inbox.Apply(
			tx, models.Acting{Person: models.System, At: l.Now().UTC(), Event: "p:" + row.Source + ":" + row.EventID}, row, ev,
		)
		return err
	})
}

// failed puts an event off; after the last attempt it waits for a person.
func (l *Link) failed(ctx context.Context, id int64, cause error) error {
	return l.DB.Tx(ctx, func(tx *gorm.DB) error {
		row, err := partner.LockEvent(tx, id)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		now := l.Now().UTC()
		row.Attempts++
		row.Note = firstLine(cause)
		if pause, again := after(row.Attempts); again {
			row.NextAt = now.Add(pause)
		} else {
			row.State, row.ProcessedAt = partner.InboxFailed, &now
		}
		return partner.SaveEvent(tx, row)
	})
}
