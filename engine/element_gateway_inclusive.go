package engine

// inclusiveGateway takes every flow whose condition is true, and waits, when it
// joins, for every token that can still reach it (BPMN 2.0.2 §10.6.3, §13.4.3).
type inclusiveGateway struct{ passThrough }

// arrived only notes the token: whether more can come is known when nothing else moves.
func (inclusiveGateway) arrived(*exec, *node, *arrival) {}

func (inclusiveGateway) complete(x *exec, n *node) ([]*flow, error) { return x.choose(n, nil) }

// settleJoins decides one inclusive or complex gateway that need not wait any
// longer. It reports whether a token moved.
func (x *exec) settleJoins() bool {
	for _, scope := range x.s.nodes {
		if scope.gone {
			continue
		}
		for _, a := range scope.Arrived {
			if a.el.upstream == nil {
				continue
			}
			if _, complex := a.el.behave.(complexGateway); complex {
				if x.settleComplex(scope, a) {
					return true
				}
				continue
			}
			if !awaited(scope, a, func(slot int) bool { return a.Tokens[slot] == 0 }) {
				x.consume(scope, a)
				x.enter(scope, a.el)
				x.settle(scope)
				return true
			}
		}
	}
	return false
}

// awaited reports whether a token in the scope can still reach one of the wanted
// incoming flows of a join without visiting the join. A token that can also
// reach an incoming flow that has a token already does not count: it would only
// queue up behind (BPMN 2.0.2 §13.4.3).
func awaited(scope *node, a *arrival, wanted func(slot int) bool) bool {
	for _, n := range scope.children {
		if reaches(a, n.el, wanted) {
			return true
		}
	}
	for _, other := range scope.Arrived {
		if other.el != a.el && reaches(a, other.el, wanted) {
			return true
		}
	}
	return false
}

func reaches(a *arrival, from *element, wanted func(slot int) bool) bool {
	if from == a.el || from.eventSub {
		return false
	}
	found := false
	for slot := range a.el.in {
		if !a.el.upstream[slot].has(from.index) {
			continue
		}
		if a.Tokens[slot] > 0 {
			return false
		}
		found = found || wanted(slot)
	}
	return found
}
