package process

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// The states of a confirmation.
const (
	ConfirmationWaiting   = "waiting"
	ConfirmationConfirmed = "confirmed"
	ConfirmationRefused   = "refused"
	ConfirmationStale     = "stale" // the case has moved on from what the asker saw
)

// waiting is the condition of the index confirmation_waiting, to the letter.
const waiting = "state = '" + ConfirmationWaiting + "'"

// Confirmation is an act on a case that waits for a second person's word.
type Confirmation struct {
	ID        int64 `gorm:"primaryKey"`
	Root      int64
	Task      int64 // where it was asked, 0: on the page of the case
	Project   string
	Operation string
	Event     models.JSON // engine.Event that is applied when confirmed
	Reason    string
	AskedBy   string
	AskedAt   time.Time
	State     string
	DecidedBy string
	DecidedAt *time.Time
	Note      string
}

// TableName of the entity.
func (Confirmation) TableName() string { return "confirmation" }

// AskSecond stores what a second person is to confirm; one request of a kind
// waits in a case at a time.
func AskSecond(tx *gorm.DB, a models.Acting, c Confirmation) (Confirmation, error) {
	c.AskedBy, c.AskedAt, c.State = a.Person, models.Stamp(a.At), ConfirmationWaiting
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&c)
	if done.Error != nil {
		return c, fmt.Errorf("confirmation for case %d: %w", c.Root, done.Error)
	}
	if done.RowsAffected == 0 {
		return c, models.Refuse("asked-already")
	}
	return c, auditConfirmation(tx, a, c, "asked")
}

// LapseConfirmation ends the wait of a request about what is not as its asker saw
// it any more; nobody has decided it.
func LapseConfirmation(tx *gorm.DB, a models.Acting, c Confirmation) error {
	at := models.Stamp(a.At)
	done := tx.Model(&Confirmation{}).Where("id = ? AND "+waiting, c.ID).Updates(map[string]any{"state": ConfirmationStale, "decided_by": "", "decided_at": at})
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return auditConfirmation(tx, a, c, ConfirmationStale)
}

// ConfirmationToDecide is a waiting request that the person may decide.
func ConfirmationToDecide(tx *gorm.DB, a models.Acting, id int64) (Confirmation, error) {
	var c Confirmation
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&c).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return c, models.Refuse("not-found", "what", fmt.Sprint(id))
	case err != nil:
		return c, fmt.Errorf("confirmation %d: %w", id, err)
	case c.State != ConfirmationWaiting:
		return c, models.Refuse("checked-already")
	case c.AskedBy == a.Person:
		return c, models.Refuse("second-person-needed")
	case c.DecidedBy != a.Person && c.beingDone(a.At):
		return c, models.Refuse("checked-already")
	}
	return c, nil
}

// deciding is how long what somebody has confirmed is his to carry out; whoever
// is killed meanwhile leaves it to others after that.
const deciding = time.Minute

// beingDone reports whether somebody is carrying out what he has confirmed.
func (c Confirmation) beingDone(now time.Time) bool {
	return c.DecidedBy != "" && c.DecidedAt != nil && now.Before(c.DecidedAt.Add(deciding))
}

// BeginConfirmation keeps others from deciding while a person who confirms has
// the act applied: nobody refuses what is being done.
func BeginConfirmation(tx *gorm.DB, a models.Acting, id int64) (Confirmation, error) {
	c, err := ConfirmationToDecide(tx, a, id)
	if err != nil {
		return c, err
	}
	return c, mark(tx, c, a.Person, new(models.Stamp(a.At)))
}

// ReleaseConfirmation leaves the decision to others again: the act was refused.
func ReleaseConfirmation(tx *gorm.DB, c Confirmation) error { return mark(tx, c, "", nil) }

func mark(tx *gorm.DB, c Confirmation, person string, at *time.Time) error {
	err := tx.Model(&Confirmation{}).Where("id = ? AND "+waiting, c.ID).Updates(map[string]any{"decided_by": person, "decided_at": at}).Error
	if err != nil {
		return fmt.Errorf("confirmation %d: %w", c.ID, err)
	}
	return nil
}

// DecideConfirmation notes the second person's word. Confirming is noted after the event was applied.
func DecideConfirmation(tx *gorm.DB, a models.Acting, id int64, accept bool, note string) (Confirmation, error) {
	c, err := ConfirmationToDecide(tx, a, id)
	if err != nil {
		return c, err
	}
	if !accept && c.beingDone(a.At) {
		return c, models.Refuse("checked-already")
	}
	note = strings.TrimSpace(note)
	if !accept && len([]rune(note)) < 5 {
		return c, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	c.State, c.DecidedBy, c.DecidedAt, c.Note = ConfirmationRefused, a.Person, &at, note
	if accept {
		c.State = ConfirmationConfirmed
	}
	if err := tx.Save(&c).Error; err != nil {
		return c, fmt.Errorf("confirmation %d: %w", id, err)
	}
	return c, auditConfirmation(tx, a, c, c.State)
}

// Confirmations lists what waits for a second person in a case (0: in all), oldest first.
func Confirmations(tx *gorm.DB, root int64, limit int) ([]Confirmation, error) {
	q := tx.Where(waiting).Order("id").Limit(limit)
	if root != 0 {
		q = q.Where("root = ?", root)
	}
	var all []Confirmation
	err := q.Find(&all).Error
	return all, err
}

func auditConfirmation(tx *gorm.DB, a models.Acting, c Confirmation, what string) error {
	subject := fmt.Sprintf("task:%d", c.Task)
	if c.Task == 0 {
		subject = fmt.Sprintf("instance:%d", c.Root)
	}
	return audit.Audit(tx, fmt.Sprintf("i:%d", c.Root), a, audit.AuditEntry{
		Action: "confirmation." + what, Subject: subject, Project: c.Project, Reason: orElse(c.Note, c.Reason),
		Detail: models.JSONOf(map[string]any{"operation": c.Operation, "confirmation": c.ID, "askedBy": c.AskedBy}),
	})
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
