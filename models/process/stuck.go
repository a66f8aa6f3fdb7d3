package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// StuckRoot is an open root instance that nothing can move any more: no task, open
// or suspended, no timer, no message or signal that it waits for, no job, no incident.
type StuckRoot struct {
	Root        int64
	Step        int64
	Since       time.Time // when it last moved
	ToldAt      time.Time
	Process     string
	Project     string
	BusinessKey string
}

// stuckRoots is the one question, answered from an index for each kind of wait.
const stuckRoots = `SELECT r.key AS root, r.step, r.updated_at AS since, r.process, r.project, r.business_key FROM root_state r
	WHERE r.open AND r.updated_at < ?
	AND NOT EXISTS (SELECT 1 FROM task w WHERE w.root = r.key AND w.` + notClosed + `)
	AND NOT EXISTS (SELECT 1 FROM timer w WHERE w.root = r.key)
	AND NOT EXISTS (SELECT 1 FROM subscription w WHERE w.root = r.key)
	AND NOT EXISTS (SELECT 1 FROM job w WHERE w.root = r.key)
	AND NOT EXISTS (SELECT 1 FROM incident w WHERE w.root = r.key AND w.resolved_at IS NULL)`

// NoteStuck brings the alarm up to date and returns the cases that are new to it,
// limit at most: those that have stood still since the moment given. What has moved
// on leaves the alarm.
func NoteStuck(tx *gorm.DB, before, now time.Time, limit int) ([]StuckRoot, error) {
	before, now = before.UTC(), models.Stamp(now)
	err := tx.Exec(
		`DELETE FROM stuck_root WHERE NOT EXISTS (SELECT 1 FROM (`+stuckRoots+`) s WHERE s.root = stuck_root.root AND s.step = stuck_root.step)`,
		before,
	).Error
	if err != nil {
		return nil, fmt.Errorf("cases that have moved on: %w", err)
	}
	var fresh []StuckRoot
	err = tx.Raw(stuckRoots+` AND NOT EXISTS (SELECT 1 FROM stuck_root k WHERE k.root = r.key) ORDER BY r.key LIMIT ?`, before, limit).
		Scan(&fresh).
		Error
	if err != nil {
		return nil, fmt.Errorf("cases that stand still: %w", err)
	}
	for i, s := range fresh {
		fresh[i].ToldAt = now
		if err := tx.Exec(`INSERT INTO stuck_root (root, step, since, told_at) VALUES (?, ?, ?, ?)`, s.Root, s.Step, s.Since.UTC(),
			now).Error; err != nil {
			return nil, fmt.Errorf("alarm for case %d: %w", s.Root, err)
		}
	}
	return fresh, nil
}

// StuckRoots lists the cases of the alarm, those that have stood longest first.
func StuckRoots(tx *gorm.DB, limit int) ([]StuckRoot, error) {
	var all []StuckRoot
	err := tx.Raw(`SELECT k.root, k.step, k.since, k.told_at, r.process, r.project, r.business_key FROM stuck_root k JOIN root_state r
		ON r.key = k.root
		ORDER BY k.since, k.root LIMIT ?`, limit).
		Scan(&all).
		Error
	if err != nil {
		return nil, fmt.Errorf("cases that stand still: %w", err)
	}
	return all, nil
}
