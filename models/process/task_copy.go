package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// TaskCopy is a task that somebody was given to read (抄送). It moves no token and gives no seat.
type TaskCopy struct {
	Person string `gorm:"primaryKey"`
	Task   int64  `gorm:"primaryKey"`
	Root   int64
	Sender string
	At     int64      // milliseconds since 1970
	ReadAt *time.Time `gorm:"->"` // when the person first opened the task, in what CopiesOf reads
}

// TableName of the entity.
func (TaskCopy) TableName() string { return "task_copy" }

// SaveCopy gives a task to read; given again, only sender and moment are new.
func SaveCopy(tx *gorm.DB, c TaskCopy) error {
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
		return fmt.Errorf("copy of task %d for %s: %w", c.Task, c.Person, err)
	}
	return nil
}

// HadCopy reports whether a person was given any task of a root instance to read.
func HadCopy(tx *gorm.DB, root int64, person string) (bool, error) {
	var n int64
	err := tx.Model(&TaskCopy{}).Where("root = ? AND person = ?", root, person).Count(&n).Error
	return n > 0, err
}

// CopiesOf lists who was given a task to read, in the order of sending.
func CopiesOf(tx *gorm.DB, task int64) ([]TaskCopy, error) {
	var all []TaskCopy
	err := tx.Raw(`SELECT c.*, r.at AS read_at FROM task_copy c LEFT JOIN task_read r ON r.task = c.task AND r.person = c.person
		WHERE c.task = ? ORDER BY c.at, c.person`, task).Scan(&all).Error
	return all, err
}

// CopiesFor lists which of some tasks a person was given to read.
func CopiesFor(tx *gorm.DB, person string, tasks []int64) ([]TaskCopy, error) {
	var all []TaskCopy
	if len(tasks) == 0 {
		return all, nil
	}
	err := tx.Raw(`SELECT c.*, r.at AS read_at FROM task_copy c LEFT JOIN task_read r ON r.task = c.task AND r.person = c.person
		WHERE c.person = ? AND c.task IN ?`, person, tasks).Scan(&all).Error
	return all, err
}

// TaskRead is the receipt of who opened a task first when (已阅). Opening is not acting.
type TaskRead struct {
	Task   int64  `gorm:"primaryKey"`
	Person string `gorm:"primaryKey"`
	At     time.Time
}

// TableName of the entity.
func (TaskRead) TableName() string { return "task_read" }

// ReadTask writes the receipt, unless there is one.
func ReadTask(tx *gorm.DB, r TaskRead) error {
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return fmt.Errorf("receipt of task %d: %w", r.Task, err)
	}
	return nil
}

// ReadsOf lists the receipts of a task by person.
func ReadsOf(tx *gorm.DB, task int64) (map[string]time.Time, error) {
	var all []TaskRead
	err := tx.Where("task = ?", task).Find(&all).Error
	out := make(map[string]time.Time, len(all))
	for _, r := range all {
		out[r.Person] = r.At
	}
	return out, err
}
