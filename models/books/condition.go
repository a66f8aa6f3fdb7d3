package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Condition of a conditional approval. Procurement begins when all are met.
type Condition struct {
	Project    string `gorm:"primaryKey"`
	ApprovalNo string `gorm:"primaryKey"`
	No         int    `gorm:"primaryKey"`
	Text       string
	DueOn      string
	Report     string      // how it was met
	Evidence   models.JSON // document ids
	ReportedBy string
	MetOn      string // "": open
	CheckedBy  string
	Lapsed     bool // a later approval stands in the place of its own
}

// TableName of the entity.
func (Condition) TableName() string { return "approval_condition" }

// Conditions of the approval in force, in its order.
func Conditions(tx *gorm.DB, project string) (all []Condition, err error) {
	if err := tx.Where("project = ? AND lapsed = ?", project, false).Order("no").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("conditions of %s: %w", project, err)
	}
	return all, nil
}

// PutConditions keeps the conditions of a new approval; those of an earlier one lapse.
func PutConditions(tx *gorm.DB, project string, all []Condition) error {
	if err := tx.Model(&Condition{}).Where("project = ? AND lapsed = ?", project, false).Update("lapsed", true).Error; err != nil {
		return fmt.Errorf("conditions of %s: %w", project, err)
	}
	if len(all) == 0 {
		return nil
	}
	if err := tx.Create(&all).Error; err != nil {
		return fmt.Errorf("conditions of %s: %w", project, err)
	}
	return nil
}
