package outbox

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// stillPending is the condition of the index outbox_pending, to the letter: a plan for a
// parameter could not use it.
const stillPending = "state = '" + OutPending + "'"

// DueOutgoing lists what should leave now, oldest first, of some kinds.
func DueOutgoing(tx *gorm.DB, kinds []string, now time.Time, limit int) ([]Outgoing, error) {
	var rows []Outgoing
	err := tx.Where(stillPending+" AND kind IN ? AND next_at <= ?", kinds, now.UTC()).
		Order("created_at, id").
		Limit(limit).
		Find(&rows).
		Error
	return rows, err
}

// Delivered ends the wait of an outgoing thing.
func Delivered(tx *gorm.DB, id string, now time.Time) error {
	err := tx.Model(&Outgoing{}).Where("id = ? AND state = ?", id, OutPending).
		Updates(map[string]any{"state": OutDelivered, "delivered_at": now.UTC(), "last_error": ""}).Error
	if err != nil {
		return fmt.Errorf("outbox %s: %w", id, err)
	}
	return nil
}

// Postponed notes a failed attempt and when the next one is due.
func Postponed(tx *gorm.DB, id string, why string, next time.Time) error {
	err := tx.Model(&Outgoing{}).Where("id = ? AND state = ?", id, OutPending).
		Updates(map[string]any{"attempts": gorm.Expr("attempts + 1"), "last_error": why, "next_at": next.UTC()}).Error
	if err != nil {
		return fmt.Errorf("outbox %s: %w", id, err)
	}
	return nil
}

// StartAgain puts starts back into the outbox that left it, although their root
// instance from before a moment is still at step 0 and the event has no outcome.
func StartAgain(tx *gorm.DB, before, now time.Time) error {
	err := tx.Exec(`UPDATE outbox SET state = ?, next_at = ?, delivered_at = NULL WHERE id IN (
		SELECT o.id FROM root_state r JOIN outbox o ON o.created_at = r.created_at AND o.target = CAST(r.key AS TEXT)
		WHERE r.open AND r.step = 0 AND r.created_at <= ? AND o.kind = ? AND o.state <> ?
		AND NOT EXISTS (SELECT 1 FROM event_outcome e WHERE e.event = o.id))`,
		OutPending, now.UTC(), before.UTC(), OutStart, OutPending).Error
	if err != nil {
		return fmt.Errorf("starts that did not happen: %w", err)
	}
	return nil
}
