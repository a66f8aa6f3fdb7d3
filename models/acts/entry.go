package acts

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/registers"
)

// AddEntry writes an entry of a register, and raises the rectification that it asks for.
func AddEntry(tx *gorm.DB, a models.Acting, d *registers.Definition, fields map[string]any) (registers.Entry, error) {
	e, err := registers.Add(tx, a, d, fields)
	if err != nil {
		return e, err
	}
	f, asks, err := registers.Asks(tx, a, d, e, true)
	if err != nil || !asks {
		return e, err
	}
	return e, raiseFor(tx, a, e, f)
}

// BeginFromEntry raises the rectification of an entry because a person asks for it.
func BeginFromEntry(tx *gorm.DB, a models.Acting, d *registers.Definition, id int64, revision int) (registers.Entry, error) {
	e, err := registers.Find(tx, d.ID, id)
	if err != nil {
		return e, err
	}
	if e.Revision != revision {
		return e, models.Refuse("stale-version")
	}
	fields, err := e.Fields()
	if err != nil {
		return e, err
	}
	ok, err := registers.See(tx, a, d).MayWrite(fields)
	if err != nil {
		return e, err
	}
	if !ok || e.State.State == registers.Void {
		return e, models.Refuse("register-not-yours", "register", d.Name.Zh)
	}
	f, asks, err := registers.Asks(tx, a, d, e, false)
	if err != nil {
		return e, err
	}
	if !asks {
		return e, models.Refuse("register-begins-nothing")
	}
	return e, raiseFor(tx, a, e, f)
}

func raiseFor(tx *gorm.DB, a models.Acting, e registers.Entry, f registers.Finding) error {
	r, err := Raise(
		tx, a,
		Finding{Title: f.Title, Description: f.Description, OwnerDept: f.Unit, Severity: f.Severity, Source: f.Source, FoundOn: e.OnDate},
	)
	if err != nil {
		return err
	}
	return registers.KeepBegun(tx, a, e.ID, r.No)
}
