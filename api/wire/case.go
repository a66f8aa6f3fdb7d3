package wire

import "time"

// Case is a root instance as those see it who may act on it as a whole.
type Case struct {
	Key            string         `json:"key"`
	Process        string         `json:"process"`
	ProcessName    string         `json:"processName"`
	Matter         string         `json:"matter"` // code of the project, or business key
	MatterName     string         `json:"matterName,omitempty"`
	Project        string         `json:"project,omitempty"`
	Rectification  string         `json:"rectification,omitempty"` // its number, where the case is one
	State          string         `json:"state"`                   // running, suspended, ended
	SuspendedSince *time.Time     `json:"suspendedSince,omitempty"`
	Step           int64          `json:"step"`
	Seen           string         `json:"seen"`   // where the tokens stand: what an act may say that it saw
	Tokens         []CaseToken    `json:"tokens"` // for who governs cases
	Acts           []CaseAct      `json:"acts"`
	Confirmations  []Confirmation `json:"confirmations,omitempty"`
	ReopenedAs     string         `json:"reopenedAs,omitempty"`   // the case that goes on for this one
	ReopenedFrom   string         `json:"reopenedFrom,omitempty"` // the ended case that this one goes on for
}

// CaseToken is a place where the case stands.
type CaseToken struct {
	Key         string      `json:"key"`
	Task        string      `json:"task,omitempty"`
	Element     string      `json:"element"`
	Name        string      `json:"name"`
	Process     string      `json:"process"`
	ProcessName string      `json:"processName"`
	Holders     []PersonRef `json:"holders,omitempty"`
	Waits       []string    `json:"waits"` // what for, in words
	Stuck       bool        `json:"stuck,omitempty"`
	Targets     []Target    `json:"targets"` // where it can be moved
}

// CaseAct is something that the person may do with the case now.
type CaseAct struct {
	Act     string   `json:"act"`
	Label   string   `json:"label"`
	Second  bool     `json:"second,omitempty"` // a second person confirms it
	Target  bool     `json:"target,omitempty"` // it names a token and where that is moved
	People  bool     `json:"people,omitempty"` // it names persons
	Into    []Target `json:"into,omitempty"`   // tasks at which an ended case can go on
	Until   bool     `json:"until,omitempty"`  // it names a day
	Effects []string `json:"effects"`          // what follows, in words
	Blocked string   `json:"blocked,omitempty"`
}

// CaseRequest acts on a case.
type CaseRequest struct {
	Reason  string   `json:"reason"`
	From    string   `json:"from,omitempty"`    // jump: the token, by its key or its task
	Target  string   `json:"target,omitempty"`  // jump: element
	Until   string   `json:"until,omitempty"`   // suspend: last day; without it as long as one person may
	Persons []string `json:"persons,omitempty"` // copy: who is to read it
	Seen    string   `json:"seen,omitempty"`    // of the page that the person acts on
	Post    string   `json:"post,omitempty"`
}

// ConfirmationPage is what waits for a second person.
type ConfirmationPage struct {
	Items []Confirmation `json:"items"`
}

// StuckCase is an open case that nothing can move any more.
type StuckCase struct {
	Case        string    `json:"case"`
	Process     string    `json:"process"`
	ProcessName string    `json:"processName"`
	Matter      string    `json:"matter,omitempty"`
	Project     string    `json:"project,omitempty"`
	Step        int64     `json:"step"`
	Since       time.Time `json:"since"` // when it last moved
}

// StuckPage lists them, those that have stood longest first.
type StuckPage struct {
	Items []StuckCase `json:"items"`
}

// Gap is a range of numbers of a partner's stream that has not reached us.
type Gap struct {
	Partner     string     `json:"partner"`
	PartnerName string     `json:"partnerName"`
	Stream      string     `json:"stream"`
	From        int64      `json:"from"`
	To          int64      `json:"to"`
	FoundAt     time.Time  `json:"foundAt"`
	AskedAt     *time.Time `json:"askedAt,omitempty"`   // when the partner was last asked to send it again
	GivenUpAt   *time.Time `json:"givenUpAt,omitempty"` // when what waited for it went on without
}

// GapPage lists them, the oldest first, with how many events wait for one.
type GapPage struct {
	Items []Gap `json:"items"`
	Held  int   `json:"held"`
}
