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
)

// Confirmation is an operation on a task that waits for a second person's word.
type Confirmation struct {
	ID        int64 `gorm:"primaryKey"`
	Root      int64
	Task      int64
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

// AskSecond stores what a second person is to confirm; one request for each task and operation waits at a time.
func AskSecond(tx *gorm.DB, a models.Acting, c Confirmation) (Confirmation, error) {
	var waiting int64
	err := tx.Model(&Confirmation{}).Where("task = ? AND operation = ? AND state = ?", c.Task, c.Operation, ConfirmationWaiting).Count(&waiting).Error
	if err != nil {
		return c, fmt.Errorf("confirmations of task %d: %w", c.Task, err)
	}
	if waiting > 0 {
		return c, models.Refuse("asked-already")
	}
	c.AskedBy, c.AskedAt, c.State = a.Person, models.Stamp(a.At), ConfirmationWaiting
	if err := tx.Create(&c).Error; err != nil {
		return c, fmt.Errorf("confirmation for task %d: %w", c.Task, err)
	}
	return c, auditConfirmation(tx, a, c, "asked")
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
	}
	return c, nil
}

// DecideConfirmation notes the second person's word. Confirming is noted after the event was applied.
func DecideConfirmation(tx *gorm.DB, a models.Acting, id int64, accept bool, note string) (Confirmation, error) {
	c, err := ConfirmationToDecide(tx, a, id)
	if err != nil {
		return c, err
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

// Confirmations lists what waits for a second person on a task.
func Confirmations(tx *gorm.DB, task int64) ([]Confirmation, error) {
	var all []Confirmation
	err := tx.Where("task = ? AND state = ?", task, ConfirmationWaiting).Order("id").Find(&all).Error
	return all, err
}

func auditConfirmation(tx *gorm.DB, a models.Acting, c Confirmation, what string) error {
	return audit.Audit(tx, fmt.Sprintf("i:%d", c.Root), a, audit.AuditEntry{
		Action: "confirmation." + what, Subject: fmt.Sprintf("task:%d", c.Task), Project: c.Project, Reason: orElse(c.Note, c.Reason),
		Detail: models.JSONOf(map[string]any{"operation": c.Operation, "confirmation": c.ID, "askedBy": c.AskedBy}),
	})
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
