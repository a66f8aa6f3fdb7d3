package bundles

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// Principals are whose inboxes a task lies in: the holder; of an approval the
// active seats; else persons and posts that may take it. A post with a single
// holder is that person: nobody else could claim the task before him.
func Principals(tx *gorm.DB, t engine.Task) ([]string, error) {
	var to []string
	for _, seat := range t.Seats {
		switch {
		case seat.State != "active":
		case seat.Actor != "":
			to = append(to, seat.Actor)
		case seat.Group != "":
			to = append(to, seat.Group)
		}
	}
	switch {
	case len(t.Seats) > 0:
	case t.Assignee != "":
		to = []string{t.Assignee}
	default:
		to = append(append(to, t.Users...), t.Groups...)
	}
	for i, p := range to {
		if role, dept := models.SplitPost(p); role == "" || dept == "" {
			continue
		}
		members, err := office.Members(tx, p)
		if err != nil {
			return nil, fmt.Errorf("members of %s: %w", p, err)
		}
		if len(members) == 1 && len(to) == 1 {
			to[i] = members[0]
		}
	}
	return to, nil
}
