package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Reopened is an ended case that was taken up again (唤醒): another one, which
// goes on for it from one of its tasks.
type Reopened struct {
	Root        int64 `gorm:"primaryKey"`
	Again       int64
	IntoElement string
	AskedBy     string
	ConfirmedBy string
	At          time.Time
}

// TableName of the entity.
func (Reopened) TableName() string { return "reopened" }

// ReopenedOf is the case that goes on for an ended one; false where none does.
func ReopenedOf(tx *gorm.DB, root int64) (r Reopened, found bool, err error) {
	err = tx.Where("root = ?", root).Take(&r).Error
	if errors.Is(err, ErrNotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

// ReopenedFrom is the ended case that one goes on for; false where it is of its own.
func ReopenedFrom(tx *gorm.DB, again int64) (r Reopened, found bool, err error) {
	err = tx.Where("again = ?", again).Take(&r).Error
	if errors.Is(err, ErrNotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

// Reopen begins a case that goes on for an ended one at one of its tasks: by the
// same version of the process, with the variables as they stood, and with who
// began the first as who begins it. Once for a case: "reopened-already".
func Reopen(tx *gorm.DB, a models.Acting, old RootState, r Reopened, number string) (int64, error) {
	if _, again, err := ReopenedOf(tx, old.Key); err != nil || again {
		return 0, errors.Join(err, refuseIf(again, "reopened-already"))
	}
	begun, found, err := BegunOf(tx, old.Key)
	if err != nil || !found {
		return 0, errors.Join(err, refuseIf(err == nil, "not-reopened"))
	}
	vars := map[string]json.RawMessage{}
	all, err := Variables(tx, old.Key)
	if err != nil {
		return 0, fmt.Errorf("variables of %d: %w", old.Key, err)
	}
	for _, v := range all {
		if v.Scope == old.Key {
			vars[v.Name] = json.RawMessage(v.Value)
		}
	}
	b := Beginning{Process: old.Process, BusinessKey: number, Dept: old.Dept, Variables: models.JSONOf(vars), Into: r.IntoElement}
	first := a
	first.Person, first.Post = begun.Person, begun.Post
	root, _, err := begin(tx, first, b, old.Bundle, StartEntry(b.Process, b.BusinessKey))
	if err != nil {
		return 0, err
	}
	begun.Root, begun.At = root, a.At
	if err := tx.Create(&begun).Error; err != nil {
		return 0, fmt.Errorf("case that goes on for %d: %w", old.Key, err)
	}
	r.Root, r.Again, r.At = old.Key, root, models.Stamp(a.At)
	if err := tx.Create(&r).Error; err != nil {
		return 0, fmt.Errorf("case that goes on for %d: %w", old.Key, err)
	}
	return root, nil
}

func refuseIf(is bool, code string) error {
	if is {
		return models.Refuse(code)
	}
	return nil
}
