package process

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Recallable refuses to let a person take his decision on a task back after
// somebody else has said something about what followed.
func Recallable(tx *gorm.DB, t Task, person string) error {
	if t.ClosedAt == nil {
		return nil
	}
	var n int64
	err := tx.Model(&TaskAct{}).
		Where("root = ? AND operation = 'comment' AND at >= ? AND person <> ?", t.Root, *t.ClosedAt, person).
		Count(&n).
		Error
	if err != nil {
		return fmt.Errorf("comments after task %d: %w", t.Key, err)
	}
	if n > 0 {
		return models.Refuse("recall-acted")
	}
	return nil
}
