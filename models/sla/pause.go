package sla

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/process"
)

// pause is a time in which the clock of a task stood still.
type pause struct {
	Task   int64     `gorm:"primaryKey"`
	FromAt time.Time `gorm:"primaryKey"`
	ToAt   *time.Time
}

func (pause) TableName() string { return "task_pause" }

// Pause stops the clocks of an instance's open tasks: they wait until Resume.
func Pause(tx *gorm.DB, a models.Acting, instance int64) error {
	tasks, err := tasksOf(tx, instance, process.TaskOpen)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if err := setState(tx, t.Key, process.TaskSuspended); err != nil {
			return err
		}
		if err := tx.Create(&pause{Task: t.Key, FromAt: models.Stamp(a.At)}).Error; err != nil {
			return fmt.Errorf("pause of task %d: %w", t.Key, err)
		}
	}
	return nil
}

// Resume lets the clocks of an instance's suspended tasks go on: the days from
// the one after the pause began up to today do not count (rule G02). A due time
// that was set to a moment stays.
func Resume(tx *gorm.DB, a models.Acting, instance int64) error {
	tasks, err := tasksOf(tx, instance, process.TaskSuspended)
	if err != nil || len(tasks) == 0 {
		return err
	}
	c, err := Load(tx, models.DateOf(a.At))
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if err := setState(tx, t.Key, process.TaskOpen); err != nil {
			return err
		}
		if err := tx.Model(&pause{}).Where("task = ? AND to_at IS NULL", t.Key).Update("to_at", models.Stamp(a.At)).Error; err != nil {
			return fmt.Errorf("pause of task %d: %w", t.Key, err)
		}
		if t.Calendar == 0 {
			continue
		}
		if _, err := c.recount(tx, a, &t); err != nil {
			return err
		}
	}
	return nil
}

func tasksOf(tx *gorm.DB, instance int64, state string) (tasks []process.Task, err error) {
	if err = tx.Where("instance = ? AND state = ?", instance, state).Order("key").Find(&tasks).Error; err != nil {
		err = fmt.Errorf("tasks of instance %d: %w", instance, err)
	}
	return tasks, err
}

func setState(tx *gorm.DB, task int64, state string) error {
	if err := tx.Model(&process.Task{}).Where("key = ?", task).Update("state", state).Error; err != nil {
		return fmt.Errorf("task %d: %w", task, err)
	}
	return nil
}

// pausesOf are the pauses of a task that are over, as days that do not count.
func pausesOf(tx *gorm.DB, task int64) ([]calendar.Interval, error) {
	var rows []pause
	if err := tx.Where("task = ? AND to_at IS NOT NULL", task).Order("from_at").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("pauses of task %d: %w", task, err)
	}
	days := make([]calendar.Interval, len(rows))
	for i, p := range rows {
		days[i] = calendar.Interval{From: models.DateOf(p.FromAt).AddDays(1), To: models.DateOf(*p.ToAt)}
	}
	return days, nil
}
