package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// RecordOverdue records, once each, open tasks whose due time has passed: an
// entry in the audit of their case, which duty reports read, and a notice to
// their holders. It returns how many it recorded, at most limit.
func RecordOverdue(tx *gorm.DB, now time.Time, limit int) (int, error) {
	var late []Task
	err := tx.Where("state = ? AND due_at < ? AND escalated = 0", TaskOpen, now.UTC()).Order("due_at, key").Limit(limit).Find(&late).Error
	if err != nil {
		return 0, fmt.Errorf("overdue tasks: %w", err)
	}
	a := Acting{Person: System, At: now, BusinessDate: DateOf(now)}
	for _, t := range late {
		claimed := tx.Exec(`UPDATE task SET escalated = 1 WHERE key = ? AND escalated = 0 AND state = ?`, t.Key, TaskOpen)
		if claimed.Error != nil {
			return 0, fmt.Errorf("overdue task %d: %w", t.Key, claimed.Error)
		}
		if claimed.RowsAffected == 0 {
			continue // done or recorded in the meantime
		}
		holders, err := Holders(tx, t.Key)
		if err != nil {
			return 0, fmt.Errorf("holders of task %d: %w", t.Key, err)
		}
		err = Audit(tx, fmt.Sprintf("i:%d", t.Root), a, AuditEntry{
			Action: "task.overdue", Subject: fmt.Sprintf("task:%d", t.Key), Project: t.Project,
			Detail: JSONOf(map[string]any{"element": t.Element, "due": t.DueAt.UTC().Format(time.RFC3339), "holders": holders}),
		})
		if err != nil {
			return 0, err
		}
		if err := Notify(tx, Notice{Kind: "task", Key: fmt.Sprint(t.Key), Project: t.Project, Dept: t.Dept, Persons: holders}); err != nil {
			return 0, err
		}
	}
	return len(late), nil
}
