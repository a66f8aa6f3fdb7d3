package engine

import (
	"time"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// Effect is something a step asks the shell to store or do. Effects are plain
// data, in the order in which they happened. The concrete types are below.
type Effect interface{ effect() }

// InstanceStarted says that a process instance (root or called) began.
type InstanceStarted struct {
	Key           int64
	Root          int64
	Parent        int64 // calling instance, 0 for a root
	ParentElement int64 // element instance of the call activity, 0 for a root
	Process       string
	Name          string
	BusinessKey   string
}

// InstanceEnded says that a process instance is over.
type InstanceEnded struct {
	Key     int64
	Outcome Outcome
}

// Outcome of an instance, element instance or task.
type Outcome string

// The outcomes.
const (
	Completed  Outcome = "completed"
	Terminated Outcome = "terminated"
	Failed     Outcome = "failed"
	// Compensated is the outcome of a scope that had completed and came back so that what was done in it could be undone.
	Compensated Outcome = "compensated"
)

// ElementEntered says that an element instance became active.
type ElementEntered struct {
	Key      int64
	Instance int64
	Scope    int64 // enclosing element instance, or the instance
	Element  string
	Kind     string // BPMN local name: "userTask", "boundaryEvent", …
	Name     string
	Loop     int  // loopCounter of an iteration of a multi-instance or loop, else 0
	Body     bool // the body of a multi-instance or loop, which holds its iterations
}

// ElementLeft says that an element instance is over.
type ElementLeft struct {
	Key     int64
	Element string
	Outcome Outcome
}

// FlowTaken says that a token passed a sequence flow.
type FlowTaken struct {
	Instance int64
	Flow     string
}

// Task is what the shell must know of an open user task to put it into inboxes.
type Task struct {
	Key         int64             `json:"key"`
	Instance    int64             `json:"instance"`
	Root        int64             `json:"root"`
	ElementKey  int64             `json:"elementKey"`
	Process     string            `json:"process"`
	Element     string            `json:"element"`
	Name        string            `json:"name"`
	Version     int               `json:"version"`         // grows with each change
	Votes       int               `json:"votes,omitempty"` // of the newest changes, those that were no more than others' verdicts
	Round       int               `json:"round"`           // visit of the token to this node, from 1
	Assignee    string            `json:"assignee,omitempty"`
	Users       []string          `json:"users,omitempty"`  // candidate persons
	Groups      []string          `json:"groups,omitempty"` // candidate groups "ROLE@DEPT"
	Form        string            `json:"form,omitempty"`   // form id
	Command     string            `json:"command,omitempty"`
	Priority    int               `json:"priority,omitempty"`
	Due         time.Time         `json:"due,omitzero"`
	DueWorkdays int               `json:"dueWorkdays,omitempty"` // the limit Due was computed from
	Policy      string            `json:"policy,omitempty"`      // approval policy, empty for a plain task
	Operations  []string          `json:"operations"`            // operations that the definition allows
	Seats       []Seat            `json:"seats,omitempty"`
	Post        string            `json:"post,omitempty"`      // of a plain task: in which its holder has it, where it was given to him
	For         map[string]string `json:"for,omitempty"`       // of a plain task: principal by deputy
	Out         []string          `json:"out,omitempty"`       // of a plain task: holders of the groups who may not take it
	Whys        []Why             `json:"whys,omitempty"`      // decisions about who takes it, also about those who do not
	Governors   []string          `json:"governors,omitempty"` // posts whose holders assign it: nobody has it
	Edits       []string          `json:"edits,omitempty"`     // parts of the dossier that it changes (qc:task)
	About       string            `json:"about,omitempty"`     // kind of what is decided (qc:task)
	Amount      *feel.Number      `json:"amount,omitempty"`    // 元 that it was about when it opened; nil: not known
	Late        string            `json:"late,omitempty"`      // what happens when its time is over, one of LateActions
	Appended    bool              `json:"appended,omitempty"`  // a step that the model does not have
	Stops       string            `json:"stops,omitempty"`     // of an appended step: what it holds up the clocks of the stage for
	Steps       []string          `json:"steps,omitempty"`     // names of the steps that were put behind it
	Headers     map[string]string `json:"headers,omitempty"`   // zeebe:taskHeaders
	Inputs      Vars              `json:"inputs,omitempty"`    // local variables made by input mappings
}

// Seat is one approver's place in an approval task; package seat has its arithmetic.
type Seat = seat.Seat

// TaskOpened puts a task into inboxes. TaskChanged replaces what is known of it.
type (
	TaskOpened  struct{ Task Task }
	TaskChanged struct{ Task Task }
)

// TaskClosed takes a task out of inboxes.
type TaskClosed struct {
	Key       int64
	Outcome   Outcome
	Operation string // the operation that ended it, empty when it was cancelled
	Seats     []Seat // as they stood at the end
}

// JobOpened asks for outside work. A Type that begins with "command:" is run by
// the shell inside the same transaction, and its result is fed to the next Step.
type JobOpened struct {
	Key        int64
	Instance   int64
	ElementKey int64
	Element    string
	Type       string
	Headers    map[string]string
	Variables  Vars // visible to the job
	Retries    int
	NotBefore  time.Time
}

// JobClosed says that nobody needs the job's result any more.
type JobClosed struct{ Key int64 }

// SubscriptionOpened waits for a message or a signal.
type SubscriptionOpened struct {
	Key            int64
	Instance       int64
	ElementKey     int64
	Element        string
	Kind           string // "message" or "signal"
	Name           string
	CorrelationKey string
}

// SubscriptionClosed ends a wait.
type SubscriptionClosed struct{ Key int64 }

// TimerArmed says that a timer waits. NextDue of the state knows the earliest.
type TimerArmed struct {
	Key        int64
	Instance   int64
	ElementKey int64
	Element    string
	Due        time.Time
}

// TimerCleared says that a timer fired for the last time or was cancelled.
type TimerCleared struct{ Key int64 }

// IncidentRaised stops a token until somebody mends the cause and retries.
type IncidentRaised struct {
	Key        int64
	Instance   int64
	ElementKey int64
	Element    string
	Code       string // stable slug
	Message    string
}

// IncidentResolved ends an incident.
type IncidentResolved struct{ Key int64 }

// VariableSet says that a variable of a scope (instance or element instance) has a new value.
type VariableSet struct {
	Scope    int64
	Instance int64
	Name     string
	Value    any
}

// MessageThrown publishes a message (throw event, send task with a message).
type MessageThrown struct {
	Instance       int64
	Element        string
	Name           string
	CorrelationKey string
	TimeToLive     time.Duration
	Variables      Vars
}

// SignalThrown broadcasts a signal to every other root instance and to signal
// start events. Catchers in the throwing root have received it in the same step.
type SignalThrown struct {
	Instance  int64
	Element   string
	Name      string
	Variables Vars
}

// DecisionMade says how a business rule task decided.
type DecisionMade struct {
	Key      int64 // of the element instance
	Element  string
	Decision string
	Output   feel.Value
	Trace    []dmn.TraceStep // inputs, and the rules that held
}

// VerdictsVoided says that decisions given earlier no longer count (a return, or a change of approved content).
type VerdictsVoided struct {
	Task  int64
	Seats []int
	Cause string
}

func (InstanceStarted) effect()    {}
func (InstanceEnded) effect()      {}
func (ElementEntered) effect()     {}
func (ElementLeft) effect()        {}
func (FlowTaken) effect()          {}
func (TaskOpened) effect()         {}
func (TaskChanged) effect()        {}
func (TaskClosed) effect()         {}
func (JobOpened) effect()          {}
func (JobClosed) effect()          {}
func (SubscriptionOpened) effect() {}
func (SubscriptionClosed) effect() {}
func (TimerArmed) effect()         {}
func (TimerCleared) effect()       {}
func (IncidentRaised) effect()     {}
func (IncidentResolved) effect()   {}
func (VariableSet) effect()        {}
func (MessageThrown) effect()      {}
func (SignalThrown) effect()       {}
func (VerdictsVoided) effect()     {}
func (DecisionMade) effect()       {}
