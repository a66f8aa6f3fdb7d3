package registers

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

// Taken is a sheet that was taken into a register.
type Taken struct {
	ID          int64
	FileName    string
	Added       int
	Changed     int
	Same        int
	Refused     int
	At          time.Time
	Actor       string
	WithdrawnAt *time.Time
	WithdrawnBy string
}

// Imports are the sheets that a register took in, the newest first.
func Imports(tx *gorm.DB, register string) ([]Taken, error) {
	var all []Taken
	err := tx.Model(&registerImport{}).Where("register = ?", register).Order("id DESC").Limit(100).Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("imports of %s: %w", register, err)
	}
	return all, nil
}

// Withdrawn says what became of the rows of a sheet: those that it had added
// count no longer, those that it had changed say again what they said; what
// somebody has worked on since stays.
type Withdrawn struct{ Voided, Restored, Kept int }

// Withdraw takes a sheet back as one, with a reason; nothing is deleted.
func Withdraw(tx *gorm.DB, a models.Acting, d *Definition, id int64) (Withdrawn, error) {
	var out Withdrawn
	w, err := newWriter(tx, a, d)
	if err != nil {
		return out, err
	}
	if ok, err := w.sight.MayWrite(nil); err != nil || !ok {
		return out, errors.Join(err, models.Refuse("register-not-yours", "register", d.Name.Zh))
	}
	if len([]rune(strings.TrimSpace(a.Reason))) < 5 {
		return out, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	var im registerImport
	err = tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ? AND register = ?", id, d.ID).Take(&im).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return out, models.Refuse("not-found", "what", fmt.Sprint(id))
	case err != nil:
		return out, fmt.Errorf("import %d: %w", id, err)
	case im.WithdrawnAt != nil:
		return out, models.Refuse("import-withdrawn")
	}
	var brought []Revision
	if err := tx.Where("import = ?", id).Order("id, revision").Find(&brought).Error; err != nil {
		return out, fmt.Errorf("rows of import %d: %w", id, err)
	}
	for _, r := range brought {
		if !r.RecordedAt.Equal(im.At) { // a later revision, which still says where the entry came from
			continue
		}
		if err := w.takeBack(r, &out); err != nil {
			return out, err
		}
	}
	at := models.Stamp(a.At)
	im.WithdrawnAt, im.WithdrawnBy = &at, a.Person
	if err := tx.Save(&im).Error; err != nil {
		return out, fmt.Errorf("import %d: %w", id, err)
	}
	line := audit.AuditEntry{
		Action: "import.withdraw", Subject: fmt.Sprintf("import:%d", id),
		Detail: models.JSONOf(map[string]any{"register": d.ID, "file": im.FileName, "rows": out}),
	}
	if err := audit.Audit(tx, Chain(d.ID), a, line); err != nil {
		return out, err
	}
	return out, w.told()
}

// takeBack undoes one revision that a sheet has brought, where it is the last one.
func (w *writer) takeBack(brought Revision, out *Withdrawn) error {
	e, err := Find(w.tx.Clauses(clause.Locking{Strength: "UPDATE"}), w.def.ID, brought.ID)
	if err != nil {
		return err
	}
	switch {
	case e.Revision != brought.Revision:
		out.Kept++
		return nil
	case brought.Revision == 1:
		out.Voided++
		e.State.State, e.KeyLive = Void, nil
	default:
		var former Revision
		if err := w.tx.Where("id = ? AND revision = ?", e.ID, brought.Revision-1).Take(&former).Error; err != nil {
			return fmt.Errorf("entry %d at revision %d: %w", e.ID, brought.Revision-1, err)
		}
		out.Restored++
		e.State = former.State
		e.Revision = brought.Revision
	}
	e.Revision++
	w.sign(&e)
	if err := w.tx.Save(&e).Error; err != nil {
		return fmt.Errorf("entry %d of %s: %w", e.ID, w.def.ID, err)
	}
	return w.tx.Create(&Revision{ID: e.ID, State: e.State}).Error
}
