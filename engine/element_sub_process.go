package engine

// subProcess is an embedded sub-process or an event sub-process (BPMN 2.0.2 §10.3.5, §13.3.4).
type subProcess struct{ passThrough }

func (subProcess) activate(x *exec, n *node) error {
	return x.beginScope(n)
}

func (subProcess) settled(x *exec, n *node) {
	switch {
	case n.Undo != nil:
	case n.Restored:
		x.endRestored(n)
	default:
		x.complete(n)
	}
}
