package sla

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/process"
)

// audience finds who is told of a task; the order is stable.
type audience func(tx *gorm.DB, task int64) ([]string, error)

func holders(tx *gorm.DB, task int64) ([]string, error) { return process.Holders(tx, task) }

// sectionHeads lead the departments in which the task lies; where a department
// has none, the bureau's section head looks after it.
func sectionHeads(tx *gorm.DB, task int64) ([]string, error) {
	const heads = `SELECT DISTINCT o.person_id FROM post_now o JOIN person p ON p.id = o.person_id AND p.active
		WHERE o.role IN ('APPLY_LEADER', 'BUREAU_CHIEF')
		AND o.dept_id IN (SELECT h.dept_id FROM task_candidate c JOIN post_now h ON h.id = c.principal OR h.person_id = c.principal
		AND h.is_primary WHERE c.key = ?) ORDER BY 1`
	var ids []string
	if err := tx.Raw(heads, task).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("section heads of task %d: %w", task, err)
	}
	if len(ids) > 0 {
		return ids, nil
	}
	return inRole(tx, "BUREAU_CHIEF")
}

// deputies are the bureau's deputy directors (分管副局长).
func deputies(tx *gorm.DB, _ int64) ([]string, error) { return inRole(tx, "BUREAU_DEPUTY") }

func inRole(tx *gorm.DB, role string) ([]string, error) {
	var ids []string
	err := tx.Raw(`SELECT DISTINCT o.person_id FROM post_now o JOIN person p ON p.id = o.person_id AND p.active WHERE o.role = ?
		ORDER BY 1`, role).
		Scan(&ids).
		Error
	if err != nil {
		return nil, fmt.Errorf("who is %s: %w", role, err)
	}
	return ids, nil
}
