package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/engine/seat"
)

// appended is a step that who governs a case has put behind a task of this case
// alone (追加节点, domain: approval.md §2, 35): people who agree before the token
// leaves it. It lives in the task's own element instance, so that no model changes.
type appended struct {
	Name    string   `json:"n"`
	Mode    string   `json:"m"` // all, any, sequential
	Persons []string `json:"p"`
	Posts   []string `json:"q"`           // in which they sit
	By      string   `json:"b"`           // who has put it there
	Stops   string   `json:"s,omitempty"` // what it holds up the clocks of the stage for, one of stepPauses
}

// stepPauses are what a step may hold up the clocks of the stage for while it is
// open: a visit to the site, a publication.
var stepPauses = []string{"visit", "publicity"}

// maxAppended is how many steps wait behind one task at most.
const maxAppended = 5

// whyAppended is the reason of who sits in an appended step.
const whyAppended = "appended"

// stepOperations are what people do in an appended step. It returns nothing and
// rejects nothing: who disagrees sends the matter to the task before it, once more.
var stepOperations = []string{"agree", "disagree", "transfer", "delegate"}

func (a *appended) plan() *approvalPlan {
	policy, err := seat.ParsePolicy(a.Mode, "")
	if err != nil {
		policy = seat.Policy{Kind: seat.All}
	}
	return &approvalPlan{policy: policy, weights: map[string]int{}, minSeats: 1}
}

// plan is how the open task of a node is decided; nil: it is a plain one.
func (n *node) plan() *approvalPlan {
	if n.Now != nil {
		return n.Now.plan()
	}
	return n.el.user.approval
}

// operations are those that the open task of a node allows.
func (n *node) operations() []string {
	if n.Now != nil {
		return stepOperations
	}
	return n.el.user.operations
}

// appendStep puts a step behind an open task.
func (x *exec) appendStep(n *node) error {
	a, ev := x.ev.Actor, x.ev
	persons := slices.Clone(ev.Persons)
	if ev.To != "" && !slices.Contains(persons, ev.To) {
		persons = append([]string{ev.To}, persons...)
	}
	step := appended{Name: strings.TrimSpace(ev.Opinion), Mode: orID(ev.Mode, string(seat.All)), Stops: ev.Code}
	switch {
	case a == nil || !a.Admin:
		return refuse("admin-only", "only who governs the case can put in a step")
	case utf8.RuneCountInString(strings.TrimSpace(ev.Reason)) < 5:
		return refuse("reason-required", "give a reason of at least %d characters", 5)
	case step.Name == "":
		return refuse("step-name-required", "say what the step is called")
	case len(persons) == 0:
		return refuse("person-required", "name the persons")
	case len(persons) > seat.MaxAdded:
		return refuse("too-many-persons", "at most %d may be named", seat.MaxAdded)
	case !slices.Contains([]string{string(seat.All), string(seat.Any), string(seat.Sequential)}, step.Mode):
		return refuse("bad-mode", "a step runs any, all or sequential, not %q", step.Mode)
	case step.Stops != "" && !slices.Contains(stepPauses, step.Stops):
		return refuse("bad-pause", "a step holds up clocks for %s, not for %q", strings.Join(stepPauses, " or "), step.Stops)
	case len(n.Steps) >= maxAppended:
		return refuse("too-many-steps", "%d steps wait behind this task already", maxAppended)
	}
	step.By = a.Person
	for i, person := range persons {
		if slices.Contains(persons[:i], person) {
			return refuse("already-seated", "%s is named twice", person)
		}
		ok, why := x.eligible(giving{n: n, op: ev.Operation, giver: a.Person}, person, "")
		if !ok && why.Rule != whySeated { // who decides the task may sit in a step of its own as well
			return notEligible(person, why)
		}
		if x.began(n, person) && !n.el.user.mayDecideOwn() { // a step approves, also behind a task of his own
			return notEligible(person, reason(whyInitiator, "person", person))
		}
		step.Persons, step.Posts = append(step.Persons, person), append(step.Posts, why.Post())
	}
	n.Steps = append(slices.Clone(n.Steps), step)
	x.changed(n)
	return nil
}

// nextStep opens the next appended step in place of a task that is done; false:
// there is none, or nothing is to follow because the task was not agreed.
func (x *exec) nextStep(n *node, vs Vars) bool {
	if len(n.Steps) == 0 || vs["approved"] == false {
		return false
	}
	n.Held = vs
	x.closeTask(n, Completed)
	step := n.Steps[0]
	n.Now, n.Steps, n.Policy = &step, n.Steps[1:], nil
	holders := make([]seat.Holder, len(step.Persons))
	for i, person := range step.Persons {
		why := reason(whyAppended, "person", person, "by", step.By)
		holders[i] = seat.Holder{Person: person, Post: step.Posts[i], Why: &why}
	}
	t := &Task{Version: 1, Seats: seat.Open(n.policyOf(), holders)}
	if x.dueTask(n, t) != nil {
		t.DueWorkdays = 0
	}
	t.Key = x.nextKey()
	scope := n.parent
	if n.iteration() {
		scope = scope.parent
	}
	t.Round = scope.Rounds[n.Element]
	n.Task = t
	x.s.owners[t.Key] = n
	if x.in.Org != nil {
		x.regovern(n)
	}
	x.emit(TaskOpened{x.public(n)})
	return true
}

// stepNames are what the steps are called that wait behind a task.
func (n *node) stepNames() (names []string) {
	for _, s := range n.Steps {
		names = append(names, s.Name)
	}
	return names
}
