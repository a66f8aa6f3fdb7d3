package sla

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
)

// ReleaseClaims asks to give back what somebody has claimed more than a working day
// ago and not done anything with since (domain: approval.md §2, 12).
func ReleaseClaims(tx *gorm.DB, now time.Time) error {
	c, err := Load(tx, models.DateOf(now))
	if err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	idle, err := process.IdleClaims(tx, now.AddDate(0, 0, -1))
	if err != nil {
		return err
	}
	a := acting(now)
	for _, claim := range idle {
		if c.later(claim.At, 1).After(now) {
			continue
		}
		o := outbox.Outgoing{
			ID: fmt.Sprintf("release:%d:%d", claim.Task, claim.ID), Kind: outbox.OutRelease, Target: fmt.Sprint(claim.Root),
			Payload: models.JSONOf(process.Release{Task: claim.Task, Person: claim.Person}),
		}
		var n int64
		if err := tx.Model(&outbox.Outgoing{}).Where("id = ?", o.ID).Count(&n).Error; err != nil {
			return fmt.Errorf("claims: %w", err)
		}
		if n > 0 {
			continue
		}
		if err := outbox.Send(tx, a, o); err != nil {
			return err
		}
	}
	return nil
}
