package plan

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

// Uncalled is the state of a year for which nobody has called: it has urgent entries only.
const Uncalled = "UNCALLED"

// The states of a call.
const (
	Open      = "OPEN"
	Closed    = "CLOSED"
	Ranked    = "RANKED"
	Decided   = "DECIDED"
	Published = "PUBLISHED"
)

// The states of a unit's answer.
const (
	UnitOpen     = "OPEN"
	UnitAnswered = "ANSWERED" // handed to its leader
	UnitSent     = "SENT"
	UnitNone     = "NONE"
	UnitSilent   = "SILENT"
)

// The processes of P0 and the messages that move them on.
const (
	Process        = "qc_p0_plan"
	UnitProcess    = "qc_p0_unit"
	ReturnProcess  = "qc_p0_return"
	UrgentProcess  = "qc_p0_urgent"
	MessageClosing = "plan.closing" // the head closes the call before its day; key: Key
	MessageClosed  = "plan.closed"  // the call is closed; key: UnitKey
	MessageSettled = "plan.settled" // a returned entry was decided otherwise; key: the entry
)

// Call asks the units for the projects of a fiscal year.
type Call struct {
	FiscalYear  int `gorm:"primaryKey"`
	OpensOn     models.Date
	ClosesOn    models.Date
	Contact     string
	Control     models.Money // 元
	State       string
	Meeting     models.JSON // Meeting
	PublishedOn string
	Digest      string
	Root        int64
	CreatedBy   string
	CreatedAt   time.Time
}

// Meeting is the joint meeting as it was recorded.
type Meeting struct {
	No       string   `json:"no"`
	On       string   `json:"on"`
	Place    string   `json:"place"`
	Chair    string   `json:"chair"`
	Recorder string   `json:"recorder"`
	Present  []string `json:"present"`
	Absent   []string `json:"absent"`
	Minutes  string   `json:"minutes"` // document
}

// Unit that is asked.
type Unit struct {
	FiscalYear int    `gorm:"primaryKey"`
	Unit       string `gorm:"primaryKey"`
	State      string
	Revision   int
	Answered   int
	None       bool
	SentOn     string
	Urged      int
	Root       int64
}

// TableName of the entity.
func (Call) TableName() string { return "plan_call" }

// TableName of the entity.
func (Unit) TableName() string { return "plan_unit" }

// Key names the plan of a year: the business key of its process.
func Key(year int) string { return fmt.Sprintf("JH-%d", year) }

// UnitKey names a unit's answer: the business key of its process.
func UnitKey(year int, unit string) string { return Key(year) + ":" + unit }

// Chain is the audit chain of plans.
const Chain = "r:plan"

func note(tx *gorm.DB, a models.Acting, action, subject string, detail any) error {
	if err := audit.Audit(tx, Chain, a, audit.AuditEntry{Action: action, Subject: subject, Detail: models.JSONOf(detail)}); err != nil {
		return err
	}
	return models.Notify(tx, models.Notice{Kind: "plan", Key: subject})
}

// locked is a query that nobody overtakes.
func locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "UPDATE"}) }

// Find reads the call of a year; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, year int) (Call, error) {
	var c Call
	err := tx.Where("fiscal_year = ?", year).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, models.Refuse("not-found", "what", Key(year))
	}
	if err != nil {
		return c, fmt.Errorf("call of %d: %w", year, err)
	}
	return c, nil
}

// Calls are those of all years, the newest first.
func Calls(tx *gorm.DB) (all []Call, err error) {
	if err := tx.Order("fiscal_year DESC").Limit(100).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("calls: %w", err)
	}
	return all, nil
}

// FindUnit reads a unit's answer.
func FindUnit(tx *gorm.DB, year int, unit string) (Unit, error) {
	var u Unit
	err := tx.Where("fiscal_year = ? AND unit = ?", year, unit).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, models.Refuse("plan-unit-not-called", "unit", unit)
	}
	if err != nil {
		return u, fmt.Errorf("answer of %s to the call of %d: %w", unit, year, err)
	}
	return u, nil
}

// Units that a call asks, by id.
func Units(tx *gorm.DB, year int) (all []Unit, err error) {
	if err := tx.Where("fiscal_year = ?", year).Order("unit").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("units of the call of %d: %w", year, err)
	}
	return all, nil
}

// Applicants are the units that have somebody who applies: those that a call asks.
func Applicants(tx *gorm.DB) (units []string, err error) {
	err = tx.Raw(`SELECT DISTINCT p.dept_id FROM post_now p JOIN person q ON q.id = p.person_id WHERE p.role = 'APPLY_CLERK' AND q.active
		ORDER BY p.dept_id`).
		Scan(&units).
		Error
	if err != nil {
		return nil, fmt.Errorf("units that apply: %w", err)
	}
	return units, nil
}

// Create opens the call of a year; entries that the year before deferred come into it as drafts.
func Create(tx *gorm.DB, a models.Acting, c Call, units []string) (Call, error) {
	f := models.Refuse("invalid-data")
	for pointer, d := range map[string]models.Date{"/opensOn": c.OpensOn, "/closesOn": c.ClosesOn} {
		if _, err := models.ParseDate(string(d)); err != nil {
			f.Field(pointer, "date-format")
		}
	}
	if c.ClosesOn < c.OpensOn {
		f.Field("/closesOn", "ends-before-start")
	}
	if c.Control.Sign() < 0 {
		f.Field("/control", "money-negative")
	}
	if err := office.CheckUnits(tx, f, units); err != nil {
		return c, err
	}
	if err := f.OrNil(); err != nil {
		return c, err
	}
	c.Contact, c.State, c.CreatedAt, c.CreatedBy = strings.TrimSpace(c.Contact), Open, models.Stamp(a.At), a.Person
	fresh := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&c)
	if fresh.Error != nil {
		return c, fmt.Errorf("call of %d: %w", c.FiscalYear, fresh.Error)
	}
	if fresh.RowsAffected == 0 {
		return c, models.Refuse("plan-called-already", "year", fmt.Sprint(c.FiscalYear))
	}
	for _, id := range units {
		if err := tx.Create(&Unit{FiscalYear: c.FiscalYear, Unit: id, State: UnitOpen, Answered: -1}).Error; err != nil {
			return c, fmt.Errorf("unit %s of the call of %d: %w", id, c.FiscalYear, err)
		}
	}
	if err := carryOver(tx, a, c.FiscalYear, units); err != nil {
		return c, err
	}
	return c, note(
		tx, a, "plan.begin", Key(c.FiscalYear),
		map[string]any{"opensOn": c.OpensOn, "closesOn": c.ClosesOn, "control": c.Control, "units": units},
	)
}

// KeepRoots notes the root instances of a call and of its units.
func KeepRoots(tx *gorm.DB, year int, root int64, units map[string]int64) error {
	if err := tx.Model(&Call{}).Where("fiscal_year = ?", year).Update("root", root).Error; err != nil {
		return fmt.Errorf("call of %d: %w", year, err)
	}
	for unit, key := range units {
		if err := tx.Model(&Unit{}).Where("fiscal_year = ? AND unit = ?", year, unit).Update("root", key).Error; err != nil {
			return fmt.Errorf("unit %s of the call of %d: %w", unit, year, err)
		}
	}
	return nil
}

// SetControl changes what the treasury lets the year have, for a reason, until the plan is published.
func SetControl(tx *gorm.DB, a models.Acting, year int, control models.Money) (Call, error) {
	c, err := Find(locked(tx), year)
	if err != nil {
		return c, err
	}
	f := models.Refuse("invalid-data")
	if control.Sign() < 0 {
		f.Field("/control", "money-negative")
	}
	if strings.TrimSpace(a.Reason) == "" {
		f.Field("/reason", "required")
	}
	if err := f.OrNil(); err != nil {
		return c, err
	}
	if c.State == Published {
		return c, models.Refuse("plan-published", "year", fmt.Sprint(year))
	}
	before := c.Control
	c.Control = control
	if err := tx.Save(&c).Error; err != nil {
		return c, fmt.Errorf("call of %d: %w", year, err)
	}
	return c, note(tx, a, "plan.control", Key(year), map[string]any{"from": before, "to": control})
}

// Answer notes that the clerk hands the unit's entries, or “none”, to his leader.
func Answer(tx *gorm.DB, a models.Acting, year int, unit string, none bool) (Unit, []Entry, error) {
	c, u, err := answering(tx, year, unit)
	if err != nil {
		return u, nil, err
	}
	entries, err := Entries(tx, year, unit, Draft, Sent)
	if err != nil {
		return u, nil, err
	}
	switch {
	case none && len(entries) > 0:
		return u, nil, models.Refuse("invalid-data").Field("/answer", "plan-none-with-entries", "n", fmt.Sprint(len(entries)))
	case !none && len(entries) == 0:
		return u, nil, models.Refuse("invalid-data").Field("/answer", "plan-without-entries")
	}
	f := models.Refuse("invalid-data")
	for _, e := range entries {
		e.check(tx, f, "/"+e.ID)
	}
	if err := f.OrNil(); err != nil {
		return u, nil, err
	}
	u.State, u.Answered, u.None = UnitAnswered, u.Revision, none
	if err := tx.Save(&u).Error; err != nil {
		return u, nil, fmt.Errorf("answer of %s: %w", unit, err)
	}
	return u, entries, note(tx, a, "plan.answer", UnitKey(c.FiscalYear, unit), map[string]any{"none": none, "entries": len(entries)})
}

// answering reads call and unit, locked, while the unit may still answer.
func answering(tx *gorm.DB, year int, unit string) (Call, Unit, error) {
	c, err := Find(tx, year)
	if err != nil {
		return c, Unit{}, err
	}
	u, err := FindUnit(locked(tx), year, unit)
	switch {
	case err != nil:
	case c.State != Open:
		err = models.Refuse("plan-call-closed", "year", fmt.Sprint(year))
	case u.State == UnitSent || u.State == UnitNone:
		err = models.Refuse("plan-answered")
	}
	return c, u, err
}

// Send sends the unit's answer in, as its leader has signed it: the entries that go in with it.
func Send(tx *gorm.DB, a models.Acting, year int, unit string) ([]Entry, error) {
	_, u, err := answering(tx, year, unit)
	if err != nil {
		return nil, err
	}
	if u.State != UnitAnswered || u.Answered != u.Revision {
		return nil, models.Refuse("plan-entries-changed")
	}
	entries, err := Entries(tx, year, unit, Draft)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		if err := entries[i].send(tx, a); err != nil {
			return nil, err
		}
	}
	if u.State = UnitSent; u.None {
		u.State = UnitNone
	}
	u.SentOn = string(a.On())
	if err := tx.Save(&u).Error; err != nil {
		return nil, fmt.Errorf("answer of %s: %w", unit, err)
	}
	return entries, note(tx, a, "plan.send", UnitKey(year, unit), map[string]any{"entries": len(entries), "none": u.None})
}

// Close ends the call; units that have not answered are silent, and come back.
func Close(tx *gorm.DB, a models.Acting, year int) (silent []string, err error) {
	c, err := Find(locked(tx), year)
	if err != nil {
		return nil, err
	}
	if c.State != Open {
		return nil, models.Refuse("plan-call-closed", "year", fmt.Sprint(year))
	}
	units, err := Units(tx, year)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if u.State == UnitSent || u.State == UnitNone {
			continue
		}
		silent = append(silent, u.Unit)
		u.State = UnitSilent
		if err := tx.Save(&u).Error; err != nil {
			return nil, fmt.Errorf("answer of %s: %w", u.Unit, err)
		}
	}
	c.State = Closed
	if err := tx.Save(&c).Error; err != nil {
		return nil, fmt.Errorf("call of %d: %w", year, err)
	}
	return silent, note(tx, a, "plan.close", Key(year), map[string]any{"silent": silent})
}

// MayCloseEarly says whether a call may end before its day: every unit has answered.
func MayCloseEarly(tx *gorm.DB, year int, on models.Date) error {
	c, err := Find(tx, year)
	if err != nil {
		return err
	}
	if c.State != Open {
		return models.Refuse("plan-call-closed", "year", fmt.Sprint(year))
	}
	units, err := Units(tx, year)
	if err != nil || on > c.ClosesOn {
		return err
	}
	open := 0
	for _, u := range units {
		if u.State != UnitSent && u.State != UnitNone {
			open++
		}
	}
	if open > 0 {
		return models.Refuse("plan-units-open", "n", fmt.Sprint(open), "day", string(c.ClosesOn))
	}
	return nil
}

// Urge counts that silent units were asked again; their clerks and leaders come back by unit.
func Urge(tx *gorm.DB, a models.Acting, year int) (map[string][]string, error) {
	c, err := Find(tx, year)
	if err != nil {
		return nil, err
	}
	if c.State != Open {
		return nil, models.Refuse("plan-call-closed", "year", fmt.Sprint(year))
	}
	units, err := Units(tx, year)
	if err != nil {
		return nil, err
	}
	out, asked := map[string][]string{}, []string{}
	for _, u := range units {
		if u.State == UnitSent || u.State == UnitNone {
			continue
		}
		people, err := office.Members(tx, office.PostID("APPLY_CLERK", u.Unit), office.PostID("APPLY_LEADER", u.Unit))
		if err != nil {
			return nil, err
		}
		out[u.Unit] = people
		asked = append(asked, u.Unit)
		if err := tx.Model(&Unit{}).Where("fiscal_year = ? AND unit = ?", year, u.Unit).Update("urged", u.Urged+1).Error; err != nil {
			return nil, fmt.Errorf("answer of %s: %w", u.Unit, err)
		}
	}
	if len(asked) == 0 {
		return nil, models.Refuse("plan-nobody-silent")
	}
	return out, note(tx, a, "plan.urge", Key(year), map[string]any{"units": asked})
}

// MayBackRegister refuses entries by hand in a year whose plan is made here.
func MayBackRegister(tx *gorm.DB, year int) error {
	var n int64
	if err := tx.Model(&Call{}).Where("fiscal_year = ?", year).Count(&n).Error; err != nil {
		return fmt.Errorf("call of %d: %w", year, err)
	}
	if n > 0 {
		return models.Refuse("plan-runs-here", "year", fmt.Sprint(year))
	}
	return nil
}
