package registers

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
)

// Finding is the rectification that an entry raises.
type Finding struct{ Title, Description, Unit, Severity, Source string }

// Begun are the numbers of the rectifications that an entry has raised.
func Begun(tx *gorm.DB, entry int64) ([]string, error) {
	var all []string
	if err := tx.Table("register_begin").Where("entry = ?", entry).Order("at, subject").Pluck("subject", &all).Error; err != nil {
		return nil, fmt.Errorf("what entry %d has begun: %w", entry, err)
	}
	return all, nil
}

// KeepBegun notes the rectification that an entry has raised.
func KeepBegun(tx *gorm.DB, a models.Acting, entry int64, subject string) error {
	err := tx.Exec(
		"INSERT INTO register_begin (entry, subject, at, actor) VALUES (?, ?, ?, ?)", entry, subject, models.Stamp(a.At), a.Person,
	).Error
	if err != nil {
		return fmt.Errorf("what entry %d has begun: %w", entry, err)
	}
	return nil
}

// Asks is the rectification that an entry asks for. By itself: at its first
// saving, when the condition of the definition holds; else because a person asks.
func Asks(tx *gorm.DB, a models.Acting, d *Definition, e Entry, byItself bool) (Finding, bool, error) {
	b := d.Begins
	if b == nil || byItself && b.when == nil {
		return Finding{}, false, nil
	}
	w, err := newWriter(tx, a, d)
	if err != nil {
		return Finding{}, false, err
	}
	fields, err := e.Fields()
	if err != nil {
		return Finding{}, false, err
	}
	env, vars := feel.Env{Now: a.At, Zone: models.Zone, Calendar: calendar.Civil{Calendar: w.days}}, w.vars(fields)
	if byItself {
		if holds, _ := b.when.Eval(env, vars); holds != true {
			return Finding{}, false, nil
		}
	}
	text := func(p *feel.Program, plain string) string {
		if p == nil {
			return plain
		}
		v, _ := p.Eval(env, vars)
		s, _ := v.(string)
		return s
	}
	f := Finding{
		Title: text(b.title, b.Title), Description: text(b.description, b.Description), Unit: text(b.unit, ""), Severity: b.Severity,
		Source: b.Source,
	}
	if f.Unit == "" || f.Title == "" {
		return f, false, models.Refuse("entry-names-no-unit")
	}
	return f, true, nil
}

// Read is an entry that the person may read.
func Read(tx *gorm.DB, s *Sight, id int64) (Entry, error) {
	g, err := s.readable(tx.Where("register = ? AND id = ?", s.def.ID, id))
	if err != nil {
		return Entry{}, err
	}
	var rows []Entry
	if err := g.Find(&rows).Error; err != nil {
		return Entry{}, fmt.Errorf("entry %d of %s: %w", id, s.def.ID, err)
	}
	if len(rows) == 0 {
		return Entry{}, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	return rows[0], nil
}
