package engine

// callActivity runs a process or global task of the bundle as an instance of its
// own in the caller's state (BPMN 2.0.2 §10.3.6, "Call Activity").
type callActivity struct{ passThrough }

func (callActivity) activate(x *exec, n *node) error {
	id, err := x.name(n, "the called process", n.el.call.process)
	if err != nil {
		return err
	}
	proc := x.p.find(id)
	if proc == nil {
		return faultf("no-such-process", "the bundle has no executable process %q", id)
	}
	if len(proc.root.starts) == 0 {
		return faultf("no-start", "process %q starts only by an event and cannot be called", id)
	}
	if depth(n) > maxDepth {
		return faultf("too-deep", "more than %d scopes lie in each other; does %q call itself for ever?", maxDepth, id)
	}
	in := Vars{}
	if n.el.call.propagateParent {
		in = visible(n)
	} else {
		for name, v := range n.Vars {
			in[name] = v
		}
	}
	x.beginInstance(instance{proc: proc, key: x.nextKey(), caller: n, businessKey: n.instance().BusinessKey, vars: in, into: n.Into})
	n.Into = nil
	return nil
}

func depth(n *node) int {
	d := 0
	for ; n != nil; n = n.parent {
		d++
	}
	return d
}

// returned continues a call activity whose instance has completed.
func (x *exec) returned(n *node, vs Vars) {
	var err error
	switch {
	case len(n.el.outputs) > 0:
		err = x.setAll(n, vs)
	case n.el.call.propagateChild && n.iteration():
		err = x.merge(n, vs) // an iteration has a variable of its own for its result
	case n.el.call.propagateChild:
		err = x.merge(n.parent, vs)
	}
	if err != nil {
		x.stop(n, phaseLeaving, err)
		return
	}
	if x.checkConditions(); !n.gone {
		x.complete(n)
	}
}
