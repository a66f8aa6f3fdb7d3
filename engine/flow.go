package engine

import "github.com/quancheng/quancheng/feel"

// send puts a token on its way. The scope stays open as long as it travels.
func (x *exec) send(scope *node, el *element, via *flow) {
	x.moved(move{scope: scope, el: el, via: via})
}

// sendIn sends a token into a call activity that begins in the middle of what it calls.
func (x *exec) sendIn(scope *node, el *element, into *entry) {
	x.moved(move{scope: scope, el: el, into: into})
}

func (x *exec) moved(m move) {
	m.scope.inflight++
	el := m.el
	if el.behave != nil && el.throws() {
		x.later = append(x.later, m)
		return
	}
	x.queue = append(x.queue, m)
}

// throws reports whether the element broadcasts something that another branch
// of the same step may be about to wait for.
func (el *element) throws() bool {
	if !el.kind.IsThrow() {
		return false
	}
	for _, e := range el.events {
		if broadcasts(e.kind) {
			return true
		}
	}
	return false
}

// take puts a token on a sequence flow.
func (x *exec) take(scope *node, f *flow) {
	x.emit(FlowTaken{Instance: scope.instance().Key, Flow: f.id})
	x.send(scope, f.target, f)
}

// arrive lets a token reach an element: it waits at a join, or the element is entered.
func (x *exec) arrive(m move) {
	if m.scope.gone {
		return
	}
	m.scope.inflight--
	if j, ok := m.el.behave.(joining); ok && len(m.el.in) > 1 && m.via != nil {
		j.arrived(x, m.scope, x.arrival(m.scope, m.el, m.via.slot))
		x.settle(m.scope)
		return
	}
	if m.el.startQuantity > 1 {
		a := x.arrival(m.scope, m.el, 0)
		if a.Tokens[0] < m.el.startQuantity {
			return
		}
		if a.Tokens[0] -= m.el.startQuantity; a.Tokens[0] == 0 {
			x.forget(m.scope, a)
		}
	}
	n := x.add(m.scope, m.el, 0)
	n.Into = m.into
	x.activate(n)
	x.settle(m.scope)
}

// joining is a behaviour that collects tokens before it acts.
type joining interface {
	arrived(x *exec, scope *node, a *arrival)
}

// arrival counts a token at a join of the scope.
func (x *exec) arrival(scope *node, el *element, slot int) *arrival {
	for _, a := range scope.Arrived {
		if a.el == el {
			a.Tokens[slot]++
			return a
		}
	}
	a := &arrival{Element: el.id, Tokens: make([]int, max(1, len(el.in))), el: el}
	a.Tokens[slot]++
	scope.Arrived = append(scope.Arrived, a)
	x.s.countJoin(el, 1)
	return a
}

// forget drops an arrival.
func (x *exec) forget(scope *node, a *arrival) {
	for i, other := range scope.Arrived {
		if other == a {
			scope.Arrived = append(scope.Arrived[:i:i], scope.Arrived[i+1:]...)
			x.s.countJoin(a.el, -1)
			return
		}
	}
}

// consume takes one token from each incoming flow that has one.
func (x *exec) consume(scope *node, a *arrival) {
	if x.decision != nil {
		x.decision.joined = true
	}
	left := 0
	for i := range a.Tokens {
		if a.Tokens[i] > 0 {
			a.Tokens[i]--
		}
		left += a.Tokens[i]
	}
	if left == 0 && a.Reset == nil {
		x.forget(scope, a)
	}
}

// enter makes an element instance and activates it.
func (x *exec) enter(scope *node, el *element) *node {
	n := x.add(scope, el, 0)
	x.activate(n)
	return n
}

// add makes a node and announces it.
func (x *exec) add(scope *node, el *element, loop int) *node {
	x.entered++
	n := &node{Key: x.nextKey(), Scope: scope.Key, Element: el.id, Loop: loop, el: el, parent: scope}
	x.attach(n)
	x.emit(
		ElementEntered{
			Key: n.Key, Instance: n.instance().Key, Scope: scope.Key, Element: el.id, Kind: string(el.kind), Name: el.name, Loop: loop,
			Body: el.looping() && !n.iteration(),
		},
	)
	return n
}

func (x *exec) attach(n *node) {
	x.s.nodes = append(x.s.nodes, n)
	x.s.owners[n.Key] = n
	if n.parent != nil {
		n.parent.children = append(n.parent.children, n)
	}
}

// activate runs what entering an element means: input mappings, then boundary
// events, then its behaviour. It may leave a token waiting, or go through.
func (x *exec) activate(n *node) {
	n.Incidents = nil
	if err := x.activating(n); err != nil && !n.gone {
		x.closeWaits(n)
		x.fed(n)
		n.Vars = keepLoopVars(n)
		x.stop(n, phaseEntering, err)
	}
}

func (x *exec) activating(n *node) error {
	if x.entered > maxActivations {
		return faultf("too-many-steps", "the step entered more than %d elements; the model loops without waiting", maxActivations)
	}
	listening := n.Hungry
	if wait, err := x.awaitInputs(n); wait || err != nil {
		return err
	}
	if n.el.looping() && !n.iteration() {
		n.Body = true
		return x.activateLoop(n, listening)
	}
	if err := x.mapInputs(n); err != nil {
		return err
	}
	if !n.iteration() && !listening { // boundary events belong to the body of a loop
		if done, err := x.listen(n, n.el.boundary); done || err != nil {
			return err
		}
	}
	return n.el.behave.activate(x, n)
}

// keepLoopVars are the variables an iteration had before its input mappings.
func keepLoopVars(n *node) Vars {
	if !n.iteration() {
		return nil
	}
	out := Vars{}
	names := []string{"loopCounter", n.el.item()}
	if n.el.multi != nil {
		names = append(names, n.el.multi.own)
	}
	for _, name := range names {
		if v, has := n.Vars[name]; has {
			out[name] = v
		}
	}
	return out
}

// complete runs what leaving an element means: output mappings, then its
// behaviour, which picks the flows that get a token.
func (x *exec) complete(n *node) {
	if n.gone {
		return
	}
	if err := x.completing(n); err != nil && !n.gone {
		x.stop(n, phaseLeaving, err)
	}
}

func (x *exec) completing(n *node) error {
	if !n.Mapped && !n.Body {
		if err := x.mapOutputs(n); err != nil {
			return err
		}
		n.Mapped = len(n.el.outputs)+len(n.el.dataOut) > 0
		if x.checkConditions(); n.gone {
			return nil
		}
	}
	if n.iteration() {
		return x.iterated(n)
	}
	flows, err := n.el.behave.complete(x, n)
	if err != nil || n.gone {
		return err
	}
	x.leave(n, flows)
	return nil
}

// leave ends an element instance and sends its tokens on.
func (x *exec) leave(n *node, flows []*flow) {
	scope := n.parent
	x.remember(n)
	x.detach(n, Completed)
	if n.For != 0 {
		x.compensated(n)
	} else {
		if back := x.resumed(n); back != nil {
			flows = nil
			x.send(scope, back, nil)
		} else if n.el.user != nil && x.returnedAcross(n) {
			return
		}
		for range n.el.completionQuantity {
			for _, f := range flows {
				x.take(scope, f)
			}
		}
		if n.el.linkTo != nil {
			x.send(scope, n.el.linkTo, nil)
		}
		if scope.el.adHoc != nil && n.el.kind.IsActivity() && !n.el.eventSub {
			x.adHocLeft(scope)
		}
	}
	x.settle(scope)
}

// outgoing picks the flows of an activity or event: every flow without
// condition, every flow whose condition is true, the default flow only if no
// condition is (BPMN 2.0.2 §8.4.13, §13.3.1).
func (x *exec) outgoing(n *node) ([]*flow, error) {
	if !n.el.conditional {
		return n.el.out, nil
	}
	return x.choose(n, nil)
}

// choose evaluates the conditions of all outgoing flows; none selectable is a fault.
func (x *exec) choose(n *node, extra feel.MapVars) ([]*flow, error) {
	var taken []*flow
	chosen := false // a flow without condition goes beside the default one, but at a gateway it is a choice, too
	for _, f := range n.el.out {
		if f == n.el.defaultFlow {
			continue
		}
		chosen = chosen || f.condition == nil && n.el.kind.IsGateway()
		if f.condition != nil {
			holds, err := x.truth(n, "the condition of "+f.id, f.condition, extra)
			if err != nil {
				return nil, err
			}
			if !holds {
				continue
			}
			chosen = true
		}
		taken = append(taken, f)
	}
	if !chosen && n.el.defaultFlow != nil {
		taken = append(taken, n.el.defaultFlow)
	}
	if len(taken) == 0 && len(n.el.out) > 0 {
		return nil, faultf("no-flow", "no condition of an outgoing flow of %s is true, and it has no default flow", n.el.id)
	}
	return taken, nil
}
