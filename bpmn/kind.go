package bpmn

// Kind is the local name of an element in BPMN XML.
type Kind string

// The kinds of elements that carry or hold tokens.
const (
	KindProcess Kind = "process"

	KindTask             Kind = "task"
	KindUserTask         Kind = "userTask"
	KindManualTask       Kind = "manualTask"
	KindServiceTask      Kind = "serviceTask"
	KindSendTask         Kind = "sendTask"
	KindReceiveTask      Kind = "receiveTask"
	KindScriptTask       Kind = "scriptTask"
	KindBusinessRuleTask Kind = "businessRuleTask"
	KindCallActivity     Kind = "callActivity"
	KindSubProcess       Kind = "subProcess" // an event sub-process too: see Element.EventSubProcess
	KindTransaction      Kind = "transaction"
	KindAdHocSubProcess  Kind = "adHocSubProcess"

	KindExclusiveGateway  Kind = "exclusiveGateway"
	KindParallelGateway   Kind = "parallelGateway"
	KindInclusiveGateway  Kind = "inclusiveGateway"
	KindComplexGateway    Kind = "complexGateway"
	KindEventBasedGateway Kind = "eventBasedGateway"

	KindStartEvent             Kind = "startEvent"
	KindEndEvent               Kind = "endEvent"
	KindIntermediateCatchEvent Kind = "intermediateCatchEvent"
	KindIntermediateThrowEvent Kind = "intermediateThrowEvent"
	KindBoundaryEvent          Kind = "boundaryEvent"
	KindImplicitThrowEvent     Kind = "implicitThrowEvent"
	KindEvent                  Kind = "event"

	// Callable elements beside processes.
	KindGlobalTask             Kind = "globalTask"
	KindGlobalUserTask         Kind = "globalUserTask"
	KindGlobalManualTask       Kind = "globalManualTask"
	KindGlobalScriptTask       Kind = "globalScriptTask"
	KindGlobalBusinessRuleTask Kind = "globalBusinessRuleTask"

	// Choreography activities: read, checked, written, never executed.
	KindChoreographyTask Kind = "choreographyTask"
	KindSubChoreography  Kind = "subChoreography"
	KindCallChoreography Kind = "callChoreography"
)

// EventKind is the local name of an event definition.
type EventKind string

// The event definitions.
const (
	MessageEvent     EventKind = "messageEventDefinition"
	TimerEvent       EventKind = "timerEventDefinition"
	SignalEvent      EventKind = "signalEventDefinition"
	ErrorEvent       EventKind = "errorEventDefinition"
	EscalationEvent  EventKind = "escalationEventDefinition"
	ConditionalEvent EventKind = "conditionalEventDefinition"
	LinkEvent        EventKind = "linkEventDefinition"
	CancelEvent      EventKind = "cancelEventDefinition"
	CompensateEvent  EventKind = "compensateEventDefinition"
	TerminateEvent   EventKind = "terminateEventDefinition"
)

type family uint8

const (
	famTask family = 1 << iota
	famScope
	famActivity
	famGateway
	famEvent
	famThrow
	famChoreography
	famGlobal
)

var families = map[Kind]family{
	KindProcess: famScope,

	KindTask: famTask | famActivity, KindUserTask: famTask | famActivity, KindManualTask: famTask | famActivity,
	KindServiceTask: famTask | famActivity, KindSendTask: famTask | famActivity, KindReceiveTask: famTask | famActivity,
	KindScriptTask: famTask | famActivity, KindBusinessRuleTask: famTask | famActivity,
	KindCallActivity: famActivity,
	KindSubProcess:   famScope | famActivity, KindTransaction: famScope | famActivity, KindAdHocSubProcess: famScope | famActivity,

	KindExclusiveGateway: famGateway, KindParallelGateway: famGateway, KindInclusiveGateway: famGateway,
	KindComplexGateway: famGateway, KindEventBasedGateway: famGateway,

	KindStartEvent: famEvent, KindIntermediateCatchEvent: famEvent, KindBoundaryEvent: famEvent, KindEvent: famEvent,
	KindEndEvent: famEvent | famThrow, KindIntermediateThrowEvent: famEvent | famThrow, KindImplicitThrowEvent: famEvent | famThrow,

	KindChoreographyTask: famChoreography, KindSubChoreography: famChoreography, KindCallChoreography: famChoreography,

	KindGlobalTask: famGlobal, KindGlobalUserTask: famGlobal, KindGlobalManualTask: famGlobal,
	KindGlobalScriptTask: famGlobal, KindGlobalBusinessRuleTask: famGlobal,
}

func (k Kind) in(f family) bool { return families[k]&f != 0 }

// IsFlowNode reports whether tokens can rest on the kind: activity, gateway or event.
func (k Kind) IsFlowNode() bool { return k.in(famActivity | famGateway | famEvent | famChoreography) }

// IsActivity reports whether the kind is a task, sub-process or call activity.
func (k Kind) IsActivity() bool { return k.in(famActivity) }

// IsTask reports whether the kind is an atomic task.
func (k Kind) IsTask() bool { return k.in(famTask) }

// IsSubProcess reports whether the kind is an embedded sub-process, transaction or ad-hoc sub-process.
func (k Kind) IsSubProcess() bool { return k.in(famScope) && k.in(famActivity) }

// IsGateway reports whether the kind is a gateway.
func (k Kind) IsGateway() bool { return k.in(famGateway) }

// IsEvent reports whether the kind is an event.
func (k Kind) IsEvent() bool { return k.in(famEvent) }

// IsThrow reports whether the kind is a throwing event: intermediate throw or end.
func (k Kind) IsThrow() bool { return k.in(famThrow) }

// IsCatch reports whether the kind is a catching event: start, intermediate catch or boundary.
func (k Kind) IsCatch() bool { return k.in(famEvent) && !k.in(famThrow) }

// IsGlobalTask reports whether the kind is a reusable task that a call activity can call.
func (k Kind) IsGlobalTask() bool { return k.in(famGlobal) }
