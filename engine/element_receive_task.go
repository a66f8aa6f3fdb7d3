package engine

// receiveTask waits for a message (BPMN 2.0.2 §10.3.3, "Receive Task").
type receiveTask struct{ passThrough }

func (receiveTask) activate(x *exec, n *node) error {
	_, err := x.listen(n, []*element{n.el})
	return err
}
