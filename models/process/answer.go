package process

import (
	"fmt"

	"gorm.io/gorm"
)

// Before is what stands when an event is sent.
type Before struct {
	Outcome Outcome   `gorm:"embedded;embeddedPrefix:o_"` // of the event; empty where it has none
	Root    RootState `gorm:"embedded"`                   // key 0: there is no such instance
	Used    bool      // the event's key was used for a command of a register
}

// BeforeEvent reads what an event of a root instance is held against, in one statement.
func BeforeEvent(tx *gorm.DB, root int64, event string) (Before, error) {
	var rows []Before
	err := tx.Raw(`SELECT r.*, EXISTS (SELECT 1 FROM request_outcome WHERE id = ?) AS used,
		o.event AS o_event, o.root AS o_root, o.digest AS o_digest, o.verdict AS o_verdict, o.body AS o_body, o.at AS o_at,
		o.org_version AS o_org_version
		FROM (SELECT 1 AS one) AS always LEFT JOIN root_state r ON r.key = ? LEFT JOIN event_outcome o ON o.event = ?`, event, root, event).
		Scan(&rows).
		Error
	if err != nil {
		return Before{}, fmt.Errorf("before event %s of %d: %w", event, root, err)
	}
	return rows[0], nil
}

// Left is what an event left behind: the open tasks of its root instance and the one it was about.
type Left struct {
	Open    []Task
	Acted   *Task              // of whatever state; nil where there is none of that key
	Holders map[int64][]string // principals by task, in stable order
	Names   []Name             // of the holders who are persons
}

// Name is how a person is called.
type Name struct{ ID, Zh, En string }

// LeftBehind reads what is left of a root instance, and one more task, in one statement.
func LeftBehind(tx *gorm.DB, root, key int64) (Left, error) {
	var rows []struct {
		Task      Task `gorm:"embedded"`
		Principal string
		PersonID  string
		PersonZh  string
		PersonEn  string
	}
	err := tx.Raw(`SELECT t.*, c.principal, p.id AS person_id, p.name AS person_zh, p.name_en AS person_en
		FROM task t LEFT JOIN task_candidate c ON c.key = t.key LEFT JOIN person p ON p.id = c.principal
		WHERE (t.root = ? AND t.`+notClosed+`) OR t.key = ? ORDER BY t.key, c.principal`, root, key).
		Scan(&rows).
		Error
	if err != nil {
		return Left{}, fmt.Errorf("what is left of %d: %w", root, err)
	}
	left := Left{Holders: map[int64][]string{}}
	var last int64
	for _, r := range rows {
		if r.Principal != "" {
			left.Holders[r.Task.Key] = append(left.Holders[r.Task.Key], r.Principal)
		}
		if r.PersonID != "" {
			left.Names = append(left.Names, Name{r.PersonID, r.PersonZh, r.PersonEn})
		}
		if r.Task.Key == last {
			continue
		}
		last = r.Task.Key
		if r.Task.Key == key {
			left.Acted = &r.Task
		}
		if r.Task.Root == root && r.Task.State != TaskClosed {
			left.Open = append(left.Open, r.Task)
		}
	}
	return left, nil
}
