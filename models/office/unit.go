package office

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// UnitName is a name that a unit had for a while.
type UnitName struct {
	Unit      string `gorm:"primaryKey"`
	Name      string
	NameEn    string
	ValidFrom time.Time `gorm:"primaryKey"`
	ValidTo   *time.Time
	SetBy     string
}

// TableName of the entity.
func (UnitName) TableName() string { return "unit_name" }

// FindUnit is a unit, or a refusal.
func FindUnit(tx *gorm.DB, id string) (Dept, error) {
	var d Dept
	err := tx.Where("id = ?", id).Take(&d).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return d, models.Refuse("not-found")
	}
	return d, err
}

// CheckUnits refuses a list of units under /units that is empty, names one that is not there, or names one twice.
func CheckUnits(tx *gorm.DB, f *models.Refusal, units []string) error {
	if len(units) == 0 {
		f.Field("/units", "required")
	}
	seen := map[string]bool{}
	for i, id := range units {
		var known int64
		if err := tx.Model(&Dept{}).Where("id = ?", id).Count(&known).Error; err != nil {
			return fmt.Errorf("unit %s: %w", id, err)
		}
		if known == 0 || seen[id] {
			f.Field(fmt.Sprintf("/units/%d", i), "unit-unknown", "unit", id)
		}
		seen[id] = true
	}
	return nil
}

// CreateUnit writes a new unit and its name.
func CreateUnit(tx *gorm.DB, a models.Acting, d Dept) error {
	if err := checkUnit(tx, d); err != nil {
		return err
	}
	if d.ValidFrom.IsZero() {
		d.ValidFrom = models.Stamp(a.At)
	}
	if err := tx.Create(&d).Error; err != nil {
		return fmt.Errorf("unit %s: %w", d.ID, err)
	}
	first := UnitName{Unit: d.ID, Name: d.Name, NameEn: d.NameEn, ValidFrom: d.ValidFrom, SetBy: a.Person}
	if err := tx.Create(&first).Error; err != nil {
		return fmt.Errorf("name of unit %s: %w", d.ID, err)
	}
	return audit.Audit(
		tx, RequestChain, a, audit.AuditEntry{Action: "unit.create", Subject: "unit:" + d.ID, Detail: models.JSONOf(d.facts())},
	)
}

func (d Dept) facts() map[string]string {
	return map[string]string{
		"name": d.Name, "nameEn": d.NameEn, "kind": d.Kind, "parent": d.Parent, "agencyCode": d.AgencyCode,
		"uscc": d.USCC,
	}
}

// ChangeUnit writes what a unit is from now on; a former name stays in its history.
func ChangeUnit(tx *gorm.DB, a models.Acting, d Dept) error {
	before, err := FindUnit(tx, d.ID)
	if err != nil {
		return err
	}
	if before.Ended(a.At) {
		return models.Refuse("unit-ended", "unit", before.Name)
	}
	if err := checkUnit(tx, d); err != nil {
		return err
	}
	d.Successor, d.ValidFrom, d.ValidTo = before.Successor, before.ValidFrom, before.ValidTo
	if d == before {
		return nil
	}
	if d.Name != before.Name || d.NameEn != before.NameEn {
		if err := rename(tx, a, d); err != nil {
			return err
		}
	}
	if err := tx.Save(&d).Error; err != nil {
		return fmt.Errorf("unit %s: %w", d.ID, err)
	}
	return audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{
			Action: "unit.change", Subject: "unit:" + d.ID,
			Detail: models.JSONOf(map[string]any{"before": before.facts(), "after": d.facts()}),
		},
	)
}

// rename ends the present name and begins the next, at the earliest a moment after it began.
func rename(tx *gorm.DB, a models.Acting, d Dept) error {
	var present []UnitName
	if err := tx.Where("unit = ? AND valid_to IS NULL", d.ID).Find(&present).Error; err != nil {
		return fmt.Errorf("name of unit %s: %w", d.ID, err)
	}
	at := models.Stamp(a.At)
	for _, p := range present {
		if !at.After(p.ValidFrom) {
			at = p.ValidFrom.Add(time.Millisecond)
		}
	}
	if err := tx.Model(&UnitName{}).Where("unit = ? AND valid_to IS NULL", d.ID).Update("valid_to", at).Error; err != nil {
		return fmt.Errorf("name of unit %s: %w", d.ID, err)
	}
	if err := tx.Create(&UnitName{Unit: d.ID, Name: d.Name, NameEn: d.NameEn, ValidFrom: at, SetBy: a.Person}).Error; err != nil {
		return fmt.Errorf("name of unit %s: %w", d.ID, err)
	}
	return nil
}

// checkUnit refuses a unit that cannot be: an unknown parent, one below itself, a
// kind or code that is none, a name or code that another unit has.
func checkUnit(tx *gorm.DB, d Dept) error {
	r := models.Refuse("invalid-input")
	if !UnitID.MatchString(d.ID) {
		r.Field("/id", "setup-unit-id")
	}
	if d.Name == "" {
		r.Field("/name", "field.required")
	}
	if !slices.Contains(UnitKinds, d.Kind) {
		r.Field("/kind", "setup-unit-kind", "kinds", strings.Join(UnitKinds, ", "))
	}
	if d.USCC != "" && !USCC(d.USCC) {
		r.Field("/uscc", "uscc-form")
	}
	var others []Dept
	if err := tx.Where("id <> ? AND valid_to IS NULL AND (name = ? OR uscc <> '' AND uscc = ?)", d.ID, d.Name,
		d.USCC).Limit(1).Find(&others).Error; err != nil {
		return fmt.Errorf("units like %s: %w", d.ID, err)
	}
	for _, o := range others {
		if o.Name == d.Name {
			r.Field("/name", "unit-name-taken", "unit", o.ID)
		} else {
			r.Field("/uscc", "unit-uscc-taken", "unit", o.Name)
		}
	}
	if d.Parent != "" {
		if err := checkParent(tx, r, d); err != nil {
			return err
		}
	}
	return r.OrNil()
}

func checkParent(tx *gorm.DB, r *models.Refusal, d Dept) error {
	for parent, seen := d.Parent, []string{d.ID}; parent != ""; {
		if slices.Contains(seen, parent) {
			r.Field("/parent", "unit-below-itself")
			return nil
		}
		var p Dept
		if err := tx.Where("id = ?", parent).Limit(1).Find(&p).Error; err != nil {
			return fmt.Errorf("unit %s: %w", parent, err)
		}
		if p.ID == "" {
			r.Field("/parent", "no-such-unit", "unit", parent)
			return nil
		}
		seen, parent = append(seen, parent), p.Parent
	}
	return nil
}

// EndUnit ends a unit at a moment. Its posts end with it, and whoever holds the
// same role with the successor does what waits for them. What it serves as goes
// to the successor; a function that would be left without a unit needs one.
func EndUnit(tx *gorm.DB, a models.Acting, id, successor string, at time.Time) error {
	d, err := FindUnit(tx, id)
	if err != nil {
		return err
	}
	if d.ValidTo != nil {
		return models.Refuse("unit-ended", "unit", d.Name)
	}
	at = models.Stamp(at)
	var serves []UnitFunction
	if err := tx.Where("unit = ? AND valid_to IS NULL", id).Find(&serves).Error; err != nil {
		return fmt.Errorf("functions of %s: %w", id, err)
	}
	if err := checkSuccessor(tx, d, successor, len(serves) > 0, a.At); err != nil {
		return err
	}
	if err := tx.Model(&d).Updates(map[string]any{"successor": successor, "valid_to": at}).Error; err != nil {
		return fmt.Errorf("unit %s: %w", id, err)
	}
	if err := tx.Model(&UnitName{}).Where("unit = ? AND valid_to IS NULL", id).Update("valid_to", at).Error; err != nil {
		return fmt.Errorf("name of unit %s: %w", id, err)
	}
	if err := tx.Model(&Post{}).Where("dept_id = ? AND (valid_to IS NULL OR valid_to > ?)", id, at).Update("valid_to",
		at).Error; err != nil {
		return fmt.Errorf("posts of %s: %w", id, err)
	}
	for _, f := range serves {
		if err := tx.Model(&UnitFunction{}).Where("function = ? AND unit = ? AND valid_to IS NULL", f.Function, id).Update("valid_to",
			at).Error; err != nil {
			return fmt.Errorf("function %s of %s: %w", f.Function, id, err)
		}
		if err := serve(tx, f.Function, successor, f.Ord, at); err != nil {
			return err
		}
	}
	return audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{
			Action: "unit.end", Subject: "unit:" + id,
			Detail: models.JSONOf(map[string]string{"successor": successor, "at": at.Format(time.RFC3339)}),
		},
	)
}

func checkSuccessor(tx *gorm.DB, d Dept, successor string, needed bool, now time.Time) error {
	if successor == "" {
		if needed {
			return models.Refuse("unit-needs-successor", "unit", d.Name).Field("/successor", "unit-needs-successor", "unit", d.Name)
		}
		return nil
	}
	s, err := FindUnit(tx, successor)
	if err != nil || s.Ended(now) || s.ValidTo != nil || s.ID == d.ID {
		return models.Refuse("invalid-input").Field("/successor", "no-such-unit", "unit", successor)
	}
	return nil
}

// serve makes a unit serve as something from a moment on, unless it does already.
func serve(tx *gorm.DB, function, unit string, ord int, from time.Time) error {
	var n int64
	if err := tx.Model(&UnitFunction{}).Where("function = ? AND unit = ? AND valid_to IS NULL", function,
		unit).Count(&n).Error; err != nil {
		return fmt.Errorf("function %s: %w", function, err)
	}
	if n > 0 {
		return nil
	}
	if err := tx.Create(&UnitFunction{Function: function, Unit: unit, Ord: ord, ValidFrom: from}).Error; err != nil {
		return fmt.Errorf("function %s of %s: %w", function, unit, err)
	}
	return nil
}

// Functions that a town cannot do without: each needs a unit.
var Functions = []string{"bureau", "finance", "procurement", "county", "joint", "archive", "experts"}

// OptionalFunctions may be without a unit.
var OptionalFunctions = []string{"discipline", "audit", "hall"}

// Serve makes these units, in this order, and no others, serve as a function from now on.
func Serve(tx *gorm.DB, a models.Acting, function string, units []string) error {
	r := models.Refuse("invalid-input")
	switch {
	case !slices.Contains(slices.Concat(Functions, OptionalFunctions), function):
		return models.Refuse("not-found")
	case len(units) == 0 && slices.Contains(Functions, function):
		r.Field("/units", "setup-function-missing", "function", function)
	case len(units) > 1 && function != "joint":
		r.Field("/units", "function-of-one", "function", function)
	}
	for i, id := range units {
		if d, err := FindUnit(tx, id); err != nil || d.Ended(a.At) {
			r.Field(fmt.Sprintf("/units/%d", i), "no-such-unit", "unit", id)
		} else if slices.Contains(units[:i], id) {
			r.Field(fmt.Sprintf("/units/%d", i), "field.twice")
		}
	}
	if err := r.OrNil(); err != nil {
		return err
	}
	at := models.Stamp(a.At)
	if err := tx.Model(&UnitFunction{}).Where("function = ? AND valid_to IS NULL AND unit NOT IN ?", function,
		append([]string{""}, units...)).Update("valid_to", at).Error; err != nil {
		return fmt.Errorf("function %s: %w", function, err)
	}
	for i, id := range units {
		if err := serve(tx, function, id, i, at); err != nil {
			return err
		}
		if err := tx.Model(&UnitFunction{}).Where("function = ? AND unit = ? AND valid_to IS NULL AND ord <> ?", function, id,
			i).Update("ord", i).Error; err != nil {
			return fmt.Errorf("function %s: %w", function, err)
		}
	}
	return audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{Action: "function.serve", Subject: "function:" + function, Detail: models.JSONOf(map[string]any{"units": units})},
	)
}
