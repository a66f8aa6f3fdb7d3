package sla

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/process"
)

// Publish adds years to the calendar, or corrects them, and counts every running
// clock again, all in the caller's transaction. It returns the new calendar and
// how many due times moved.
func Publish(tx *gorm.DB, a models.Acting, years map[string]calendar.Year, source string) (*calendar.Calendar, int, error) {
	days, err := calendar.Publish(tx, a, years, source)
	if err != nil {
		return nil, 0, err
	}
	rules, err := rulesOn(tx, models.DateOf(a.At))
	if err != nil {
		return nil, 0, err
	}
	c := Clock{days, rules}
	var running []process.Task
	err = tx.Select("key, root").
		Where("state <> ? AND calendar BETWEEN 1 AND ?", process.TaskClosed, days.Version-1).
		Order("root, key").
		Find(&running).
		Error
	if err != nil {
		return nil, 0, fmt.Errorf("running clocks: %w", err)
	}
	n := 0
	for _, seen := range running {
		t, err := lock(tx, seen)
		if err != nil {
			return nil, n, err
		}
		if t.State == process.TaskClosed {
			continue
		}
		moved, err := c.recount(tx, a, &t)
		if err != nil {
			return nil, n, err
		}
		if moved {
			n++
		}
	}
	return days, n, audit.Audit(tx, "r:calendar", a, audit.AuditEntry{
		Action: "recount", Subject: fmt.Sprintf("calendar:%d", days.Version),
		Detail: models.JSONOf(map[string]int{"running": len(running), "moved": n}),
	})
}

// stale reports whether an older calendar counted a task's due time.
func (c Clock) stale(t process.Task) bool { return t.Calendar > 0 && t.Calendar < c.Calendar.Version }

// recount counts a task's due time again, and reports whether it moved.
func (c Clock) recount(tx *gorm.DB, a models.Acting, t *process.Task) (bool, error) {
	pauses, err := pausesOf(tx, t.Key)
	if err != nil {
		return false, err
	}
	next := c.Due(t.CreatedAt, t.DueWorkdays, pauses).UTC()
	before := *t.DueAt
	t.DueAt, t.Calendar = &next, c.Calendar.Version
	t.Escalated = min(t.Escalated, int(c.Stage(next, t.DueWorkdays, a.At))) // a new due time can be missed anew
	err = tx.Model(&process.Task{}).
		Where("key = ?", t.Key).
		Updates(map[string]any{"due_at": next, "calendar": t.Calendar, "escalated": t.Escalated}).
		Error
	if err != nil {
		return false, fmt.Errorf("due time of task %d: %w", t.Key, err)
	}
	if next.Equal(before) {
		return false, nil
	}
	if err := process.MoveInInboxes(tx, t.Key, next); err != nil {
		return false, err
	}
	err = audit.Audit(tx, chain(*t), a, audit.AuditEntry{
		Action: "task.due-moved", Subject: subject(*t), Project: t.Project,
		Detail: models.JSONOf(
			map[string]any{"from": before.UTC().Format(time.RFC3339), "to": next.Format(time.RFC3339), "calendar": t.Calendar},
		),
	})
	if err != nil {
		return false, err
	}
	held, err := process.Holders(tx, t.Key)
	if err != nil {
		return false, fmt.Errorf("holders of task %d: %w", t.Key, err)
	}
	return true, models.Notify(tx, models.Notice{Kind: "task", Key: fmt.Sprint(t.Key), Project: t.Project, Dept: t.Dept, Persons: held})
}
