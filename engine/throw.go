package engine

import (
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// broadcasts reports whether a thrown event reaches catchers in other branches.
func broadcasts(k bpmn.EventKind) bool { return k == bpmn.SignalEvent || k == bpmn.MessageEvent }

// throwError looks for the catcher of an error from the node outwards: boundary
// events of the node, then for each scope around it its event sub-processes and
// its boundary events, through call activities too (BPMN 2.0.2 §10.5.6). The
// exact code wins over a catch of every code at the same place. An error that
// nobody catches is a fault.
func (x *exec) throwError(n *node, code, message string, vs Vars) error {
	host, el := catcher(n, bpmn.ErrorEvent, code)
	if el == nil {
		f := faultf("uncaught-error", "nobody catches the error %q", code)
		if message != "" {
			f.message += ": " + message
		}
		return f
	}
	return x.caught(host, el, vs, nil)
}

// escalate throws an escalation; nobody has to catch it (BPMN 2.0.2 §10.5.6).
func (x *exec) escalate(n *node, code string, vs Vars) error {
	host, el := catcher(n, bpmn.EscalationEvent, code)
	if el == nil {
		return nil
	}
	return x.caught(host, el, vs, nil)
}

// catcher finds who catches an error or escalation that a node throws.
func catcher(n *node, kind bpmn.EventKind, code string) (*node, *element) {
	var from *node // where the search came from
	for at := n; at != nil; from, at = at, at.parent {
		if from != nil && !at.Body {
			if el := matching(at.el.eventSubs, kind, code, listening(at, from, kind)); el != nil {
				return at, el
			}
		}
		// Boundary events belong to the body of a loop, and no longer to what has completed and is compensated;
		// what leaves an event sub-process is for the scope around it.
		if at.iteration() || at.Restored || at.el.eventSub {
			continue
		}
		if el := matching(at.el.boundary, kind, code, nil); el != nil {
			return at, el
		}
	}
	return nil, nil
}

// listening says which event sub-processes of a scope can still begin: not the
// one the event comes from, and none for errors once an interrupting one has taken over.
func listening(scope, from *node, kind bpmn.EventKind) func(*element) bool {
	return func(start *element) bool {
		if from.el.eventSub && from.el == start.scope {
			return false
		}
		return !scope.Stopped || kind == bpmn.EscalationEvent && from.el.eventSub
	}
}

// matching is the catching element for a code among several; an exact one wins.
func matching(list []*element, kind bpmn.EventKind, code string, usable func(*element) bool) *element {
	var every *element
	for _, el := range list {
		if usable != nil && !usable(el) {
			continue
		}
		for _, e := range el.events {
			if e.kind != kind {
				continue
			}
			if e.code == nil {
				if every == nil {
					every = el
				}
			} else if e.code.value == feel.Value(code) {
				return el
			}
		}
	}
	return every
}

// throw raises one event definition at a node. The node may be gone afterwards.
func (x *exec) throw(n *node, e *event) error {
	switch e.kind {
	case bpmn.SignalEvent:
		name, err := x.name(n, "the signal name", e.name)
		if err != nil {
			return err
		}
		x.emit(SignalThrown{Instance: n.instance().Key, Element: n.Element, Name: name, Variables: n.Vars})
		return x.signal(name, n.Vars)
	case bpmn.MessageEvent:
		return x.throwMessage(n, e)
	case bpmn.ErrorEvent, bpmn.EscalationEvent:
		return x.throwOutwards(n, e)
	}
	return nil
}

// throwOutwards throws an error or escalation to the scopes around. An end event
// that is interrupted by its own catcher has done its work: it completes.
func (x *exec) throwOutwards(n *node, e *event) error {
	code := x.codeOf(n, e)
	if n.el.kind == bpmn.KindEndEvent {
		if host, el := catcher(n, e.kind, code); el != nil && el.interrupting {
			vs := n.Vars
			x.detach(n, Completed)
			return x.caught(host, el, vs, nil)
		}
	}
	if e.kind == bpmn.ErrorEvent {
		return x.throwError(n, code, "", n.Vars)
	}
	return x.escalate(n, code, n.Vars)
}

// codeOf is the code of a thrown error or escalation.
func (x *exec) codeOf(n *node, e *event) string {
	v, _ := x.eval(n, e.code, nil)
	code, _ := v.(string)
	return code
}

// throwMessage asks the shell to publish a message.
func (x *exec) throwMessage(n *node, e *event) error {
	name, err := x.name(n, "the message name", e.name)
	if err != nil {
		return err
	}
	key, err := x.key(n, e.correlation)
	if err != nil {
		return err
	}
	x.emit(
		MessageThrown{
			Instance: n.instance().Key, Element: n.Element, Name: name, CorrelationKey: key, TimeToLive: messageLife, Variables: n.Vars,
		},
	)
	return nil
}

// messageLife is how long a thrown message waits for somebody to catch it.
const messageLife = time.Hour
