package bpmn

import "slices"

var flowRules = []rule{
	{"EXT006", "§8.4.1", "connect artifacts by associations", checkArtifactFlows},
	{
		"EXT021", "§8.4.13", "connect activities, gateways and events only; event sub-processes and compensation handlers stand apart",
		checkFlowEnds,
	},
	{"EXT023", "§8.4.13", "list the sequence flow in incoming of its target and in outgoing of its source", checkFlowLists},
	{"EXT024", "§8.4.13", "leave isImmediate out, or make the process not executable", checkImmediate},
	{"EXT025", "§8.4.13", "add a second outgoing flow, or remove the condition", checkConditionalFlows},
	{"EXT026", "§8.4.13", "let default name an outgoing flow of the same element", checkDefaults},
	{"EXT028", "§8.4.13", "keep sequence flows within one process and one sub-process; use message flows between pools", checkFlowBorders},
	{"EXT096", "§10.5.2", "remove the incoming sequence flow", checkStartIncoming},
	{"EXT101", "§10.5.2", "connect the start event", checkStartOutgoing},
	{"EXT104", "§10.5.3", "remove the outgoing sequence flow", checkEndOutgoing},
	{"EXT107", "§10.5.3", "connect the end event", checkEndIncoming},
	{"EXT097", "§10.5.3", "add a start event", checkEndNeedsStart},
	{"EXT105", "§10.5.2", "add an end event", checkStartNeedsEnd},
	{"EXT150", "§10.5.2", "connect the element, or remove the start event", checkAllIncoming},
	{"EXT151", "§10.5.3", "connect the element, or remove the end event", checkAllOutgoing},
}

var artifacts = []string{"association", "group", "textAnnotation"}

func checkArtifactFlows(c *checker) {
	for _, f := range c.each("sequenceFlow", "messageFlow") {
		for _, end := range []string{"sourceRef", "targetRef"} {
			if to := c.find(f.Attr(end)); to != nil && slices.Contains(artifacts, to.Local) {
				c.fail(f, "%s has the artifact %s as %s", name(f), name(to), end)
			}
		}
	}
}

func isEventSubProcess(n *Node) bool { return boolAttr(n, "triggeredByEvent", false) }

func checkFlowEnds(c *checker) {
	for _, f := range c.each("sequenceFlow") {
		for _, end := range []string{"sourceRef", "targetRef"} {
			to := c.find(f.Attr(end))
			switch {
			case to == nil:
			case isEventSubProcess(to):
				c.fail(f, "%s has the event sub-process %s as %s", name(f), to.ID(), end)
			case boolAttr(to, "isForCompensation", false):
				c.fail(f, "%s has the compensation handler %s as %s", name(f), to.ID(), end)
			}
		}
	}
}

func checkFlowLists(c *checker) {
	for _, f := range c.each("sequenceFlow") {
		for _, end := range [][2]string{{"sourceRef", "outgoing"}, {"targetRef", "incoming"}} {
			if to := c.find(f.Attr(end[0])); to != nil && f.ID() != "" && Kind(to.Local).IsFlowNode() && !c.lists(to, end[1], f.ID()) {
				c.fail(f, "%s is not listed as %s by %s", name(f), end[1], name(to))
			}
		}
	}
	for _, n := range c.kinds(Kind.IsFlowNode) {
		for _, end := range [][2]string{{"sourceRef", "outgoing"}, {"targetRef", "incoming"}} {
			for _, ref := range refTexts(n, end[1]) {
				if f := c.find(ref); f != nil && f.Is("sequenceFlow") && localRef(f.Attr(end[0])) != n.ID() {
					c.fail(n, "%s lists %s as %s, but that flow has another %s", name(n), ref, end[1], end[0])
				}
			}
		}
	}
}

func checkImmediate(c *checker) {
	for _, f := range c.each("sequenceFlow") {
		if !boolAttr(f, "isImmediate", true) && executable(f) {
			c.fail(f, "%s of an executable process has isImmediate=\"false\"", name(f))
		}
	}
}

func checkConditionalFlows(c *checker) {
	for _, f := range c.each("sequenceFlow") {
		source := c.find(f.Attr("sourceRef"))
		if f.Child("conditionExpression") == nil || source == nil {
			continue
		}
		if Kind(source.Local).IsActivity() && len(c.outgoing(source)) < 2 {
			c.relaxed(f, "%s is conditional and the only outgoing flow of %s", name(f), name(source))
		}
	}
}

func checkDefaults(c *checker) {
	for _, n := range c.kinds(Kind.IsFlowNode) {
		ref, ok := n.LookupAttr("", "default")
		if f := c.find(ref); ok && f != nil && localRef(f.Attr("sourceRef")) != n.ID() {
			c.fail(n, "the default flow %s of %s begins at another element", ref, name(n))
		}
	}
}

func checkFlowBorders(c *checker) {
	for _, f := range c.each("sequenceFlow") {
		source, target := c.find(f.Attr("sourceRef")), c.find(f.Attr("targetRef"))
		if source == nil || target == nil || !Kind(source.Local).IsFlowNode() || !Kind(target.Local).IsFlowNode() {
			continue
		}
		if container(source) != container(target) {
			c.fail(f, "%s goes from %s to %s, which are not in the same process or sub-process", name(f), source.ID(), target.ID())
		}
	}
}

func checkStartIncoming(c *checker) {
	for _, n := range c.each("startEvent") {
		if len(c.incoming(n)) > 0 || n.Child("incoming") != nil {
			c.fail(n, "%s has an incoming sequence flow", name(n))
		}
	}
}

func checkStartOutgoing(c *checker) {
	for _, n := range c.each("startEvent") {
		if len(c.outgoing(n)) == 0 {
			c.relaxed(n, "%s has no outgoing sequence flow", name(n))
		}
	}
}

func checkEndOutgoing(c *checker) {
	for _, n := range c.each("endEvent") {
		if len(c.outgoing(n)) > 0 || n.Child("outgoing") != nil {
			c.fail(n, "%s has an outgoing sequence flow", name(n))
		}
	}
}

func checkEndIncoming(c *checker) {
	for _, n := range c.each("endEvent") {
		if len(c.incoming(n)) == 0 {
			c.relaxed(n, "%s has no incoming sequence flow", name(n))
		}
	}
}

// instantiates reports whether a scope has an element that begins it explicitly.
func instantiates(scope *Node) bool {
	return slices.ContainsFunc(scope.Elements(), func(n *Node) bool {
		return n.Is("startEvent") || (n.Is("receiveTask") || n.Is("eventBasedGateway")) && boolAttr(n, "instantiate", false)
	})
}

func checkEndNeedsStart(c *checker) {
	for _, n := range c.each("endEvent") {
		if !instantiates(container(n)) {
			c.relaxed(n, "%s stands in %s, which has no start event", name(n), name(container(n)))
		}
	}
}

func checkStartNeedsEnd(c *checker) {
	for _, n := range c.each("startEvent") {
		if container(n).Child("endEvent") == nil {
			c.relaxed(n, "%s stands in %s, which has no end event", name(n), name(container(n)))
		}
	}
}

// flowless are nodes that stand apart from the flow of their scope.
func (c *checker) flowless(n *Node) bool {
	return isEventSubProcess(n) || boolAttr(n, "isForCompensation", false) || n.Parent.Is("adHocSubProcess")
}

func checkAllIncoming(c *checker) {
	for _, n := range c.kinds(Kind.IsFlowNode) {
		if n.Is("startEvent") || n.Is("endEvent") || n.Is("boundaryEvent") || n.Is("event") || c.flowless(n) ||
			n.Parent.Child("startEvent") == nil ||
			c.has(n, LinkEvent) && n.Is("intermediateCatchEvent") ||
			boolAttr(n, "instantiate", false) {
			continue
		}
		if len(c.incoming(n)) == 0 {
			c.relaxed(n, "%s has no incoming sequence flow, although its scope begins with a start event", name(n))
		}
	}
}

func checkAllOutgoing(c *checker) {
	for _, n := range c.kinds(Kind.IsFlowNode) {
		if n.Is("endEvent") || n.Is("boundaryEvent") || n.Is("event") || c.flowless(n) || n.Parent.Child("endEvent") == nil ||
			c.has(n, LinkEvent) && n.Is("intermediateThrowEvent") {
			continue
		}
		if len(c.outgoing(n)) == 0 {
			c.relaxed(n, "%s has no outgoing sequence flow, although its scope ends with an end event", name(n))
		}
	}
}
