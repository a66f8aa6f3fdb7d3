package sla

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Duty is a row of the register of duty records: what was recorded, and what became of the task.
type Duty struct {
	DutyRecord
	ClosedAt *time.Time
	ClosedBy string
}

// Duties lists duty records, newest first, of a project if one is named; before
// is the id that the page goes on below, 0 for the first page.
func Duties(tx *gorm.DB, project string, before int64, limit int) ([]Duty, error) {
	q := tx.Table("duty_record d").
		Select("d.*, t.closed_at, t.closed_by").
		Joins("JOIN task t ON t.key = d.task").
		Order("d.id DESC").
		Limit(limit)
	if project != "" {
		q = q.Where("d.project = ?", project)
	}
	if before > 0 {
		q = q.Where("d.id < ?", before)
	}
	var all []Duty
	if err := q.Scan(&all).Error; err != nil {
		return nil, fmt.Errorf("duty records: %w", err)
	}
	return all, nil
}
