package sla

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
)

// timeout asks for what the model says of a task whose time is over (qc:sla late):
// once for a due time, through the workflow, as every move of a token.
func timeout(tx *gorm.DB, a models.Acting, t process.Task) error {
	d, err := t.Details()
	if err != nil {
		return fmt.Errorf("task %d: %w", t.Key, err)
	}
	if !d.ActsLate() {
		return nil
	}
	o := outbox.Outgoing{
		ID: fmt.Sprintf("timeout:%d:%d", t.Key, t.DueAt.UnixMilli()), Kind: outbox.OutTimeout, Target: fmt.Sprint(t.Root),
		Project: t.Project, Payload: models.JSONOf(process.Overdue{Task: t.Key}),
	}
	var n int64
	if err := tx.Model(&outbox.Outgoing{}).Where("id = ?", o.ID).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	return outbox.Send(tx, a, o)
}
