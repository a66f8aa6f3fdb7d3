package sla

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Supervise lets a leader have an eye on the open tasks of a case until the end of
// a day (督办). Each of them must have more time than that: a tighter clock it is,
// and the task's own stays. Their holders are told.
func Supervise(tx *gorm.DB, a models.Acting, root process.RootState, last models.Date) (int, error) {
	open, err := process.OpenTasks(tx, root.Key)
	if err != nil {
		return 0, err
	}
	due := last.Start().Add(24*time.Hour - time.Second)
	n, looser := 0, 0
	for _, t := range open {
		if t.DueAt != nil && !due.Before(*t.DueAt) {
			looser++
			continue
		}
		s := process.Supervision{
			Task: t.Key, Root: root.Key, Person: a.Person, Reason: a.Reason, DueAt: models.Stamp(due), At: models.Stamp(a.At),
		}
		if err := process.Supervise(tx, s); err != nil {
			return 0, err
		}
		err := audit.Audit(tx, chain(t), a, audit.AuditEntry{
			Action: "task.supervised", Subject: subject(t), Project: t.Project, Reason: a.Reason,
			Detail: models.JSONOf(map[string]any{"due": string(last), "element": t.Element}),
		})
		if err != nil {
			return 0, err
		}
		held, err := process.Holders(tx, t.Key)
		if err != nil {
			return 0, err
		}
		if err := tellSupervised(tx, "task-supervised", fmt.Sprintf("supervised:%d:%d", t.Key, a.At.UnixMilli()), t, s, a.At, held); err != nil {
			return 0, err
		}
		n++
	}
	switch {
	case len(open) == 0:
		return 0, models.Refuse("nothing-to-supervise")
	case n == 0 && looser > 0:
		return 0, models.Refuse("supervise-not-tighter", "due", string(models.DateOf(*open[0].DueAt)))
	}
	return n, nil
}

// SweepSupervisions tells holders and leaders of tasks that were not done by the
// day that a leader has set, each once.
func SweepSupervisions(tx *gorm.DB, now time.Time) error {
	over, err := process.OverSupervisions(tx, now, expiring)
	if err != nil {
		return fmt.Errorf("supervision: %w", err)
	}
	var errs []error
	for _, s := range over {
		errs = append(errs, supervisionOver(tx, s, now))
	}
	return errors.Join(errs...)
}

func supervisionOver(tx *gorm.DB, s process.Supervision, now time.Time) error {
	t, err := process.TaskByKey(tx, s.Task)
	if err != nil {
		return fmt.Errorf("supervised task %d: %w", s.Task, err)
	}
	held, err := process.Holders(tx, t.Key)
	if err != nil {
		return err
	}
	heads, err := sectionHeads(tx, t.Key)
	if err != nil {
		return err
	}
	err = audit.Audit(tx, chain(t), acting(now), audit.AuditEntry{
		Action: "task.supervision-over", Subject: subject(t), Project: t.Project,
		Detail: models.JSONOf(map[string]any{"due": s.DueAt.UTC().Format(time.RFC3339), "leader": s.Person, "holders": held}),
	})
	if err != nil {
		return err
	}
	if err := tellSupervised(tx, "supervision-over", fmt.Sprintf("supervision-over:%d", s.ID), t, s, now,
		append(append(held, heads...), s.Person)); err != nil {
		return err
	}
	return tx.Model(&s).Update("told_at", models.Stamp(now)).Error
}

func tellSupervised(
	tx *gorm.DB, kind office.NotificationKind, cause string, t process.Task, s process.Supervision, now time.Time, persons []string,
) error {
	matter, err := matterOf(tx, t)
	if err != nil {
		return err
	}
	var who office.Person
	if err := tx.Select("name", "name_en").Where("id = ?", s.Person).Limit(1).Find(&who).Error; err != nil {
		return fmt.Errorf("person %s: %w", s.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: cause, Kind: kind, Subject: subject(t), CreatedAt: now, Args: models.JSONOf(map[string]string{
			"task": t.Name, "taskEn": t.NameEn, "matter": matter, "who": who.Name, "whoEn": who.NameEn, "due": string(models.DateOf(s.DueAt)),
		}),
	}, persons...)
}
