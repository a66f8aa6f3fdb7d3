package inbox

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/partner/stream"
	"github.com/quancheng/quancheng/models/rules"
)

// gap is what an event is held for whose predecessor has not come.
const gap = "GAP"

// patience is how long an event waits for what it is held for, by parameter of
// the rule pack. When the time is over, one held for a gap goes on, for the books
// do not depend on order; any other is parked.
var patience = map[string]struct {
	param string
	unit  time.Duration
}{
	gap:                {"gapMinutes", time.Minute},
	facts.RefundEarly:  {"refundHours", time.Hour},
	facts.DeletedEarly: {"refundHours", time.Hour},
}

// HeldUntil is when the wait of an event ends, as seen from when it arrived.
func HeldUntil(tx *gorm.DB, row partner.PartnerEvent, reason string) (time.Time, error) {
	p := patience[reason]
	n, err := rules.Parameter(tx, models.DateOf(row.ReceivedAt), "PARTNER", p.param)
	return row.ReceivedAt.Add(time.Duration(n.IntPart()) * p.unit), err
}

// hold puts an event off while there is time; held is false when it was over.
func hold(tx *gorm.DB, a models.Acting, row *partner.PartnerEvent, reason string) (held bool, err error) {
	until, err := HeldUntil(tx, *row, reason)
	if err != nil || !a.At.Before(until) {
		return false, err
	}
	row.State, row.HeldFor, row.NextAt = partner.InboxHeld, reason, models.Stamp(until)
	return true, partner.SaveEvent(tx, *row)
}

// outOfTurn reports whether an event must wait for another of its stream: its
// predecessor has not come, or an earlier one about the same project waits itself.
// What concerns other projects goes on.
func outOfTurn(tx *gorm.DB, row partner.PartnerEvent, ev facts.Event) (bool, error) {
	if row.Stream == "" {
		return false, nil
	}
	ok, err := stream.Follows(tx, position(row, ev))
	if err != nil || !ok {
		return !ok, err
	}
	var n int64
	err = tx.Model(&partner.PartnerEvent{}).Where("source = ? AND stream = ? AND seq < ? AND state = ? AND held_for = ? AND project = ?",
		row.Source, row.Stream, row.Seq, partner.InboxHeld, gap, ev.Project).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("held events of %s: %w", row.Stream, err)
	}
	return n > 0, nil
}

func position(row partner.PartnerEvent, ev facts.Event) stream.Position {
	return stream.Position{Source: row.Source, Stream: row.Stream, Seq: row.Seq, EventID: row.EventID, Prev: ev.Prev}
}

// release lets what waits for an event look again: its successor in the stream,
// the first held one of its project, which the next one waits for in turn, and
// what is held for a fact of the project. All others would look in vain.
func release(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) error {
	const which = `state = ? AND source = ? AND id <> ? AND (held_for <> ? AND project = ? OR held_for = ? AND stream = ? AND (seq = ? OR
		seq = (SELECT MIN(h.seq) FROM partner_inbox h WHERE h.state = ? AND h.source = ? AND h.stream = ? AND h.held_for = ? AND h.project = ?)))`
	err := tx.Model(&partner.PartnerEvent{}).
		Where(which, partner.InboxHeld, row.Source, row.ID, gap, row.Project, gap, row.Stream, row.Seq+1,
			partner.InboxHeld, row.Source, row.Stream, gap, row.Project).
		Update("next_at", models.Stamp(a.At)).
		Error
	if err != nil {
		return fmt.Errorf("release what waits for %s: %w", row.EventID, err)
	}
	return nil
}
