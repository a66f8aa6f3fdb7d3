package founding

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

// townRow is the town that has moved in: one row.
type townRow struct {
	ID         int `gorm:"primaryKey"`
	Name       string
	NameEn     string
	RegionCode string
	DocSeries  string
	FoundedAt  time.Time
}

// TableName of the entity.
func (townRow) TableName() string { return "town" }

// Founded is what a founding has made. The codes are shown this once.
type Founded struct {
	Town           string            `json:"town"`
	Units          int               `json:"units"`
	Functions      map[string]string `json:"functions"` // of joint: separated by commas
	Administrators []office.Code     `json:"administrators"`
}

// Empty reports whether nobody has moved in: no town, no unit, no person.
func Empty(tx *gorm.DB) (bool, error) {
	for _, table := range []string{"town", "dept", "person"} {
		var n int64
		if err := tx.Table(table).Limit(1).Count(&n).Error; err != nil {
			return false, fmt.Errorf("founding: %s: %w", table, err)
		}
		if n > 0 {
			return false, nil
		}
	}
	return true, nil
}

// TownName is the name of the town that has moved in; "" before.
func TownName(tx *gorm.DB) (string, error) {
	var names []string
	err := tx.Model(&townRow{}).Pluck("name", &names).Error
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}

// Found brings the town of a file that Check has passed in. It is refused when somebody has moved in before, also
// by another founding at the same time.
func Found(tx *gorm.DB, a models.Acting, f File, c office.Cipher) (Founded, error) {
	out := Founded{Town: f.Town.Name, Units: len(f.Units), Functions: map[string]string{}}
	empty, err := Empty(tx)
	if err != nil {
		return out, err
	}
	at := models.Stamp(a.At)
	town := townRow{
		ID: 1, Name: f.Town.Name, NameEn: f.Town.NameEn, RegionCode: f.Town.RegionCode, DocSeries: f.Town.DocSeries, FoundedAt: at,
	}
	made := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&town)
	if made.Error != nil {
		return out, fmt.Errorf("founding of %s: %w", f.Town.Name, made.Error)
	}
	if !empty || made.RowsAffected == 0 {
		return out, models.Refuse("already-founded")
	}
	if err := f.units(tx, a, at); err != nil {
		return out, err
	}
	for i, fn := range f.Functions.all() {
		if fn.unit == "" {
			continue
		}
		if err := tx.Create(&office.UnitFunction{Function: fn.function, Unit: fn.unit, Ord: i, ValidFrom: at}).Error; err != nil {
			return out, fmt.Errorf("founding: %s: %w", fn.function, err)
		}
		if before := out.Functions[fn.function]; before != "" {
			fn.unit = before + "," + fn.unit
		}
		out.Functions[fn.function] = fn.unit
	}
	for _, admin := range f.administrators() {
		code, err := admin.appoint(tx, a, at, c)
		if err != nil {
			return out, err
		}
		out.Administrators = append(out.Administrators, code)
	}
	if err := tx.Where("id = 1").Delete(&setupLink{}).Error; err != nil { // whoever still has it finds that it is over
		return out, fmt.Errorf("founding: %w", err)
	}
	return out, audit.Audit(tx, office.RequestChain, a, audit.AuditEntry{Action: "town.found", Subject: "town", Reason: f.Town.Name,
		Detail: models.JSONOf(map[string]any{"units": len(f.Units), "functions": out.Functions, "administrators": f.ids()})})
}

func (f File) ids() map[string]string {
	out := map[string]string{}
	for _, a := range f.administrators() {
		out[a.role] = a.ID
	}
	return out
}

func (f File) units(tx *gorm.DB, a models.Acting, at time.Time) error {
	for _, u := range f.Units {
		kind := u.Kind
		if kind == "" {
			kind = f.kindOf(u.ID)
		}
		d := office.Dept{
			ID: u.ID, Name: u.Name, NameEn: u.NameEn, Kind: kind, Parent: u.Parent, AgencyCode: u.AgencyCode, USCC: u.USCC, ValidFrom: at,
		}
		if err := office.CreateUnit(tx, a, d); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is the first function that a unit serves.
func (f File) kindOf(unit string) string {
	for _, a := range f.Functions.all() {
		if a.unit == unit {
			return a.function
		}
	}
	return "applying"
}

// appoint makes an administrator's account, active: nobody is there yet to activate it.
func (adm administrator) appoint(tx *gorm.DB, a models.Acting, at time.Time, c office.Cipher) (office.Code, error) {
	p := office.Person{ID: adm.ID, Name: adm.Name, NameEn: adm.NameEn, Active: true, Kind: office.Internal, EmployerUnit: adm.Unit}
	if err := p.SetNumbers(c, adm.Mobile, ""); err != nil {
		return office.Code{}, err
	}
	if err := tx.Create(&p).Error; err != nil {
		return office.Code{}, fmt.Errorf("founding: %s: %w", adm.ID, err)
	}
	post := office.PostChange{Person: adm.ID, Role: adm.role, Unit: adm.Unit, Primary: true}
	if err := office.GrantPost(tx, post, at, 0); err != nil {
		return office.Code{}, err
	}
	codes, err := office.IssueCodes(tx, a.At, office.FounderCodeLife, p)
	if err != nil {
		return office.Code{}, err
	}
	codes[0].Role = adm.role
	return codes[0], nil
}
