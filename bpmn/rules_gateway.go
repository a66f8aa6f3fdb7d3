package bpmn

import "slices"

var gatewayRules = []rule{
	{
		"EXT017", "§8.4.9", "change gatewayDirection, or remove flows",
		direction("Converging", func(in, out int) bool { return in > 1 && out < 2 }, "more than one incoming and one outgoing flow"),
	},
	{
		"EXT018", "§8.4.9", "change gatewayDirection, or remove flows",
		direction("Diverging", func(in, out int) bool { return in < 2 && out > 1 }, "one incoming and more than one outgoing flow"),
	},
	{
		"EXT019", "§8.4.9", "change gatewayDirection, or add flows",
		direction("Mixed", func(in, out int) bool { return in > 1 && out > 1 }, "more than one incoming and more than one outgoing flow"),
	},
	{"EXT135", "§10.6.1", "remove the gateway, or connect it", checkGatewayFlows},
	{"EXT136", "§10.6.6", "give the gateway two or more outgoing flows", checkEventGatewayBranches},
	{"EXT137", "§10.6.6", "remove the condition", checkEventGatewayConditions},
	{
		"EXT138", "§10.6.6", "connect the gateway to receive tasks or to message, signal, timer, conditional or multiple catch events",
		checkEventGatewayTargets,
	},
	{"EXT139", "§10.6.6", "use either receive tasks or message events", checkEventGatewayMix},
	{"EXT140", "§10.6.6", "remove the boundary events", checkEventGatewayBoundary},
	{"EXT141", "§10.6.6", "remove the other incoming flows", checkEventGatewayTargetFlows},
	{"EXT142", "§10.6.6", "remove the incoming flow, or set instantiate to false", checkInstantiatingGateway},
}

func direction(value string, holds func(in, out int) bool, expected string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.kinds(Kind.IsGateway) {
			if n.Attr("gatewayDirection") == value && !holds(len(c.incoming(n)), len(c.outgoing(n))) {
				c.relaxed(n, "%s is %s, but has not %s", name(n), value, expected)
			}
		}
	}
}

func checkGatewayFlows(c *checker) {
	for _, n := range c.kinds(Kind.IsGateway) {
		if in, out := len(c.incoming(n)), len(c.outgoing(n)); in < 2 && out < 2 {
			c.relaxed(n, "%s has %d incoming and %d outgoing flows: it neither splits nor joins", name(n), in, out)
		}
	}
}

func checkEventGatewayBranches(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		switch len(c.outgoing(n)) {
		case 0:
			c.fail(n, "%s has no outgoing flows", name(n))
		case 1:
			c.relaxed(n, "%s has one outgoing flow and nothing to choose from", name(n))
		}
	}
}

func checkEventGatewayConditions(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		for _, f := range c.outgoing(n) {
			if f.Child("conditionExpression") != nil {
				c.fail(f, "%s leaves the event-based gateway %s and has a condition", name(f), n.ID())
			}
		}
	}
}

// gatewayTriggers are the event definitions that may follow an event-based gateway.
var gatewayTriggers = []EventKind{MessageEvent, SignalEvent, TimerEvent, ConditionalEvent}

func checkEventGatewayTargets(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		for _, f := range c.outgoing(n) {
			t := c.find(f.Attr("targetRef"))
			if t == nil || t.Is("receiveTask") {
				continue
			}
			defs := c.definitions(t)
			fit := len(defs) > 0 && t.Is("intermediateCatchEvent") && !slices.ContainsFunc(defs, func(d *Node) bool {
				return !slices.Contains(gatewayTriggers, EventKind(d.Local))
			})
			if !fit {
				c.fail(
					f, "%s leads from the event-based gateway %s to %s, which waits for no message, signal, time or condition", name(f),
					n.ID(), name(t),
				)
			}
		}
	}
}

// configuration lists what follows an event-based gateway.
func (c *checker) configuration(gateway *Node) []*Node {
	var out []*Node
	for _, f := range c.outgoing(gateway) {
		if t := c.find(f.Attr("targetRef")); t != nil {
			out = append(out, t)
		}
	}
	return out
}

func checkEventGatewayMix(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		targets := c.configuration(n)
		receive := slices.ContainsFunc(targets, func(t *Node) bool { return t.Is("receiveTask") })
		message := slices.ContainsFunc(targets, func(t *Node) bool { return t.Is("intermediateCatchEvent") && c.has(t, MessageEvent) })
		if receive && message {
			c.fail(n, "%s leads to receive tasks and to message events", name(n))
		}
	}
}

func checkEventGatewayBoundary(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		for _, t := range c.configuration(n) {
			for _, b := range c.each("boundaryEvent") {
				if t.Is("receiveTask") && localRef(b.Attr("attachedToRef")) == t.ID() {
					c.fail(b, "%s is attached to %s, which follows an event-based gateway", name(b), name(t))
				}
			}
		}
	}
}

func checkEventGatewayTargetFlows(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		for _, t := range c.configuration(n) {
			if len(c.incoming(t)) > 1 {
				c.fail(t, "%s follows the event-based gateway %s and has other incoming flows", name(t), n.ID())
			}
		}
	}
}

func checkInstantiatingGateway(c *checker) {
	for _, n := range c.each("eventBasedGateway") {
		switch instantiate := boolAttr(n, "instantiate", false); {
		case instantiate && len(c.incoming(n)) > 0:
			c.fail(n, "%s begins the process and has an incoming flow", name(n))
		case !instantiate && n.Attr("eventGatewayType") == "Parallel":
			c.fail(n, "%s is parallel, which only an instantiating gateway may be", name(n))
		}
	}
}
