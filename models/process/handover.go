package process

import (
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Unhanded counts, by person, the open tasks that nobody else could do: those a
// person has claimed, those that name him, and those of a post that he alone
// holds (domain/access.md §7). They are handed over before he leaves.
func Unhanded(tx *gorm.DB, people ...string) (map[string]int, error) {
	out := map[string]int{}
	if len(people) == 0 {
		return out, nil
	}
	var rows []struct {
		Person string
		Tasks  int
	}
	err := tx.Raw(`SELECT person, COUNT(*) AS tasks FROM (
		SELECT assignee AS person, key FROM task WHERE state <> 'closed' AND assignee IN ?
		UNION SELECT principal, key FROM task_candidate WHERE principal IN ?
		UNION SELECT o.person_id, c.key FROM task_candidate c JOIN post_now o ON o.id = c.principal WHERE o.person_id IN ? AND NOT EXISTS (
			SELECT 1 FROM task_candidate d LEFT JOIN post_now q ON q.id = d.principal JOIN person h ON h.id = COALESCE(q.person_id, d.principal)
			WHERE d.key = c.key AND h.active AND h.id <> o.person_id)
		) open_ones GROUP BY person`, people, people, people).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("tasks to be handed over: %w", err)
	}
	for _, r := range rows {
		out[r.Person] = r.Tasks
	}
	return out, nil
}

// HandedOver refuses to let a person go who has tasks that nobody else could do.
func HandedOver(tx *gorm.DB, person string) error {
	open, err := Unhanded(tx, person)
	if err != nil {
		return err
	}
	if n := open[person]; n > 0 {
		return models.Refuse("handover-needed", "person", person, "count", strconv.Itoa(n))
	}
	return nil
}
