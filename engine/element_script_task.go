package engine

// scriptTask evaluates a FEEL script, or is a job (BPMN 2.0.2 §10.3.3, "Script Task").
type scriptTask struct{ serviceTask }

func (s scriptTask) activate(x *exec, n *node) error {
	if n.el.script == nil {
		return s.serviceTask.activate(x, n)
	}
	v, _ := x.eval(n, n.el.script, nil)
	return x.completeWith(n, Vars{n.el.result: v})
}

// completeWith completes a node with the result of its own work.
func (x *exec) completeWith(n *node, vs Vars) error {
	delete(vs, "")
	vs, err := storedAll(vs)
	if err != nil {
		return err
	}
	if err := x.deliver(n, vs); err != nil {
		return err
	}
	if x.checkConditions(); !n.gone {
		x.complete(n)
	}
	return nil
}
