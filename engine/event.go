package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// Vars are process variables by name. In JSON, numbers stay exact.
type Vars map[string]feel.Value

// MarshalJSON writes the variables as a JSON object with sorted keys.
func (v Vars) MarshalJSON() ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	c := make(map[string]json.RawMessage, len(v))
	for name, value := range v {
		raw, err := feel.ToJSON(value)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
		c[name] = raw
	}
	return json.Marshal(c)
}

// UnmarshalJSON reads a JSON object of variables.
func (v *Vars) UnmarshalJSON(data []byte) error {
	var c map[string]json.RawMessage
	if err := json.Unmarshal(data, &c); err != nil {
		return err
	}
	if c == nil {
		*v = nil
		return nil
	}
	*v = make(Vars, len(c))
	for name, raw := range c {
		value, err := feel.FromJSON(raw)
		if err != nil {
			return fmt.Errorf("variable %s: %w", name, err)
		}
		(*v)[name] = value
	}
	return nil
}

// Actor is the person behind an event.
type Actor struct {
	Person string   `json:"person"`           // id of the person, such as "zhou-min"
	Post   string   `json:"post,omitempty"`   // acting post, "ROLE@DEPT"
	Groups []string `json:"groups,omitempty"` // every post the person may act in for this event, "ROLE@DEPT"
	Admin  bool     `json:"admin,omitempty"`  // holds the process administration permission
}

// by is the actor as the seats see him. One who says a post and no others has
// chosen it: the rights of his other posts do not count.
func (a *Actor) by() seat.By {
	by := seat.By{Person: a.Person, Groups: a.Groups, Owner: a.Admin, Strict: a.Post != "" && len(a.Groups) == 0}
	if a.Post != "" {
		by.Groups = appendNew(slices.Clone(by.Groups), a.Post)
	}
	return by
}

// Event is one thing that happened to a root process instance. Type says which
// of the other fields matter; see the constants.
type Event struct {
	// ID is unique for ever: "u:<user>:<Idempotency-Key>", "p:<partner>:<webhook-id>", "t:<timer key>", "j:<job key>:<attempt>".
	ID     string    `json:"id"`
	Type   EventType `json:"type"`
	Actor  *Actor    `json:"actor,omitempty"`  // nil: the system
	Reason string    `json:"reason,omitempty"` // why, in the actor's words

	Process string `json:"process,omitempty"` // Start: process id
	// Start: id of the event to start at, empty for the none start; Return, Jump: target element id
	Element     string `json:"element,omitempty"`
	Definition  int    `json:"definition,omitempty"`  // Start: index of the event definition of Element that occurred
	BusinessKey string `json:"businessKey,omitempty"` // Start

	// Key is the instance (Start, Cancel, SetVariables: instance or scope), task, job, timer, subscription or incident the event is about.
	Key int64 `json:"key,omitempty"`

	// Operation of Operate. Plain tasks: complete, claim, unclaim, transfer. Approvals: those of package seat, and withdraw
	// (by the value of the variable "initiator"), return (to Element, or where the model says), recall (Key = the task that the actor
	// closed). Administrators: assign, reassign, jump (to Element; Key = task, or element instance where the token rests). The system:
	// assign, complete, contentChanged (Digest: what approvals are about from now on).
	Operation string `json:"operation,omitempty"`
	Version   int    `json:"version,omitempty"` // Operate: the task version the actor saw; 0: not checked
	Opinion   string `json:"opinion,omitempty"` // Operate
	Digest    string `json:"digest,omitempty"`  // Operate: digest of the content that was approved
	To        string `json:"to,omitempty"`      // Operate: transfer, delegate, assign: the person who gets the task or seat

	Persons []string `json:"persons,omitempty"` // Operate: addBefore, addAfter, addParallel: who is added; To alone will do for one
	// Operate: addBefore, addAfter: any, all, sequential; return: resume, else the way is gone again
	Mode   string `json:"mode,omitempty"`
	Weight int    `json:"weight,omitempty"` // Operate: addParallel under a weighted policy
	Seat   int    `json:"seat,omitempty"`   // Operate: the seat meant, where the actor has several; removeSign, reassign

	Until time.Time `json:"until,omitzero"` // Suspend: the shell resumes it then; zero: until somebody does

	Asked string `json:"asked,omitempty"` // Operate: withdraw with the consent of the actor: the initiator, who has asked for it

	DecidedAt time.Time `json:"decidedAt,omitzero"` // Operate: lateSign: when it was decided on paper
	Evidence  string    `json:"evidence,omitempty"` // Operate: lateSign: what shows it
	Into      string    `json:"into,omitempty"`     // Start: user task at which an instance begins in the middle (reopened)

	Code string `json:"code,omitempty"` // Operate: reject: kind of reason
	Seen string `json:"seen,omitempty"` // Cancel, Operate: jump: State.Standing when the actor looked; "": not checked

	Name           string    `json:"name,omitempty"`           // Message, Signal: name; ThrowError: error code
	CorrelationKey string    `json:"correlationKey,omitempty"` // Message
	Message        string    `json:"message,omitempty"`        // FailJob, ThrowError: text for people
	Retries        int       `json:"retries,omitempty"`        // FailJob: retries left; 0 raises an incident
	RetryAt        time.Time `json:"retryAt,omitzero"`         // FailJob: not before

	Variables Vars `json:"variables,omitempty"`
}

// EventType names what happened.
type EventType string

// The events of the engine.
const (
	Start            EventType = "start"            // Process, Element, Definition, BusinessKey, Variables; Key = the new root instance
	Operate          EventType = "operate"          // Key = task; Operation and its arguments
	CompleteJob      EventType = "completeJob"      // Key = job; Variables
	FailJob          EventType = "failJob"          // Key = job; Message, Retries, RetryAt
	ThrowError       EventType = "throwError"       // Key = job; Name = code, Message, Variables
	FireTimer        EventType = "fireTimer"        // Key = timer
	CorrelateMessage EventType = "correlateMessage" // Key = subscription; Name, CorrelationKey, Variables
	BroadcastSignal  EventType = "broadcastSignal"  // Name, Variables: all open signal catches of this root instance
	SetVariables     EventType = "setVariables"     // Key = instance or element instance scope; Variables
	Cancel           EventType = "cancel"           // Key = instance
	ResolveIncident  EventType = "resolveIncident"  // Key = incident: try again
	// Key = element instance, job, timer or 0; Message: the shell reports that an event about it was refused
	RaiseIncident EventType = "raiseIncident"
	Suspend       EventType = "suspend" // Key = instance
	Resume        EventType = "resume"  // Key = instance
	// Key = root instance: the organisation has changed; untouched tasks go where they belong now
	Reseat EventType = "reseat"
)

// Input is what a step may know of the outside world.
type Input struct {
	Now      time.Time
	Zone     *time.Location // nil: +08:00
	Calendar feel.Calendar  // nil: Monday to Friday
	Params   Vars           // rule parameters, seen by expressions as the context "params"
	Org      *Org           // units by function are the context "org"; nil: nobody holds any post, and nobody is asked whether he does
	Case     Case           // the matter that the step belongs to
}

// Refusal is a caller's fault: the event cannot be accepted in this state. Nothing has changed.
type Refusal struct {
	Code    string `json:"code"`    // stable slug: "task-closed", "not-your-task", "stale-version", "no-such-job", …
	Message string `json:"message"` // one sentence for people, in English; the shell translates by Code

	Args map[string]string `json:"args,omitempty"` // what the sentence speaks of, for the translation
}

// Error makes a Refusal an error.
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }
