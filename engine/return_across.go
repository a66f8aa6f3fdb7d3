package engine

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// landing is where a return leads to that leaves the process of its task (退回修改):
// what goes back in a scope around it, and the way in again.
type landing struct {
	base *node    // the task itself, or the activity around it, in the scope that goes back
	to   *element // where its token goes: the target, or a call activity that is entered again
	in   []string // what the called processes begin at, outermost first; empty: to is the target
}

// path names the target among what lies in the scope.
func (l landing) path() string { return strings.Join(append([]string{l.to.id}, l.in...), "/") }

// across compiles the tasks of other processes to which a task can be returned as well.
func (c *compiler) across(el *element, u *userPlan) {
	t := el.src.Ext.Task
	if t == nil || len(t.ReturnTo) == 0 {
		return
	}
	u.returnTo = t.ReturnTo
	if el.src.Ext.Approval == nil {
		u.operations = append(slices.Clip(u.operations), "return")
	}
	u.operations = appendNew(slices.Clip(u.operations), "withdraw")
}

// reaches is where a return of the task beyond its own scope to an element leads:
// one that the model names, and that lies before the task in a scope around it, in
// itself or in a process that is called there. The nearest counts.
func (n *node) reaches(p *Program, target string) (landing, bool) {
	if !slices.Contains(n.el.user.returnTo, target) || n.iteration() {
		return landing{}, false
	}
	for base := n.parent; base != nil && base.parent != nil; base = base.parent {
		if base.Process != "" { // a called process: its call activity stands in the scope around
			continue
		}
		if base.iteration() || base.el.eventSub || base.For != 0 {
			return landing{}, false
		}
		for _, el := range base.el.proc.nodes {
			if el == base.el || el.scope != base.el.scope || el.eventSub || !behind(el).has(base.el.index) {
				continue
			}
			if in, found := p.within(el, target, 0); found {
				return landing{base, el, in}, true
			}
		}
	}
	return landing{}, false
}

// within is the way into an element to a task: nothing when it is the task itself,
// through call activities that hand all variables down and up.
func (p *Program) within(el *element, target string, depth int) (way []string, found bool) {
	if el.user != nil && el.id == target {
		return nil, true
	}
	if el.call == nil || el.looping() || !el.call.propagateParent || !el.call.propagateChild || depth > maxDepth {
		return nil, false
	}
	id, _ := el.call.process.value.(string)
	called := p.find(id)
	if called == nil {
		return nil, false
	}
	for _, inner := range called.nodes {
		if inner.scope != called.root || inner.eventSub {
			continue
		}
		if way, found := p.within(inner, target, depth+1); found {
			return append([]string{inner.id}, way...), true
		}
	}
	return nil, false
}

// entry is where what is called begins: not at its start event, but in the middle.
type entry struct {
	Way    []string `json:"w"`           // elements, outermost first: call activities, then a task
	Signed []signed `json:"s,omitempty"` // what counts in the innermost process
}

func entryAt(way []string, signed []signed) *entry {
	if len(way) == 0 {
		return nil
	}
	return &entry{way, signed}
}

// returnAcross takes the token of a scope around a task back, and what lies behind
// is void. Straight back (直送), the way in is remembered for when the target is
// done, and what was signed counts again then.
func (x *exec) returnAcross(n *node, l landing, voided []int) error {
	scope := l.base.parent
	var back *resumption
	if x.ev.Mode == modeResume {
		var err error
		if back, err = x.resumption(n, l); err != nil {
			return err
		}
	}
	x.emitVoided(n, voided, "return")
	if back != nil {
		later := behind(l.to)
		back.Inner, n.parent.Signed = n.parent.Signed, nil
		back.Signed = slices.Clone(scope.Signed)
		counts := func(s signed) bool { el := scope.el.proc.elements[s.Element]; return el != nil && later.has(el.index) }
		back.Signed = slices.DeleteFunc(back.Signed, func(s signed) bool { return !counts(s) })
		scope.Signed = slices.DeleteFunc(scope.Signed, counts)
	}
	x.rewind(scope, l.to, n, "return", entryAt(l.in, nil))
	if back != nil {
		scope.Resumes = append(scope.Resumes, *back)
	}
	return nil
}

// resumption is what a return straight back waits for.
func (x *exec) resumption(n *node, l landing) (*resumption, error) {
	if n.el.user.approval == nil {
		return nil, refuse("resume-undeclared", "a plain task does not say what must stay unchanged; the way must be gone again")
	}
	key, err := x.keyFields(n, n.el.user.approval)
	if err != nil {
		return nil, err
	}
	way := l.wayTo(n)
	if way == "" || l.base.parent.others(l.base, behind(l.to)) || len(n.parent.children) > 1 || len(n.parent.Arrived) > 0 {
		return nil, refuse("resume-parallel", "others work beside this task; the way must be gone again")
	}
	return &resumption{Target: l.path(), Back: way, Key: key}, nil
}

// lapsed voids what would have counted again, had a return come straight back.
func (x *exec) lapsed(r resumption, cause string) {
	for _, s := range slices.Concat(r.Signed, r.Inner) {
		x.emit(VerdictsVoided{Task: s.Task, Seats: s.Seats, Cause: cause})
	}
}

// takenBackTo is where a withdrawal leads that leaves the process of its task:
// the first task that the model names.
func (n *node) takenBackTo(p *Program) (landing, bool) {
	if len(n.el.user.returnTo) == 0 {
		return landing{}, false
	}
	return n.reaches(p, n.el.user.returnTo[0])
}

// goesAcross is where a return leads that leaves the process of its task: as its
// actor has chosen, or where the model leaves him nothing else.
func (x *exec) goesAcross(n *node) (landing, bool) {
	id := x.ev.Element
	if id == "" && n.plan().returnTo == nil && len(n.el.user.returnTo) > 0 {
		id = n.el.user.returnTo[0]
	}
	if el := n.el.proc.elements[id]; el != nil && n.returnsTo(el) {
		return landing{}, false
	}
	return n.reaches(x.p, id)
}

// wayTo names a task as seen from the scope that goes back; "": it lies in
// something that cannot be entered at it.
func (l landing) wayTo(n *node) string {
	if call := n.parent.parent; call != l.base || l.base.el.call == nil || !l.base.el.call.propagateParent || !l.base.el.call.propagateChild {
		return ""
	}
	return l.base.Element + "/" + n.Element
}

// returnedAcross goes straight back to who has returned a matter beyond its
// process, if a token that leaves n is what he waits for and nothing that counts
// has changed. The called process in which it was mended is left as it stands.
func (x *exec) returnedAcross(n *node) bool {
	path := n.Element
	for call := n.parent; call != nil && call.parent != nil; call = call.parent {
		if call.Process != "" {
			continue
		}
		path = call.Element + "/" + path
		scope := call.parent
		at := slices.IndexFunc(scope.Resumes, func(r resumption) bool { return r.Target == path })
		if at < 0 {
			continue
		}
		r := scope.Resumes[at]
		scope.Resumes = slices.Delete(scope.Resumes, at, at+1)
		return x.straightBack(n, call, r)
	}
	return false
}

func (x *exec) straightBack(n, call *node, r resumption) bool {
	scope, way := call.parent, strings.Split(r.Back, "/")
	back := x.at(scope.el.proc, way)
	same := back != nil && back.user != nil && back.user.approval != nil && !x.negative
	if same {
		key, err := x.keyFields(n.parent, back.user.approval)
		same = err == nil && key == r.Key
	}
	if !same {
		x.lapsed(r, "content-changed")
		return false
	}
	for in := n.parent; in != call.parent; in = in.parent { // what was mended is known outside
		if in.Process != "" && x.merge(in.parent.parent, in.Vars) != nil {
			return false
		}
	}
	scope.inflight++
	x.terminate(call)
	scope.Signed = append(scope.Signed, r.Signed...)
	x.standAgain(scope, scope.el.proc.elements[way[0]])
	x.sendIn(scope, scope.el.proc.elements[way[0]], entryAt(way[1:], r.Inner))
	x.landed(scope)
	return true
}

// at finds the element at the end of a way through called processes.
func (x *exec) at(proc *process, way []string) *element {
	el := proc.elements[way[0]]
	if len(way) == 1 || el == nil {
		return el
	}
	if el.call == nil {
		return nil
	}
	id, _ := el.call.process.value.(string)
	if called := x.p.find(id); called != nil {
		return x.at(called, way[1:])
	}
	return nil
}

// land puts the token of a process instance that begins in the middle at its
// element. Joins do not wait for branches that nobody goes any more.
func (x *exec) land(n *node) {
	in := n.Into
	n.Into = nil
	el := n.el.proc.elements[in.Way[0]]
	x.standAgain(n, el)
	if len(in.Way) > 1 {
		x.sendIn(n, el, &entry{in.Way[1:], in.Signed})
		return
	}
	n.Signed = in.Signed
	x.send(n, el, nil)
}

// returnPlain returns a plain task to one of another process that the model names.
func (x *exec) returnPlain(n *node) error {
	if !slices.Contains(n.operations(), "return") {
		return refuse("operation-not-allowed", "this task does not allow %q", "return")
	}
	if !x.holds(n.Task) {
		return x.notYours(n.Task)
	}
	if err := x.mayAct(n, 0); err != nil {
		return err
	}
	if utf8.RuneCountInString(strings.TrimSpace(x.ev.Reason)) < 5 {
		return refuse("reason-required", "give a reason of at least %d characters", 5)
	}
	id := x.ev.Element
	if id == "" && len(n.el.user.returnTo) > 0 {
		id = n.el.user.returnTo[0]
	}
	l, ok := n.reaches(x.p, id)
	if !ok {
		return refuse("no-such-target", "the task cannot be returned to %q", id)
	}
	return x.returnAcross(n, l, nil)
}

// TargetProcess is the process that holds a target of a return of a task; "" when there is none.
func (s *State) TargetProcess(p *Program, task int64, target string) string {
	if s.bind(p) != nil {
		return ""
	}
	n := s.owners[task]
	if n == nil || n.Task == nil || n.Task.Key != task {
		return ""
	}
	if el := n.el.proc.elements[target]; el != nil && el.scope == n.el.scope {
		return n.el.proc.id
	}
	l, ok := n.reaches(p, target)
	if !ok {
		return ""
	}
	x := &exec{p: p}
	if el := x.at(l.base.el.proc, append([]string{l.to.id}, l.in...)); el != nil {
		return el.proc.id
	}
	return ""
}
