package engine

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine/seat"
)

// Why is the reason of a decision about people. The rules of Resolve are in
// seating.go, those of Eligible in eligible.go; where the input has no
// organisation a rule of Eligible is "no-organisation".
type Why = seat.Why

// Resolve tells who takes the seats of a user task of an element: of one that
// is open as its expressions read now, else as if the token came to it in the
// scope that runs. Holders carry their reasons; the reasons come for everybody
// who was looked at, in the order of the model, also for those on account of
// whom it is a *Refusal. The state is untouched.
func Resolve(p *Program, s *State, element string, in Input) ([]seat.Holder, []Why, error) {
	x, err := onlooker(p, s, in)
	if err != nil {
		return nil, nil, err
	}
	n, err := x.placeOf(element)
	if err != nil {
		return nil, nil, err
	}
	t := &Task{}
	if err := x.candidates(n, t); err != nil {
		return nil, nil, refusalOf(err)
	}
	if t.Amount, err = x.amount(n); err != nil {
		return nil, nil, refusalOf(err)
	}
	holders, whys, err := x.resolve(n, t)
	return holders, whys, refusalOf(err)
}

// Eligible tells whether an open task, or a seat of it, may be given to a person
// by an operation, and why or why not. A post, where one is named, is what he
// would act in; the reason of a yes says the post that goes with the seat. The
// state is untouched.
func Eligible(p *Program, s *State, task int64, op, person, post string, in Input) (bool, Why) {
	x, g, why := asking(p, s, Asking{Task: task, Operation: op}, in)
	if why != nil {
		return false, *why
	}
	return x.eligible(g, person, post)
}

// Asking is a question about who may be given a task.
type Asking struct {
	Task      int64
	Operation string
	Giver     string // person; "": nobody yet
	Post      string // that the giver acts in
	Seat      int    // that is given on; 0: the giver's own
}

// Receiver is what is to be said of one person about whom a receiver is asked.
type Receiver struct {
	Person string
	OK     bool
	Why    Why
}

// EligibleOf answers a question for several persons, in their order.
func EligibleOf(p *Program, s *State, q Asking, persons []string, in Input) []Receiver {
	out := make([]Receiver, len(persons))
	x, g, why := asking(p, s, q, in)
	for i, person := range persons {
		out[i] = Receiver{Person: person}
		if why != nil {
			out[i].Why = *why
			continue
		}
		out[i].OK, out[i].Why = x.eligible(g, person, "")
	}
	return out
}

// Thinkable are the persons who could be thought of for what is asked, in order:
// everybody else is no receiver, whatever else holds.
func Thinkable(p *Program, s *State, q Asking, in Input) []string {
	x, g, why := asking(p, s, q, in)
	if why != nil || in.Org == nil {
		return nil
	}
	r, out := x.roster(), []string{}
	unit := func(id string) {
		for _, post := range r.staffOf(id) {
			out = appendNew(out, post.Person)
		}
	}
	for _, b := range g.base {
		unit(unitOf(b))
		if u := r.index.units[unitOf(b)]; u != nil && u.Parent != "" {
			unit(u.Parent)
		}
	}
	for _, set := range g.n.el.user.receivers[q.Operation] {
		if _, function, named := strings.Cut(set, "@"); named {
			for _, id := range r.Units(function) {
				unit(id)
			}
		}
	}
	if len(g.base) == 0 {
		for _, id := range slices.Sorted(maps.Keys(r.index.staff)) {
			unit(id)
		}
	}
	return out
}

// asking looks up the task that a question is about.
func asking(p *Program, s *State, q Asking, in Input) (*exec, giving, *Why) {
	none := &Why{Rule: "no-such-task"}
	x, err := onlooker(p, s, in)
	if err != nil {
		return nil, giving{}, none
	}
	n := s.owners[q.Task]
	if n == nil || n.Task == nil || n.Task.Key != q.Task {
		return nil, giving{}, none
	}
	if spec, known := OperationNamed(q.Operation); !known || spec.People == 0 {
		return nil, giving{}, &Why{Rule: "names-nobody", Args: map[string]string{"operation": q.Operation}}
	}
	g := giving{n: n, op: q.Operation, giver: q.Giver, seat: q.Seat}
	if g.seat == 0 {
		g.seat = n.seatOf(seat.By{Person: q.Giver, Groups: []string{q.Post}})
	}
	if x.in.Org != nil {
		g.base = x.base(g)
	}
	return x, g, nil
}

// onlooker asks about a state without moving it.
func onlooker(p *Program, s *State, in Input) (*exec, error) {
	if p == nil || s == nil {
		return nil, errors.New("engine: a question needs a program and a state")
	}
	if in.Zone == nil {
		in.Zone = defaultZone
	}
	return &exec{p: p, s: s, in: in, ev: &Event{}}, s.bind(p)
}

// placeOf is the open task of an element, or else a place where it could open,
// which is no part of the state.
func (x *exec) placeOf(element string) (*node, error) {
	known := false
	for _, proc := range x.p.order {
		el := proc.elements[element]
		if el == nil || el.user == nil {
			continue
		}
		known = true
		for _, n := range slices.Backward(x.s.nodes) {
			if n.el == el && n.Task != nil && !n.gone {
				return n, nil
			}
		}
		for _, n := range slices.Backward(x.s.nodes) {
			if n.el == el.scope && !n.gone {
				probe := &node{Element: element, el: el, parent: n}
				return probe, x.mapInputs(probe)
			}
		}
	}
	if !known {
		return nil, refuse("no-such-element", "the bundle has no user task %q", element)
	}
	return nil, refuse("not-running", "no scope runs in which the user task %q could open", element)
}

// refusalOf makes a fault what a caller gets.
func refusalOf(err error) error {
	var f *fault
	if errors.As(err, &f) {
		return refuse(f.code, "%s", f.message)
	}
	return err
}

// roster is the organisation at the moment of the step.
func (x *exec) roster() Roster { return x.in.Org.At(x.in.Now) }

// candidates evaluates whom the model names for a task.
func (x *exec) candidates(n *node, t *Task) (err error) {
	u := n.el.user
	if u.assignee != nil {
		v, why := x.eval(n, u.assignee, nil)
		name, ok := v.(string)
		if !ok && v != nil || v == nil && why != "" {
			return wrong("assignee", "the assignee", u.assignee, v, why)
		}
		t.Assignee = strings.TrimSpace(name)
	}
	if t.Users, err = x.texts(n, "the candidate users", u.users); err != nil {
		return err
	}
	t.Groups, err = x.texts(n, "the candidate groups", u.groups)
	return err
}

// seatOf is the seat of a task that a person would act from, 0 of none.
func (n *node) seatOf(by seat.By) int {
	if n.Task == nil {
		return 0
	}
	for _, own := range []bool{true, false} {
		for i := range n.Task.Seats {
			if s := &n.Task.Seats[i]; s.State == seat.Active && s.HeldBy(by) && (s.Actor != "") == own {
				return s.No
			}
		}
	}
	return 0
}
