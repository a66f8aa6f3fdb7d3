// Package bpmn reads and writes BPMN 2.0.2 (ISO/IEC 19510) XML and checks its structure.
//
// A Model is two views of one file. Root is the XML tree, complete and in order:
// it keeps what the package does not understand (extension elements, foreign
// attributes, diagram), and Write writes it. The typed view (Processes, Messages,
// …) is what Parse read from that tree, for those who execute the model. The
// typed view is never written back.
//
// Parse reads, Check refuses what the standard forbids, Repair mends what tools
// leave out without ambiguity. All of them are pure.
package bpmn

// Namespaces the package knows.
const (
	NamespaceBPMN   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	NamespaceBPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
	NamespaceDC     = "http://www.omg.org/spec/DD/20100524/DC"
	NamespaceDI     = "http://www.omg.org/spec/DD/20100524/DI"
	NamespaceXSI    = "http://www.w3.org/2001/XMLSchema-instance"
	NamespaceZeebe  = "http://camunda.org/schema/zeebe/1.0"
	NamespaceQC     = "https://quancheng.dev/schema/bpmn/1.0"
)

// Pos is the place of an element in its file, 1-based; Col counts characters.
type Pos struct{ Line, Col int }

// Model is one BPMN file.
type Model struct {
	Root *Node // the definitions element

	ID                 string
	Name               string
	TargetNamespace    string
	ExpressionLanguage string // default of expressions without a language attribute
	Imports            []Import

	// Processes are the processes of the file in document order, as root scopes.
	Processes []*Element
	// GlobalTasks are the reusable tasks that call activities can call.
	GlobalTasks    []*Element
	Collaborations []*Collaboration
	Messages       []*Message
	Signals        []*Signal
	Errors         []*ErrorCode
	Escalations    []*EscalationCode
	ItemDefs       []*ItemDefinition
	Interfaces     []*Interface
	DataStores     []*DataStore

	byID map[string]*Node
	elem map[*Node]*Element
	flow map[*Node]*Flow
}

// Import is a reference to another file.
type Import struct {
	Type      string // kind of file: an XML namespace
	Location  string
	Namespace string
	Pos       Pos
}

// Element is a process, a flow node, or a global task. Kind says which of the
// parts are set: Event for events, Gateway for gateways, Activity for activities
// and global tasks, Process for processes.
type Element struct {
	Kind Kind
	ID   string
	Name string
	Pos  Pos
	Node *Node // its XML, with all attributes

	// Parent is the scope that holds the element: a process or a sub-process; nil for processes and global tasks.
	Parent *Element
	// Index is the place among all elements of the model in document order, from 0: a stable, dense number.
	Index int

	Documentation string

	// Incoming and Outgoing are the sequence flows that end and begin here, in
	// document order of the flows, whatever the incoming and outgoing lists say.
	Incoming []*Flow
	Outgoing []*Flow

	// Lanes are the names of the lanes that hold the element, outermost first.
	Lanes []string

	Process  *ProcessPart
	Event    *EventPart
	Gateway  *GatewayPart
	Activity *ActivityPart
	Scope    *ScopePart // processes and sub-processes

	IO      *IOSpecification // processes, activities, global tasks
	DataIn  []*DataAssociation
	DataOut []*DataAssociation

	Ext Extensions
}

// ProcessPart is what only processes have.
type ProcessPart struct {
	Executable bool
	Type       string // None, Public, Private
	Closed     bool
}

// ScopePart is the content of a process or sub-process.
type ScopePart struct {
	Elements     []*Element // flow nodes held directly, boundary events and event sub-processes included, in document order
	Flows        []*Flow
	Data         []*DataObject // data objects, their references, data store references and properties
	Associations []*Association
	LaneSets     []*LaneSet

	// Sub-processes only.
	TriggeredByEvent bool       // event sub-process
	Transaction      string     // method of a transaction: "##Compensate" by default
	AdHoc            *AdHocPart // ad-hoc sub-process
	Starts           []*Element // start events
	EventSubs        []*Element // event sub-processes held directly
}

// AdHocPart is what only ad-hoc sub-processes have (BPMN 2.0.2 §10.3.5).
type AdHocPart struct {
	CompletionCondition *Expression
	Sequential          bool // ordering="Sequential"; parallel otherwise
	CancelRemaining     bool // cancelRemainingInstances, true by default
}

// EventPart is what only events have.
type EventPart struct {
	Definitions      []*EventDefinition // own ones and those referenced, in document order; empty: none event
	ParallelMultiple bool
	// Interrupting is isInterrupting of a start event, or cancelActivity of a boundary event; true by default.
	Interrupting bool
	AttachedTo   *Element // boundary events: the activity
	AttachedRef  string   // the reference as written
}

// EventDefinition is one trigger or result of an event.
type EventDefinition struct {
	Kind EventKind
	ID   string
	Pos  Pos
	Node *Node

	Ref        string // messageRef, signalRef, errorRef, escalationRef, or activityRef as written
	Message    *Message
	Signal     *Signal
	Error      *ErrorCode
	Escalation *EscalationCode
	Operation  *Operation

	TimeDate     *Expression
	TimeDuration *Expression
	TimeCycle    *Expression

	Condition *Expression

	LinkName string

	// Activity is what a compensation throw event compensates; nil: the whole scope.
	Activity          *Element
	WaitForCompletion bool // true by default
}

// GatewayPart is what only gateways have.
type GatewayPart struct {
	Direction           string // Unspecified, Converging, Diverging, Mixed
	Default             *Flow
	ActivationCondition *Expression // complex gateway
	Instantiate         bool        // event-based gateway
	Parallel            bool        // eventGatewayType="Parallel" of an event-based gateway
}

// ActivityPart is what only activities and global tasks have.
type ActivityPart struct {
	Default            *Flow
	ForCompensation    bool
	StartQuantity      int // 1 by default
	CompletionQuantity int // 1 by default
	Loop               *StandardLoop
	Multi              *MultiInstance
	Boundary           []*Element // boundary events attached here
	// Handlers are the compensation handlers reached by an association from a compensation boundary event here.
	Handlers   []*Element
	Properties []*DataObject
	Roles      []*ResourceRole

	Implementation string
	Operation      *Operation
	Message        *Message // send and receive tasks
	Instantiate    bool     // receive task
	Script         string
	ScriptFormat   string
	CalledElement  string   // as written, of a call activity
	Called         *Element // the process or global task in this file, nil when it is elsewhere
}

// StandardLoop is a while or until loop (BPMN 2.0.2 §10.3.8).
type StandardLoop struct {
	Pos        Pos
	Node       *Node
	TestBefore bool
	Maximum    *Expression // loopMaximum: a number, or an expression of our dialect
	Condition  *Expression
}

// MultiInstance is a multi-instance marker (BPMN 2.0.2 §10.3.8).
type MultiInstance struct {
	Pos                 Pos
	Node                *Node
	Sequential          bool
	Behavior            string // All by default, None, One, Complex
	Cardinality         *Expression
	InputRef            string // loopDataInputRef
	OutputRef           string // loopDataOutputRef
	InputItem           *DataItem
	OutputItem          *DataItem
	CompletionCondition *Expression
	// OneEvent and NoneEvent are the ids of event definitions thrown for behaviours One and None.
	OneEvent  *EventDefinition
	NoneEvent *EventDefinition
	Complex   []*ComplexBehavior
	Zeebe     *ZeebeLoop // zeebe:loopCharacteristics
}

// ComplexBehavior is one condition and event of behaviour Complex.
type ComplexBehavior struct {
	Pos       Pos
	Condition *Expression
	Event     []*EventDefinition // definitions of the implicit throw event
}

// Expression is an expression in a model.
type Expression struct {
	Text     string // trimmed body
	Language string // language attribute, else the file's default
	Formal   bool   // xsi:type="tFormalExpression"
	Type     string // evaluatesToTypeRef
	Pos      Pos
	Node     *Node
}

// Flow is a sequence flow.
type Flow struct {
	ID        string
	Name      string
	Pos       Pos
	Node      *Node
	Source    *Element // nil when the reference is wrong
	Target    *Element
	SourceRef string
	TargetRef string
	Condition *Expression
	Default   bool // the default flow of its source
	Parent    *Element
	Index     int // place among all sequence flows of the model, from 0
}

// Association connects artifacts and, from compensation boundary events, handlers.
type Association struct {
	ID                   string
	SourceRef, TargetRef string
	Direction            string
	Pos                  Pos
	Node                 *Node
}

// LaneSet partitions a process.
type LaneSet struct {
	ID    string
	Name  string
	Lanes []*Lane
}

// Lane holds flow nodes and inner lanes.
type Lane struct {
	ID, Name string
	Pos      Pos
	FlowRefs []string
	Child    *LaneSet
}

// DataObject is a data object, a reference to one or to a data store, or a property.
type DataObject struct {
	Kind       string // dataObject, dataObjectReference, dataStoreReference, property
	ID         string
	Name       string
	Ref        string // dataObjectRef or dataStoreRef
	ItemRef    string // itemSubjectRef
	Collection bool
	State      string
	Pos        Pos
	Node       *Node
}

// DataStore is a store that outlives instances.
type DataStore struct {
	ID, Name string
	Pos      Pos
	Node     *Node
}

// DataItem is a data input, data output, or the item of a multi-instance.
type DataItem struct {
	ID, Name   string
	ItemRef    string
	Collection bool
	Pos        Pos
	Node       *Node
}

// IOSpecification is what an activity or process needs and gives (BPMN 2.0.2 §10.4.1).
type IOSpecification struct {
	Inputs     []*DataItem
	Outputs    []*DataItem
	InputSets  []*IOSet
	OutputSets []*IOSet
	Pos        Pos
	Node       *Node
}

// IOSet is an input set or output set.
type IOSet struct {
	ID, Name       string
	Refs           []string // dataInputRefs or dataOutputRefs
	Optional       []string
	WhileExecuting []string
	SetRefs        []string // outputSetRefs or inputSetRefs
	Pos            Pos
	Node           *Node
}

// DataAssociation moves data into or out of an activity or event.
type DataAssociation struct {
	ID             string
	Sources        []string
	Target         string
	Transformation *Expression
	Assignments    []Assignment
	Pos            Pos
	Node           *Node
}

// Assignment copies a value.
type Assignment struct{ From, To *Expression }

// ResourceRole says who performs an activity.
type ResourceRole struct {
	Kind       string // performer, humanPerformer, potentialOwner, resourceRole
	ID, Name   string
	Resource   string
	Expression *Expression
	Pos        Pos
	Node       *Node
}

// Message is a message definition.
type Message struct {
	ID, Name string // the name may be an expression: "=…"
	ItemRef  string
	// CorrelationKey of zeebe:subscription.
	CorrelationKey string
	Pos            Pos
	Node           *Node
}

// Signal is a signal definition.
type Signal struct {
	ID, Name string
	ItemRef  string
	Pos      Pos
	Node     *Node
}

// ErrorCode is an error definition.
type ErrorCode struct {
	ID, Name, Code string
	ItemRef        string
	Pos            Pos
	Node           *Node
}

// EscalationCode is an escalation definition.
type EscalationCode struct {
	ID, Name, Code string
	ItemRef        string
	Pos            Pos
	Node           *Node
}

// ItemDefinition is a type of data.
type ItemDefinition struct {
	ID         string
	Kind       string // Information or Physical
	Structure  string // structureRef
	Collection bool
	Pos        Pos
	Node       *Node
}

// Interface is a set of operations.
type Interface struct {
	ID, Name   string
	Operations []*Operation
	Pos        Pos
	Node       *Node
}

// Operation is one operation of an interface.
type Operation struct {
	ID, Name   string
	InMessage  *Message
	OutMessage *Message
	ErrorRefs  []string
	Interface  *Interface
	Pos        Pos
	Node       *Node
}

// Collaboration shows participants and the messages between them.
type Collaboration struct {
	ID, Name     string
	Participants []*Participant
	MessageFlows []*MessageFlow
	Pos          Pos
	Node         *Node
}

// Participant is a pool.
type Participant struct {
	ID, Name   string
	ProcessRef string
	Process    *Element // nil for a black box
	Pos        Pos
	Node       *Node
}

// MessageFlow shows a message between participants.
type MessageFlow struct {
	ID, Name             string
	SourceRef, TargetRef string
	MessageRef           string
	Pos                  Pos
	Node                 *Node
}
