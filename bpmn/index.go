package bpmn

// ByID finds the XML of any BPMN element, or nil.
func (m *Model) ByID(id string) *Node { return m.byID[id] }

// Element finds a process, flow node or global task by id, or nil.
func (m *Model) Element(id string) *Element { return m.elem[m.byID[id]] }

// Flow finds a sequence flow by id, or nil.
func (m *Model) Flow(id string) *Flow { return m.flow[m.byID[id]] }

// Process finds a process by id, or nil.
func (m *Model) Process(id string) *Element {
	for _, p := range m.Processes {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Callable finds a process or global task by id, or nil.
func (m *Model) Callable(id string) *Element {
	for _, g := range m.GlobalTasks {
		if g.ID == id {
			return g
		}
	}
	return m.Process(id)
}

// Walk calls f for the element and all below it, in document order.
func (e *Element) Walk(f func(*Element)) {
	f(e)
	if e.Scope != nil {
		for _, c := range e.Scope.Elements {
			c.Walk(f)
		}
	}
}

// EventSubProcess reports whether the element is an event sub-process.
func (e *Element) EventSubProcess() bool { return e.Scope != nil && e.Scope.TriggeredByEvent }

// Root is the process (or global task) that holds the element.
func (e *Element) Root() *Element {
	for e.Parent != nil {
		e = e.Parent
	}
	return e
}

// Has reports whether the event has a definition of that kind.
func (e *Element) Has(k EventKind) bool { return e.Definition(k) != nil }

// Definition is the event's first definition of that kind, or nil.
func (e *Element) Definition(k EventKind) *EventDefinition {
	if e.Event == nil {
		return nil
	}
	for _, d := range e.Event.Definitions {
		if d.Kind == k {
			return d
		}
	}
	return nil
}

// IsCompensationBoundary reports whether the element is a boundary event that only marks a compensation handler.
func (e *Element) IsCompensationBoundary() bool {
	return e.Kind == KindBoundaryEvent && e.Has(CompensateEvent)
}

// DefaultFlow is the default flow of an activity or gateway, or nil.
func (e *Element) DefaultFlow() *Flow {
	switch {
	case e.Activity != nil:
		return e.Activity.Default
	case e.Gateway != nil:
		return e.Gateway.Default
	}
	return nil
}
