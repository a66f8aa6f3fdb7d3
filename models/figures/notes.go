package figures

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Note says why a failed check of a snapshot may stand. It counts once another person has approved it.
type Note struct {
	Snapshot   int64  `gorm:"primaryKey;autoIncrement:false"`
	Validator  string `gorm:"primaryKey"`
	Reason     string
	Footnote   string // printed with the report
	Actor      string
	At         time.Time
	ApprovedBy string
	ApprovedAt *time.Time
}

// TableName of the entity.
func (Note) TableName() string { return "report_note" }

// Notes of a snapshot, by validator.
func Notes(tx *gorm.DB, snapshot int64) ([]Note, error) {
	var all []Note
	if err := tx.Where("snapshot = ?", snapshot).Order("validator").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("notes of snapshot %d: %w", snapshot, err)
	}
	return all, nil
}

const shortestReason = 10 // characters

// Annotate says why a failed check may stand. Another reason asks for another approval.
func Annotate(tx *gorm.DB, a models.Acting, snapshot int64, validator, why, footnote string) (Note, error) {
	s, err := forUpdate(tx, snapshot)
	if err != nil {
		return Note{}, err
	}
	_, checks, err := Kept(tx, s)
	if err != nil {
		return Note{}, err
	}
	i := slices.IndexFunc(checks, func(c Check) bool { return c.ID == validator })
	if i < 0 {
		return Note{}, models.Refuse("not-found", "what", validator)
	}
	if checks[i].Pass {
		return Note{}, models.Refuse("check-passes", "check", validator)
	}
	f := models.Refuse("invalid-data")
	why, footnote = strings.TrimSpace(why), strings.TrimSpace(footnote)
	if utf8.RuneCountInString(why) < shortestReason {
		f.Field("/reason", "reason-required", "limit", fmt.Sprint(shortestReason))
	}
	if utf8.RuneCountInString(why) > 2000 || utf8.RuneCountInString(footnote) > 500 {
		f.Field("/reason", "text-too-long", "limit", "2000")
	}
	if err := f.OrNil(); err != nil {
		return Note{}, err
	}
	n := Note{Snapshot: snapshot, Validator: validator, Reason: why, Footnote: footnote, Actor: a.Person, At: models.Stamp(a.At)}
	if err := tx.Save(&n).Error; err != nil {
		return n, fmt.Errorf("note on %s of snapshot %d: %w", validator, snapshot, err)
	}
	if err := moved(tx, &s); err != nil {
		return n, err
	}
	return n, note(tx, a, s, "report.annotate", map[string]any{"check": validator, "reason": why, "footnote": footnote})
}

// Approve makes a note count; whoever wrote it may not.
func Approve(tx *gorm.DB, a models.Acting, snapshot int64, validator string) (Note, error) {
	s, err := forUpdate(tx, snapshot)
	if err != nil {
		return Note{}, err
	}
	var rows []Note
	if err := tx.Where("snapshot = ? AND validator = ?", snapshot, validator).Find(&rows).Error; err != nil {
		return Note{}, fmt.Errorf("note on %s of snapshot %d: %w", validator, snapshot, err)
	}
	if len(rows) == 0 {
		return Note{}, models.Refuse("not-found", "what", validator)
	}
	n := rows[0]
	if n.Actor == a.Person {
		return n, models.Refuse("second-person-needed")
	}
	if n.ApprovedBy != "" {
		return n, models.Refuse("checked-already")
	}
	at := models.Stamp(a.At)
	n.ApprovedBy, n.ApprovedAt = a.Person, &at
	if err := tx.Save(&n).Error; err != nil {
		return n, fmt.Errorf("note on %s of snapshot %d: %w", validator, snapshot, err)
	}
	if err := moved(tx, &s); err != nil {
		return n, err
	}
	return n, note(tx, a, s, "report.approve", map[string]any{"check": validator})
}

// Unanswered are the checks that keep a snapshot from being locked: they block,
// have failed, and no approved note says why that may be.
func Unanswered(tx *gorm.DB, s Taken) ([]Check, error) {
	_, checks, err := Kept(tx, s)
	if err != nil {
		return nil, err
	}
	notes, err := Notes(tx, s.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(checks, func(c Check) bool {
		return c.Level != Block || c.Pass ||
			slices.ContainsFunc(notes, func(n Note) bool { return n.Validator == c.ID && n.ApprovedBy != "" })
	}), nil
}
