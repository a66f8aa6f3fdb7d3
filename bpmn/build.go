package bpmn

import (
	"strconv"
	"strings"
)

// builder makes the typed view of a tree: one pass creates everything, a second
// resolves references, so that order in the file does not matter.
type builder struct {
	m     *Model
	diags []Diagnostic

	messages    map[string]*Message
	signals     map[string]*Signal
	errors      map[string]*ErrorCode
	escalations map[string]*EscalationCode
	operations  map[string]*Operation
	definitions map[string]*EventDefinition // by id, wherever they stand
	byRef       map[string]*Element
	flows       map[string]*Flow
	elements    int
	flowCount   int
	later       []func() // reference resolution
}

func newBuilder(root *Node, diags []Diagnostic) *builder {
	m := &Model{Root: root, ID: root.ID(), Name: root.Attr("name"), TargetNamespace: root.Attr("targetNamespace"),
		ExpressionLanguage: root.Attr("expressionLanguage"),
		byID:               map[string]*Node{}, elem: map[*Node]*Element{}, flow: map[*Node]*Flow{}}
	return &builder{m: m, diags: diags,
		messages: map[string]*Message{}, signals: map[string]*Signal{}, errors: map[string]*ErrorCode{},
		escalations: map[string]*EscalationCode{}, operations: map[string]*Operation{},
		definitions: map[string]*EventDefinition{}, byRef: map[string]*Element{}, flows: map[string]*Flow{}}
}

func (b *builder) model() (*Model, []Diagnostic) {
	m := b.m
	m.Root.Walk(func(n *Node) bool {
		if id := n.ID(); id != "" && m.byID[id] == nil && n.Space == NamespaceBPMN {
			m.byID[id] = n
		}
		return true
	})
	for _, n := range m.Root.Elements() {
		if n.Space == NamespaceBPMN {
			b.rootElement(n)
		}
	}
	for _, f := range b.later {
		f()
	}
	for _, p := range m.Processes {
		b.lanes(p, p.Scope.LaneSets, nil)
		b.handlers(p)
	}
	return m, b.diags
}

// rootElement reads one child of definitions.
func (b *builder) rootElement(n *Node) {
	m, id, name := b.m, n.ID(), n.Attr("name")
	switch {
	case n.Local == "import":
		m.Imports = append(m.Imports, Import{n.Attr("importType"), n.Attr("location"), n.Attr("namespace"), n.Pos})
	case n.Local == "itemDefinition":
		kind := orElse(n.Attr("itemKind"), "Information")
		m.ItemDefs = append(m.ItemDefs, &ItemDefinition{id, kind, n.Attr("structureRef"), boolAttr(n, "isCollection", false), n.Pos, n})
	case n.Local == "message":
		v := &Message{ID: id, Name: name, ItemRef: n.Attr("itemRef"), CorrelationKey: correlationKey(n), Pos: n.Pos, Node: n}
		m.Messages, b.messages[id] = append(m.Messages, v), v
	case n.Local == "signal":
		v := &Signal{id, name, n.Attr("structureRef"), n.Pos, n}
		m.Signals, b.signals[id] = append(m.Signals, v), v
	case n.Local == "error":
		v := &ErrorCode{id, name, n.Attr("errorCode"), n.Attr("structureRef"), n.Pos, n}
		m.Errors, b.errors[id] = append(m.Errors, v), v
	case n.Local == "escalation":
		v := &EscalationCode{id, name, n.Attr("escalationCode"), n.Attr("structureRef"), n.Pos, n}
		m.Escalations, b.escalations[id] = append(m.Escalations, v), v
	case n.Local == "dataStore":
		m.DataStores = append(m.DataStores, &DataStore{id, name, n.Pos, n})
	case n.Local == "interface":
		b.iface(n)
	case n.Local == "collaboration" || n.Local == "choreography" || n.Local == "globalConversation":
		b.collaboration(n)
	case n.Local == "process":
		m.Processes = append(m.Processes, b.element(n, nil))
	case Kind(n.Local).IsGlobalTask():
		m.GlobalTasks = append(m.GlobalTasks, b.element(n, nil))
	case isEventDefinition(n):
		b.eventDefinition(n)
	}
}

func (b *builder) iface(n *Node) {
	i := &Interface{ID: n.ID(), Name: n.Attr("name"), Pos: n.Pos, Node: n}
	for _, c := range n.ChildrenNamed("operation") {
		op := &Operation{ID: c.ID(), Name: c.Attr("name"), Interface: i, Pos: c.Pos, Node: c}
		for _, e := range c.ChildrenNamed("errorRef") {
			op.ErrorRefs = append(op.ErrorRefs, localRef(e.Text()))
		}
		in, out := localRef(c.Child("inMessageRef").Text()), localRef(c.Child("outMessageRef").Text())
		b.later = append(b.later, func() { op.InMessage, op.OutMessage = b.messages[in], b.messages[out] })
		i.Operations, b.operations[op.ID] = append(i.Operations, op), op
	}
	b.m.Interfaces = append(b.m.Interfaces, i)
}

func (b *builder) collaboration(n *Node) {
	c := &Collaboration{ID: n.ID(), Name: n.Attr("name"), Pos: n.Pos, Node: n}
	for _, p := range n.ChildrenNamed("participant") {
		part := &Participant{ID: p.ID(), Name: p.Attr("name"), ProcessRef: localRef(p.Attr("processRef")), Pos: p.Pos, Node: p}
		b.later = append(b.later, func() { part.Process = b.byRef[part.ProcessRef] })
		c.Participants = append(c.Participants, part)
	}
	for _, f := range n.ChildrenNamed("messageFlow") {
		c.MessageFlows = append(c.MessageFlows, &MessageFlow{f.ID(), f.Attr("name"), localRef(f.Attr("sourceRef")),
			localRef(f.Attr("targetRef")), localRef(f.Attr("messageRef")), f.Pos, f})
	}
	b.m.Collaborations = append(b.m.Collaborations, c)
}

// element reads a process, flow node or global task with all that is in it.
func (b *builder) element(n *Node, parent *Element) *Element {
	e := &Element{Kind: Kind(n.Local), ID: n.ID(), Name: n.Attr("name"), Pos: n.Pos, Node: n, Parent: parent, Index: b.elements}
	b.elements++
	b.m.elem[n] = e
	if e.ID != "" && b.byRef[e.ID] == nil {
		b.byRef[e.ID] = e
	}
	e.Documentation = n.Child("documentation").Text()
	e.Ext = readExtensions(n)
	e.IO = b.ioSpecification(n.Child("ioSpecification"))
	for _, c := range n.Elements() {
		switch {
		case c.Is("dataInputAssociation"):
			e.DataIn = append(e.DataIn, b.dataAssociation(c))
		case c.Is("dataOutputAssociation"):
			e.DataOut = append(e.DataOut, b.dataAssociation(c))
		}
	}
	switch k := e.Kind; {
	case k == KindProcess:
		e.Process = &ProcessPart{boolAttr(n, "isExecutable", false), orElse(n.Attr("processType"), "None"), boolAttr(n, "isClosed", false)}
		b.scope(e)
	case k.IsEvent():
		b.event(e)
	case k.IsGateway():
		b.gateway(e)
	case k.IsActivity() || k.IsGlobalTask():
		b.activity(e)
	}
	return e
}

// scope reads the content of a process or sub-process.
func (b *builder) scope(e *Element) {
	s := &ScopePart{}
	e.Scope = s
	for _, c := range e.Node.Elements() {
		if c.Space != NamespaceBPMN {
			continue
		}
		switch {
		case Kind(c.Local).IsFlowNode():
			child := b.element(c, e)
			s.Elements = append(s.Elements, child)
			switch {
			case child.Kind == KindStartEvent:
				s.Starts = append(s.Starts, child)
			case child.EventSubProcess():
				s.EventSubs = append(s.EventSubs, child)
			}
		case c.Local == "sequenceFlow":
			s.Flows = append(s.Flows, b.sequenceFlow(c, e))
		case c.Local == "laneSet":
			s.LaneSets = append(s.LaneSets, readLaneSet(c))
		case c.Local == "association":
			s.Associations = append(s.Associations, &Association{c.ID(), localRef(c.Attr("sourceRef")), localRef(c.Attr("targetRef")),
				orElse(c.Attr("associationDirection"), "None"), c.Pos, c})
		case dataKinds[c.Local]:
			s.Data = append(s.Data, dataObject(c))
		}
	}
}

var dataKinds = map[string]bool{"dataObject": true, "dataObjectReference": true, "dataStoreReference": true, "property": true}

func dataObject(n *Node) *DataObject {
	return &DataObject{Kind: n.Local, ID: n.ID(), Name: n.Attr("name"), Ref: localRef(n.Attr("dataObjectRef") + n.Attr("dataStoreRef")),
		ItemRef: localRef(
			n.Attr("itemSubjectRef"),
		), Collection: boolAttr(n, "isCollection", false), State: n.Child("dataState").Attr("name"), Pos: n.Pos, Node: n}
}

func readLaneSet(n *Node) *LaneSet {
	set := &LaneSet{ID: n.ID(), Name: n.Attr("name")}
	for _, l := range n.ChildrenNamed("lane") {
		lane := &Lane{ID: l.ID(), Name: l.Attr("name"), Pos: l.Pos}
		for _, r := range l.ChildrenNamed("flowNodeRef") {
			lane.FlowRefs = append(lane.FlowRefs, localRef(r.Text()))
		}
		if c := l.Child("childLaneSet"); c != nil {
			lane.Child = readLaneSet(c)
		}
		set.Lanes = append(set.Lanes, lane)
	}
	return set
}

// sequenceFlow reads a flow; its ends are resolved when all elements are there.
func (b *builder) sequenceFlow(n *Node, parent *Element) *Flow {
	f := &Flow{ID: n.ID(), Name: n.Attr("name"), Pos: n.Pos, Node: n, Parent: parent, Index: b.flowCount,
		SourceRef: localRef(
			n.Attr("sourceRef"),
		), TargetRef: localRef(n.Attr("targetRef")), Condition: b.expression(n.Child("conditionExpression"))}
	b.flowCount++
	b.m.flow[n] = f
	if f.ID != "" && b.flows[f.ID] == nil {
		b.flows[f.ID] = f
	}
	b.later = append(b.later, func() {
		if f.Source = b.byRef[f.SourceRef]; f.Source != nil {
			f.Source.Outgoing = append(f.Source.Outgoing, f)
		}
		if f.Target = b.byRef[f.TargetRef]; f.Target != nil {
			f.Target.Incoming = append(f.Target.Incoming, f)
		}
	})
	return f
}

func (b *builder) expression(n *Node) *Expression {
	if n == nil {
		return nil
	}
	x := &Expression{
		Text: n.Text(), Language: orElse(n.Attr("language"), b.m.ExpressionLanguage), Type: n.Attr("evaluatesToTypeRef"), Pos: n.Pos,
		Node: n,
	}
	t, _ := n.LookupAttr(NamespaceXSI, "type")
	x.Formal = localRef(t) == "tFormalExpression"
	return x
}

func (b *builder) gateway(e *Element) {
	n := e.Node
	g := &GatewayPart{Direction: orElse(n.Attr("gatewayDirection"), "Unspecified"), Instantiate: boolAttr(n, "instantiate", false),
		Parallel: n.Attr("eventGatewayType") == "Parallel", ActivationCondition: b.expression(n.Child("activationCondition"))}
	e.Gateway = g
	b.defaultFlow(n, &g.Default)
}

func (b *builder) defaultFlow(n *Node, to **Flow) {
	ref := localRef(n.Attr("default"))
	if ref == "" {
		return
	}
	b.later = append(b.later, func() {
		if f := b.flows[ref]; f != nil {
			f.Default = true
			*to = f
		}
	})
}

// lanes writes lane names onto the elements they hold.
func (b *builder) lanes(p *Element, sets []*LaneSet, outer []string) {
	for _, s := range sets {
		for _, l := range s.Lanes {
			path := append(outer[:len(outer):len(outer)], orElse(l.Name, l.ID))
			for _, ref := range l.FlowRefs {
				if e := b.byRef[ref]; e != nil && len(path) > len(e.Lanes) {
					e.Lanes = path
				}
			}
			if l.Child != nil {
				b.lanes(p, []*LaneSet{l.Child}, path)
			}
		}
	}
}

// handlers resolves associations from compensation boundary events to their handlers.
func (b *builder) handlers(scope *Element) {
	for _, a := range scope.Scope.Associations {
		source, target := b.byRef[a.SourceRef], b.byRef[a.TargetRef]
		if source == nil || target == nil || !target.Kind.IsActivity() || !source.IsCompensationBoundary() {
			continue
		}
		if on := source.Event.AttachedTo; on != nil {
			on.Activity.Handlers = append(on.Activity.Handlers, target)
		}
	}
	for _, e := range scope.Scope.Elements {
		if e.Scope != nil {
			b.handlers(e)
		}
	}
}

// localRef drops the prefix of a QName.
func localRef(ref string) string {
	ref = strings.TrimSpace(ref)
	return ref[strings.LastIndexByte(ref, ':')+1:]
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func boolAttr(n *Node, name string, otherwise bool) bool {
	switch n.Attr(name) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return otherwise
}

func intAttr(n *Node, name string, otherwise int) int {
	if v, err := strconv.Atoi(strings.TrimSpace(n.Attr(name))); err == nil {
		return v
	}
	return otherwise
}
