package partner

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// The states of an event that a partner sent.
const (
	InboxReceived  = "received"  // stored, not looked at yet
	InboxApplied   = "applied"   // its fact is in the books
	InboxHeld      = "held"      // waits for an event that should have come before it
	InboxParked    = "parked"    // 待关联: waits for a person
	InboxDuplicate = "duplicate" // the books have its fact from another event
	InboxFailed    = "failed"    // it can never be applied; the note says why
	InboxDismissed = "dismissed" // parked, and a person decided that it has no effect
)

// PartnerEvent is an event as a partner sent it, and what became of it.
type PartnerEvent struct {
	ID           int64 `gorm:"primaryKey"`
	Source       string
	EventID      string
	EventType    string
	Body         []byte // as received
	Digest       string // SM3 of Body
	State        string
	Project      string
	NaturalKey   string
	Amount       *models.Money
	ReceivedAt   time.Time
	OccurredAt   time.Time
	Stream       string
	Seq          int64
	HeldFor      string // of a held one: GAP, or the reason for which it will be parked
	ProcessedAt  *time.Time
	NextAt       time.Time
	Attempts     int
	Receipts     int
	Offline      bool
	ParkedReason string
	Note         string
	Candidates   models.JSON // of a parked one: []facts.Suggestion

	// What a person decided about a parked event. A great amount waits for a second person.
	Decision      string // "", link, dismiss
	LinkedProject string
	LinkedBy      string
	LinkedReason  string
	LinkedAt      *time.Time
	ConfirmedBy   models.Optional
	Corrected     *models.Money // of a link: what the amount should be, where it was told in another unit
}

// TableName of the entity.
func (PartnerEvent) TableName() string { return "partner_inbox" }

// ErrDigestConflict says that a partner used an event id for another body.
var ErrDigestConflict = errors.New("models: the same event id with another body")

// ReceiveEvent stores an event raw. A repetition only counts its receipt, and
// answers with the first one; the same id with another body is kept aside and
// refused with ErrDigestConflict, which the caller must not roll back.
func ReceiveEvent(tx *gorm.DB, e PartnerEvent) (PartnerEvent, bool, error) {
	e.Digest, e.State, e.Receipts = digestOf(e.Body), InboxReceived, 1
	e.ReceivedAt = models.Stamp(e.ReceivedAt)
	e.NextAt, e.OccurredAt = e.ReceivedAt, models.Stamp(e.OccurredAt)
	fresh := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "source"}, {Name: "event_id"}}, DoNothing: true}).Create(&e)
	if fresh.Error != nil {
		return e, false, fmt.Errorf("event %s of %s: %w", e.EventID, e.Source, fresh.Error)
	}
	if fresh.RowsAffected == 1 {
		return e, false, models.Notify(tx, models.Notice{Kind: "partner", Key: e.EventID})
	}
	var first PartnerEvent
	if err := tx.Where("source = ? AND event_id = ?", e.Source, e.EventID).Take(&first).Error; err != nil {
		return e, false, fmt.Errorf("event %s of %s: %w", e.EventID, e.Source, err)
	}
	if first.Digest != e.Digest && !sameTelling(first.Body, e.Body) {
		err := tx.Exec(
			`INSERT INTO partner_conflict (source, event_id, body, digest, received_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			e.Source, e.EventID, e.Body, e.Digest, e.ReceivedAt,
		).Error
		if err != nil {
			return first, true, fmt.Errorf("conflict of %s: %w", e.EventID, err)
		}
		return first, true, ErrDigestConflict
	}
	err := tx.Model(&PartnerEvent{}).Where("id = ?", first.ID).Update("receipts", gorm.Expr("receipts + 1")).Error
	return first, true, err
}

// DueEvents are held events that may go on or have waited long enough, in the order
// of their streams, then those that nobody has looked at yet, oldest first.
func DueEvents(tx *gorm.DB, now time.Time, limit int) ([]PartnerEvent, error) {
	var all []PartnerEvent
	err := tx.Where("state IN ? AND next_at <= ?", []string{InboxReceived, InboxHeld}, now.UTC()).
		Order("CASE state WHEN 'held' THEN 0 ELSE id END, source, stream, seq, id").Limit(limit).Find(&all).Error
	return all, err
}

// Due reports whether an event that was read from DueEvents still is: nobody has
// taken it since, nor put it off.
func (e PartnerEvent) Due(now time.Time) bool {
	return (e.State == InboxReceived || e.State == InboxHeld) && !e.NextAt.After(now)
}

// LockEvent reads an event for the transaction that decides about it.
func LockEvent(tx *gorm.DB, id int64) (PartnerEvent, error) {
	var e PartnerEvent
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&e).Error
	return e, err
}

// SaveEvent writes what became of an event.
func SaveEvent(tx *gorm.DB, e PartnerEvent) error {
	if err := tx.Save(&e).Error; err != nil {
		return fmt.Errorf("event %s of %s: %w", e.EventID, e.Source, err)
	}
	return models.Notify(tx, models.Notice{Kind: "partner", Key: e.EventID, Project: e.Project})
}

// EventFilter chooses events; zero values choose all.
type EventFilter struct {
	Source  string
	State   string
	Project string
	Sort    string // of EventSorting
	Cursor  string
	Limit   int
}

// EventSorting is by when an event came, as its id tells, or by the partner that sent it.
var EventSorting = models.Sorting[PartnerEvent]{
	Usual: "-receivedAt",
	Key:   models.Place[PartnerEvent]{Column: "id", Of: func(e PartnerEvent) any { return e.ID }},
	Places: map[string]models.Place[PartnerEvent]{
		"receivedAt": {Column: "id", Of: func(e PartnerEvent) any { return e.ID }},
		"partner":    {Column: "source", Of: func(e PartnerEvent) any { return e.Source }},
	},
}

// PartnerEvents lists events, newest first unless Sort says otherwise, with the cursor of the next page.
func PartnerEvents(tx *gorm.DB, f EventFilter) ([]PartnerEvent, string, error) {
	order, err := EventSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Model(&PartnerEvent{})
	for _, c := range []struct{ column, value string }{{"source", f.Source}, {"state", f.State}, {"project", f.Project}} {
		if c.value != "" {
			q = q.Where(c.column+" = ?", c.value)
		}
	}
	return order.Page(q, f.Cursor, f.Limit)
}

// sameTelling reports whether two bodies tell the same event: they may differ in
// when and how often it was sent, and in whether it is a replay.
func sameTelling(a, b []byte) bool {
	var x, y map[string]any
	if models.DecodeExact(a, &x) != nil || models.DecodeExact(b, &y) != nil {
		return false
	}
	for _, transport := range []string{"sent_at", "attempt", "replay"} {
		delete(x, transport)
		delete(y, transport)
	}
	return bytes.Equal(models.JSONOf(x), models.JSONOf(y))
}

func digestOf(body []byte) string {
	sum := sm3.Sum(body)
	return hex.EncodeToString(sum[:])
}
