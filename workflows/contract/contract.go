// Package contract is the leaf that api, workflows, activities and worker
// share: names, ids and payloads of the durable shell. It imports nothing.
package contract

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// ErrPending says that an event was accepted and is not finished within the
// caller's time: its outcome can be asked for later.
var ErrPending = errors.New("accepted, not finished yet")

// Queue is the task queue of all workflows and activities.
const Queue = "quancheng"

// Workflow is the registered name of the one workflow, and Commit and its
// companions those of its activities.
const (
	Workflow   = "ProcessInstance"
	Commit     = "Commit"     // local activity: one event, one transaction
	ResumeLoad = "ResumeLoad" // local activity: what a run must know when it starts
	RunJob     = "RunJob"     // activity: outside work, keyed by the job
)

// WorkflowID is the workflow of a root instance.
func WorkflowID(root int64) string { return "pi-" + strconv.FormatInt(root, 10) }

// Updates besides those named by a task's operation (claim, agree, return, …).
const (
	UpdateStart   = "start"
	UpdateMessage = "message"
	UpdateSignal  = "signal"
	UpdateResolve = "resolveIncident"
	UpdateVars    = "setVariables"
	UpdateCancel  = "cancel"
	UpdateSuspend = "suspend"
	UpdateResume  = "resume"
	SignalPoke    = "poke" // look again at what is due: the sweeper's
)

// Search attributes, by their Temporal names.
const (
	AttrProject = "qcProject"
	AttrDept    = "qcDept"
	AttrStage   = "qcStage"
	AttrWaits   = "qcWaitsFor"
)

// Input of a run: the key is all; everything else is read from the database.
type Input struct {
	Root int64 `json:"root"`
}

// Request is an event for a root instance. Event is an engine.Event in JSON;
// contract does not know its fields.
type Request struct {
	Root   int64           `json:"root"`
	ID     string          `json:"id"`               // event id, also the update id
	Name   string          `json:"name"`             // update name
	Event  json.RawMessage `json:"event"`            // engine.Event
	Data   json.RawMessage `json:"data,omitempty"`   // what the task's form submitted, for its command
	Acting json.RawMessage `json:"acting,omitempty"` // models.Acting
	Digest string          `json:"digest"`           // of the caller's request: the same id with another digest is key reuse
}

// Verdict of an event.
type Verdict string

// The verdicts.
const (
	Applied Verdict = "applied"
	Refused Verdict = "refused"
	Defect  Verdict = "defect" // our fault: stored, incident raised, the queue goes on
)

// Outcome is what Commit stored for an event and what the caller gets, however often he asks.
type Outcome struct {
	Event   string          `json:"event"`
	Verdict Verdict         `json:"verdict"`
	Code    string          `json:"code,omitempty"`    // of a refusal
	Refusal json.RawMessage `json:"refusal,omitempty"` // models.Refusal
	Answer  json.RawMessage `json:"answer,omitempty"`  // wire.OperationResult without what the reader adds
	Step    int64           `json:"step"`
	At      time.Time       `json:"at"`

	// What the workflow adopts.
	NextDue *time.Time `json:"nextDue,omitempty"`
	Timers  []Timer    `json:"timers,omitempty"` // due first
	Jobs    []Job      `json:"jobs,omitempty"`   // outside work that should run
	Ended   bool       `json:"ended,omitempty"`
	Summary Summary    `json:"summary"`
}

// Timer is a due moment of a waiting element.
type Timer struct {
	Key     int64     `json:"key"`
	Due     time.Time `json:"due"`
	Element string    `json:"element"`
}

// Job is outside work; Key is the activity id and the idempotency key.
type Job struct {
	Key     int64     `json:"key"`
	Type    string    `json:"type"`
	Element string    `json:"element"`
	Retries int       `json:"retries"`
	At      time.Time `json:"at,omitzero"` // not before
}

// Summary is what people see in Temporal's own pages.
type Summary struct {
	Project string   `json:"project,omitempty"`
	Dept    string   `json:"dept,omitempty"`
	Stage   string   `json:"stage,omitempty"`
	Tasks   []string `json:"tasks,omitempty"` // names of open tasks
}
