package engine

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// tokenOperations are the operations on approvals that move the token without asking the seats.
var tokenOperations map[string]func(*exec, *node) error

func init() {
	tokenOperations = map[string]func(*exec, *node) error{"withdraw": (*exec).withdraw}
}

// returnTarget is the element a return leads to: what the actor chose, else what
// the model names.
func (x *exec) returnTarget(n *node) (*element, error) {
	target := n.plan().returnTo
	if id := x.ev.Element; id != "" {
		target = n.el.proc.elements[id]
	}
	if target == nil || !n.returnsTo(target) {
		return nil, refuse("no-such-target", "the task cannot be returned to %q", x.ev.Element)
	}
	return target, nil
}

// returnsTo reports whether a return of the task can lead to an element: a user
// task of its scope that was visited, or what the model names, visited or not (who
// began a case by a form has filled in no task), and that lies before it. What goes
// on beside the task does not.
func (n *node) returnsTo(target *element) bool {
	if target.scope != n.el.scope || target == n.el {
		return false
	}
	named := target == n.plan().returnTo
	return (named || target.user != nil && visited(n, target)) && behind(target).has(n.el.index)
}

// reachable is the set of elements that a token can reach from an element, itself included.
func reachable(from *element) bits {
	seen := newBits(len(from.proc.nodes))
	stack := []*element{from}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen.has(at.index) {
			continue
		}
		seen.set(at.index)
		for _, f := range at.out {
			stack = append(stack, f.target)
		}
		stack = append(stack, at.boundary...)
		if at.linkTo != nil {
			stack = append(stack, at.linkTo)
		}
	}
	return seen
}

// replay takes the token back to an element of the task's scope: everything that
// lies after it is cancelled, its verdicts are void, and the way is gone again
// (domain: approval.md §2, "return", mode replay).
func (x *exec) replay(n *node, target *element, cause string, voided []int) error {
	base := n
	if n.iteration() {
		base = n.parent
	}
	x.emitVoided(n, voided, cause)
	x.rewind(base.parent, target, n, cause, nil)
	return nil
}

// rewind takes the tokens of a scope that lie behind an element back to it. What
// branches beside it have done keeps counting: their tokens go on, or stand again
// on the joins that the rewound tokens had passed with them. A call activity is
// entered again where its process begins, or where into says.
func (x *exec) rewind(scope *node, target *element, acting *node, cause string, into *entry) {
	later := behind(target)
	scope.inflight++
	for _, c := range slices.Clone(scope.children) {
		if c.el.eventSub || !later.has(c.el.index) {
			continue
		}
		x.voidOpen(scope, c, acting, cause)
		x.terminate(c)
	}
	for _, a := range slices.Clone(scope.Arrived) {
		x.takeBack(scope, a, later)
	}
	x.voidSigned(scope, later, nil, cause)
	passed := func(id string) bool { el := scope.el.proc.elements[id]; return el == nil || later.has(el.index) }
	scope.Recall = slices.DeleteFunc(scope.Recall, func(u recallable) bool { return passed(u.Element) })
	scope.Resumes = slices.DeleteFunc(scope.Resumes, func(r resumption) bool {
		first, _, _ := strings.Cut(r.Target, "/")
		if passed(first) {
			x.lapsed(r, cause)
		}
		return passed(first)
	})
	x.standAgain(scope, target)
	x.sendIn(scope, target, into)
	x.landed(scope)
}

// voidOpen voids the verdicts given in approvals that are still open in a node. A
// scope that goes back keeps those that stand while nothing changes.
func (x *exec) voidOpen(scope, c, acting *node, cause string) {
	if c.Task != nil && c != acting {
		if seats := doneSeats(c); len(seats) > 0 {
			x.emit(VerdictsVoided{Task: c.Task.Key, Seats: seats, Cause: cause})
		}
	}
	for _, s := range c.Signed {
		x.emit(VerdictsVoided{Task: s.Task, Seats: s.Seats, Cause: cause})
		if s.At = s.place(c); scope != nil {
			scope.keep(s)
		}
	}
	for _, inner := range c.children {
		x.voidOpen(scope, inner, acting, cause)
	}
}

// takeBack drops the tokens at a join that came from later elements.
func (x *exec) takeBack(scope *node, a *arrival, later bits) {
	left := 0
	for slot := range a.Tokens {
		if later.has(a.place(slot)) {
			a.Tokens[slot] = 0
		}
		left += a.Tokens[slot]
	}
	if left == 0 {
		x.forget(scope, a)
	}
}

// withdraw lets the initiator take the matter back. Once somebody has decided, the
// holder of the task must consent: then he is the actor, and the event says who
// has asked him. From beyond the process of the application it always is so.
func (x *exec) withdraw(n *node) error {
	if !slices.Contains(n.operations(), "withdraw") {
		return refuse("operation-not-allowed", "this task does not allow %q", "withdraw")
	}
	initiator, _ := vars{x: x, n: n}.Get("initiator")
	a := x.ev.Actor
	asker := x.ev.Asked
	if asker == "" && a != nil {
		asker = a.Person
	}
	if a == nil || feel.Value(asker) != initiator {
		return refuse("not-the-initiator", "only who began the matter can withdraw it")
	}
	if x.ev.Asked != "" && (!x.heldBy(n, a) || a.Person == asker) {
		return refuse("not-your-task", "only the holder of the task can consent")
	}
	if l, ok := n.takenBackTo(x.p); ok {
		if x.ev.Asked == "" {
			return refuse("consent-required", "the matter has been accepted; the holder of the task must consent")
		}
		x.emitVoided(n, doneSeats(n), "withdraw")
		x.rewind(l.base.parent, l.to, n, "withdraw", entryAt(l.in, nil))
		return nil
	}
	target, err := x.returnTarget(n)
	if err != nil {
		return err
	}
	if x.ev.Asked != "" {
		return x.replay(n, target, "withdraw", doneSeats(n))
	}
	if n.decidedSince(target) {
		return refuse("consent-required", "somebody has decided already; the holder of the task must consent")
	}
	return x.replay(n, target, "withdraw", nil)
}

func (x *exec) emitVoided(n *node, seats []int, cause string) {
	if len(seats) > 0 {
		x.emit(VerdictsVoided{Task: n.Task.Key, Seats: seats, Cause: cause})
	}
}

// heldBy reports whether the actor has a task that is open, or a seat of it.
func (x *exec) heldBy(n *node, a *Actor) bool {
	if n.plan() == nil {
		return x.holds(n.Task)
	}
	return n.seatOf(a.by()) > 0
}

// decidedSince reports whether somebody has decided on the way from an element to
// the task, or in the task itself.
func (n *node) decidedSince(target *element) bool {
	if slices.ContainsFunc(n.Task.Seats, func(s Seat) bool { return s.State == seat.Done }) {
		return true
	}
	later := behind(target)
	return slices.ContainsFunc(n.parent.Signed, func(s signed) bool {
		el := n.parent.el.proc.elements[s.Element]
		return len(s.Seats) > 0 && el != nil && el != target && later.has(el.index)
	})
}

// jump lets an administrator move the token to another activity of the scope: back,
// as a return does, or forward past what lies between. Forward, other tokens stay
// where they are; whether all of them still find an end package verify knows. A
// jump never undoes a statutory approval that is signed.
func (x *exec) jump(n *node) error {
	if a := x.ev.Actor; a == nil || !a.Admin {
		return refuse("admin-only", "only a process administrator can move a token")
	}
	target := n.el.proc.elements[x.ev.Element]
	if target == nil || !n.jumpsTo(target) {
		return refuse("no-such-target", "the token cannot be moved to %q", x.ev.Element)
	}
	scope := n.parent
	if n.jumpsBack(target) {
		if el := scope.signedStatutory(behind(target)); el != nil {
			return refuse("statutory-signed", "%s is a statutory approval and signed; a jump must not undo it", el.id)
		}
		return x.replay(n, target, "jump", doneSeats(n))
	}
	if el := x.unsigned(n, target); el != nil {
		f := refuse("approval-unsigned", "the way demands %s, which is not signed in this round; a jump must not pass it", el.id)
		f.Args = map[string]string{"element": orID(el.name, el.id)}
		return f
	}
	scope.inflight++
	x.voidOpen(nil, n, nil, "jump")
	x.terminate(n)
	scope.dropResumption(n.Element)
	x.send(scope, target, nil)
	x.landed(scope)
	return nil
}

// jumpsTo reports whether the token of a task can be moved to an element at all:
// to where people work or something is waited for, in the scope of the task. What
// begins by an event or for compensation begins by nothing else, and work that a
// machine does outside is not begun twice or out of its turn.
func (n *node) jumpsTo(target *element) bool {
	switch {
	case target == n.el, target.scope != n.el.scope, n.iteration():
		return false
	case !target.kind.IsActivity(), target.eventSub, target.src.Activity.ForCompensation:
		return false
	}
	return target.job == nil && target.kind != bpmn.KindSendTask
}

// jumpsBack reports whether an element lies before the task, on the way that the token has come.
func (n *node) jumpsBack(target *element) bool {
	return (target.user == nil || visited(n, target)) && behind(target).has(n.el.index)
}

// JumpTargets are the activities to which a token can be moved, named by its
// element instance or its task, as far as the engine knows; ask verify.After
// whether the case can still end then.
func (s *State) JumpTargets(p *Program, token int64) []string {
	if s.bind(p) != nil {
		return nil
	}
	n := s.token(token)
	if n == nil {
		return nil
	}
	x := &exec{p: p, s: s, in: Input{Zone: defaultZone}, ev: &Event{}}
	var out []string
	for _, el := range n.el.proc.nodes {
		switch {
		case !n.jumpsTo(el):
		case n.jumpsBack(el) && n.parent.signedStatutory(behind(el)) != nil, !n.jumpsBack(el) && x.unsigned(n, el) != nil:
		default:
			out = append(out, el.id)
		}
	}
	return out
}

// Skipped are the activities between a token, named as for JumpTargets, and an
// element to which a jump forward leads: nobody will do them. A jump back skips nothing.
func (s *State) Skipped(p *Program, token int64, to string) []string {
	if s.bind(p) != nil {
		return nil
	}
	n := s.token(token)
	if n == nil {
		return nil
	}
	target := n.el.proc.elements[to]
	if target == nil || !n.jumpsTo(target) || n.jumpsBack(target) {
		return nil
	}
	var out []string
	after := reachable(n.el)
	for _, el := range n.el.proc.nodes {
		if el != n.el && el != target && el.kind.IsActivity() && after.has(el.index) && reachable(el).has(target.index) &&
			!reachable(target).has(el.index) {
			out = append(out, el.id)
		}
	}
	return out
}

func doneSeats(n *node) []int {
	var seats []int
	if n.Task == nil {
		return nil
	}
	for _, s := range n.Task.Seats {
		if s.State == seat.Done {
			seats = append(seats, s.No)
		}
	}
	return seats
}
