package engine

// processScope is a process as a scope: an instance, root or called (BPMN 2.0.2 §10.2, §13.2).
type processScope struct{ passThrough }

func (processScope) settled(x *exec, n *node) {
	if n.Undo != nil {
		return
	}
	caller := n.parent
	vs := n.Vars
	x.detach(n, Completed)
	if caller == nil {
		x.s.ended = true
		return
	}
	x.returned(caller, vs)
}
