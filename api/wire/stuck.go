package wire

import "time"

// StuckInput is what the window writes down of somebody who could not get a thing done.
type StuckInput struct {
	Category     string   `json:"category"`
	Person       string   `json:"person,omitempty"`
	Phone        string   `json:"phone,omitempty"`
	Item         string   `json:"item"`
	ServiceItem  string   `json:"serviceItem,omitempty"`
	Unit         string   `json:"unit,omitempty"`
	Joint        []string `json:"joint,omitempty"`
	Visits       int      `json:"visits"`
	Reason       string   `json:"reason,omitempty"`
	Difficulty   string   `json:"difficulty,omitempty"`
	Answer       string   `json:"answer,omitempty"`
	Post         string   `json:"post,omitempty"`
	BusinessDate string   `json:"businessDate,omitempty"`
}

// StuckScope is what is to be done with a report (W05), and by when for each difficulty (W06).
type StuckScope struct {
	Scope string      `json:"scope"` // in, consult, out
	Why   string      `json:"why"`
	Due   []StuckTerm `json:"due"`
}

// StuckTerm is the day by which a case of a difficulty is answered.
type StuckTerm struct {
	Difficulty string `json:"difficulty"`
	Workdays   int    `json:"workdays"`
	On         string `json:"on"`
}

// StuckReport is a report at the window. Name and phone are masked; whoever has no
// part in the case sees the pseudonym alone, and no words of the citizen.
type StuckReport struct {
	No          string      `json:"no"`
	Kind        string      `json:"kind"`
	Category    string      `json:"category"`
	Item        string      `json:"item"`
	ServiceItem string      `json:"serviceItem,omitempty"`
	Unit        string      `json:"unit,omitempty"`
	UnitName    string      `json:"unitName,omitempty"`
	Joint       []UnitRef   `json:"joint"`
	Visits      int         `json:"visits"`
	Difficulty  string      `json:"difficulty,omitempty"`
	Pseudonym   string      `json:"pseudonym,omitempty"`
	Person      string      `json:"person,omitempty"`
	Phone       string      `json:"phone,omitempty"`
	Reason      string      `json:"reason,omitempty"`
	State       string      `json:"state"`
	Outcome     string      `json:"outcome,omitempty"`
	Reply       string      `json:"reply,omitempty"`
	Callback    string      `json:"callback,omitempty"`
	Backs       int         `json:"backs"`
	Issue       string      `json:"issue,omitempty"`
	ReceivedOn  string      `json:"receivedOn"`
	DueOn       string      `json:"dueOn,omitempty"`
	DaysLeft    *int        `json:"daysLeft,omitempty"` // working days, negative when late
	RepliedOn   string      `json:"repliedOn,omitempty"`
	ClosedOn    string      `json:"closedOn,omitempty"`
	Registrar   *PersonRef  `json:"registrar,omitempty"`
	InstanceKey string      `json:"instanceKey,omitempty"`
	Backfilled  bool        `json:"backfilled"`
	MayReveal   bool        `json:"mayReveal"`
	MayRaise    bool        `json:"mayRaise"`
	Waits       []StuckWait `json:"waits,omitempty"`
	Task        string      `json:"task,omitempty"` // the open task that is mine
	Steps       []StuckStep `json:"steps,omitempty"`
}

// UnitRef is a unit with its name.
type UnitRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// StuckWait is an open task of a case, and where it lies.
type StuckWait struct {
	Name string `json:"name"`
	With string `json:"with"`
}

// StuckStep is a line of the history of a case.
type StuckStep struct {
	Action string    `json:"action"`
	Name   string    `json:"name"`
	State  string    `json:"state"`
	Text   string    `json:"text,omitempty"`
	By     PersonRef `json:"by"`
	At     time.Time `json:"at"`
	On     string    `json:"on"`
}

// StuckReports is a page of cases with the counts of a period.
type StuckReports struct {
	Items       []StuckReport `json:"items"`
	Next        string        `json:"next,omitempty"`
	Counts      StuckCounts   `json:"counts"`
	Again       []StuckFault  `json:"again"`
	MayRegister bool          `json:"mayRegister"`
}

// StuckCounts are consultations and cases, never added.
type StuckCounts struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Consulted int    `json:"consulted"`
	Accepted  int    `json:"accepted"`
	Resolved  int    `json:"resolved"`
	Explained int    `json:"explained"`
	OutOf     int    `json:"outOf"`
	Open      int    `json:"open"`
}

// StuckFault is an item that has come several times.
type StuckFault struct {
	Item  string `json:"item"`
	Units int    `json:"units"`
	N     int    `json:"n"`
	Case  string `json:"case,omitempty"`
}

// StuckRevealInput says why a name is needed.
type StuckRevealInput struct {
	Reason string `json:"reason"`
}

// StuckCitizen is who came, in clear.
type StuckCitizen struct {
	Person string `json:"person"`
	Phone  string `json:"phone"`
}

// StuckIssueInput begins the rectification of what is wrong in general.
type StuckIssueInput struct {
	Title string `json:"title"`
	Unit  string `json:"unit,omitempty"`
}
