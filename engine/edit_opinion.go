package engine

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine/seat"
)

// editOpinion puts new words in place of an opinion while the token is still there
// (domain: approval.md §2, 37). What he decided stays, and the words before stay
// in the thread; once the token has left there are additions only.
func (x *exec) editOpinion(n *node) error {
	a, words := x.ev.Actor, strings.TrimSpace(x.ev.Opinion)
	if a == nil {
		return refuse("no-actor", "only a person has an opinion")
	}
	i := slices.IndexFunc(n.Task.Seats, func(s seat.Seat) bool {
		return s.State == seat.Done && s.Actor == a.Person && (x.ev.Seat == 0 || x.ev.Seat == s.No)
	})
	switch {
	case i < 0:
		return refuse("no-opinion-yet", "%s has not decided in this task", a.Person)
	case words == "":
		return refuse("opinion-required", "say the new opinion")
	}
	n.Task.Seats = slices.Clone(n.Task.Seats)
	n.Task.Seats[i].Opinion = words
	x.changed(n)
	return nil
}
