package bpmn

// activity reads the parts of activities and global tasks.
func (b *builder) activity(e *Element) {
	n := e.Node
	a := &ActivityPart{
		ForCompensation: boolAttr(n, "isForCompensation", false),
		StartQuantity:   intAttr(n, "startQuantity", 1), CompletionQuantity: intAttr(n, "completionQuantity", 1),
		Implementation: n.Attr("implementation"), Instantiate: boolAttr(n, "instantiate", false),
		Script: n.Child("script").Text(), ScriptFormat: n.Attr("scriptFormat") + n.Attr("scriptLanguage"),
		CalledElement: n.Attr("calledElement"),
	}
	e.Activity = a
	b.defaultFlow(n, &a.Default)
	for _, c := range n.Elements() {
		switch {
		case c.Is("standardLoopCharacteristics"):
			a.Loop = b.standardLoop(c)
		case c.Is("multiInstanceLoopCharacteristics"):
			a.Multi = b.multiInstance(c)
		case c.Is("property"):
			a.Properties = append(a.Properties, dataObject(c))
		case c.Is("performer"), c.Is("humanPerformer"), c.Is("potentialOwner"), c.Is("resourceRole"):
			a.Roles = append(a.Roles, b.resourceRole(c))
		}
	}
	operation, message := localRef(n.Attr("operationRef")), localRef(n.Attr("messageRef"))
	called := localRef(a.CalledElement)
	b.later = append(b.later, func() {
		a.Operation, a.Message = b.operations[operation], b.messages[message]
		if c := b.byRef[called]; called != "" && c != nil && (c.Kind == KindProcess || c.Kind.IsGlobalTask()) {
			a.Called = c
		}
	})
	if e.Kind.IsSubProcess() {
		b.subProcess(e)
	}
}

func (b *builder) subProcess(e *Element) {
	b.scope(e)
	n, s := e.Node, e.Scope
	s.TriggeredByEvent = boolAttr(n, "triggeredByEvent", false)
	switch e.Kind {
	case KindTransaction:
		s.Transaction = orElse(n.Attr("method"), "##Compensate")
	case KindAdHocSubProcess:
		s.AdHoc = &AdHocPart{CompletionCondition: b.expression(n.Child("completionCondition")),
			Sequential: n.Attr("ordering") == "Sequential", CancelRemaining: boolAttr(n, "cancelRemainingInstances", true)}
	}
}

func (b *builder) resourceRole(n *Node) *ResourceRole {
	return &ResourceRole{Kind: n.Local, ID: n.ID(), Name: n.Attr("name"), Resource: localRef(n.Child("resourceRef").Text()),
		Expression: b.expression(n.Child("resourceAssignmentExpression").firstExpression()), Pos: n.Pos, Node: n}
}

// firstExpression is the expression or formalExpression child: both may stand for the abstract element.
func (n *Node) firstExpression() *Node {
	if f := n.Child("formalExpression"); f != nil {
		return f
	}
	return n.Child("expression")
}

func (b *builder) standardLoop(n *Node) *StandardLoop {
	l := &StandardLoop{Pos: n.Pos, Node: n, TestBefore: boolAttr(n, "testBefore", false), Condition: b.expression(n.Child("loopCondition"))}
	if text, ok := n.LookupAttr("", "loopMaximum"); ok {
		l.Maximum = &Expression{Text: text, Pos: n.Pos, Node: n}
	}
	return l
}

func (b *builder) multiInstance(n *Node) *MultiInstance {
	mi := &MultiInstance{
		Pos: n.Pos, Node: n, Sequential: boolAttr(n, "isSequential", false), Behavior: orElse(n.Attr("behavior"), "All"),
		Cardinality: b.expression(n.Child("loopCardinality")), CompletionCondition: b.expression(n.Child("completionCondition")),
		InputRef: localRef(n.Child("loopDataInputRef").Text()), OutputRef: localRef(n.Child("loopDataOutputRef").Text()),
		InputItem: dataItem(n.Child("inputDataItem")), OutputItem: dataItem(n.Child("outputDataItem")),
		Zeebe: readZeebeLoop(n),
	}
	one, none := localRef(n.Attr("oneBehaviorEventRef")), localRef(n.Attr("noneBehaviorEventRef"))
	b.later = append(b.later, func() { mi.OneEvent, mi.NoneEvent = b.definitions[one], b.definitions[none] })
	for _, c := range n.ChildrenNamed("complexBehaviorDefinition") {
		cb := &ComplexBehavior{Pos: c.Pos, Condition: b.expression(c.Child("condition"))}
		if ev := c.Child("event"); ev != nil {
			cb.Event = b.eventDefinitions(ev)
			b.laterRefs(ev, &cb.Event)
		}
		mi.Complex = append(mi.Complex, cb)
	}
	return mi
}

func dataItem(n *Node) *DataItem {
	if n == nil {
		return nil
	}
	return &DataItem{n.ID(), n.Attr("name"), localRef(n.Attr("itemSubjectRef")), boolAttr(n, "isCollection", false), n.Pos, n}
}

func (b *builder) ioSpecification(n *Node) *IOSpecification {
	if n == nil {
		return nil
	}
	io := &IOSpecification{Pos: n.Pos, Node: n}
	for _, c := range n.Elements() {
		switch {
		case c.Is("dataInput"):
			io.Inputs = append(io.Inputs, dataItem(c))
		case c.Is("dataOutput"):
			io.Outputs = append(io.Outputs, dataItem(c))
		case c.Is("inputSet"):
			io.InputSets = append(io.InputSets, ioSet(c, "dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs", "outputSetRefs"))
		case c.Is("outputSet"):
			io.OutputSets = append(
				io.OutputSets, ioSet(c, "dataOutputRefs", "optionalOutputRefs", "whileExecutingOutputRefs", "inputSetRefs"),
			)
		}
	}
	return io
}

func ioSet(n *Node, refs, optional, executing, sets string) *IOSet {
	return &IOSet{n.ID(), n.Attr("name"), refTexts(n, refs), refTexts(n, optional), refTexts(n, executing), refTexts(n, sets), n.Pos, n}
}

func refTexts(n *Node, local string) []string {
	var out []string
	for _, c := range n.ChildrenNamed(local) {
		out = append(out, localRef(c.Text()))
	}
	return out
}

func (b *builder) dataAssociation(n *Node) *DataAssociation {
	d := &DataAssociation{ID: n.ID(), Sources: refTexts(n, "sourceRef"), Target: localRef(n.Child("targetRef").Text()),
		Transformation: b.expression(n.Child("transformation")), Pos: n.Pos, Node: n}
	for _, c := range n.ChildrenNamed("assignment") {
		d.Assignments = append(d.Assignments, Assignment{b.expression(c.Child("from")), b.expression(c.Child("to"))})
	}
	return d
}
