package bpmn

// Descendants lists all elements that the element holds, at any depth.
func (e *Element) Descendants() []*Element {
	if e.Scope == nil {
		return nil
	}
	var out []*Element
	for _, c := range e.Scope.Elements {
		out = append(append(out, c), c.Descendants()...)
	}
	return out
}
