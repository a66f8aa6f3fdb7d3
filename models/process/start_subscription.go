package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// StartSubscription is a start event of the newest version of a process that
// waits, outside any instance, for a message, a signal or a moment.
type StartSubscription struct {
	Process    string     `gorm:"primaryKey" json:"process"`
	Element    string     `gorm:"primaryKey" json:"element"`
	Definition int        `gorm:"primaryKey" json:"definition"` // index of the event definition among those of the element
	Kind       string     `json:"kind"`                         // SubMessage, SubSignal, SubTimer
	Name       string     `json:"name,omitempty"`               // of the message or signal
	Due        *time.Time `json:"due,omitempty"`                // timer: the next moment; nil when its cycle is over
	Times      int        `json:"times,omitempty"`              // timer: moments that have passed
	Bundle     string     `json:"-"`                            // of that version
	OpenedAt   time.Time  `json:"-"`
}

// TableName of the entity.
func (StartSubscription) TableName() string { return "start_subscription" }

// StartSubscriptions lists those of a kind and name, in a stable order.
func StartSubscriptions(tx *gorm.DB, kind, name string) ([]StartSubscription, error) {
	var all []StartSubscription
	err := tx.Where("kind = ? AND name = ?", kind, name).Order("process, element, definition").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("starts by %s %s: %w", kind, name, err)
	}
	return all, nil
}

// StartsOf lists what the processes of a bundle start by, in a stable order.
func StartsOf(tx *gorm.DB, bundle string) ([]StartSubscription, error) {
	var all []StartSubscription
	if err := tx.Where("bundle = ?", bundle).Order("process, element, definition").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("starts of bundle %s: %w", bundle, err)
	}
	return all, nil
}

// replaceStarts lets the start events of new versions wait instead of those of
// the versions before; it returns what waited before and what waits now.
func replaceStarts(tx *gorm.DB, at time.Time, versions []Definition) (before, now []StartSubscription, err error) {
	processes := make([]string, len(versions))
	for i, d := range versions {
		processes[i] = d.Process
		for _, s := range d.Starts {
			s.Process, s.Bundle, s.OpenedAt = d.Process, d.Bundle, at
			now = append(now, s)
		}
	}
	if err := tx.Where("process IN ?", processes).Order("process, element, definition").Find(&before).Error; err != nil {
		return nil, nil, fmt.Errorf("start events: %w", err)
	}
	if len(before) > 0 {
		if err := tx.Where("process IN ?", processes).Delete(&StartSubscription{}).Error; err != nil {
			return nil, nil, fmt.Errorf("start events: %w", err)
		}
	}
	if len(now) > 0 {
		if err := tx.Create(&now).Error; err != nil {
			return nil, nil, fmt.Errorf("start events: %w", err)
		}
	}
	return before, now, nil
}
