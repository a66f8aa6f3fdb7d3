package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// record remembers a completed activity that can be compensated.
type record struct {
	Element string    `json:"e"`
	Vars    Vars      `json:"v,omitempty"` // of a sub-process when it completed
	Done    []*record `json:"d,omitempty"` // what completed in it
	Group   int64     `json:"g,omitempty"` // instances of one parallel multi-instance
}

// undo is compensation in progress, on behalf of a throw event or a scope.
type undo struct {
	Scope   []int64   `json:"s"` // where each record of Queue belongs
	Queue   []*record `json:"q,omitempty"`
	Running int       `json:"r,omitempty"`
}

// remember notes a completed activity in its scope, so that it can be
// compensated (BPMN 2.0.2 §10.7, §13.5.5).
func (x *exec) remember(n *node) {
	if !n.el.recorded || n.For != 0 || n.parent == nil {
		return
	}
	if n.Body {
		n.parent.Done = append(n.parent.Done, n.Done...)
		return
	}
	r := &record{Element: n.Element}
	if n.el.kind.IsSubProcess() {
		r.Vars, r.Done = n.Vars, n.Done
	}
	if n.iteration() && n.el.multi != nil && !n.el.multi.sequential {
		r.Group = n.parent.Key
	}
	n.parent.Done = append(n.parent.Done, r)
}

// throwCompensation is a compensation throw event at work.
func (x *exec) throwCompensation(n *node, e *event) error {
	scopes := []*node{n.parent}
	for at := n.parent; at.el.eventSub || at.Body || e.activity != nil && at.Process == ""; {
		at = at.parent
		scopes = append(scopes, at)
	}
	u := &undo{}
	for _, s := range slices.Backward(scopes) {
		u.take(s, e.activity)
	}
	if e.wait {
		n.Undo = u
		x.nextUndo(n)
		return nil
	}
	s := scopes[0]
	if s.Undo != nil {
		s.Undo.Scope, s.Undo.Queue = append(s.Undo.Scope, u.Scope...), append(s.Undo.Queue, u.Queue...)
	} else {
		s.Undo = u
		x.nextUndo(s)
	}
	x.complete(n)
	return nil
}

// take moves the records of a scope, or those of one activity, into the undo.
func (u *undo) take(scope *node, activity *element) {
	kept := scope.Done[:0:0]
	for _, r := range scope.Done {
		if activity != nil && r.Element != activity.id {
			kept = append(kept, r)
			continue
		}
		u.Queue = append(u.Queue, r)
		u.Scope = append(u.Scope, scope.Key)
	}
	scope.Done = kept
}

// nextUndo compensates the activity that completed last; instances of a
// parallel multi-instance together. When nothing is left its owner goes on.
func (x *exec) nextUndo(owner *node) {
	u := owner.Undo
	for u != nil && u.Running == 0 {
		if len(u.Queue) == 0 {
			owner.Undo = nil
			x.undone(owner)
			return
		}
		last := len(u.Queue) - 1
		first := last
		for first > 0 && u.Queue[last].Group != 0 && u.Queue[first-1].Group == u.Queue[last].Group {
			first--
		}
		batch, scopes := slices.Clone(u.Queue[first:]), slices.Clone(u.Scope[first:])
		u.Queue, u.Scope = u.Queue[:first], u.Scope[:first]
		u.Running++ // keeps the loop from going on while the batch begins
		for i, r := range batch {
			if scope := x.s.owners[scopes[i]]; scope != nil {
				x.undoRecord(owner, scope, r)
			}
		}
		u.Running--
	}
}

// undoRecord begins the handlers of one completed activity. A sub-process
// without a handler comes back as a scope in which its event sub-process for
// compensation runs or, without one, what completed in it is compensated.
func (x *exec) undoRecord(owner, scope *node, r *record) {
	el := scope.el.proc.elements[r.Element]
	if el == nil {
		return
	}
	if len(el.handlers) > 0 {
		for _, h := range el.handlers {
			owner.Undo.Running++
			n := x.add(scope, h, 0)
			n.For = owner.Key
			x.activate(n)
		}
		return
	}
	owner.Undo.Running++
	n := x.add(scope, el, 0)
	n.For, n.Restored, n.Vars, n.Done = owner.Key, true, r.Vars, r.Done
	if start := compensationStart(el); start != nil {
		x.beginEventSub(n, start, nil)
		return
	}
	n.Undo = &undo{}
	n.Undo.take(n, nil)
	x.nextUndo(n)
}

// compensationStart is the start event of the event sub-process that replaces the handlers in a scope.
func compensationStart(el *element) *element {
	for _, start := range el.eventSubs {
		for _, e := range start.events {
			if e.kind == bpmn.CompensateEvent {
				return start
			}
		}
	}
	return nil
}

// compensated counts a handler that has ended.
func (x *exec) compensated(n *node) {
	owner := x.s.owners[n.For]
	if owner == nil || owner.gone || owner.Undo == nil {
		return
	}
	owner.Undo.Running--
	x.nextUndo(owner)
}

// undone goes on after compensation: the throw event completes, a cancelled
// transaction is left, a restored scope disappears again.
func (x *exec) undone(owner *node) {
	switch {
	case owner.Restored:
		x.endRestored(owner)
	case owner.el.kind.IsEvent():
		for _, e := range owner.el.events {
			if e.kind == bpmn.CancelEvent {
				x.cancelled(owner)
				return
			}
		}
		x.complete(owner)
	default:
		x.settle(owner)
	}
}

// endRestored takes a scope away that came back for compensation.
func (x *exec) endRestored(n *node) {
	scope := n.parent
	x.detach(n, Compensated)
	x.compensated(n)
	x.settle(scope)
}
