package engine

// exclusiveGateway takes the first flow, in the order of the file, whose
// condition is true, else the default flow (BPMN 2.0.2 §10.6.2, §13.4.2).
type exclusiveGateway struct{ passThrough }

func (exclusiveGateway) complete(x *exec, n *node) ([]*flow, error) {
	for _, f := range n.el.out {
		if f == n.el.defaultFlow {
			continue
		}
		holds := f.condition == nil
		if !holds {
			var err error
			if holds, err = x.truth(n, "the condition of "+f.id, f.condition, nil); err != nil {
				return nil, err
			}
		}
		if holds {
			return []*flow{f}, nil
		}
	}
	if f := n.el.defaultFlow; f != nil {
		return []*flow{f}, nil
	}
	if len(n.el.out) == 0 {
		return nil, nil
	}
	return nil, faultf("no-flow", "no condition of an outgoing flow of %s is true, and it has no default flow", n.el.id)
}
