package sla

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Sweep moves each open task to the stage that its clock has reached, in a
// transaction of its own, and counts again those that an older calendar counted.
// It returns how many tasks reached a stage.
func Sweep(ctx context.Context, db *models.DB, now time.Time) (int, error) {
	read := db.Read(ctx)
	c, err := Load(read, models.DateOf(now))
	if err != nil {
		return 0, fmt.Errorf("clocks of tasks: %w", err)
	}
	var open []process.Task
	err = read.Select("key, root, due_at, due_workdays, escalated, calendar").
		Where("state = ? AND due_at IS NOT NULL AND (escalated < ? OR calendar BETWEEN 1 AND ?)", process.TaskOpen, len(table),
			c.Calendar.Version-1).
		Order("due_at, key").Find(&open).Error
	if err != nil {
		return 0, fmt.Errorf("running clocks: %w", err)
	}
	n := 0
	var errs []error
	for _, t := range open {
		if !c.stale(t) && c.Stage(*t.DueAt, t.DueWorkdays, now) <= Stage(t.Escalated) {
			continue
		}
		var moved bool
		err := db.Tx(ctx, func(tx *gorm.DB) (err error) {
			moved, err = c.advance(tx, t, now)
			return err
		})
		if err != nil {
			errs = append(errs, err)
		} else if moved {
			n++
		}
	}
	return n, errors.Join(errs...)
}

// advance moves a task to its stage. Stages that were missed, because nobody
// swept, are recorded each, but people are told the last one only.
func (c Clock) advance(tx *gorm.DB, seen process.Task, now time.Time) (bool, error) {
	t, err := lock(tx, seen)
	if err != nil || t.State != process.TaskOpen || t.DueAt == nil {
		return false, err
	}
	a := acting(now)
	if c.stale(t) {
		if _, err := c.recount(tx, a, &t); err != nil {
			return false, err
		}
	}
	from, to := Stage(t.Escalated), c.Stage(*t.DueAt, t.DueWorkdays, now)
	if to <= from {
		return false, nil
	}
	claimed := tx.Exec(`UPDATE task SET escalated = ? WHERE key = ? AND escalated = ? AND state = ?`, to, t.Key, from, process.TaskOpen)
	if claimed.Error != nil || claimed.RowsAffected == 0 {
		return false, claimed.Error
	}
	held, err := process.Holders(tx, t.Key)
	if err != nil {
		return false, fmt.Errorf("holders of task %d: %w", t.Key, err)
	}
	for _, r := range table[from:to] {
		err := audit.Audit(tx, chain(t), a, audit.AuditEntry{
			Action: "task." + r.name, Subject: subject(t), Project: t.Project,
			Detail: models.JSONOf(map[string]any{
				"element": t.Element, "due": t.DueAt.UTC().Format(time.RFC3339),
				"since": r.after(c, *t.DueAt, t.DueWorkdays).UTC().Format(time.RFC3339), "holders": held,
			}),
		})
		if err != nil {
			return false, err
		}
		if r.record {
			if err := record(tx, a, t, held); err != nil {
				return false, err
			}
		}
	}
	if err := c.tell(tx, t, to, now); err != nil {
		return false, err
	}
	if from < Overdue && to >= Overdue {
		if err := timeout(tx, a, t); err != nil {
			return false, err
		}
	}
	return true, models.Notify(tx, models.Notice{Kind: "task", Key: fmt.Sprint(t.Key), Project: t.Project, Dept: t.Dept, Persons: held})
}

// tell tells of a stage everybody whom it and those before it concern.
func (c Clock) tell(tx *gorm.DB, t process.Task, to Stage, now time.Time) error {
	var people []string
	for _, r := range table[:to] {
		if r.joins == nil {
			continue
		}
		more, err := r.joins(tx, t.Key)
		if err != nil {
			return err
		}
		people = append(people, more...)
	}
	r := table[to-1]
	matter, err := matterOf(tx, t)
	if err != nil {
		return err
	}
	day := models.DateOf(*t.DueAt)
	args := map[string]string{"task": t.Name, "taskEn": t.NameEn, "matter": matter, "due": string(day)}
	if late := c.Calendar.Between(day, models.DateOf(now)); late > 0 {
		args["days"] = strconv.Itoa(late)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf(
			"sla:%d:%s:%s", t.Key, r.name, day,
		), Kind: r.kind(), Subject: subject(t), Args: models.JSONOf(args), CreatedAt: now,
	}, people...)
}

// lease is how long a statement may wait for a step that is under way.
const lease = 5 * time.Second

// lock keeps steps of the task's instance away until the transaction ends, and reads it as it is now.
func lock(tx *gorm.DB, t process.Task) (process.Task, error) {
	if _, err := process.LockRoot(tx, t.Root, lease); err != nil {
		return t, err
	}
	now, err := process.TaskByKey(tx, t.Key)
	if err != nil {
		return t, fmt.Errorf("task %d: %w", t.Key, err)
	}
	return now, nil
}

func acting(now time.Time) models.Acting {
	return models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
}

func chain(t process.Task) string   { return fmt.Sprintf("i:%d", t.Root) }
func subject(t process.Task) string { return fmt.Sprintf("task:%d", t.Key) }

// matterOf is what a task is about, in a word: the project's name, or the number of an issue.
func matterOf(tx *gorm.DB, t process.Task) (string, error) {
	var name string
	if err := tx.Raw("SELECT name FROM project WHERE code = ?", t.Project).Scan(&name).Error; err != nil {
		return "", fmt.Errorf("project of task %d: %w", t.Key, err)
	}
	if name == "" {
		name = t.BusinessKey
	}
	return name, nil
}
