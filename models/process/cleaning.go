package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// How long what is only a convenience is kept. The outcomes of events are not
// among it: they are what makes a step happen once, and stay as long as its case.
const (
	keepSession = 24 * time.Hour       // after its end; the audit keeps that it was
	keepAttempt = 24 * time.Hour       // longer than any lock
	KeepAnswer  = 30 * 24 * time.Hour  // of a register command, for its Idempotency-Key
	keepDraft   = 365 * 24 * time.Hour // domain/compliance.md §6
	keepClosed  = 30 * 24 * time.Hour  // a draft of a task that is closed
)

// Clean deletes what nobody needs any more: ended sessions, old wrong
// passwords, kept answers, and drafts.
func Clean(tx *gorm.DB, now time.Time) error {
	ago := func(d time.Duration) time.Time { return now.UTC().Add(-d) }
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{"DELETE FROM session WHERE expires_at < ?", []any{ago(keepSession)}},
		{"DELETE FROM sign_in_attempt WHERE since < ?", []any{ago(keepAttempt)}},
		{"DELETE FROM request_outcome WHERE at < ?", []any{ago(KeepAnswer)}},
		{"DELETE FROM task_draft WHERE saved_at < ? OR saved_at < ? AND EXISTS (SELECT 1 FROM task t WHERE t.key = task_draft.task " +
			"AND t.state = ?)",
			[]any{ago(keepDraft), ago(keepClosed), TaskClosed}},
	} {
		if err := tx.Exec(s.sql, s.args...).Error; err != nil {
			return fmt.Errorf("clean: %w", err)
		}
	}
	return nil
}
