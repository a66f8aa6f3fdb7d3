package books

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RectificationFile is a file that proves a rectification: how it was before, or how it is after.
type RectificationFile struct {
	No       string `gorm:"primaryKey"`
	Document string `gorm:"primaryKey"`
	Side     string `gorm:"primaryKey"` // SideBefore, SideAfter
	Digest   string // of the content
}

// TableName of the entity.
func (RectificationFile) TableName() string { return "rectification_file" }

// Sides of the evidence.
const (
	SideBefore = "before"
	SideAfter  = "after"
)

// KeepFiles puts the evidence of a rectification in the place of what was handed in before.
func KeepFiles(tx *gorm.DB, no string, files []RectificationFile) error {
	if err := tx.Where("no = ?", no).Delete(&RectificationFile{}).Error; err != nil {
		return fmt.Errorf("evidence of %s: %w", no, err)
	}
	if len(files) == 0 {
		return nil
	}
	if err := tx.Create(&files).Error; err != nil {
		return fmt.Errorf("evidence of %s: %w", no, err)
	}
	return nil
}

// UsedElsewhere are the other rectifications that a content already proves, oldest number first.
func UsedElsewhere(tx *gorm.DB, no, digest string) (others []string, err error) {
	err = tx.Model(&RectificationFile{}).
		Distinct("no").
		Where("digest = ? AND digest <> '' AND no <> ? AND side = ?", digest, no, SideAfter).
		Order("no").
		Limit(20).
		Pluck("no", &others).
		Error
	if err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", no, err)
	}
	return others, nil
}

// Dispatched is the step that gave a rectification to its present owner; false before that.
func Dispatched(tx *gorm.DB, no string) (RectificationStep, bool, error) {
	var steps []RectificationStep
	if err := tx.Where("no = ? AND action IN ?", no, []string{"dispatch",
		"rule"}).Order("seq DESC").Limit(1).Find(&steps).Error; err != nil {
		return RectificationStep{}, false, fmt.Errorf("dispatch of %s: %w", no, err)
	}
	if len(steps) == 0 {
		return RectificationStep{}, false, nil
	}
	return steps[0], true, nil
}

// lastStep is the newest line of a rectification's history.
func lastStep(tx *gorm.DB, no string) (s RectificationStep, err error) {
	if err = tx.Where("no = ?", no).Order("seq DESC").Limit(1).Find(&s).Error; err != nil {
		return s, fmt.Errorf("history of %s: %w", no, err)
	}
	return s, nil
}

// BackRegistered reports whether a step was recorded on a later day than it happened.
func (s RectificationStep) BackRegistered() bool { return s.BusinessDate < models.DateOf(s.At) }
