package bpmn

import "strings"

func isEventDefinition(n *Node) bool {
	return n.Space == NamespaceBPMN && strings.HasSuffix(n.Local, "EventDefinition")
}

// event reads the parts of an event.
func (b *builder) event(e *Element) {
	n := e.Node
	ev := &EventPart{ParallelMultiple: boolAttr(n, "parallelMultiple", false), Interrupting: true}
	e.Event = ev
	switch e.Kind {
	case KindStartEvent:
		ev.Interrupting = boolAttr(n, "isInterrupting", true)
	case KindBoundaryEvent:
		ev.Interrupting = boolAttr(n, "cancelActivity", true)
		ev.AttachedRef = localRef(n.Attr("attachedToRef"))
		b.later = append(b.later, func() {
			if on := b.byRef[ev.AttachedRef]; on != nil && on.Activity != nil {
				ev.AttachedTo = on
				on.Activity.Boundary = append(on.Activity.Boundary, e)
			}
		})
	}
	ev.Definitions = b.eventDefinitions(n)
	b.laterRefs(n, &ev.Definitions)
}

func (b *builder) eventDefinitions(n *Node) []*EventDefinition {
	var out []*EventDefinition
	for _, c := range n.Elements() {
		if isEventDefinition(c) {
			out = append(out, b.eventDefinition(c))
		}
	}
	return out
}

// laterRefs appends the definitions that eventDefinitionRef children point at.
func (b *builder) laterRefs(n *Node, to *[]*EventDefinition) {
	refs := refTexts(n, "eventDefinitionRef")
	if len(refs) == 0 {
		return
	}
	b.later = append(b.later, func() {
		for _, ref := range refs {
			if d := b.definitions[ref]; d != nil {
				*to = append(*to, d)
			}
		}
	})
}

func (b *builder) eventDefinition(n *Node) *EventDefinition {
	d := &EventDefinition{
		Kind: EventKind(n.Local), ID: n.ID(), Pos: n.Pos, Node: n, WaitForCompletion: boolAttr(n, "waitForCompletion", true),
	}
	if d.ID != "" && b.definitions[d.ID] == nil {
		b.definitions[d.ID] = d
	}
	operation := ""
	switch d.Kind {
	case MessageEvent:
		d.Ref = localRef(n.Attr("messageRef"))
		operation = localRef(n.Child("operationRef").Text())
	case SignalEvent:
		d.Ref = localRef(n.Attr("signalRef"))
	case ErrorEvent:
		d.Ref = localRef(n.Attr("errorRef"))
	case EscalationEvent:
		d.Ref = localRef(n.Attr("escalationRef"))
	case CompensateEvent:
		d.Ref = localRef(n.Attr("activityRef"))
	case TimerEvent:
		d.TimeDate, d.TimeDuration, d.TimeCycle = b.expression(
			n.Child("timeDate"),
		), b.expression(
			n.Child("timeDuration"),
		), b.expression(
			n.Child("timeCycle"),
		)
	case ConditionalEvent:
		d.Condition = b.expression(n.Child("condition"))
	case LinkEvent:
		d.LinkName = n.Attr("name")
	}
	b.later = append(b.later, func() { b.resolveDefinition(d, operation) })
	return d
}

func (b *builder) resolveDefinition(d *EventDefinition, operation string) {
	switch d.Kind {
	case MessageEvent:
		d.Message, d.Operation = b.messages[d.Ref], b.operations[operation]
	case SignalEvent:
		d.Signal = b.signals[d.Ref]
	case ErrorEvent:
		d.Error = b.errors[d.Ref]
	case EscalationEvent:
		d.Escalation = b.escalations[d.Ref]
	case CompensateEvent:
		d.Activity = b.byRef[d.Ref]
	}
}
