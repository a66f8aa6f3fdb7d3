package office

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// SupplierBlock is a supplier that the county does not contract with until a day.
type SupplierBlock struct {
	Uscc      string `gorm:"primaryKey"` // unified social credit code
	Name      string
	Until     models.Date // the last day
	Why       string
	ChangedAt time.Time
}

// TableName of the entity.
func (SupplierBlock) TableName() string { return "supplier_block" }

// SupplierBlocks are all of them, the latest to end first.
func SupplierBlocks(tx *gorm.DB) (all []SupplierBlock, err error) {
	if err = tx.Order("until DESC, uscc").Find(&all).Error; err != nil {
		err = fmt.Errorf("blocked suppliers: %w", err)
	}
	return all, err
}

// BlockedOn is the block of a supplier that holds on a day, empty when there is none.
func BlockedOn(tx *gorm.DB, uscc string, day models.Date) (SupplierBlock, error) {
	var found []SupplierBlock
	err := tx.Where("uscc = ? AND until >= ?", strings.ToUpper(strings.TrimSpace(uscc)), day).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return SupplierBlock{}, err
	}
	return found[0], nil
}

// Block keeps a supplier from new contracts until a day, or, without one, lets it in again.
// A second person has confirmed it (domain: access.md §5, row 16).
func (b SupplierBlock) Block(tx *gorm.DB, a models.Acting) error {
	b.ChangedAt = models.Stamp(a.At)
	act := "supplier.block"
	var err error
	if b.Until == "" {
		act, err = "supplier.unblock", tx.Where("uscc = ?", b.Uscc).Delete(&SupplierBlock{}).Error
	} else {
		err = tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&b).Error
	}
	if err != nil {
		return fmt.Errorf("supplier %s: %w", b.Uscc, err)
	}
	return audit.Audit(tx, "r:suppliers", a, audit.AuditEntry{
		Action: act, Subject: "supplier:" + b.Uscc, Detail: models.JSONOf(map[string]any{"until": b.Until, "why": b.Why}),
	})
}

// BlockExpert keeps a person of the pool from being drawn until a day, or, without
// one, lets him be drawn again. A second person has confirmed it.
func BlockExpert(tx *gorm.DB, a models.Acting, person string, until models.Date, why string) error {
	e, _, _, err := ExpertOf(tx, person)
	if err != nil {
		return err
	}
	if e.Person == "" { // nothing is filled in yet: he is not drawn, and will not be
		e = Expert{Person: person, Specialties: models.JSON("[]")}
	}
	e.BlacklistUntil, e.BlacklistWhy, e.UpdatedAt = until, why, models.Stamp(a.At)
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&e).Error; err != nil {
		return fmt.Errorf("expert %s: %w", person, err)
	}
	act := "expert.block"
	if until == "" {
		act = "expert.unblock"
	}
	return audit.Audit(tx, "r:experts", a, audit.AuditEntry{
		Action: act, Subject: "expert:" + person, Detail: models.JSONOf(map[string]any{"until": until, "why": why}),
	})
}
