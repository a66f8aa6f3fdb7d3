package wire

import "time"

// CasePage is a page of the search of cases.
type CasePage struct {
	Items []CaseRow `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// CaseRow is a case as who operates sees it. Whoever may not read business sees where it stands, not whose it is.
type CaseRow struct {
	Key         string    `json:"key"`
	Process     string    `json:"process"`
	ProcessName string    `json:"processName"`
	Version     int       `json:"version,omitempty"`
	State       string    `json:"state"` // starting, running, suspended, ended
	Matter      string    `json:"matter,omitempty"`
	Title       string    `json:"title,omitempty"`
	Project     string    `json:"project,omitempty"`
	Step        int64     `json:"step"`
	At          []string  `json:"at"` // names of the elements where tokens stand
	Incidents   int       `json:"incidents"`
	BegunAt     time.Time `json:"begunAt"`
	MovedAt     time.Time `json:"movedAt"`
}

// ElementCounts are where the tokens of all cases stand.
type ElementCounts struct {
	Items []ElementCount `json:"items"`
}

// ElementCount is one element.
type ElementCount struct {
	Process     string `json:"process"`
	ProcessName string `json:"processName"`
	Element     string `json:"element"`
	Name        string `json:"name"`
	Tokens      int    `json:"tokens"`
	Stuck       int    `json:"stuck"`
}

// CaseOperation is what who operates a case needs beside its diagram.
type CaseOperation struct {
	CaseRow
	Incidents []CaseIncident `json:"stuck"`
	Variables []CaseVariable `json:"variables,omitempty"` // absent: not for the person
	Timers    []CaseTimer    `json:"timers"`
	Waits     []CaseWait     `json:"waits"`
	Jobs      []CaseJob      `json:"jobs"`
	Passed    []CaseStep     `json:"passed"` // elements, the newest first
	Counts    map[string]int `json:"counts"` // tokens, timers, waits, jobs, tasks, passed
	MayRepair bool           `json:"mayRepair"`
}

// CaseIncident is why a token stands still.
type CaseIncident struct {
	Key      string    `json:"key"`
	Scope    string    `json:"scope"`
	Element  string    `json:"element"`
	Name     string    `json:"name"`
	Code     string    `json:"code"`
	Cause    string    `json:"cause"`             // in words
	Message  string    `json:"message,omitempty"` // absent: not for the person
	Missing  []string  `json:"missing,omitempty"` // variables that the message names
	Similar  int       `json:"similar"`           // others of the same code at the same element that wait
	RaisedAt time.Time `json:"raisedAt"`
	MayRetry bool      `json:"mayRetry"`
}

// CaseVariable is a variable of a scope.
type CaseVariable struct {
	Scope     string `json:"scope"`
	ScopeName string `json:"scopeName"`
	Name      string `json:"name"`
	Value     any    `json:"value,omitempty"`
	Masked    bool   `json:"masked,omitempty"` // a personal one, with its middle hidden
}

// CaseTimer waits for a moment.
type CaseTimer struct {
	Element string    `json:"element"`
	Name    string    `json:"name"`
	Due     time.Time `json:"due"`
	Refused bool      `json:"refused,omitempty"`
}

// CaseWait waits for a message or a signal.
type CaseWait struct {
	Kind    string    `json:"kind"` // message, signal
	Element string    `json:"element"`
	Name    string    `json:"name"`
	Message string    `json:"message"`
	Key     string    `json:"correlationKey,omitempty"`
	Since   time.Time `json:"since"`
}

// CaseJob is outside work.
type CaseJob struct {
	Key     string    `json:"key"`
	Element string    `json:"element"`
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Retries int       `json:"retries"`
	Failed  bool      `json:"failed,omitempty"`
	Since   time.Time `json:"since"`
}

// CaseStep is an element that was passed.
type CaseStep struct {
	Element   string     `json:"element"`
	Name      string     `json:"name"`
	Kind      string     `json:"kind"`
	State     string     `json:"state"`
	EnteredAt time.Time  `json:"enteredAt"`
	LeftAt    *time.Time `json:"leftAt,omitempty"`
}

// Repair sets variables of a scope, or foretells what that and a retry would do.
type Repair struct {
	Scope     string         `json:"scope"`
	Variables map[string]any `json:"variables"`
	Incident  string         `json:"incident,omitempty"` // to be tried again afterwards; of a preview only
	Reason    string         `json:"reason"`
	Post      string         `json:"post,omitempty"`
}

// Foretold is what a repair would do.
type Foretold struct {
	Steps   []string       `json:"steps"` // in words
	Stuck   bool           `json:"stuck"` // something would stand still again
	Changes []CaseVariable `json:"changes"`
}
