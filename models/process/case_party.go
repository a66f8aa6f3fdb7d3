package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// CaseParty is a unit or a person with a part in a case, for a while. ValidTo
// does not belong to the time.
type CaseParty struct {
	Root      int64     `gorm:"primaryKey"`
	Role      string    `gorm:"primaryKey"`
	Unit      string    `gorm:"primaryKey"`
	Person    string    `gorm:"primaryKey"`
	ValidFrom time.Time `gorm:"primaryKey"`
	ValidTo   *time.Time
	Source    string // what made it so
}

// TableName of the entity.
func (CaseParty) TableName() string { return "case_party" }

// The roles of parties that commands keep.
const (
	PartyApplicant  = "applicant"
	PartySupplier   = "supplier"
	PartySupervisor = "supervisor"
	PartyExpert     = "expert"
	PartyAvoided    = "avoided" // must have no part in the case
)

// KeepParty lets a unit or a person have a part in a case from a moment on; who has it already keeps it.
func KeepParty(tx *gorm.DB, p CaseParty) error {
	p.ValidFrom = models.Stamp(p.ValidFrom)
	var n int64
	err := tx.Model(&CaseParty{}).
		Where("root = ? AND role = ? AND unit = ? AND person = ? AND valid_to IS NULL", p.Root, p.Role, p.Unit, p.Person).
		Count(&n).
		Error
	if err == nil && n == 0 {
		err = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&p).Error
	}
	if err != nil {
		return fmt.Errorf("%s of case %d: %w", p.Role, p.Root, err)
	}
	return nil
}

// EndParty ends the part of a unit or a person in a case at a moment.
func EndParty(tx *gorm.DB, root int64, role, unit, person string, at time.Time) error {
	err := tx.Model(&CaseParty{}).Where("root = ? AND role = ? AND unit = ? AND person = ? AND valid_to IS NULL", root, role, unit, person).
		Update("valid_to", models.Stamp(at)).Error
	if err != nil {
		return fmt.Errorf("%s of case %d: %w", role, root, err)
	}
	return nil
}
