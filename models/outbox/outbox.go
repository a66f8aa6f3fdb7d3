package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Outgoing is something that leaves the transaction to be done after it: an
// event for a partner, the start of a root instance, a message or a signal.
type Outgoing struct {
	ID           string `gorm:"primaryKey"`
	Kind         string // OutPartner, …
	Target       string
	EventType    string
	Project      string
	Payload      models.JSON
	BusinessDate models.Date // when it happened; the actor's
	State        string
	Attempts     int
	NextAt       time.Time
	LastError    string
	CreatedAt    time.Time
	DeliveredAt  *time.Time
	Batch        string // of notices: what leaves together
	Subject      string // of notices: what they are about
	Standing     bool   // of notices: stands in a list of things to do until its task is done
	Seq          int64  // of events for a bureau: its place in our stream, 0 before the first attempt
	PrevID       string // the event before it in that stream
	Replayed     int    // how often the bureau has asked for it again
}

// The kinds of outgoing things.
const (
	OutPartner = "partner"
	OutStart   = "start"
	OutMessage = "message"
	OutSignal  = "signal"
	OutRelease = "release" // a claim goes back: process.Release
	OutTimeout = "timeout" // the time of a task is over: process.Overdue
	OutNotice  = "notice"  // a person is told by a channel: target is the person, event type the channel
	OutResume  = "resume"  // a suspension is over: the case goes on
	OutReseat  = "reseat"  // the organisation has changed: open tasks go where they belong now
)

// The states of an outgoing thing.
const (
	OutPending   = "pending"
	OutDelivered = "delivered"
	OutDead      = "dead"
)

// TableName of the entity.
func (Outgoing) TableName() string { return "outbox" }

// Send puts something into the outbox. The id is its deduplication key.
func Send(tx *gorm.DB, a models.Acting, o Outgoing) error {
	o.State, o.CreatedAt, o.BusinessDate = OutPending, a.At.UTC(), a.BusinessDate
	if o.NextAt.IsZero() {
		o.NextAt = o.CreatedAt
	}
	if err := tx.Create(&o).Error; err != nil {
		return fmt.Errorf("outbox %s %s: %w", o.Kind, o.EventType, err)
	}
	return nil
}

// SendPartner tells a partner about an event of ours; data is what
// integration.md §4 lists for its type.
func SendPartner(tx *gorm.DB, a models.Acting, id, partner, event, project string, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return Send(tx, a, Outgoing{ID: id, Kind: OutPartner, Target: partner, EventType: event, Project: project, Payload: raw})
}
