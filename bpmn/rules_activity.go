package bpmn

import (
	"slices"
	"strconv"
	"strings"
)

var activityRules = []rule{
	{"EXT035", "§10.2.1", "make the process private, or not executable", checkPublic},
	{"EXT036", "§10.2", "use the choreography activity in a choreography", checkChoreographyActivities},
	{"EXT037", "§10.3", "write a number from 1", quantity("startQuantity")},
	{"EXT038", "§10.3", "write a number from 1", quantity("completionQuantity")},
	{"EXT039", "§10.3.1", "keep either resourceRef or resourceAssignmentExpression", checkResourceRoles},
	{"EXT042", "§10.3.3", "give the service task one input set", checkServiceInputSets},
	{"EXT043", "§10.3.3", "keep at most one output set", atMost("serviceTask", "operationRef", "outputSet")},
	{
		"EXT044", "§10.3.3", "give the data input the item definition of the operation's input message",
		operationItem("inMessageRef", "dataInput"),
	},
	{
		"EXT045", "§10.3.3", "give the data output the item definition of the operation's output message",
		operationItem("outMessageRef", "dataOutput"),
	},
	{"EXT046", "§10.3.3", "keep at most one input set", atMost("sendTask", "messageRef", "inputSet")},
	{"EXT047", "§10.3.3", "keep at most one data input", atMost("sendTask", "messageRef", "dataInput")},
	{"EXT048", "§10.3.3", "give the data input the item definition of the message", messageItem("sendTask", "dataInput")},
	{"EXT049", "§10.3.3", "remove the incoming flow, or set instantiate to false", checkInstantiatingReceive},
	{"EXT050", "§10.3.3", "keep at most one output set", atMost("receiveTask", "messageRef", "outputSet")},
	{"EXT051", "§10.3.3", "keep at most one data output", atMost("receiveTask", "messageRef", "dataOutput")},
	{"EXT052", "§10.3.3", "give the data output the item definition of the message", messageItem("receiveTask", "dataOutput")},
	{"EXT056", "§10.3.5", "use the choreography activity in a choreography", checkSubProcessContent},
	{"EXT060", "§10.3.5", "write ##Compensate, ##Store, ##Image or a URI", checkTransactionMethods},
	{"EXT061", "§10.3.5", "put an activity into the ad-hoc sub-process", checkAdHocActivities},
	{"EXT062", "§10.3.5", "remove the element: ad-hoc sub-processes have no start and end", checkAdHocContent},
	{"EXT063", "§10.3.6", "give the call activity the same inputs, outputs and sets as what it calls", checkCallData},
	{"EXT064", "§10.3.6", "bind the inputs and outputs with ioBinding", checkSupportedInterfaces},
	{"EXT065", "§8.5.2", "bind inputs and outputs of the same item definitions as the operation's messages", checkBindings},
	{"EXT067", "§10.3.8", "add a loopCardinality, a loopDataInputRef, or an input collection", checkLoopSource},
	{"EXT068", "§10.3.8", "let loopDataInputRef name a data input of the activity", checkLoopInput},
	{"EXT069", "§10.3.8", "give the item the type of one element of the collection", loopItem("loopDataOutputRef", "outputDataItem")},
	{"EXT070", "§10.3.8", "give the item the type of one element of the collection", loopItem("loopDataInputRef", "inputDataItem")},
	{
		"loop-behavior", "§10.3.8", "name the event with oneBehaviorEventRef or noneBehaviorEventRef, or add a complexBehaviorDefinition",
		checkLoopBehavior,
	},
}

func checkPublic(c *checker) {
	for _, n := range c.each("process") {
		if n.Attr("processType") == "Public" && boolAttr(n, "isExecutable", false) {
			c.fail(n, "%s is public and marked as executable", name(n))
		}
	}
}

var choreographyActivities = []string{"choreographyTask", "subChoreography", "callChoreography"}

func checkChoreographyActivities(c *checker) {
	for _, n := range c.each(choreographyActivities...) {
		if container(n).Is("process") {
			c.fail(n, "%s stands in a process", name(n))
		}
	}
}

func checkSubProcessContent(c *checker) {
	for _, n := range c.each(choreographyActivities...) {
		if isSubProcess(container(n)) {
			c.fail(n, "%s stands in a sub-process", name(n))
		}
	}
}

func quantity(attr string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.kinds(Kind.IsActivity) {
			v, ok := n.LookupAttr("", attr)
			if i, err := strconv.Atoi(strings.TrimSpace(v)); ok && err == nil && i < 1 {
				c.fail(n, "%s of %s is %d", attr, name(n), i)
			}
		}
	}
}

func checkResourceRoles(c *checker) {
	for _, n := range c.nodes {
		if !schema.derives(c.types[n], "tResourceRole") || c.types[n] == "" {
			continue
		}
		if n.Child("resourceRef") != nil && n.Child("resourceAssignmentExpression") != nil {
			c.fail(n, "%s names a resource and has an assignment expression, which exclude each other", name(n))
		}
		if n.Child("resourceRef") == nil && n.Child("resourceParameterBinding") != nil {
			c.fail(n, "%s binds parameters of a resource, but names none", name(n))
		}
	}
}

func ioChildren(n *Node, local string) []*Node {
	return n.Child("ioSpecification").ChildrenNamed(local)
}

func checkServiceInputSets(c *checker) {
	for _, n := range c.each("serviceTask") {
		if count := len(ioChildren(n, "inputSet")); n.Attr("operationRef") != "" && count != 1 && n.Child("ioSpecification") != nil {
			c.fail(n, "%s calls an operation and has %d input sets", name(n), count)
		}
	}
}

func atMost(local, ref, child string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(local) {
			if count := len(ioChildren(n, child)); n.Attr(ref) != "" && count > 1 {
				c.fail(n, "%s has %d of %s", name(n), count, child)
			}
		}
	}
}

// operationItem compares the data of a service task with the messages of its operation.
func operationItem(message, data string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each("serviceTask") {
			op := c.findKind(n.Attr("operationRef"), "operation")
			own := ioChildren(n, data)
			if op == nil || op.Child(message) == nil || len(own) == 0 {
				continue
			}
			msg := c.find(op.Child(message).Text())
			if msg != nil &&
				!slices.ContainsFunc(own, func(d *Node) bool { return c.item(d) != nil && sameItem(c.item(d), c.item(msg)) }) &&
				(c.item(msg) != nil || c.item(own[0]) != nil) {
				c.fail(n, "%s has no %s of the type of the message %s", name(n), data, msg.ID())
			}
		}
	}
}

// messageItem compares the data of a send or receive task with its message.
func messageItem(local, data string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(local) {
			msg := c.findKind(n.Attr("messageRef"), "message")
			for _, d := range ioChildren(n, data) {
				if msg != nil && (c.item(d) == nil || !sameItem(c.item(d), c.item(msg))) {
					c.fail(d, "%s of %s has not the type of the message %s", name(d), name(n), msg.ID())
				}
			}
		}
	}
}

func checkInstantiatingReceive(c *checker) {
	for _, n := range c.each("receiveTask") {
		if boolAttr(n, "instantiate", false) && len(c.incoming(n)) > 0 {
			c.fail(n, "%s begins the process and has an incoming flow", name(n))
		}
	}
}

func checkTransactionMethods(c *checker) {
	for _, n := range c.each("transaction") {
		if v, ok := n.LookupAttr("", "method"); ok && !slices.Contains([]string{"##Compensate", "##Store", "##Image"}, v) && !isURI(v) {
			c.fail(n, "method of %s is %q", name(n), v)
		}
	}
}

func checkAdHocActivities(c *checker) {
	for _, n := range c.each("adHocSubProcess") {
		if !slices.ContainsFunc(n.Elements(), func(e *Node) bool { return e.Space == NamespaceBPMN && Kind(e.Local).IsActivity() }) {
			c.relaxed(n, "%s holds no activity", name(n))
		}
	}
}

func checkAdHocContent(c *checker) {
	for _, n := range c.each("startEvent", "endEvent", "choreographyTask", "subChoreography", "callChoreography", "conversation",
		"conversationLink") {
		if container(n).Is("adHocSubProcess") {
			c.fail(n, "%s stands in an ad-hoc sub-process", name(n))
		}
	}
}

// checkCallData: a call activity that spells out its data must spell out all of what it calls (§10.3.6).
func checkCallData(c *checker) {
	for _, n := range c.each("callActivity") {
		called := c.find(n.Attr("calledElement"))
		if called == nil || !schema.derives(c.types[called], "tCallableElement") {
			continue
		}
		for _, kind := range []string{"dataInput", "dataOutput", "inputSet", "outputSet"} {
			own, theirs := ioChildren(n, kind), ioChildren(called, kind)
			if len(own) != len(theirs) {
				c.fail(n, "%s has %d of %s, but %s has %d", name(n), len(own), kind, name(called), len(theirs))
				continue
			}
			for i := range own {
				if !c.matches(own[i], theirs[i]) {
					c.fail(own[i], "%s of %s does not match %s of %s", name(own[i]), name(n), name(theirs[i]), name(called))
				}
			}
		}
	}
}

func (c *checker) matches(own, theirs *Node) bool {
	switch own.Local {
	case "dataInput", "dataOutput":
		return sameItem(c.item(own), c.item(theirs))
	case "inputSet":
		return len(refTexts(own, "dataInputRefs")) == len(refTexts(theirs, "dataInputRefs"))
	default:
		return len(refTexts(own, "dataOutputRefs")) == len(refTexts(theirs, "dataOutputRefs"))
	}
}

func checkSupportedInterfaces(c *checker) {
	for _, ref := range c.each("supportedInterfaceRef") {
		if n := ref.Parent; n.Child("ioBinding") == nil {
			c.fail(n, "%s supports an interface, but binds no operation", name(n))
		}
	}
}

func checkBindings(c *checker) {
	for _, n := range c.each("ioBinding") {
		op := c.findKind(n.Attr("operationRef"), "operation")
		if op == nil {
			continue
		}
		for _, p := range [][2]string{{"inputDataRef", "inMessageRef"}, {"outputDataRef", "outMessageRef"}} {
			data, msg := c.boundData(n.Attr(p[0])), c.find(op.Child(p[1]).Text())
			if data != nil && msg != nil && !sameItem(c.item(data), c.item(msg)) {
				c.fail(n, "the binding of %s has not the type of the message %s", name(data), msg.ID())
			}
		}
	}
}

// boundData is the data behind an input or output set, or the data itself.
func (c *checker) boundData(ref string) *Node {
	n := c.find(ref)
	for _, refs := range []string{"dataInputRefs", "dataOutputRefs"} {
		if l := refTexts2(n, refs); len(l) > 0 {
			return c.find(l[0])
		}
	}
	return n
}

func refTexts2(n *Node, local string) []string {
	if n == nil {
		return nil
	}
	return refTexts(n, local)
}

func checkLoopSource(c *checker) {
	for _, n := range c.each("multiInstanceLoopCharacteristics") {
		if executable(n) && n.Child("loopCardinality") == nil && n.Child("loopDataInputRef") == nil && readZeebeLoop(n) == nil {
			c.fail(n, "%s says neither how many instances there are nor over what they run", name(n.Parent))
		}
	}
}

func checkLoopInput(c *checker) {
	for _, n := range c.each("multiInstanceLoopCharacteristics") {
		ref := localRef(n.Child("loopDataInputRef").Text())
		if ref == "" || isSubProcess(n.Parent) || !executable(n) {
			continue
		}
		if !slices.ContainsFunc(ioChildren(n.Parent, "dataInput"), func(d *Node) bool { return d.ID() == ref }) {
			c.fail(n, "loopDataInputRef of %s is %s, which is none of its data inputs", name(n.Parent), ref)
		}
	}
}

// loopItem: the item is one element of the collection.
func loopItem(ref, item string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each("multiInstanceLoopCharacteristics") {
			collection, one := c.item(c.find(n.Child(ref).Text())), c.item(n.Child(item))
			if collection == nil || one == nil || !executable(n) {
				continue
			}
			if boolAttr(one, "isCollection", false) || collection.Attr("structureRef") != one.Attr("structureRef") {
				c.fail(n, "%s of %s has not the type of one element of the collection", item, name(n.Parent))
			}
		}
	}
}

func checkLoopBehavior(c *checker) {
	for _, n := range c.each("multiInstanceLoopCharacteristics") {
		missing := map[string]bool{
			"One":     n.Attr("oneBehaviorEventRef") == "",
			"None":    n.Attr("noneBehaviorEventRef") == "",
			"Complex": n.Child("complexBehaviorDefinition") == nil,
		}
		if b := n.Attr("behavior"); missing[b] && executable(n) {
			c.fail(n, "behavior of %s is %s, but the event to throw is not given", name(n.Parent), b)
		}
	}
}
