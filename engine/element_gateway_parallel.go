package engine

// parallelGateway waits for a token on each incoming flow, and puts one on each
// outgoing flow; conditions do not count (BPMN 2.0.2 §10.6.4, §13.4.1).
type parallelGateway struct{ passThrough }

func (parallelGateway) arrived(x *exec, scope *node, a *arrival) {
	for _, tokens := range a.Tokens {
		if tokens == 0 {
			return
		}
	}
	x.consume(scope, a)
	x.enter(scope, a.el)
}

func (parallelGateway) complete(_ *exec, n *node) ([]*flow, error) { return n.el.out, nil }
