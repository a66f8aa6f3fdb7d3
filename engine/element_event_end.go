package engine

import "github.com/quancheng/quancheng/bpmn"

// endEvent consumes a token after raising its results (BPMN 2.0.2 §10.5.3,
// §13.5.6). Terminate ends the scope, cancel the transaction around it.
type endEvent struct{ passThrough }

func (endEvent) activate(x *exec, n *node) error {
	for _, e := range n.el.events {
		switch e.kind {
		case bpmn.CancelEvent:
			return x.cancelTransaction(n)
		case bpmn.TerminateEvent:
			x.terminateChildren(n.parent, n)
		}
	}
	return x.throwAll(n)
}
