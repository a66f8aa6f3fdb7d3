package process

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// What is handed over beside tasks. HandoverItem.Task is then the id of the thing.
const (
	HandDraft      = "draft"      // of a matter that was not begun: it goes to somebody
	HandDeputyship = "deputyship" // given or taken: it ends (domain/access.md §7)
)

// HandStartDraft gives a draft of who leaves to somebody else. What is gone since is
// a refusal "not-held".
func HandStartDraft(tx *gorm.DB, a models.Acting, id int64, from, to string) error {
	d, err := StartDraftOf(tx.Clauses(clause.Locking{Strength: "UPDATE"}), from, id)
	if errors.Is(err, ErrNotFound) {
		return models.Refuse("not-held")
	}
	if err != nil {
		return fmt.Errorf("draft %d: %w", id, err)
	}
	var n int64
	if err := tx.Model(&StartDraft{}).Where("person = ?", to).Count(&n).Error; err != nil {
		return fmt.Errorf("drafts of %s: %w", to, err)
	}
	if n >= MaxStartDrafts {
		return models.Refuse("too-many-drafts", "most", fmt.Sprint(MaxStartDrafts))
	}
	err = tx.Model(&StartDraft{}).Where("id = ? AND person = ?", id, from).
		Updates(map[string]any{"person": to, "revision": d.Revision + 1}).Error
	if err != nil {
		return fmt.Errorf("draft %d: %w", id, err)
	}
	return audit.Audit(tx, handoverChain, a, audit.AuditEntry{
		Action: "draft.handed", Subject: fmt.Sprintf("draft:%d", id), Detail: models.JSONOf(map[string]string{"from": from, "to": to}),
	})
}

// HandTaskDraft lets what somebody has typed into a task go along with it, unless the
// receiver has typed something himself.
func HandTaskDraft(tx *gorm.DB, a models.Acting, task int64, from, to string) error {
	if _, err := TaskDraftOf(tx, task, to); !errors.Is(err, ErrNotFound) {
		return err
	}
	done := tx.Model(&TaskDraft{}).Where("task = ? AND person = ?", task, from).Update("person", to)
	if done.Error != nil {
		return fmt.Errorf("draft of task %d: %w", task, done.Error)
	}
	if done.RowsAffected == 0 {
		return nil
	}
	return audit.Audit(tx, handoverChain, a, audit.AuditEntry{
		Action: "draft.handed", Subject: fmt.Sprintf("task:%d", task), Detail: models.JSONOf(map[string]string{"from": from, "to": to}),
	})
}
