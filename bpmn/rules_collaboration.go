package bpmn

import (
	"slices"
	"strconv"
)

var collaborationRules = []rule{
	{"EXT027", "§9.2", "remove choreographyRef", checkChoreographyRefs},
	{"EXT029", "§9.3.2", "write a number from 0", checkMinimum},
	{"EXT030", "§9.3.2", "write a maximum of at least 1 and at least the minimum", checkMaximum},
	{"EXT031", "§9.4", "connect two different pools, or use a sequence flow", checkMessageFlowPools},
	{"EXT032", "§9.5.6", "move the content into a collaboration", checkGlobalConversations},
	{"choreography-initiator", "§11.4", "let one of the participants begin", checkInitiators},
	{"EXT033", "§9.2", "give the collaboration and the choreography the same isClosed", checkClosed},
}

func checkChoreographyRefs(c *checker) {
	for _, n := range c.each("choreographyRef") {
		if !n.Parent.Is("collaboration") {
			c.fail(n, "%s refers to a choreography, which only a collaboration may", name(n.Parent))
		}
	}
}

func number(n *Node, attr string, otherwise int) (int, bool) {
	v, ok := n.LookupAttr("", attr)
	if !ok {
		return otherwise, true
	}
	i, err := strconv.Atoi(v)
	return i, err == nil
}

func checkMinimum(c *checker) {
	for _, n := range c.each("participantMultiplicity") {
		if v, ok := number(n, "minimum", 0); ok && v < 0 {
			c.fail(n, "the minimum of %s is %d", name(n.Parent), v)
		}
	}
}

func checkMaximum(c *checker) {
	for _, n := range c.each("participantMultiplicity") {
		low, okLow := number(n, "minimum", 0)
		high, okHigh := number(n, "maximum", 1)
		if okLow && okHigh && (high < 1 || high < low) {
			c.fail(n, "%s has a minimum of %d and a maximum of %d", name(n.Parent), low, high)
		}
	}
}

// pool is what identifies the pool of a message flow's end: its process, or the participant of a black box.
func (c *checker) pool(ref string) *Node {
	n := c.find(ref)
	if n == nil || !n.Is("participant") {
		return process(n)
	}
	if p := c.findKind(n.Attr("processRef"), "process"); p != nil {
		return p
	}
	return n
}

func checkMessageFlowPools(c *checker) {
	for _, f := range c.each("messageFlow") {
		source, target := c.pool(f.Attr("sourceRef")), c.pool(f.Attr("targetRef"))
		if source != nil && source == target {
			c.fail(f, "%s begins and ends in the same pool", name(f))
		}
	}
}

func checkGlobalConversations(c *checker) {
	forbidden := []string{"conversation", "subConversation", "callConversation", "participantAssociation", "messageFlowAssociation",
		"conversationAssociation", "association", "group", "textAnnotation"}
	for _, n := range c.each(forbidden...) {
		if n.Parent.Is("globalConversation") {
			c.fail(n, "the global conversation %s holds %s", n.Parent.ID(), name(n))
		}
	}
}

func checkInitiators(c *checker) {
	for _, n := range c.each(choreographyActivities...) {
		if who := localRef(n.Attr("initiatingParticipantRef")); who != "" && !slices.Contains(refTexts(n, "participantRef"), who) {
			c.fail(n, "%s is begun by %s, which takes no part in it", name(n), who)
		}
	}
}

func checkClosed(c *checker) {
	for _, ref := range c.each("choreographyRef") {
		to := c.findKind(ref.Text(), "choreography")
		if to != nil && ref.Parent.Is("collaboration") && boolAttr(to, "isClosed", false) != boolAttr(ref.Parent, "isClosed", false) {
			c.fail(ref.Parent, "isClosed of %s differs from its choreography", name(ref.Parent))
		}
	}
}
