package engine

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine/seat"
)

// lateDecisions are what somebody may have decided away from the system.
var lateDecisions = []string{"agree", "disagree", "abstain"}

// lateSign signs a seat for who has decided on paper before (补签, domain:
// approval.md §2, 36): To says who, Mode what, DecidedAt when, Evidence by what it
// is known. The actor is the second person, who has looked at the evidence.
func (x *exec) lateSign(n *node) error {
	ev, a := x.ev, x.ev.Actor
	switch {
	case n.plan() == nil || !slices.Contains(lateDecisions, ev.Mode) || !slices.Contains(n.operations(), ev.Mode):
		return refuse("operation-not-allowed", "this task does not allow %q", orID(ev.Mode, "lateSign"))
	case ev.Evidence == "":
		return refuse("evidence-required", "a late signature needs the paper that it was given on")
	case ev.DecidedAt.IsZero() || ev.DecidedAt.After(x.in.Now):
		return refuse("decided-at-required", "say when it was decided, not later than now")
	case strings.TrimSpace(ev.Opinion) == "":
		return refuse("opinion-required", "say the opinion that is on the paper")
	case a == nil || a.Person == ev.To:
		return refuse("second-person-needed", "another person than %s confirms it", ev.To)
	case ev.Seat < 1 || ev.Seat > len(n.Task.Seats):
		return refuse("no-such-seat", "the task has no seat %d", ev.Seat)
	}
	s := n.Task.Seats[ev.Seat-1]
	by := seat.By{Person: ev.To}
	if s.Actor == "" {
		if x.in.Org == nil || !slices.Contains(x.roster().Holders(s.Group), ev.To) {
			return refuse("not-your-task", "%s does not hold seat %d", ev.To, ev.Seat)
		}
	} else if !s.HeldBy(by) {
		return refuse("not-your-task", "%s does not hold seat %d", ev.To, ev.Seat)
	}
	signing := *ev
	signing.Operation, signing.Mode, signing.To, signing.Reason = ev.Mode, "", "", ev.Reason
	signing.Actor = &Actor{Person: ev.To, Post: s.Group}
	x.ev = &signing
	return x.decide(n)
}
