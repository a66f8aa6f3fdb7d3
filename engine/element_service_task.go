package engine

// serviceTask is a job for an outside worker (BPMN 2.0.2 §10.3.3, "Service Task").
type serviceTask struct{ passThrough }

func (serviceTask) activate(x *exec, n *node) error {
	if n.el.job == nil {
		x.complete(n)
		return nil
	}
	return x.openJob(n)
}
