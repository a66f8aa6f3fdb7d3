package office

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// PermissionSet is a role of a county's own: it may what the shipped roles that
// it is made of may, and sees what they see.
type PermissionSet struct {
	ID        string `gorm:"primaryKey"` // the role's code
	Name      string
	NameEn    string
	Bases     models.JSON // []string
	ChangedBy string
	ChangedAt time.Time
}

// TableName of the entity.
func (PermissionSet) TableName() string { return "permission_set" }

// Shipped are the roles that a set is made of.
func (s PermissionSet) Shipped() []string {
	var bases []string
	_ = s.Bases.Into(&bases) // SetPermissions wrote it
	return bases
}

// PermissionSets are the county's own roles.
func PermissionSets(tx *gorm.DB) ([]PermissionSet, error) {
	var all []PermissionSet
	err := tx.Order("id").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("permission sets: %w", err)
	}
	return all, nil
}

// SetPermissions makes or changes a county's own role. One that mixes duties is
// refused: nobody may collect by a new name what the house keeps apart.
func SetPermissions(tx *gorm.DB, a models.Acting, s PermissionSet, bases []string) error {
	wrong := models.Refuse("invalid-input")
	if _, shipped := RoleNamed(s.ID); shipped {
		wrong.Field("/id", "set-shipped", "role", s.ID)
	}
	if strings.TrimSpace(s.Name) == "" {
		wrong.Field("/name", "field.required")
	}
	for i, b := range bases {
		if _, shipped := RoleNamed(b); !shipped {
			wrong.Field(fmt.Sprintf("/bases/%d", i), "no-such-role", "role", b)
		}
	}
	if len(bases) == 0 {
		wrong.Field("/bases", "field.required")
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	if err := unmixed(bases); err != nil {
		return err
	}
	var before PermissionSet
	if err := tx.Where("id = ?", s.ID).Limit(1).Find(&before).Error; err != nil {
		return fmt.Errorf("permission set %s: %w", s.ID, err)
	}
	s.Bases, s.ChangedBy, s.ChangedAt = models.JSONOf(bases), a.Person, a.At.UTC()
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&s).Error; err != nil {
		return fmt.Errorf("permission set %s: %w", s.ID, err)
	}
	detail := models.JSONOf(map[string]any{"before": before.Shipped(), "after": bases})
	return audit.Audit(tx, AccountChain, a, audit.AuditEntry{Action: "permissions.set", Subject: "role:" + s.ID, Detail: detail})
}

// unmixed refuses bases that one person may not hold, and those that exclude all
// others: of an administrator's or an auditor's role there is none by another name.
func unmixed(bases []string) error {
	for _, b := range bases {
		if r, _ := RoleNamed(b); slices.Contains(r.Never, everyOther) {
			return models.Refuse("set-mixes-duties", "a", b, "b", "*")
		}
	}
	if a, b, found := Excluding(bases); found {
		return models.Refuse("set-mixes-duties", "a", a, "b", b)
	}
	return nil
}

// Expand replaces a county's own roles by the shipped ones that they are made of.
func Expand(sets []PermissionSet, roles ...string) []string {
	var out []string
	for _, r := range roles {
		i := slices.IndexFunc(sets, func(s PermissionSet) bool { return s.ID == r })
		if i < 0 {
			out = append(out, r)
			continue
		}
		out = append(out, sets[i].Shipped()...)
	}
	return out
}

// RoleOf is a role by its code, shipped or a county's own. One's own is held where
// the first of its bases is held, with its rank.
func RoleOf(tx *gorm.DB, code string) (Role, bool, error) {
	if r, known := RoleNamed(code); known {
		return r, true, nil
	}
	sets, err := PermissionSets(tx)
	if err != nil {
		return Role{}, false, err
	}
	i := slices.IndexFunc(sets, func(s PermissionSet) bool { return s.ID == code })
	if i < 0 {
		return Role{}, false, nil
	}
	r, _ := RoleNamed(sets[i].Shipped()[0])
	r.Code = code
	return r, true, nil
}
