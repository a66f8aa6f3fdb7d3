package wire

import "encoding/json"

// Plan is the reserve pool and the annual plan of a fiscal year as somebody may see it.
type Plan struct {
	FiscalYear  int    `json:"fiscalYear"`
	OpensOn     string `json:"opensOn,omitempty"`
	ClosesOn    string `json:"closesOn,omitempty"`
	Contact     string `json:"contact,omitempty"`
	State       string `json:"state"` // UNCALLED, OPEN, CLOSED, RANKED, DECIDED, PUBLISHED
	PublishedOn string `json:"publishedOn,omitempty"`
	Digest      string `json:"digest,omitempty"`
	InstanceKey string `json:"instanceKey,omitempty"`

	Units     []PlanUnit   `json:"units,omitempty"`
	Entries   []PoolEntry  `json:"entries,omitempty"`
	Budget    *PlanBudget  `json:"budget,omitempty"` // of who sees the whole pool
	Meeting   *PlanMeeting `json:"meeting,omitempty"`
	Documents []Document   `json:"documents,omitempty"`

	MayManage bool `json:"mayManage"` // call, urge, close, control figure
	MayCheck  bool `json:"mayCheck"`  // pre-check
	MayScore  bool `json:"mayScore"`
	MayRecord bool `json:"mayRecord"` // the meeting
	MayEnter  bool `json:"mayEnter"`  // entries of the own unit
}

// Plans are those of all years.
type Plans struct {
	Items []Plan `json:"items"`
}

// PlanInput opens a call.
type PlanInput struct {
	FiscalYear   int      `json:"fiscalYear"`
	OpensOn      string   `json:"opensOn"`
	ClosesOn     string   `json:"closesOn"`
	Contact      string   `json:"contact,omitempty"`
	Control      string   `json:"control"`
	Units        []string `json:"units,omitempty"` // all that apply when empty
	BusinessDate string   `json:"businessDate,omitempty"`
}

// PlanPatch changes the control figure.
type PlanPatch struct {
	Control string `json:"control"`
	Reason  string `json:"reason"`
}

// PlanUnit is a unit's answer to the call.
type PlanUnit struct {
	Unit        string `json:"unit"`
	Name        string `json:"name"`
	State       string `json:"state"` // OPEN, ANSWERED, SENT, NONE, SILENT
	Entries     int    `json:"entries"`
	SentOn      string `json:"sentOn,omitempty"`
	Urged       int    `json:"urged"`
	InstanceKey string `json:"instanceKey,omitempty"`
}

// PlanBudget is the picture of the year in 元.
type PlanBudget struct {
	Control   string        `json:"control"`
	Carried   string        `json:"carried"`
	Available string        `json:"available"`
	Within    string        `json:"within"`
	Beyond    string        `json:"beyond"`
	Urgent    string        `json:"urgent"`
	Lines     int           `json:"lines"`
	From      []PlanCarried `json:"from"`
}

// PlanCarried is a project of a former year that still waits for money.
type PlanCarried struct {
	Project string `json:"project"`
	Name    string `json:"name"`
	Amount  string `json:"amount"`
}

// PlanMeeting is the joint meeting.
type PlanMeeting struct {
	No       string   `json:"no"`
	On       string   `json:"on"`
	Place    string   `json:"place"`
	Chair    string   `json:"chair"`
	Recorder string   `json:"recorder"`
	Present  []string `json:"present"`
	Absent   []string `json:"absent"`
	Minutes  string   `json:"minutes"`
}

// PlanMeetingInput records the meeting and what it decided.
type PlanMeetingInput struct {
	Meeting  PlanMeeting   `json:"meeting"`
	Verdicts []PlanVerdict `json:"verdicts"`
}

// PlanVerdict of the meeting on an entry.
type PlanVerdict struct {
	Entry   string `json:"entry"`
	Verdict string `json:"verdict"` // in, defer, reject
	Note    string `json:"note,omitempty"`
}

// PlanScores are scores on their way in.
type PlanScores struct {
	Scores []PlanScore `json:"scores"`
}

// PlanScore of an entry.
type PlanScore struct {
	Entry string `json:"entry"`
	Score int    `json:"score"`
	Note  string `json:"note,omitempty"`
}

// PlanDecision of the pre-check.
type PlanDecision struct {
	Decision string `json:"decision"` // pass, return, merge, reject
	Into     string `json:"into,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// PoolEntryInput is an entry on its way in.
type PoolEntryInput struct {
	Unit        string          `json:"unit,omitempty"`
	Form        json.RawMessage `json:"form"`
	Urgent      bool            `json:"urgent,omitempty"`
	Instruction string          `json:"instruction,omitempty"`
	Revision    int             `json:"revision,omitempty"`
}

// PoolEntry is a project that a unit wants.
type PoolEntry struct {
	ID          string          `json:"id"`
	Unit        string          `json:"unit"`
	UnitName    string          `json:"unitName"`
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Estimate    string          `json:"estimate"`
	YearAmount  string          `json:"yearAmount"`
	Priority    int             `json:"priority"`
	Form        json.RawMessage `json:"form"`
	State       string          `json:"state"`
	Urgent      bool            `json:"urgent"`
	Instruction string          `json:"instruction,omitempty"`
	Revision    int             `json:"revision"`
	Digest      string          `json:"digest,omitempty"`
	SentOn      string          `json:"sentOn,omitempty"`
	Alike       []PoolAlike     `json:"alike"`
	Decision    string          `json:"decision,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Into        string          `json:"into,omitempty"`
	Score       *int            `json:"score,omitempty"`
	ScoreNote   string          `json:"scoreNote,omitempty"`
	Verdict     string          `json:"verdict,omitempty"`
	VerdictNote string          `json:"verdictNote,omitempty"`
	CarriedFrom string          `json:"carriedFrom,omitempty"`
	PlanEntry   string          `json:"planEntry,omitempty"`
	Rank        int             `json:"rank,omitempty"`
	Sum         string          `json:"sum,omitempty"`
	Within      bool            `json:"within,omitempty"`
	TrimRate    string          `json:"trimRate,omitempty"` // percent that reviews have cut of what the unit declared
	InstanceKey string          `json:"instanceKey,omitempty"`
	MayWrite    bool            `json:"mayWrite"`
}

// PoolAlike is one thing that an entry is like.
type PoolAlike struct {
	Ref   string   `json:"ref"`
	Kind  string   `json:"kind"` // project, inventory, plan
	Title string   `json:"title"`
	Unit  string   `json:"unit"`
	Score float64  `json:"score"`
	Words []string `json:"words"`
}
