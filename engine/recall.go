package engine

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// recallWithin is how long after his decision an approver may take it back (domain: approval.md §2, "recall").
const recallWithin = 24 * time.Hour

// recallable is a decision that its maker may take back as long as nothing has
// happened with the tasks that it opened.
type recallable struct {
	Element string      `json:"e"`
	Task    int64       `json:"t"`
	Person  string      `json:"p"`
	At      time.Time   `json:"at"`
	Seats   []seat.Seat `json:"s"` // as they stood before
	Opened  []int64     `json:"o"` // tasks
}

// decided remembers in a step which decision has ended an approval.
type decided struct {
	scope  *node
	made   recallable
	joined bool // a join has swallowed tokens of others: they would be missing after a recall
}

// noteDecision keeps the decision of a step, if it can be taken back: it led to
// tasks behind it and to nothing else, and ended nothing.
func (x *exec) noteDecision() {
	d := x.decision
	if d == nil || d.joined || d.scope.gone {
		return
	}
	later := behind(d.scope.el.proc.elements[d.made.Element])
	for _, e := range x.effects {
		switch e := e.(type) {
		case JobOpened, MessageThrown, SignalThrown, SubscriptionOpened, InstanceEnded, IncidentRaised:
			return
		case ElementLeft:
			if e.Outcome != Completed {
				return
			}
		case TaskOpened:
			if !x.lies(e.Task.Key, d.scope, later) {
				return
			}
			d.made.Opened = append(d.made.Opened, e.Task.Key)
		}
	}
	if len(d.made.Opened) > 0 {
		d.scope.Recall = append(slices.DeleteFunc(d.scope.Recall, func(u recallable) bool { return u.Element == d.made.Element }), d.made)
	}
}

// lies reports whether a task is, or lies in, an element of the scope at one of the places.
func (x *exec) lies(task int64, scope *node, places bits) bool {
	for n := x.s.owners[task]; n != nil; n = n.parent {
		if n.parent == scope {
			return !n.el.eventSub && places.has(n.el.index)
		}
	}
	return false
}

// takeBack lets the maker of a decision have his task again; the tasks that it
// opened are gone, and so is his verdict. Verdicts of others on the task stay.
func (x *exec) takeBackDecision() error {
	scope, u := x.decisionOf(x.ev.Key)
	if n := x.s.owners[x.ev.Key]; u == nil && n != nil && n.Task != nil && n.Task.Key == x.ev.Key && n.Now == nil &&
		n.el.user.approval != nil {
		if n.el.user.recallOpen {
			return x.takeBackVerdict(n)
		}
	}
	if u == nil {
		_, err := x.taskNode()
		if r := (*Refusal)(nil); errors.As(err, &r) && r.Code != "task-closed" {
			return err
		}
		return refuse("nothing-to-recall", "the decision cannot be taken back any more")
	}
	el := scope.el.proc.elements[u.Element]
	switch a := x.ev.Actor; {
	case a == nil || a.Person != u.Person:
		return refuse("not-your-task", "only who decided can take it back")
	case el == nil || !slices.Contains(el.user.operations, "recall") || el.user.recallOpen || !x.recallAllowed(scope, el):
		return refuse("operation-not-allowed", "this task does not allow %q", "recall")
	case x.in.Now.Sub(u.At) > recallWithin:
		return refuse("recall-too-late", "the decision is older than a day")
	case utf8.RuneCountInString(strings.TrimSpace(x.ev.Reason)) < 5:
		return refuse("reason-required", "give a reason of at least %d characters", 5)
	}
	for _, key := range u.Opened {
		if n := x.s.owners[key]; n == nil || n.Task == nil || n.Task.Key != key || n.Task.Version != 1 || n.suspended() {
			return refuse("recall-acted", "somebody has acted on what the decision led to")
		}
	}
	scope.Signed = slices.DeleteFunc(scope.Signed, func(s signed) bool { return s.Task == u.Task })
	var own []int
	for i := range u.Seats {
		if s := &u.Seats[i]; s.State == seat.Active && (s.Actor == u.Person || s.Principal == u.Person || s.Actor == "") {
			own = append(own, s.No)
		}
	}
	x.emit(VerdictsVoided{Task: u.Task, Seats: own, Cause: "recall"})
	x.reseat = u
	x.rewind(scope, el, nil, "recall", nil)
	return nil
}

// recallAllowed asks the model whether a decision may be taken back.
func (x *exec) recallAllowed(scope *node, el *element) bool {
	if el.user.recall == nil {
		return true
	}
	v, _ := x.eval(scope, el.user.recall, nil)
	return v == feel.Value(true)
}

// takeBackVerdict lets somebody take back his own verdict in an approval that is
// not decided yet, where the model says "open".
func (x *exec) takeBackVerdict(n *node) error {
	a := x.ev.Actor
	switch {
	case a == nil:
		return refuse("no-actor", "only a person can take a verdict back")
	case !slices.Contains(n.el.user.operations, "recall"):
		return refuse("operation-not-allowed", "this task does not allow %q", "recall")
	case utf8.RuneCountInString(strings.TrimSpace(x.ev.Reason)) < 5:
		return refuse("reason-required", "give a reason of at least %d characters", 5)
	}
	seats := slices.Clone(n.Task.Seats)
	at := slices.IndexFunc(seats, func(s Seat) bool {
		return s.State == seat.Done && s.For == 0 && s.Actor == a.Person && (x.ev.Seat == 0 || s.No == x.ev.Seat)
	})
	switch {
	case at < 0:
		return refuse("nothing-to-recall", "you have decided nothing here that could be taken back")
	case x.in.Now.Sub(seats[at].SignedAt) > recallWithin:
		return refuse("recall-too-late", "the decision is older than a day")
	case n.policyOf().Kind == seat.Sequential && slices.ContainsFunc(seats[at+1:], func(s Seat) bool { return s.State == seat.Done }):
		return refuse("recall-acted", "somebody has acted on what the decision led to")
	}
	n.Task.Seats = seat.Reopen(n.policyOf(), seats, seats[at].No)
	x.emit(VerdictsVoided{Task: n.Task.Key, Seats: []int{seats[at].No}, Cause: "recall"})
	x.changed(n)
	return nil
}

// decisionOf finds the decision that closed a task.
func (x *exec) decisionOf(task int64) (*node, *recallable) {
	for _, n := range x.s.nodes {
		if n.gone {
			continue
		}
		for i := range n.Recall {
			if n.Recall[i].Task == task {
				u := n.Recall[i]
				return n, &u
			}
		}
	}
	return nil, nil
}
