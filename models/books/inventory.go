package books

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// System is one that a department has: of the inventory that duplicates are held against.
type System struct {
	ID         int64 `gorm:"primaryKey;autoIncrement"`
	Unit       string
	Name       string
	Functions  string // apart by 、
	BuiltYear  int    // 0: not known
	Cost       models.Money
	Users      int
	LastActive string // day; empty: not known
	Source     string // the file that it came from
	Project    string // that built it
	CreatedBy  string
	CreatedAt  time.Time
}

// TableName of the entity.
func (System) TableName() string { return "system_inventory" }

// Inventory is all systems, by unit and name.
func Inventory(tx *gorm.DB) (out []System, err error) {
	if err := tx.Order("unit, name").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	return out, nil
}

// SaveInventory puts systems into the inventory; one that is there by unit and
// name takes the new particulars. Nothing is written when one of them is refused.
func SaveInventory(tx *gorm.DB, a models.Acting, all []System) error {
	refusal := models.Refuse("inventory-incomplete")
	for i, s := range all {
		at := fmt.Sprintf("/rows/%d", i)
		if strings.TrimSpace(s.Name) == "" {
			refusal.Field(at+"/name", "required")
		}
		if strings.TrimSpace(s.Unit) == "" {
			refusal.Field(at+"/unit", "required")
		}
		if s.BuiltYear != 0 && (s.BuiltYear < 1980 || s.BuiltYear > 2200) {
			refusal.Field(at+"/builtYear", "not-readable")
		}
		all[i].CreatedBy, all[i].CreatedAt = a.Person, models.Stamp(a.At)
	}
	if err := refusal.OrNil(); err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "unit"}, {Name: "name"}},
		DoUpdates: clause.AssignmentColumns([]string{"functions", "built_year", "cost", "users", "last_active", "source", "project"}),
	}).CreateInBatches(&all, 200).Error
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	return nil
}
