package engine

import "github.com/quancheng/quancheng/bpmn"

// throwEvent raises each of its results in the order of the file, then goes on
// (BPMN 2.0.2 §10.5.4, §13.5.2). With a job type a worker does the throwing.
type throwEvent struct{ passThrough }

func (throwEvent) activate(x *exec, n *node) error { return x.throwAll(n) }

// throwAll raises the definitions of a throwing event and completes it, unless
// one of them ended it or has to be waited for.
func (x *exec) throwAll(n *node) error {
	var undo *event
	for _, e := range n.el.events {
		switch e.kind {
		case bpmn.CompensateEvent:
			undo = e
		case bpmn.MessageEvent:
			if n.el.job != nil {
				if err := x.openJob(n); err != nil {
					return err
				}
				continue
			}
			if err := x.throw(n, e); err != nil {
				return err
			}
		default:
			if err := x.throw(n, e); err != nil {
				return err
			}
		}
		if n.gone {
			return nil
		}
	}
	if undo != nil && n.Job == nil {
		return x.throwCompensation(n, undo)
	}
	if n.Job == nil {
		x.complete(n)
	}
	return nil
}
