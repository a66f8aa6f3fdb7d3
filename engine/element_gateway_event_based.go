package engine

import "github.com/quancheng/quancheng/bpmn"

// eventBasedGateway waits for the first of the events behind it (BPMN 2.0.2
// §10.6.6, §13.4.4). An instantiating parallel one waits for all of them.
type eventBasedGateway struct{ passThrough }

func (eventBasedGateway) activate(x *exec, n *node) error {
	var targets []*element
	for _, f := range n.el.out {
		targets = append(targets, f.target)
	}
	_, err := x.listen(n, targets)
	return err
}

// afterGateway lets the event that occurred go on.
func (x *exec) afterGateway(g *node, el *element, vs Vars) {
	scope := g.parent
	scope.inflight++
	x.closeWaitsOf(g, el)
	for _, f := range g.el.out {
		if f.target == el {
			x.emit(FlowTaken{Instance: scope.instance().Key, Flow: f.id})
		}
	}
	if !g.el.src.Gateway.Parallel || len(g.Waits) == 0 {
		x.detach(g, Completed)
	}
	x.occurred(scope, el, vs)
	x.landed(scope)
}

// instantiatingGateway is the event-based gateway in front of an event that can start a process, or nil.
func instantiatingGateway(el *element) *element {
	for _, f := range el.in {
		if f.source.kind == bpmn.KindEventBasedGateway && f.source.src.Gateway.Instantiate {
			return f.source
		}
	}
	return nil
}
