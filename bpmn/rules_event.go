package bpmn

import "slices"

var eventRules = []rule{
	{"EXT098", "§10.5.2", "use a message, timer, conditional, signal or none start event", checkProcessStarts},
	{"EXT099", "§10.3.6", "add a start event without trigger", checkCalledStarts},
	{"EXT100", "§10.5.2", "remove the event definition, or make the sub-process an event sub-process", checkSubProcessStarts},
	{"EXT106", "§10.5.3", "use the cancel end event in a transaction only", checkCancelEnds},
	{"EXT146", "§10.5.3", "use one of message, error, escalation, cancel, compensation, signal and terminate", checkEndKinds},
	{"EXT148", "§10.5.4", "use one of message, timer, conditional, link and signal", checkCatchKinds},
	{"EXT149", "§10.5.4", "use one of message, escalation, compensation, link and signal", checkThrowKinds},
	{"EXT122", "§10.5.4", "attach the compensation event to an activity", checkCompensationCatch},
	{"EXT115", "§10.5.4", "connect the event", checkIntermediateIncoming},
	{"EXT116", "§10.5.4", "connect the event", checkIntermediateOutgoing},
	{"EXT117", "§10.5.4", "remove the flow: links stand for it", checkLinkFlows},
	{"EXT118", "§10.5.5", "let each target of a link name its sources", checkLinkTargets},
	{"EXT124", "§10.5.5", "name the source in the link event definition, or give both links the same name", checkLinkSources},
	{"EXT125", "§10.5.5", "name one target in the link event definition, or give both links the same name", checkLinkTarget},
	{"EXT126", "§10.5.4", "use links within one process level only", checkLinkLevels},
	{"EXT095", "§10.5.1", "define the event at the root of the file to use it twice", checkSharedThrows},
	{"EXT127", "§10.5.5", "name the message with messageRef", checkMessageRefs},
	{"EXT128", "§10.5.5", "name the operation with operationRef", checkOperationRefs},
	{"signal-ref", "§10.5.5", "name the signal with signalRef", checkSignalRefs},
	{"EXT011", "§8.4.4", "give the escalation an escalationCode", checkEscalationCodes},
	{"error-code", "§8.4.3", "give the error an errorCode", checkErrorCodes},
	{"EXT102", "§9.4", "let message flows end at start events, not begin", checkStartMessageFlows},
	{"EXT103", "§10.5.2", "add a message event definition", checkStartTargets},
	{"EXT108", "§9.4", "let message flows begin at end events, not end", checkEndMessageFlows},
	{"EXT109", "§10.5.3", "add a message event definition", checkEndSources},
	{"EXT119", "§9.4", "let message flows begin at throw events and end at catch events", checkIntermediateMessageFlows},
}

// onlyKinds reports the definitions of an event that are not allowed there.
func onlyKinds(c *checker, n *Node, where string, allowed ...EventKind) {
	for _, d := range c.definitions(n) {
		if !slices.Contains(allowed, EventKind(d.Local)) {
			c.fail(n, "%s has a %s, which is not allowed for %s", name(n), d.Local, where)
		}
	}
}

func checkProcessStarts(c *checker) {
	for _, n := range c.each("startEvent") {
		if container(n).Is("process") {
			onlyKinds(c, n, "the start event of a process", MessageEvent, TimerEvent, ConditionalEvent, SignalEvent)
		}
	}
}

func checkCalledStarts(c *checker) {
	for _, call := range c.each("callActivity") {
		called := c.findKind(call.Attr("calledElement"), "process")
		if called == nil {
			continue
		}
		starts := called.ChildrenNamed("startEvent")
		plain := slices.ContainsFunc(
			starts, func(s *Node) bool { return len(c.definitions(s)) == 0 && s.Child("eventDefinitionRef") == nil },
		)
		if len(starts) > 0 && !plain {
			c.fail(called, "%s is called by %s, but every start event of it waits for something", name(called), name(call))
		}
	}
}

func isSubProcess(n *Node) bool { return Kind(n.Local).IsSubProcess() }

func checkSubProcessStarts(c *checker) {
	for _, n := range c.each("startEvent") {
		if p := container(n); isSubProcess(p) && !isEventSubProcess(p) &&
			(len(c.definitions(n)) > 0 || n.Child("eventDefinitionRef") != nil) {
			c.fail(n, "%s begins the sub-process %s and has a trigger", name(n), p.ID())
		}
	}
}

func checkCancelEnds(c *checker) {
	for _, n := range c.each("endEvent") {
		inside := false
		for p := n.Parent; p != nil; p = p.Parent {
			inside = inside || p.Is("transaction")
		}
		if c.has(n, CancelEvent) && !inside {
			c.fail(n, "%s cancels, but is in no transaction", name(n))
		}
	}
}

func checkEndKinds(c *checker) {
	for _, n := range c.each("endEvent") {
		onlyKinds(
			c, n, "an end event", MessageEvent, ErrorEvent, EscalationEvent, CancelEvent, CompensateEvent, SignalEvent, TerminateEvent,
		)
	}
}

func checkCatchKinds(c *checker) {
	for _, n := range c.each("intermediateCatchEvent") {
		onlyKinds(c, n, "an intermediate catch event", MessageEvent, TimerEvent, ConditionalEvent, LinkEvent, SignalEvent)
		if len(c.definitions(n)) == 0 && n.Child("eventDefinitionRef") == nil {
			c.fail(n, "%s waits for nothing: it has no event definition", name(n))
		}
	}
}

func checkThrowKinds(c *checker) {
	for _, n := range c.each("intermediateThrowEvent") {
		onlyKinds(c, n, "an intermediate throw event", MessageEvent, EscalationEvent, CompensateEvent, LinkEvent, SignalEvent)
	}
}

func checkCompensationCatch(c *checker) {
	for _, n := range c.each("intermediateCatchEvent") {
		if c.has(n, CompensateEvent) {
			c.fail(n, "%s catches compensation in normal flow", name(n))
		}
	}
}

func checkIntermediateIncoming(c *checker) {
	for _, n := range c.each("intermediateThrowEvent", "intermediateCatchEvent") {
		if len(c.incoming(n)) == 0 && !(n.Is("intermediateCatchEvent") && c.has(n, LinkEvent)) && !c.flowless(n) {
			c.relaxed(n, "%s has no incoming sequence flow", name(n))
		}
	}
}

func checkIntermediateOutgoing(c *checker) {
	for _, n := range c.each("intermediateThrowEvent", "intermediateCatchEvent") {
		if len(c.outgoing(n)) == 0 && !(n.Is("intermediateThrowEvent") && c.has(n, LinkEvent)) && !c.flowless(n) {
			c.relaxed(n, "%s has no outgoing sequence flow", name(n))
		}
	}
}

func checkLinkFlows(c *checker) {
	for _, n := range c.each("intermediateThrowEvent", "intermediateCatchEvent") {
		if !c.has(n, LinkEvent) {
			continue
		}
		if n.Is("intermediateThrowEvent") && len(c.outgoing(n)) > 0 {
			c.fail(n, "%s is the source of a link and has an outgoing sequence flow", name(n))
		}
		if n.Is("intermediateCatchEvent") && len(c.incoming(n)) > 0 {
			c.fail(n, "%s is the target of a link and has an incoming sequence flow", name(n))
		}
	}
}

// links lists the link definitions in events of a kind.
func (c *checker) links(eventKind string) []*Node {
	var out []*Node
	for _, d := range c.each("linkEventDefinition") {
		if d.Parent.Is(eventKind) {
			out = append(out, d)
		}
	}
	return out
}

func checkLinkTargets(c *checker) {
	for _, d := range c.links("intermediateThrowEvent") {
		for _, ref := range refTexts(d, "target") {
			if t := c.findKind(ref, "linkEventDefinition"); t != nil && d.ID() != "" && !c.lists(t, "source", d.ID()) {
				c.fail(d, "%s has the target %s, which does not name it as a source", nearestID(d), ref)
			}
		}
	}
}

// namesake reports whether a link of the other direction on the same level has the same name.
func (c *checker) namesake(d *Node, other string) bool {
	return slices.ContainsFunc(c.links(other), func(o *Node) bool {
		return d.Attr("name") != "" && o.Attr("name") == d.Attr("name") && container(o.Parent) == container(d.Parent)
	})
}

func checkLinkSources(c *checker) {
	for _, d := range c.links("intermediateCatchEvent") {
		if len(refTexts(d, "source")) == 0 && !c.linkedBy(d) {
			c.fail(d, "the link %s has no source", nearestID(d.Parent))
		}
	}
}

func checkLinkTarget(c *checker) {
	for _, d := range c.links("intermediateThrowEvent") {
		if len(refTexts(d, "target")) == 0 && !c.linkedBy(d) {
			c.fail(d, "the link %s has no target", nearestID(d.Parent))
		}
	}
}

// linkedBy reports whether a link relies on its name alone: neither end names the other by id.
func (c *checker) linkedBy(d *Node) bool {
	other := "intermediateThrowEvent"
	if d.Parent.Is(other) {
		other = "intermediateCatchEvent"
	}
	for _, o := range c.links(other) {
		if slices.Contains(refTexts(o, "target"), d.ID()) || slices.Contains(refTexts(o, "source"), d.ID()) {
			return false
		}
	}
	return c.namesake(d, other)
}

func checkLinkLevels(c *checker) {
	for _, d := range c.links("intermediateThrowEvent") {
		for _, ref := range refTexts(d, "target") {
			if t := c.findKind(ref, "linkEventDefinition"); t != nil && container(t.Parent) != container(d.Parent) {
				c.fail(d, "the link %s leads to %s in another process level", nearestID(d), ref)
			}
		}
	}
}

func checkSharedThrows(c *checker) {
	for _, ref := range c.each("eventDefinitionRef") {
		if d := c.find(ref.Text()); d != nil && Kind(d.Parent.Local).IsThrow() {
			c.fail(ref, "%s uses the event definition %s, which belongs to %s", name(ref.Parent), d.ID(), name(d.Parent))
		}
	}
}

func checkMessageRefs(c *checker) {
	for _, d := range c.each("messageEventDefinition") {
		if !executable(d) || d.Attr("messageRef") != "" {
			continue
		}
		const message = "the message event %s of an executable process names no message"
		if readExtensions(d.Parent).TaskDefinition != nil {
			c.relaxed(d, message, nearestID(d.Parent)) // a job sends it
		} else {
			c.fail(d, message, nearestID(d.Parent))
		}
	}
}

func checkOperationRefs(c *checker) {
	for _, d := range c.each("messageEventDefinition") {
		if !executable(d) || d.Child("operationRef") != nil {
			continue
		}
		const message = "the message event %s of an executable process names no operation"
		if msg := c.findKind(d.Attr("messageRef"), "message"); msg != nil && msg.Attr("itemRef") != "" {
			c.fail(d, message, nearestID(d.Parent)) // typed as for a service call
		} else if !c.dialect {
			c.fail(d, message, nearestID(d.Parent))
		}
	}
}

func checkSignalRefs(c *checker) {
	for _, d := range c.each("signalEventDefinition") {
		if executable(d) && d.Attr("signalRef") == "" {
			c.fail(d, "the signal event %s of an executable process names no signal", nearestID(d.Parent))
		}
	}
}

func checkEscalationCodes(c *checker) {
	for _, d := range c.each("escalationEventDefinition") {
		e := c.findKind(d.Attr("escalationRef"), "escalation")
		if executable(d) && Kind(d.Parent.Local).IsThrow() && (e == nil || e.Attr("escalationCode") == "") {
			c.relaxed(d, "%s throws an escalation without a code", name(d.Parent))
		}
	}
}

func checkErrorCodes(c *checker) {
	for _, d := range c.each("errorEventDefinition") {
		e := c.findKind(d.Attr("errorRef"), "error")
		if executable(d) && Kind(d.Parent.Local).IsThrow() && (e == nil || e.Attr("errorCode") == "") {
			c.relaxed(d, "%s throws an error without a code", name(d.Parent))
		}
	}
}

func (c *checker) messageFlowsAt(n *Node, attr string) bool {
	return len(c.ends[end{"messageFlow", attr, n.ID()}]) > 0
}

func checkStartMessageFlows(c *checker) {
	for _, n := range c.each("startEvent") {
		if c.messageFlowsAt(n, "sourceRef") {
			c.fail(n, "%s is the source of a message flow", name(n))
		}
	}
}

func checkStartTargets(c *checker) {
	for _, n := range c.each("startEvent") {
		switch {
		case !c.messageFlowsAt(n, "targetRef") || c.has(n, MessageEvent):
		case len(c.definitions(n)) == 0: // drawn for people: who sends it, begins the process by hand
			c.relaxed(n, "%s is the target of a message flow, but waits for no message", name(n))
		default:
			c.fail(n, "%s is the target of a message flow, but waits for no message", name(n))
		}
	}
}

func checkEndMessageFlows(c *checker) {
	for _, n := range c.each("endEvent") {
		if c.messageFlowsAt(n, "targetRef") {
			c.fail(n, "%s is the target of a message flow", name(n))
		}
	}
}

func checkEndSources(c *checker) {
	for _, n := range c.each("endEvent") {
		if c.messageFlowsAt(n, "sourceRef") && !c.has(n, MessageEvent) {
			c.fail(n, "%s is the source of a message flow, but sends no message", name(n))
		}
	}
}

func checkIntermediateMessageFlows(c *checker) {
	for _, n := range c.each("intermediateThrowEvent") {
		if c.messageFlowsAt(n, "targetRef") {
			c.fail(n, "%s throws and is the target of a message flow", name(n))
		}
	}
	for _, n := range c.each("intermediateCatchEvent", "boundaryEvent") {
		if c.messageFlowsAt(n, "sourceRef") {
			c.fail(n, "%s catches and is the source of a message flow", name(n))
		}
	}
}
