package engine

import (
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// Possible are the user tasks that may open once a waiting element instance
// has done its work, whatever that turns out to be: all that a token can reach
// from there, up to where it waits for a person, a partner, a clock or outside
// work. Key is the element instance's, or its task's.
func (o *Outlook) Possible(key int64) []Place {
	if o.s.bind(o.p) != nil {
		return nil
	}
	n := o.s.owners[key]
	if n == nil {
		return nil
	}
	w := &walk{p: o.p, seen: map[visit]bool{}, frames: map[visit]*frame{}}
	if n.iteration() {
		n = n.parent
		w.enter(n.el, w.around(n.parent)) // perhaps once more
	}
	w.leave(n.el, w.around(n.parent))
	return w.tasks
}

// frame is a scope on the way out: the activity that holds it, nil of the root
// process, and where that activity lies.
type frame struct {
	scope    *element
	activity *element
	up       *frame
	depth    int
}

type visit struct {
	el *element
	at *frame
}

// walk follows tokens without asking conditions.
type walk struct {
	p      *Program
	seen   map[visit]bool
	frames map[visit]*frame
	tasks  []Place
}

// around are the frames of a living scope.
func (w *walk) around(scope *node) *frame {
	switch {
	case scope == nil:
		return nil
	case scope.Body:
		return w.around(scope.parent)
	case scope.Process == "":
		return w.frame(scope.el, scope.el, w.around(scope.parent))
	case scope.parent == nil:
		return w.frame(scope.el, nil, nil)
	}
	call := scope.parent
	return w.frame(scope.el, call.el, w.around(call.parent))
}

// frame is the one of an activity at a place; a process that calls itself ends somewhere.
func (w *walk) frame(scope, activity *element, up *frame) *frame {
	at := visit{activity, up}
	if w.frames[at] == nil {
		f := &frame{scope: scope, activity: activity, up: up}
		if up != nil {
			f.depth = up.depth + 1
		}
		w.frames[at] = f
	}
	return w.frames[at]
}

// maxWalk bounds how deep calls are followed.
const maxWalk = 20

func (w *walk) arrive(el *element, at *frame) {
	if el == nil || at != nil && at.depth > maxWalk || w.seen[visit{el, at}] {
		return
	}
	w.seen[visit{el, at}] = true
	switch el.kind {
	case bpmn.KindUserTask, bpmn.KindGlobalUserTask:
		w.tasks = append(w.tasks, Place{Process: el.proc.id, Element: el.id, Name: el.name, Kind: string(el.kind)})
	case bpmn.KindReceiveTask, bpmn.KindIntermediateCatchEvent, bpmn.KindEventBasedGateway:
	case bpmn.KindEndEvent:
		w.end(el, at)
	default:
		if el.linkTo != nil {
			w.arrive(el.linkTo, at)
			return
		}
		if el.job != nil {
			if typ, fixed := literalText(el.job.typ); !fixed || !strings.HasPrefix(typ, "command:") {
				return // outside work
			}
		}
		if !w.enter(el, at) {
			w.leave(el, at)
		}
	}
}

// enter begins what lies in an activity; false: it holds nothing.
func (w *walk) enter(el *element, at *frame) bool {
	scope := el
	if el.call != nil {
		id, _ := literalText(el.call.process)
		proc := w.p.find(id)
		if proc == nil {
			return true // nobody knows which process it will be
		}
		scope = proc.root
	} else if len(el.starts) == 0 {
		return false
	}
	inner := w.frame(scope, el, at)
	for _, start := range scope.starts {
		w.arrive(start, inner)
	}
	return true
}

func (w *walk) leave(el *element, at *frame) {
	if len(el.out) == 0 {
		w.finish(at)
	}
	for _, f := range el.out {
		w.arrive(f.target, at)
	}
}

// end is what an end event does: an error goes to who catches it, anything else ends the scope.
func (w *walk) end(el *element, at *frame) {
	for _, e := range el.events {
		if e.kind != bpmn.ErrorEvent && e.kind != bpmn.EscalationEvent {
			continue
		}
		code, _ := literalText(e.code)
		if w.thrown(e.kind, code, at) && e.kind == bpmn.ErrorEvent {
			return
		}
	}
	w.finish(at)
}

func (w *walk) thrown(kind bpmn.EventKind, code string, at *frame) bool {
	for f := at; f != nil; f = f.up {
		if start := matching(f.scope.eventSubs, kind, code, nil); start != nil {
			w.leave(start, w.frame(start.scope, start.scope, f))
			return true
		}
		if f.activity == nil {
			return false
		}
		if catch := matching(f.activity.boundary, kind, code, nil); catch != nil {
			w.leave(catch, f.up)
			return true
		}
	}
	return false
}

// finish goes on behind the activity whose scope has ended; in a loop perhaps once more.
func (w *walk) finish(at *frame) {
	switch {
	case at == nil || at.activity == nil:
	case at.activity.eventSub:
		w.finish(at.up)
	default:
		if at.activity.multi != nil || at.activity.loop != nil {
			for _, start := range at.scope.starts {
				w.arrive(start, at)
			}
		}
		w.leave(at.activity, at.up)
	}
}
