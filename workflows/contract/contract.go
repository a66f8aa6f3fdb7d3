// Package contract is the leaf that api, workflows, activities and worker
// share: names, ids and payloads of the durable shell. It imports nothing.
package contract

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
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

// Attempt is the lease of one try at Commit; the database gives up before it.
const Attempt = 4 * time.Second

// WorkflowID is the workflow of a root instance.
func WorkflowID(root int64) string { return "pi-" + strconv.FormatInt(root, 10) }

// UpdateID is the id of the Update that brings an event: the event's own, but
// of a person's its hash, because Temporal stores it in clear and it names the person.
func UpdateID(event string) string {
	if !strings.HasPrefix(event, "u:") {
		return event
	}
	sum := sha256.Sum256([]byte(event))
	return "u:" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

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

// UpdateOther takes events whose name is not in Updates.
const UpdateOther = "event"

// operations of tasks (DESIGN §7), each an Update of its name.
var operations = []string{
	"complete", "claim", "unclaim", "assign", "agree", "disagree", "abstain", "reject", "return", "transfer", "delegate", "addBefore",
	"addAfter", "addParallel", "removeSign", "answer", "withdraw", "recall", "urge", "cc", "comment", "terminate", "jump", "reassign",
	"editOpinion", "supplement", "appendStep", "lateSign", "timeout",
}

// Updates are the names of all Updates that a workflow takes. Names are added, never removed: histories replay.
func Updates() []string {
	return append([]string{
		UpdateStart, UpdateMessage, UpdateSignal, UpdateResolve, UpdateVars, UpdateCancel, UpdateSuspend, UpdateResume, UpdateOther,
	}, operations...)
}

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
	// Renew is the number of Updates after which the run continues as new; 0: 1,500. Tests make it tiny.
	Renew int `json:"renew,omitempty"`
}

// Poke is the payload of SignalPoke.
type Poke struct {
	// Renew makes the workflow forget which Updates it has answered, by continuing as new:
	// after a restore of the database they may have been lost there.
	Renew bool `json:"renew,omitempty"`
}

// ErrDraining is the type of the error by which a run refuses an Update because
// the next run will take it: send the same id again.
const ErrDraining = "draining"

// ErrUnavailable is the type of the error of an Update that met technical
// trouble for longer than a caller waits. Nothing is known to have happened.
const ErrUnavailable = "unavailable"

// Request is an event for a root instance. Event is an engine.Event in JSON;
// contract does not know its fields.
type Request struct {
	Root   int64           `json:"root"`
	ID     string          `json:"id"`               // event id; UpdateID makes the Update's of it
	Name   string          `json:"name"`             // update name
	Event  json.RawMessage `json:"event"`            // engine.Event
	Data   json.RawMessage `json:"data,omitempty"`   // what the task's form submitted, for its command
	Acting json.RawMessage `json:"acting,omitempty"` // models.Acting
	Digest string          `json:"digest"`           // of the caller's request: the same id with another digest is key reuse
	Seal   Seal            `json:"seal,omitzero"`    // vouches for all of the above
	Trace  string          `json:"trace,omitempty"`  // W3C traceparent of whoever sent it: for those who watch, believed by nobody
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
	Task    int64           `json:"task,omitempty"`    // key of the task that the event was about
	Opened  []int64         `json:"opened,omitempty"`  // keys of the tasks that it opened; some may be closed again
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

// Fire is the event of a timer that is due. Its id says which due moment of a repeating timer.
func (t Timer) Fire(root int64) Request {
	id := "t:" + strconv.FormatInt(t.Key, 10) + ":" + strconv.FormatInt(t.Due.UnixMilli(), 10)
	ev, err := json.Marshal(map[string]any{"id": id, "type": "fireTimer", "key": t.Key})
	if err != nil {
		panic(err) // a map of strings and numbers
	}
	return Request{Root: root, ID: id, Name: "timer", Event: ev}
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
