package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
)

// DueStarts lists timer starts whose moment has come, the earliest first.
func DueStarts(tx *gorm.DB, now time.Time, limit int) ([]StartSubscription, error) {
	var all []StartSubscription
	err := tx.Where("due <= ?", now.UTC()).Order("due, process, element, definition").Limit(limit).Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("timer starts: %w", err)
	}
	return all, nil
}

// BeginAtDue begins the instance of a timer start's due moment and lets it wait
// for the next one (nil: there is none). One moment begins one instance, however
// often it comes: the event's id is made of process, start event and moment, so
// that neither a crash, nor another worker, nor a newer version of the process
// whose timer names the same moment begins a second one.
func BeginAtDue(tx *gorm.DB, at time.Time, s StartSubscription, next *time.Time) error {
	moved := tx.Exec(
		`UPDATE start_subscription SET due = ?, times = times + 1 WHERE process = ? AND element = ? AND definition = ? AND bundle = ?
			AND times = ?`,
		next, s.Process, s.Element, s.Definition, s.Bundle, s.Times,
	)
	if moved.Error != nil {
		return fmt.Errorf("timer start %s of %s: %w", s.Element, s.Process, moved.Error)
	}
	if moved.RowsAffected == 0 {
		return nil // another worker was faster, or a newer version waits now
	}
	entry := fmt.Sprintf("s:t:%s:%s:%d:%d", s.Process, s.Element, s.Definition, s.Due.UnixMilli())
	var known int64
	if err := tx.Model(&outbox.Outgoing{}).Where("id = ?", entry).Count(&known).Error; err != nil {
		return fmt.Errorf("outbox %s: %w", entry, err)
	}
	if known > 0 {
		return nil
	}
	_, err := beginFor(tx, models.Acting{At: at, BusinessDate: models.DateOf(at)}, s, Beginning{}, entry)
	return err
}
