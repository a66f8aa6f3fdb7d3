package process

import (
	"fmt"

	"gorm.io/gorm"
)

// StepsFor are the tasks of a project's cases that were for posts of a unit: the
// step of each, by the task's key.
func StepsFor(tx *gorm.DB, project, unit string) (map[int64]string, error) {
	var rows []struct {
		Key     int64
		Element string
	}
	err := tx.Raw(`SELECT key, element FROM task WHERE project = ? AND CAST(detail AS TEXT) LIKE ? ORDER BY key`, project, `%@`+unit+`"%`).
		Scan(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("steps of %s in %s: %w", unit, project, err)
	}
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Element
	}
	return out, nil
}

// HasTaskIn reports whether a person has, or has done, a task of a project.
func HasTaskIn(tx *gorm.DB, project, person string, posts []string) (bool, error) {
	var n int64
	err := tx.Raw(`SELECT (SELECT count(*) FROM task_candidate c JOIN task t ON t.key = c.key WHERE t.project = ? AND c.principal IN ?)
		+ (SELECT count(*) FROM task_done d JOIN task t ON t.key = d.task WHERE t.project = ?
		AND d.person = ?)`, project, append([]string{person}, posts...), project, person).Scan(&n).Error
	if err != nil {
		err = fmt.Errorf("tasks of %s in %s: %w", person, project, err)
	}
	return n > 0, err
}

// CommandsIn are the commands of a project's tasks, by their keys.
func CommandsIn(tx *gorm.DB, project string) (map[int64]string, error) {
	var rows []struct {
		Key     int64
		Command string
	}
	if err := tx.Raw("SELECT key, command FROM task WHERE project = ? AND command <> ''", project).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("commands of the tasks of %s: %w", project, err)
	}
	out := make(map[int64]string, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Command
	}
	return out, nil
}
