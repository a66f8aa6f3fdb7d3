package engine

// sendTask publishes a message: by a job when it has a type, else through the
// shell (BPMN 2.0.2 §10.3.3, "Send Task").
type sendTask struct{ serviceTask }

func (s sendTask) activate(x *exec, n *node) error {
	if n.el.job == nil && n.el.message != nil {
		if err := x.throwMessage(n, n.el.message); err != nil {
			return err
		}
	}
	return s.serviceTask.activate(x, n)
}
