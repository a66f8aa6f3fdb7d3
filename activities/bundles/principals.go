package bundles

import (
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
)

// Principals are whose inboxes a task lies in: the holder; of an approval the
// active seats; else persons and posts that may take it. A post with a single
// holder is that person: nobody else could claim the task before him.
func Principals(t engine.Task, in engine.Input) []string {
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
		if holders := in.Org.At(in.Now).Holders(p); len(holders) == 1 && len(to) == 1 {
			to[i] = holders[0]
		}
	}
	return to
}
