package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// DueOutgoing lists what should leave now, oldest first, of some kinds.
func DueOutgoing(tx *gorm.DB, kinds []string, now time.Time, limit int) ([]Outgoing, error) {
	var rows []Outgoing
	err := tx.Where("state = ? AND kind IN ? AND next_at <= ?", OutPending, kinds, now.UTC()).Order("created_at, id").Limit(limit).Find(&rows).Error
	return rows, err
}

// Delivered ends the wait of an outgoing thing.
func Delivered(tx *gorm.DB, id string, now time.Time) error {
	err := tx.Model(&Outgoing{}).Where("id = ? AND state = ?", id, OutPending).
		Updates(map[string]any{"state": OutDelivered, "delivered_at": now.UTC(), "last_error": ""}).Error
	if err != nil {
		return fmt.Errorf("outbox %s: %w", id, err)
	}
	return nil
}

// Postponed notes a failed attempt and when the next one is due.
func Postponed(tx *gorm.DB, id string, why string, next time.Time) error {
	err := tx.Model(&Outgoing{}).Where("id = ? AND state = ?", id, OutPending).
		Updates(map[string]any{"attempts": gorm.Expr("attempts + 1"), "last_error": why, "next_at": next.UTC()}).Error
	if err != nil {
		return fmt.Errorf("outbox %s: %w", id, err)
	}
	return nil
}
