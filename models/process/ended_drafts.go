package process

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// orphan is a draft whose owner held his last post in a unit that has ended.
type orphan struct {
	ID     int64
	Person string
	Role   string
	Heir   string // the unit that took over at last
}

// HandEndedDrafts gives the drafts of people who hold no post any more, because
// their unit has ended, to the unit that took over: to who holds the same role
// there, else to its head (domain/access.md §7). Where nobody is, a draft stays. It
// says how many it gave.
func HandEndedDrafts(tx *gorm.DB, now time.Time) (given int, err error) {
	now = models.Stamp(now)
	var all []orphan
	err = tx.Raw(`SELECT d.id, d.person, q.role, h.heir FROM start_draft d JOIN post q ON q.person_id = d.person
		JOIN unit_heir h ON h.unit = q.dept_id JOIN dept u ON u.id = h.heir AND u.successor = ''
		WHERE h.since <= ? AND q.valid_to = (SELECT MAX(z.valid_to) FROM post z WHERE z.person_id = d.person)
		AND NOT EXISTS (SELECT 1 FROM post p WHERE p.person_id = d.person AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?))
		ORDER BY d.id, q.role LIMIT 200`, now, now, now).Scan(&all).Error
	if err != nil {
		return 0, fmt.Errorf("drafts of ended units: %w", err)
	}
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: "单位撤并"}
	done := map[int64]bool{}
	for _, o := range all {
		if done[o.ID] {
			continue
		}
		to, err := heirOf(tx, o, now)
		if err != nil {
			return given, err
		}
		if to == "" {
			continue
		}
		var full *models.Refusal
		switch err := HandStartDraft(tx, a, o.ID, o.Person, to); {
		case errors.As(err, &full): // the receiver keeps as many as he may: it waits
		case err != nil:
			return given, err
		default:
			done[o.ID] = true
			given++
		}
	}
	return given, nil
}

// heirOf is who takes a draft over: the same role first, then the smallest rank.
func heirOf(tx *gorm.DB, o orphan, now time.Time) (string, error) {
	var to []string
	err := tx.Raw(`SELECT p.person_id FROM post p JOIN person q ON q.id = p.person_id WHERE p.dept_id = ? AND q.active
		AND p.valid_from <= ? AND (p.valid_to IS NULL OR p.valid_to > ?)
		ORDER BY CASE WHEN p.role = ? THEN 0 ELSE 1 END, p.rank, p.person_id LIMIT 1`, o.Heir, now, now, o.Role).Scan(&to).Error
	if err != nil || len(to) == 0 {
		return "", err
	}
	return to[0], nil
}
