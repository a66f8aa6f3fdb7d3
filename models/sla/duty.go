package sla

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// DutyRecord says that a task was not done long after its due time (履职记录).
// The database lets nobody change or delete it.
type DutyRecord struct {
	ID          int64 `gorm:"primaryKey"`
	Task        int64
	Root        int64
	Project     string
	Matter      string // name of the project, or number of the issue
	Name        string // of the task
	NameEn      string
	Holders     models.JSON // person ids, as they were then
	DueAt       time.Time
	DueWorkdays int
	RecordedAt  time.Time
}

// TableName of the entity.
func (DutyRecord) TableName() string { return "duty_record" }

func record(tx *gorm.DB, a models.Acting, t process.Task, holders []string) error {
	matter, err := matterOf(tx, t)
	if err != nil {
		return err
	}
	r := DutyRecord{
		Task: t.Key, Root: t.Root, Project: t.Project, Matter: matter, Name: t.Name, NameEn: t.NameEn,
		Holders: models.JSONOf(holders), DueAt: *t.DueAt, DueWorkdays: t.DueWorkdays, RecordedAt: models.Stamp(a.At),
	}
	if err := tx.Create(&r).Error; err != nil {
		return fmt.Errorf("duty record of task %d: %w", t.Key, err)
	}
	return nil
}
