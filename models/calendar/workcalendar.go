package calendar

import (
	"time"

	"github.com/quancheng/quancheng/models"
)

// WorkCalendar is one version of the working-day data; package calendar reads it.
type WorkCalendar struct {
	Version int `gorm:"primaryKey"`
	Data    models.JSON
	Source  string
	At      time.Time
	Actor   string
}

// TableName of the entity.
func (WorkCalendar) TableName() string { return "work_calendar" }
