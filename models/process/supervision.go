package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Supervision is a leader's eye on an open task (督办): a tighter clock beside the
// task's own, which stays as it is.
type Supervision struct {
	ID      int64 `gorm:"primaryKey"`
	Task    int64
	Root    int64
	Person  string // the leader
	Reason  string
	DueAt   time.Time
	At      time.Time
	EndedAt *time.Time // he has no eye on it any more
	ToldAt  *time.Time // when its time was over and everybody was told
}

// TableName of the entity.
func (Supervision) TableName() string { return "supervision" }

// Supervise sets the clock; of a leader who has set one before, only a tighter one.
func Supervise(tx *gorm.DB, s Supervision) error {
	var open []Supervision
	if err := tx.Where("task = ? AND person = ? AND ended_at IS NULL", s.Task, s.Person).Find(&open).Error; err != nil {
		return fmt.Errorf("supervision of %d: %w", s.Task, err)
	}
	for _, before := range open {
		if !s.DueAt.Before(before.DueAt) {
			return models.Refuse("supervised-already")
		}
		if err := tx.Model(&before).Update("ended_at", models.Stamp(s.At)).Error; err != nil {
			return fmt.Errorf("supervision of %d: %w", s.Task, err)
		}
	}
	if err := tx.Create(&s).Error; err != nil {
		return fmt.Errorf("supervision of %d: %w", s.Task, err)
	}
	return nil
}

// EndSupervision ends a leader's eye on the tasks of a case; false: he had none.
func EndSupervision(tx *gorm.DB, root int64, person string, at time.Time) (bool, error) {
	done := tx.Model(&Supervision{}).Where("root = ? AND person = ? AND ended_at IS NULL", root, person).Update("ended_at", models.Stamp(at))
	return done.RowsAffected > 0, done.Error
}

// SupervisionsOf are those of the open tasks of a case, the tightest first.
func SupervisionsOf(tx *gorm.DB, root int64) (all []Supervision, err error) {
	err = tx.Where("root = ? AND ended_at IS NULL AND task IN (SELECT key FROM task WHERE root = ? AND state <> ?)", root, root, TaskClosed).
		Order("due_at, id").Find(&all).Error
	return all, err
}

// MostSupervisions is how many a leader's list shows.
const MostSupervisions = 200

// Supervised is a row of a leader's list.
type Supervised struct {
	Supervision
	TaskState string
	TaskName  string
	ClosedAt  *time.Time
	TaskDue   *time.Time
}

// SupervisedBy is what a leader has an eye on: what is open by its time, then what was done in the last 30 days.
func SupervisedBy(tx *gorm.DB, person string, now time.Time) (all []Supervised, err error) {
	err = tx.Raw(`SELECT s.*, t.state AS task_state, t.name AS task_name, t.closed_at, t.due_at AS task_due
		FROM supervision s JOIN task t ON t.key = s.task WHERE s.person = ? AND s.ended_at IS NULL AND (t.state <> ? OR t.closed_at > ?)
		ORDER BY CASE WHEN t.state = ? THEN 1 ELSE 0 END, s.due_at, s.id LIMIT ?`,
		person, TaskClosed, now.AddDate(0, 0, -30).UTC(), TaskClosed, MostSupervisions).Scan(&all).Error
	return all, err
}

// OverSupervisions are those whose time is over, whose task is open, and of which nobody was told yet.
func OverSupervisions(tx *gorm.DB, now time.Time, limit int) (all []Supervision, err error) {
	err = tx.Where("ended_at IS NULL AND told_at IS NULL AND due_at <= ? AND task IN (SELECT key FROM task WHERE state <> ?)",
		models.Stamp(now), TaskClosed).Order("id").Limit(limit).Find(&all).Error
	return all, err
}
