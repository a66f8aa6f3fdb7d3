package engine

import "github.com/quancheng/quancheng/bpmn"

// transaction is a sub-process that can be cancelled: what it did is compensated,
// then it is left by its cancel boundary event (BPMN 2.0.2 §10.3.5, "Transaction").
type transaction struct{ subProcess }

func (t transaction) settled(x *exec, n *node) {
	if !n.Canceling {
		t.subProcess.settled(x, n)
	}
}

// cancelTransaction is a cancel end event at work: everything else in the
// transaction stops, then compensation runs on behalf of the event.
func (x *exec) cancelTransaction(n *node) error {
	t := n.parent
	for t != nil && t.el.kind != bpmn.KindTransaction {
		t = t.parent
	}
	if t == nil {
		return faultf("no-transaction", "%s cancels a transaction, but lies in none", n.el.id)
	}
	t.Canceling = true
	for at := n; at != t; at = at.parent {
		x.terminateChildren(at.parent, at)
	}
	n.Undo = &undo{}
	if t.iteration() { // the transaction is cancelled as a whole, with its other instances
		n.Undo.take(t.parent, nil)
		for _, other := range t.parent.children {
			if other != t {
				other.Canceling = true
				x.terminateChildren(other, nil)
				n.Undo.take(other, nil)
			}
		}
	}
	n.Undo.take(t, nil)
	x.nextUndo(n)
	return nil
}

// cancelled leaves a transaction whose compensation is done.
func (x *exec) cancelled(n *node) {
	t := n.parent
	for t.el.kind != bpmn.KindTransaction || !t.Canceling {
		t = t.parent
	}
	x.detach(n, Completed)
	host := t
	if t.iteration() {
		host = t.parent
	}
	for _, el := range host.el.boundary {
		for _, e := range el.events {
			if e.kind == bpmn.CancelEvent {
				x.atBoundary(host, el, nil)
				return
			}
		}
	}
	t.Canceling = false
	x.terminateChildren(t, nil)
	x.complete(t)
}
