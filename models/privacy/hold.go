package privacy

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

// Chain is the audit chain of lists and holds.
const Chain = "r:privacy"

// What a hold may name.
const (
	HoldStuck  = "stuck" // a report at the window, by its number
	HoldPerson = "person"
	HoldUnit   = "unit" // all who work or worked there, and all reports that it handled
)

// Hold keeps personal data that would be erased, because a court, an inspection or
// an investigation needs it.
type Hold struct {
	ID       int64 `gorm:"primaryKey"`
	Kind     string
	Ref      string
	Basis    string // letter or case that asks for it
	Reason   string
	SetBy    string
	SetAt    time.Time
	LiftedAt *time.Time
	Lift     int64 // List that lifted it; 0: none
}

// TableName of the entity.
func (Hold) TableName() string { return "legal_hold" }

// holdTables are where what a hold names is found.
var holdTables = map[string]struct{ table, column string }{
	HoldStuck: {"stuck_case", "no"}, HoldPerson: {"person", "id"}, HoldUnit: {"dept", "id"},
}

// Set keeps what the hold names from now on. One person suffices, as it destroys nothing.
func Set(tx *gorm.DB, a models.Acting, h Hold) (Hold, error) {
	h.Ref, h.Basis, h.Reason = strings.TrimSpace(h.Ref), strings.TrimSpace(h.Basis), strings.TrimSpace(a.Reason)
	f := models.Refuse("invalid-data")
	where, known := holdTables[h.Kind]
	if !known {
		return h, f.Field("/kind", "not-an-option", "options", strings.Join([]string{HoldStuck, HoldPerson, HoldUnit}, ", "))
	}
	var n int64
	if err := tx.Table(where.table).Where(where.column+" = ?", h.Ref).Count(&n).Error; err != nil {
		return h, fmt.Errorf("hold of %s %s: %w", h.Kind, h.Ref, err)
	}
	if n == 0 {
		f.Field("/ref", "privacy-nothing-there")
	}
	if h.Basis == "" {
		f.Field("/basis", "required")
	}
	if short(h.Reason) {
		f.Field("/reason", "reason-too-short")
	}
	if err := f.OrNil(); err != nil {
		return h, err
	}
	h.SetBy, h.SetAt = a.Person, models.Stamp(a.At)
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&h)
	if done.Error != nil {
		return h, fmt.Errorf("hold of %s %s: %w", h.Kind, h.Ref, done.Error)
	}
	if done.RowsAffected == 0 {
		return h, models.Refuse("privacy-held-already")
	}
	return h, audit.Audit(tx, Chain, a, audit.AuditEntry{
		Action: "hold.set", Subject: fmt.Sprintf("hold:%d", h.ID),
		Detail: models.JSONOf(map[string]string{"kind": h.Kind, "ref": h.Ref, "basis": h.Basis}),
	})
}

// Holds are all holds, those in force first, the newest of each first.
func Holds(tx *gorm.DB) (all []Hold, err error) {
	if err = tx.Order("CASE WHEN lifted_at IS NULL THEN 0 ELSE 1 END, id DESC").Limit(500).Find(&all).Error; err != nil {
		err = fmt.Errorf("legal holds: %w", err)
	}
	return all, err
}

func openHolds(tx *gorm.DB) (all []Hold, err error) {
	if err = tx.Where("lifted_at IS NULL").Find(&all).Error; err != nil {
		err = fmt.Errorf("legal holds: %w", err)
	}
	return all, err
}

func holdOf(tx *gorm.DB, id int64) (h Hold, err error) {
	err = tx.Where("id = ?", id).Take(&h).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return h, models.Refuse("not-found")
	case err != nil:
		return h, fmt.Errorf("hold %d: %w", id, err)
	case h.LiftedAt != nil:
		return h, models.Refuse("privacy-lifted-already")
	}
	return h, nil
}

// held reports whether a hold names an item.
func held(holds []Hold, i Item) bool {
	return slices.ContainsFunc(holds, func(h Hold) bool {
		return h.Kind == i.holdKind() && h.Ref == i.Ref || h.Kind == HoldUnit && i.Unit != "" && h.Ref == i.Unit
	})
}

func short(reason string) bool { return len([]rune(reason)) < 5 }
