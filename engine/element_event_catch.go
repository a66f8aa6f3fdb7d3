package engine

import "github.com/quancheng/quancheng/bpmn"

// catchEvent waits for one of its triggers, or for all of them when it is
// parallel multiple (BPMN 2.0.2 §10.5.4, §13.5.2). A link catch goes through.
type catchEvent struct{ passThrough }

func (catchEvent) activate(x *exec, n *node) error {
	if len(n.el.events) == 0 || n.el.events[0].kind == bpmn.LinkEvent {
		x.complete(n)
		return nil
	}
	_, err := x.listen(n, []*element{n.el})
	return err
}
