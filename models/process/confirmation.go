package process

import (
	"errors"
	"fmt"
	"slices"
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
	ConfirmationStale     = "stale"   // the case has moved on from what the asker saw
	ConfirmationExpired   = "expired" // nobody has said a word in time
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
	Scope     int64      // task that it is about, 0: the whole case
	Digest    string     // of what was asked for
	Benefits  string     // persons whom it benefits, with commas: none of them confirms it
	ExpiresAt *time.Time // nil: a former release asked
}

// TableName of the entity.
func (Confirmation) TableName() string { return "confirmation" }

// Over reports whether its time is over at a moment.
func (c Confirmation) Over(now time.Time) bool {
	return c.ExpiresAt != nil && !now.Before(*c.ExpiresAt)
}

// thrice is how many refusals of one act a superior is told of.
const thrice = 3

// RefusedOften reports whether an act on a case, or on a task of it, was refused
// so often that a superior is to be told.
func RefusedOften(tx *gorm.DB, c Confirmation) (bool, error) {
	var n int64
	err := tx.Model(&Confirmation{}).
		Where("root = ? AND operation = ? AND scope = ? AND state = ?", c.Root, c.Operation, c.Scope, ConfirmationRefused).
		Count(&n).
		Error
	if err != nil {
		return false, fmt.Errorf("refusals in case %d: %w", c.Root, err)
	}
	return n > 0 && n%thrice == 0, nil
}

// RefusedEarlier are the refusals of an act, newest first: who confirms is shown them.
func RefusedEarlier(tx *gorm.DB, c Confirmation) (all []Confirmation, err error) {
	err = tx.Where("root = ? AND operation = ? AND scope = ? AND state = ? AND id < ?", c.Root, c.Operation, c.Scope, ConfirmationRefused,
		c.ID).
		Order("id DESC").
		Limit(thrice).
		Find(&all).
		Error
	return all, err
}

// AskSecond stores what a second person is to confirm; of a kind one request waits
// at a time for a case, or for a task. What was refused is not asked again as it was.
func AskSecond(tx *gorm.DB, a models.Acting, c Confirmation) (Confirmation, error) {
	c.AskedBy, c.AskedAt, c.State = a.Person, models.Stamp(a.At), ConfirmationWaiting
	var last Confirmation
	err := tx.Where("root = ? AND operation = ? AND scope = ? AND state IN ?", c.Root, c.Operation, c.Scope,
		[]string{ConfirmationRefused, ConfirmationConfirmed}).
		Order("id DESC").
		Take(&last).
		Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return c, fmt.Errorf("confirmation for case %d: %w", c.Root, err)
	}
	if last.State == ConfirmationRefused && c.Digest != "" && last.Digest == c.Digest {
		return c, models.Refuse("refused-as-it-is", "why", last.Note)
	}
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
	_, err := endWait(tx, a, c, ConfirmationStale)
	return err
}

// ExpireConfirmation ends the wait of a request whose time is over; false: it waits no more.
func ExpireConfirmation(tx *gorm.DB, a models.Acting, c Confirmation) (bool, error) {
	return endWait(tx, a, c, ConfirmationExpired)
}

func endWait(tx *gorm.DB, a models.Acting, c Confirmation, state string) (bool, error) {
	if c.beingDone(a.At) && state == ConfirmationExpired {
		return false, nil
	}
	done := tx.Model(&Confirmation{}).
		Where("id = ? AND "+waiting, c.ID).
		Updates(map[string]any{"state": state, "decided_by": "", "decided_at": models.Stamp(a.At)})
	if done.Error != nil {
		return false, fmt.Errorf("confirmation %d: %w", c.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		return false, nil
	}
	return true, auditConfirmation(tx, a, c, state)
}

// OverdueConfirmations are the requests whose time is over and that still wait.
func OverdueConfirmations(tx *gorm.DB, now time.Time, limit int) (all []Confirmation, err error) {
	if err = tx.Where(waiting+" AND expires_at <= ?", models.Stamp(now)).Order("id").Limit(limit).Find(&all).Error; err != nil {
		err = fmt.Errorf("overdue confirmations: %w", err)
	}
	return all, err
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
	case c.Over(a.At):
		return c, models.Refuse("confirmation-expired")
	case c.AskedBy == a.Person || slices.Contains(strings.Split(c.Benefits, ","), a.Person):
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
	err := tx.Model(&Confirmation{}).
		Where("id = ? AND "+waiting, c.ID).
		Updates(map[string]any{"decided_by": person, "decided_at": at}).
		Error
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
