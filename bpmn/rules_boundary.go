package bpmn

import "slices"

var boundaryRules = []rule{
	{
		"EXT110", "§10.5.4",
		"use one of message, timer, error, escalation, cancel, compensation, conditional and signal; " +
			"error, cancel and compensation always interrupt",
		checkBoundaryKinds,
	},
	{"EXT111", "§10.5.4", "attach the cancel event to a transaction", checkCancelBoundary},
	{"EXT112", "§10.5.4", "remove the incoming flow", checkBoundaryIncoming},
	{"EXT113", "§10.5.4", "connect the boundary event", checkBoundaryOutgoing},
	{
		"EXT114", "§10.7.1", "connect the compensation event to its handler by an association, not by a sequence flow",
		checkCompensationFlows,
	},
	{"EXT143", "§10.7.1", "connect the compensation event to its handler by an association", checkCompensationAssociations},
	{"EXT144", "§10.7.1", "mark the handler with isForCompensation", checkCompensationHandlers},
	{"EXT057", "§10.3.5", "remove the flows: an event sub-process is started by its event", checkEventSubProcessFlows},
	{"EXT058", "§10.3.5", "give the event sub-process one start event", checkEventSubProcessStarts},
	{
		"EXT059", "§10.5.2",
		"use message, timer, error, escalation, compensation, conditional or signal; error and compensation always interrupt",
		checkEventSubProcessTriggers,
	},
}

var boundaryKinds = []EventKind{
	MessageEvent, TimerEvent, ErrorEvent, EscalationEvent, CancelEvent, CompensateEvent, ConditionalEvent, SignalEvent,
}

func checkBoundaryKinds(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if len(c.definitions(n)) == 0 && n.Child("eventDefinitionRef") == nil {
			c.fail(n, "%s has no event definition", name(n))
		}
		onlyKinds(c, n, "a boundary event", boundaryKinds...)
		for _, k := range []EventKind{ErrorEvent, CancelEvent, CompensateEvent} {
			if boolAttr(n, "cancelActivity", true) || !c.has(n, k) {
				continue
			}
			const message = "%s does not interrupt, but has a %s"
			if k == CompensateEvent {
				c.relaxed(n, message, name(n), k) // the activity is over when it is compensated
			} else {
				c.fail(n, message, name(n), k)
			}
		}
	}
}

func checkCancelBoundary(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if on := c.find(n.Attr("attachedToRef")); c.has(n, CancelEvent) && (on == nil || !on.Is("transaction")) {
			c.fail(n, "%s catches a cancellation, but is not attached to a transaction", name(n))
		}
	}
}

func checkBoundaryIncoming(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if len(c.incoming(n)) > 0 || n.Child("incoming") != nil {
			c.fail(n, "%s has an incoming sequence flow", name(n))
		}
	}
}

func checkBoundaryOutgoing(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if len(c.outgoing(n)) == 0 && !c.has(n, CompensateEvent) {
			c.relaxed(n, "%s has no outgoing sequence flow", name(n))
		}
	}
}

func checkCompensationFlows(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if c.has(n, CompensateEvent) && (len(c.outgoing(n)) > 0 || n.Child("outgoing") != nil) {
			c.fail(n, "%s is a compensation event and has an outgoing sequence flow", name(n))
		}
	}
}

// handlersOf lists what associations connect to a compensation boundary event.
func (c *checker) handlersOf(n *Node) []*Node {
	var out []*Node
	for _, attrs := range [][2]string{{"sourceRef", "targetRef"}, {"targetRef", "sourceRef"}} {
		for _, a := range c.ends[end{"association", attrs[0], n.ID()}] {
			if to := c.find(a.Attr(attrs[1])); to != nil && !slices.Contains(artifacts, to.Local) {
				out = append(out, to)
			}
		}
	}
	return out
}

func checkCompensationAssociations(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if c.has(n, CompensateEvent) && len(c.handlersOf(n)) == 0 {
			c.fail(n, "%s is a compensation event without a handler", name(n))
		}
	}
}

func checkCompensationHandlers(c *checker) {
	for _, n := range c.each("boundaryEvent") {
		if !c.has(n, CompensateEvent) {
			continue
		}
		for _, h := range c.handlersOf(n) {
			if !Kind(h.Local).IsActivity() || !boolAttr(h, "isForCompensation", false) {
				c.fail(h, "%s is the compensation handler of %s, but is not marked as one", name(h), n.ID())
			}
		}
	}
}

func (c *checker) eventSubProcesses() []*Node {
	var out []*Node
	for _, n := range c.kinds(Kind.IsSubProcess) {
		if isEventSubProcess(n) {
			out = append(out, n)
		}
	}
	return out
}

func checkEventSubProcessFlows(c *checker) {
	for _, n := range c.eventSubProcesses() {
		if n.Child("incoming") != nil || n.Child("outgoing") != nil || len(c.incoming(n))+len(c.outgoing(n)) > 0 {
			c.fail(n, "the event sub-process %s has sequence flows", n.ID())
		}
	}
}

func checkEventSubProcessStarts(c *checker) {
	for _, n := range c.eventSubProcesses() {
		const message = "the event sub-process %s has %d start events"
		starts := n.ChildrenNamed("startEvent")
		switch {
		case len(starts) == 1:
		case c.differentErrors(starts):
			c.relaxed(n, message, n.ID(), len(starts)) // no error fits two of them
		default:
			c.fail(n, message, n.ID(), len(starts))
		}
	}
}

// differentErrors reports whether start events catch errors only, each of another code.
func (c *checker) differentErrors(starts []*Node) bool {
	seen := map[string]bool{}
	for _, n := range starts {
		defs := c.definitions(n)
		if len(defs) != 1 || defs[0].Local != string(ErrorEvent) || seen[defs[0].Attr("errorRef")] {
			return false
		}
		seen[defs[0].Attr("errorRef")] = true
	}
	return len(starts) > 0
}

func checkEventSubProcessTriggers(c *checker) {
	for _, p := range c.eventSubProcesses() {
		for _, n := range p.ChildrenNamed("startEvent") {
			if len(c.definitions(n)) == 0 && n.Child("eventDefinitionRef") == nil {
				c.fail(n, "%s begins an event sub-process and waits for nothing", name(n))
			}
			onlyKinds(
				c, n, "the start event of an event sub-process", MessageEvent, TimerEvent, ErrorEvent, EscalationEvent, CompensateEvent,
				ConditionalEvent, SignalEvent,
			)
			for _, k := range []EventKind{ErrorEvent, CompensateEvent} {
				if !boolAttr(n, "isInterrupting", true) && c.has(n, k) {
					c.fail(n, "%s does not interrupt, but has a %s", name(n), k)
				}
			}
		}
	}
}
