package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Release is a claim that goes back to the others who could take the task.
type Release struct {
	Task   int64  `json:"task"`
	Person string `json:"person"`
}

// IdleClaims are claims of open tasks from before a moment after which their
// persons have neither done anything with the task nor saved a draft of it.
func IdleClaims(tx *gorm.DB, before time.Time) ([]TaskAct, error) {
	var claims []TaskAct
	err := tx.Raw(`SELECT a.* FROM task_act a JOIN task t ON t.key = a.task WHERE a.operation = 'claim' AND a.at < ? AND t.state = ?
		AND NOT EXISTS (SELECT 1 FROM task_act b WHERE b.task = a.task AND b.id > a.id AND (b.person = a.person OR b.operation NOT IN ?))
		AND NOT EXISTS (SELECT 1 FROM task_draft d WHERE d.task = a.task AND d.person = a.person AND d.saved_at > a.at) ORDER BY a.id LIMIT 500`,
		before.UTC(), TaskOpen, Remarks).Scan(&claims).Error
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return claims, nil
}
