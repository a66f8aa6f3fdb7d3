package engine

import (
	"errors"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine/seat"
)

// Why is the reason of a decision about people. Of Resolve the rules are
// "named" (the model names the person), "post" (it names the post) and "vacant"
// (nobody fills it); of Eligible "active", or the code of the refusal. Where
// the input has no organisation the rule says "no-organisation".
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
	holders, whys, err := x.resolve(n, t)
	return holders, whys, refusalOf(err)
}

// Eligible tells whether an open task, or a seat of it, may be given to a person
// by an operation, and why or why not. A post, where one is named, is what he
// would act in. The state is untouched.
func Eligible(p *Program, s *State, task int64, op, person, post string, in Input) (bool, Why) {
	x, err := onlooker(p, s, in)
	if err != nil {
		return false, Why{Rule: "no-such-task"}
	}
	n := s.owners[task]
	if n == nil || n.Task == nil || n.Task.Key != task {
		return false, Why{Rule: "no-such-task"}
	}
	if spec, known := OperationNamed(op); !known || spec.People == 0 {
		return false, Why{Rule: "names-nobody", Args: map[string]string{"operation": op}}
	}
	return x.eligible(n, op, person, post)
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

// resolve makes holders of whom the model names: assignee, candidate users and
// candidate groups, in this order. An approval needs every one of them to be
// filled: else an administrator hears of it, instead of a task that nobody sees.
func (x *exec) resolve(n *node, t *Task) ([]seat.Holder, []Why, error) {
	var holders []seat.Holder
	var whys []Why
	vacant := ""
	take := func(person, group string) {
		why := x.holding(person, group)
		if why.Rule == "vacant" && vacant == "" {
			vacant = orID(person, group)
		}
		holders, whys = append(holders, n.el.user.holder(person, group, why)), append(whys, why)
	}
	if t.Assignee != "" {
		take(t.Assignee, "")
	}
	for _, u := range t.Users {
		take(u, "")
	}
	for _, g := range t.Groups {
		take("", g)
	}
	switch {
	case n.el.user.approval == nil:
	case len(holders) == 0:
		return nil, nil, faultf("no-approver", "nobody is named to decide %s", n.el.id)
	case vacant != "":
		return nil, whys, faultf("no-approver", "nobody who is active holds %s, who must decide %s", vacant, n.el.id)
	}
	return holders, whys, nil
}

// holding says why a person, or else the holders of a post, sit where the model names them.
func (x *exec) holding(person, group string) Why {
	r := x.roster()
	switch {
	case person != "" && (x.in.Org == nil || r.Active(person)):
		return Why{Rule: "named", Args: map[string]string{"person": person}}
	case person != "":
		return Why{Rule: "vacant", Args: map[string]string{"person": person}}
	case x.in.Org == nil || len(r.Holders(group)) > 0:
		return Why{Rule: "post", Args: map[string]string{"post": group}}
	}
	return Why{Rule: "vacant", Args: map[string]string{"post": group}}
}

// holder is a candidate with the rights that the model gives it.
func (u *userPlan) holder(person, group string, why Why) seat.Holder {
	h := seat.Holder{Person: person, Group: group, Why: &why}
	if p := u.approval; p != nil {
		principal := orID(person, group)
		h.Weight, h.Veto, h.Primary = p.weights[principal], slices.Contains(p.veto, principal), slices.Contains(p.primary, principal)
	}
	return h
}

// eligible is the rule for everybody who is given a task or a seat by somebody else.
func (x *exec) eligible(_ *node, _, person, post string) (bool, Why) {
	r := x.roster()
	switch {
	case x.in.Org == nil:
		return true, Why{Rule: "no-organisation"}
	case !r.Active(person):
		return false, Why{Rule: "no-such-person", Args: map[string]string{"person": person}}
	case post != "" && !r.Holds(person, post):
		return false, Why{Rule: "post-not-held", Args: map[string]string{"person": person, "post": post}}
	}
	return true, Why{Rule: "active", Args: map[string]string{"person": person}}
}

// receiver is why the event's operation may give the task, or a seat, to a
// person; a *Refusal where it may not. Nobody is always allowed.
func (x *exec) receiver(n *node, person string) (*Why, error) {
	if person == "" {
		return nil, nil
	}
	ok, why := x.eligible(n, x.ev.Operation, person, "")
	switch {
	case ok:
		return &why, nil
	case why.Rule == "no-such-person":
		return nil, refuse(why.Rule, "%q is not an active person", person)
	}
	return nil, refuse(why.Rule, "%q cannot be given the task: %s", person, why.Rule)
}
