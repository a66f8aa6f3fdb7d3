package registers

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// Chain is the audit chain of a register.
func Chain(register string) string { return "r:register." + register }

// Add writes a new entry. Who may not write it, and what is wrong in it, is refused.
func Add(tx *gorm.DB, a models.Acting, d *Definition, fields map[string]any) (Entry, error) {
	w, err := newWriter(tx, a, d)
	if err != nil {
		return Entry{}, err
	}
	in, err := w.take(fields)
	if err != nil {
		return Entry{}, err
	}
	if err := w.mayWrite(in.fields); err != nil {
		return Entry{}, err
	}
	e := w.entry(in)
	if err := tx.Create(&e).Error; err != nil {
		return e, w.taken(err, in)
	}
	return e, w.written(e, "entry.add")
}

func (w *writer) mayWrite(fields map[string]any) error {
	ok, err := w.sight.MayWrite(fields)
	if err == nil && !ok {
		err = models.Refuse("register-not-yours", "register", w.def.Name.Zh)
	}
	return err
}

// entry makes the first revision of what was entered.
func (w *writer) entry(in entered) Entry {
	at := models.Stamp(w.a.At)
	e := Entry{CreatedAt: at, CreatedBy: w.a.Person, State: State{Register: w.def.ID, Revision: 1}}
	w.set(&e, in)
	return e
}

// set makes an entry say what was entered.
func (w *writer) set(e *Entry, in entered) {
	e.DefVersion, e.State.State, e.Owner, e.OnDate, e.KeyLive = w.def.Version, Recorded, in.owner, in.on, in.key
	e.Body = models.JSONOf(in.fields)
	w.def.fill(&e.Slots, in.fields)
	w.sign(e)
}

// sign says who made the revision, and when.
func (w *writer) sign(e *Entry) {
	e.RecordedAt, e.Actor, e.Post, e.Reason, e.Backfilled = models.Stamp(
		w.a.At,
	), w.a.Person, w.a.Post, w.a.Reason, e.Backfilled ||
		w.a.BackRegistered()
}

func (w *writer) taken(err error, in entered) error {
	if !models.IsUnique(err) {
		return fmt.Errorf("entry of %s: %w", w.def.ID, err)
	}
	return models.Refuse("entry-there-already", "key", *in.key).Field("/"+w.def.Key[0], "entry-there-already", "key", *in.key)
}

// written adds the revision and the line of the audit, and tells the pages that are open.
func (w *writer) written(e Entry, action string) error {
	if err := w.tx.Create(&Revision{ID: e.ID, State: e.State}).Error; err != nil {
		return fmt.Errorf("revision of entry %d: %w", e.ID, err)
	}
	line := audit.AuditEntry{
		Action: action, Subject: fmt.Sprintf("entry:%d", e.ID), BusinessDate: e.OnDate,
		Detail: models.JSONOf(map[string]any{"register": w.def.ID, "revision": e.Revision, "state": e.State.State, "fields": e.Body}),
	}
	if err := audit.Audit(w.tx, Chain(w.def.ID), w.a, line); err != nil {
		return err
	}
	return w.told()
}

func (w *writer) told() error {
	return models.Notify(w.tx, models.Notice{Kind: "register", Key: w.def.ID})
}

// locked reads an entry that the person may read, at the revision that he saw.
func (w *writer) locked(id int64, revision int) (Entry, error) {
	e, err := Find(w.tx.Clauses(clause.Locking{Strength: "UPDATE"}), w.def.ID, id)
	if err != nil {
		return e, err
	}
	if e.Revision != revision {
		return e, models.Refuse("stale-version", "version", fmt.Sprint(e.Revision))
	}
	if e.State.State == Void {
		return e, models.Refuse("entry-void")
	}
	return e, nil
}

// Edit writes another revision of an entry that was at revision; a stale one is refused.
func Edit(tx *gorm.DB, a models.Acting, d *Definition, id int64, revision int, fields map[string]any) (Entry, error) {
	w, err := newWriter(tx, a, d)
	if err != nil {
		return Entry{}, err
	}
	e, err := w.locked(id, revision)
	if err != nil {
		return e, err
	}
	before, err := e.Fields()
	if err != nil {
		return e, err
	}
	if err := w.mayWrite(before); err != nil {
		return e, err
	}
	if err := w.unmask(before, fields); err != nil {
		return e, err
	}
	in, err := w.take(fields)
	if err != nil {
		return e, err
	}
	if err := w.mayWrite(in.fields); err != nil {
		return e, err
	}
	w.keep(before, in)
	e.Revision++
	w.set(&e, in)
	if err := tx.Save(&e).Error; err != nil {
		return e, w.taken(err, in)
	}
	return e, w.written(e, "entry.edit")
}

// unmask gives a field back what it says, where somebody who may not see it sends what he was shown.
func (w *writer) unmask(before, fields map[string]any) error {
	masked, err := w.sight.Masked(before)
	for key, hidden := range masked {
		if hidden && before[key] != nil && fields[key] == hide(before[key]) {
			fields[key] = before[key]
		}
	}
	return err
}

// keep leaves what an entry says in fields that the definition has no longer.
func (w *writer) keep(before map[string]any, in entered) {
	for key, v := range before {
		if _, kind := w.def.slot(key); kind == "" {
			in.fields[key] = v
		}
	}
}

// Verify confirms an entry; whoever wrote it may not.
func Verify(tx *gorm.DB, a models.Acting, d *Definition, id int64, revision int) (Entry, error) {
	return step(tx, a, d, id, revision, "entry.verify", func(w *writer, e *Entry, fields map[string]any) error {
		ok, err := w.sight.MayVerify(fields)
		switch {
		case err != nil:
			return err
		case !ok:
			return models.Refuse("register-not-yours", "register", d.Name.Zh)
		case e.Actor == a.Person:
			return models.Refuse("second-person-needed")
		case e.State.State == Verified:
			return models.Refuse("checked-already")
		}
		e.State.State = Verified
		return nil
	})
}

// Strike makes an entry count no longer; it stays with its reason.
func Strike(tx *gorm.DB, a models.Acting, d *Definition, id int64, revision int) (Entry, error) {
	return step(tx, a, d, id, revision, "entry.void", func(w *writer, e *Entry, fields map[string]any) error {
		e.State.State, e.KeyLive = Void, nil
		return w.mayWrite(fields)
	})
}

func step(
	tx *gorm.DB, a models.Acting, d *Definition, id int64, revision int, action string, change func(*writer, *Entry, map[string]any) error,
) (Entry, error) {
	w, err := newWriter(tx, a, d)
	if err != nil {
		return Entry{}, err
	}
	e, err := w.locked(id, revision)
	if err != nil {
		return e, err
	}
	fields, err := e.Fields()
	if err != nil {
		return e, err
	}
	if err := change(w, &e, fields); err != nil {
		return e, err
	}
	e.Revision++
	w.sign(&e)
	if err := tx.Save(&e).Error; err != nil {
		return e, fmt.Errorf("entry %d of %s: %w", id, d.ID, err)
	}
	return e, w.written(e, action)
}
