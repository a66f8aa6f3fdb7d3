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

// Handover is a request that what somebody holds goes to others (交接; domain: access.md §7).
type Handover struct {
	ID        int64 `gorm:"primaryKey"`
	Person    string
	Items     models.JSON // []HandoverItem
	Reason    string
	AskedBy   string
	AskedAt   time.Time
	State     string // of a confirmation: waiting, confirmed, refused
	DecidedBy string
	DecidedAt *time.Time
	Note      string
	ExpiresAt *time.Time // nil: a former release asked
}

// Over reports whether the time of its second person is over at a moment.
func (h Handover) Over(now time.Time) bool { return h.ExpiresAt != nil && !now.Before(*h.ExpiresAt) }

// TableName of the entity.
func (Handover) TableName() string { return "handover" }

// HandoverItem is a task, or a seat of one, that goes to somebody else.
type HandoverItem struct {
	Kind string `json:"kind,omitempty"` // "": a task; see HandDraft
	Task int64  `json:"task"`
	Seat int    `json:"seat,omitempty"` // 0: a plain task
	To   string `json:"to,omitempty"`   // "": back to the others who could take it
	Done bool   `json:"done,omitempty"`
	Why  string `json:"why,omitempty"` // why not: the code of the refusal
}

// Held is something that a person holds and that would lie still without him.
type Held struct {
	Task Task
	Seat int  // 0: a plain task
	Back bool // others could take it: it goes back to them
}

// HeldBy is what an active person holds: what he has claimed, what was given to
// him, his seats, and what only he could take.
func HeldBy(tx *gorm.DB, person string) ([]Held, error) {
	var tasks []Task
	err := tx.Raw(`SELECT * FROM task WHERE `+notClosed+` AND (assignee = ? OR CAST(detail AS TEXT) LIKE ? OR key IN (
		SELECT c.key FROM task_candidate c JOIN post_now p ON p.id = c.principal WHERE p.person_id = ?
		AND NOT EXISTS (SELECT 1 FROM post_now o JOIN person q ON q.id = o.person_id WHERE o.id = c.principal AND o.person_id <> ? AND q.active)
		UNION SELECT key FROM task_candidate WHERE principal = ?)) ORDER BY key`, // an inbox row is a post's, or already its member's
		person, `%"`+person+`"%`, person, person, person).Scan(&tasks).Error
	if err != nil {
		return nil, fmt.Errorf("what %s holds: %w", person, err)
	}
	var out []Held
	for _, t := range tasks {
		d, err := t.Details()
		if err != nil {
			return nil, err
		}
		for _, s := range d.Seats {
			if open := s.State == "active" || s.State == "waiting" || s.State == "suspended"; open &&
				(s.Principal == person || s.Actor == person) {
				out = append(out, Held{Task: t, Seat: s.No})
			} else if open && s.Actor == "" {
				only, err := onlyHolder(tx, person, s.Group)
				if err != nil {
					return nil, err
				}
				if only {
					out = append(out, Held{Task: t, Seat: s.No})
				}
			}
		}
		if len(d.Seats) > 0 {
			continue
		}
		h := Held{Task: t, Back: t.Assignee == person && len(d.Users)+len(d.Groups) > 1}
		if t.Assignee == "" {
			mine, err := onlyTaker(tx, person, d)
			if err != nil {
				return nil, err
			}
			if !mine {
				continue
			}
		} else if t.Assignee != person {
			continue
		} else if len(d.Groups) == 1 && len(d.Users) == 0 {
			only, err := onlyHolder(tx, person, d.Groups[0])
			if err != nil {
				return nil, err
			}
			h.Back = !only
		}
		out = append(out, h)
	}
	return out, nil
}

// onlyHolder reports whether nobody else who is active holds a post of the person's.
func onlyHolder(tx *gorm.DB, person, post string) (bool, error) {
	var held []string
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post_now p JOIN person q ON q.id = p.person_id WHERE p.id = ? AND q.active`, post).
		Scan(&held).
		Error
	return len(held) == 1 && held[0] == person, err
}

// onlyTaker reports whether nobody else could take a free plain task.
func onlyTaker(tx *gorm.DB, person string, d TaskDetail) (bool, error) {
	for _, u := range d.Users {
		if u != person {
			return false, nil
		}
	}
	for _, g := range d.Groups {
		if only, err := onlyHolder(tx, person, g); err != nil || !only {
			return false, err
		}
	}
	return len(d.Users)+len(d.Groups) > 0, nil
}

// handoverChain is the audit chain of handovers, apart from those of the cases.
const handoverChain = "handover"

// AskHandover stores what a second person is to confirm; one request for a person waits at a time.
func AskHandover(tx *gorm.DB, a models.Acting, person string, items []HandoverItem, until time.Time) (Handover, error) {
	if err := expireHandovers(tx, a); err != nil {
		return Handover{}, err
	}
	h := Handover{
		Person: person, Items: models.JSONOf(items), Reason: a.Reason, AskedBy: a.Person, AskedAt: models.Stamp(a.At),
		State: ConfirmationWaiting, ExpiresAt: new(models.Stamp(until)),
	}
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&h)
	if done.Error != nil {
		return h, fmt.Errorf("handover of %s: %w", person, done.Error)
	}
	if done.RowsAffected == 0 {
		return h, models.Refuse("asked-already")
	}
	return h, audit.Audit(
		tx, handoverChain, a,
		audit.AuditEntry{
			Action: "handover.asked", Subject: fmt.Sprintf("handover:%d", h.ID),
			Detail: models.JSONOf(map[string]any{"person": person, "items": len(items)}),
		},
	)
}

// expireHandovers ends the wait of those that nobody has confirmed in time.
func expireHandovers(tx *gorm.DB, a models.Acting) error {
	err := tx.Model(&Handover{}).
		Where("state = ? AND expires_at <= ?", ConfirmationWaiting, models.Stamp(a.At)).
		Update("state", ConfirmationExpired).
		Error
	if err != nil {
		return fmt.Errorf("handovers whose time is over: %w", err)
	}
	return nil
}

// HandoverByID reads a handover; a refusal "not-found" when there is none.
func HandoverByID(tx *gorm.DB, id int64) (h Handover, items []HandoverItem, err error) {
	err = tx.Where("id = ?", id).Take(&h).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return h, nil, models.Refuse("not-found")
	}
	if err == nil {
		err = h.Items.Into(&items)
	}
	return h, items, err
}

// DecideHandover notes the second person's word. He is neither who asked, nor who
// leaves, nor who receives something.
func DecideHandover(tx *gorm.DB, a models.Acting, id int64, accept bool) (Handover, []HandoverItem, error) {
	var h Handover
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&h).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return h, nil, models.Refuse("not-found")
	}
	if err != nil {
		return h, nil, fmt.Errorf("handover %d: %w", id, err)
	}
	var items []HandoverItem
	if err := h.Items.Into(&items); err != nil {
		return h, nil, err
	}
	second := h.AskedBy != a.Person && h.Person != a.Person
	for _, i := range items {
		second = second && i.To != a.Person
	}
	switch {
	case h.State != ConfirmationWaiting:
		return h, nil, models.Refuse("checked-already")
	case h.Over(a.At):
		return h, nil, models.Refuse("confirmation-expired")
	case !second:
		return h, nil, models.Refuse("second-person-needed")
	case !accept && len([]rune(strings.TrimSpace(a.Reason))) < 5:
		return h, nil, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	h.State, h.DecidedBy, h.DecidedAt, h.Note = ConfirmationRefused, a.Person, &at, strings.TrimSpace(a.Reason)
	if accept {
		h.State = ConfirmationConfirmed
	}
	if err := tx.Save(&h).Error; err != nil {
		return h, nil, fmt.Errorf("handover %d: %w", id, err)
	}
	return h, items, audit.Audit(
		tx, handoverChain, a, audit.AuditEntry{Action: "handover." + h.State, Subject: fmt.Sprintf("handover:%d", id), Reason: h.Note},
	)
}

// KeepHandover keeps what became of each item.
func KeepHandover(tx *gorm.DB, id int64, items []HandoverItem) error {
	return tx.Model(&Handover{}).Where("id = ?", id).Update("items", models.JSONOf(items)).Error
}

// HandoversOf are the handovers of a person, newest first; of nobody: all that wait.
func HandoversOf(tx *gorm.DB, person string, limit int) ([]Handover, error) {
	q := tx.Order("id DESC").Limit(limit)
	if person != "" {
		q = q.Where("person = ?", person)
	} else {
		q = q.Where("state = ?", ConfirmationWaiting)
	}
	var all []Handover
	err := q.Find(&all).Error
	return all, err
}
