package engine

import "github.com/quancheng/quancheng/feel"

// complexGateway fires when its activation condition over the tokens that have
// arrived holds; the other tokens of the round are swallowed (BPMN 2.0.2 §10.6.5, §13.4.5).
type complexGateway struct{}

// arrived notes the token; the condition is looked at when nothing else moves,
// except that a late token of a round that has fired is swallowed at once.
func (complexGateway) arrived(*exec, *node, *arrival) {}

// activate of a node whose incident is resolved lets the condition be looked at again.
func (complexGateway) activate(x *exec, n *node) error {
	for _, a := range n.parent.Arrived {
		if a.Stuck == n.Key {
			a.Stuck = 0
			x.detach(n, Terminated)
			return nil
		}
	}
	x.complete(n)
	return nil
}

func (complexGateway) complete(x *exec, n *node) ([]*flow, error) { return x.choose(n, nil) }

// settleComplex fires a complex gateway, or resets one that has fired.
func (x *exec) settleComplex(scope *node, a *arrival) bool {
	switch {
	case a.Stuck != 0:
		return false
	case a.Reset != nil:
		return x.resetComplex(scope, a)
	}
	fires, err := x.activates(scope, a)
	if err != nil {
		n := x.add(scope, a.el, 0)
		a.Stuck = n.Key
		x.stop(n, phaseEntering, err)
		return true
	}
	if !fires {
		return false
	}
	reset := []int{}
	for slot, tokens := range a.Tokens {
		if tokens == 0 {
			reset = append(reset, slot)
		}
	}
	a.Reset = reset
	x.consume(scope, a)
	x.enter(scope, a.el)
	return true
}

// activates evaluates the activation condition. Without one the gateway waits
// for everything that can still arrive.
func (x *exec) activates(scope *node, a *arrival) (bool, error) {
	count := 0
	extra := feel.MapVars{}
	for slot, f := range a.el.in {
		count += a.Tokens[slot]
		extra[f.id] = feel.Int(int64(a.Tokens[slot]))
	}
	if count == 0 {
		return false, nil
	}
	if a.el.activation == nil {
		return !awaited(scope, a, func(slot int) bool { return a.Tokens[slot] == 0 }), nil
	}
	extra["activationCount"] = feel.Int(int64(count))
	return x.truth(scope, "the activation condition", a.el.activation, extra)
}

// resetComplex swallows the late tokens of a round. The round is over when each
// remaining flow has given its token, or none can come any more.
func (x *exec) resetComplex(scope *node, a *arrival) bool {
	moved := false
	left := []int{}
	for _, slot := range a.Reset {
		if a.Tokens[slot] > 0 {
			a.Tokens[slot]--
			moved = true
		} else {
			left = append(left, slot)
		}
	}
	a.Reset = left
	late := func(slot int) bool {
		for _, l := range left {
			if l == slot {
				return true
			}
		}
		return false
	}
	if len(left) > 0 && awaited(scope, a, late) {
		return moved
	}
	a.Reset = nil
	total := 0
	for _, tokens := range a.Tokens {
		total += tokens
	}
	if total == 0 {
		x.forget(scope, a)
		x.settle(scope)
	}
	return true
}
