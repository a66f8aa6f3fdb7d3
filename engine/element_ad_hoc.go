package engine

import "github.com/quancheng/quancheng/feel"

// adHocSubProcess runs its activities in any order, one at a time when it is
// sequential, until its completion condition holds or all have ended
// (BPMN 2.0.2 §10.3.5, "Ad-Hoc Sub-Process", §13.3.5).
type adHocSubProcess struct{ passThrough }

func (adHocSubProcess) activate(x *exec, n *node) error {
	queue, err := x.adHocActivities(n)
	if err != nil {
		return err
	}
	if done, err := x.listen(n, n.el.eventSubs); done || err != nil {
		return err
	}
	n.Queue = queue
	x.nextAdHoc(n)
	x.settle(n)
	return nil
}

// adHocActivities are the ids of the activities that begin.
func (x *exec) adHocActivities(n *node) ([]string, error) {
	var all []string
	for _, el := range n.el.starts {
		all = append(all, el.id)
	}
	e := n.el.adHoc.active
	if e == nil {
		return all, nil
	}
	v, why := x.eval(n, e, nil)
	list, ok := v.(feel.List)
	if !ok {
		return nil, wrong("collection", "the list of active elements", e, v, why)
	}
	var chosen []string
	for _, item := range list {
		id, _ := item.(string)
		el := n.el.proc.elements[id]
		if el == nil || el.scope != n.el {
			return nil, faultf(
				"collection", "the list of active elements %s names %s, which is not in %s", e.text, feel.Text(item), n.el.id,
			)
		}
		chosen = append(chosen, id)
	}
	return chosen, nil
}

// nextAdHoc begins what may begin now: everything, or one activity when the order is sequential.
func (x *exec) nextAdHoc(n *node) {
	for len(n.Queue) > 0 && !n.Closing && !n.gone {
		el := n.el.proc.elements[n.Queue[0]]
		n.Queue = n.Queue[1:]
		x.send(n, el, nil)
		if n.el.adHoc.sequential {
			return
		}
	}
}

// adHocLeft decides after an activity of an ad-hoc sub-process has ended.
func (x *exec) adHocLeft(n *node) {
	if n.gone || n.Closing {
		return
	}
	if c := n.el.adHoc.completion; c != nil {
		holds, err := x.truth(n, "the completion condition", c, nil)
		if err != nil {
			x.stop(n, phaseIterating, err)
			return
		}
		if holds {
			n.Queue, n.Closing = nil, true
			if n.el.adHoc.cancelRemaining {
				x.terminateChildren(n, nil)
			}
			return
		}
	}
	if n.el.adHoc.sequential && len(n.children) == 0 && n.inflight == 0 && len(n.Arrived) == 0 {
		x.nextAdHoc(n)
	}
}

func (adHocSubProcess) settled(x *exec, n *node) {
	if n.el.adHoc.sequential && !n.Closing && len(n.Queue) > 0 {
		x.nextAdHoc(n)
		return
	}
	subProcess{}.settled(x, n)
}
