package wire

import "time"

// Deputyship lets a deputy act for a principal for a while (代理).
type Deputyship struct {
	ID        string     `json:"id"`
	Principal PersonRef  `json:"principal"`
	Deputy    PersonRef  `json:"deputy"`
	Roles     []string   `json:"roles"`     // empty: all
	Processes []string   `json:"processes"` // empty: all
	Cap       string     `json:"cap,omitempty"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"` // does not belong to it
	Reason    string     `json:"reason"`
	SetBy     PersonRef  `json:"setBy"`
	EndedAt   *time.Time `json:"endedAt,omitempty"` // before its time
	State     string     `json:"state"`             // coming, now, over
	MayEnd    bool       `json:"mayEnd"`
}

// Deputyships are those that a person has set and taken, newest first.
type Deputyships struct {
	Items []Deputyship `json:"items"`
}

// DeputyshipInput sets one.
type DeputyshipInput struct {
	Principal string    `json:"principal,omitempty"` // "": the caller
	Deputy    string    `json:"deputy"`
	Roles     []string  `json:"roles,omitempty"`
	Processes []string  `json:"processes,omitempty"`
	Cap       string    `json:"cap,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Reason    string    `json:"reason"`
}

// DeputyCandidates are the colleagues who could deputise in a period, and why the others cannot.
type DeputyCandidates struct {
	Items []DeputyCandidate `json:"items"`
}

// DeputyCandidate is one of them.
type DeputyCandidate struct {
	PersonRef
	Open     int    `json:"open"` // tasks in hand
	Eligible bool   `json:"eligible"`
	Why      string `json:"why,omitempty"`
	Reason   string `json:"reason,omitempty"` // Why in words
}

// DeputyshipEnd ends one before its time.
type DeputyshipEnd struct {
	Reason string `json:"reason"`
}

// Holding is what a person holds, with a receiver proposed for each.
type Holding struct {
	Person PersonRef     `json:"person"`
	Items  []HoldingItem `json:"items"`
}

// HoldingItem is a task, or a seat of one; or a draft of a matter, or a deputyship.
type HoldingItem struct {
	Kind   string      `json:"kind,omitempty"` // draft, deputyship: then Task is its id; none: a task
	Task   string      `json:"task"`
	Seat   int         `json:"seat,omitempty"`
	Name   string      `json:"name"`
	Matter string      `json:"matter"`
	Due    *time.Time  `json:"due,omitempty"`
	Back   bool        `json:"back"` // goes back to the others who could take it
	To     *PersonRef  `json:"to,omitempty"`
	May    []PersonRef `json:"may"` // who could receive it
}

// HandoverRequest asks for a handover; an item without a receiver goes back to its others.
type HandoverRequest struct {
	Person string              `json:"person"`
	Items  []HandoverItemInput `json:"items"`
	Reason string              `json:"reason"`
}

// HandoverItemInput is one item of it.
type HandoverItemInput struct {
	Kind string `json:"kind,omitempty"`
	Task string `json:"task"`
	Seat int    `json:"seat,omitempty"`
	To   string `json:"to,omitempty"`
}

// Handover is one that was asked for.
type Handover struct {
	ID        string         `json:"id"`
	Person    PersonRef      `json:"person"`
	Reason    string         `json:"reason"`
	AskedBy   PersonRef      `json:"askedBy"`
	AskedAt   time.Time      `json:"askedAt"`
	State     string         `json:"state"`
	DecidedBy *PersonRef     `json:"decidedBy,omitempty"`
	Items     []HandoverItem `json:"items"`

	MayConfirm bool       `json:"mayConfirm,omitempty"` // the caller is somebody who confirms it
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`  // then nothing has happened
	Note       string     `json:"note,omitempty"`       // what the second person said
}

// HandoverItem is one item of it with its result.
type HandoverItem struct {
	Kind   string     `json:"kind,omitempty"`
	Task   string     `json:"task"`
	Seat   int        `json:"seat,omitempty"`
	Name   string     `json:"name"`
	Matter string     `json:"matter"`
	To     *PersonRef `json:"to,omitempty"`
	Done   bool       `json:"done"`
	Why    string     `json:"why,omitempty"`
	Reason string     `json:"reason,omitempty"` // Why in words
}

// Handovers is a list of them.
type Handovers struct {
	Items []Handover `json:"items"`
}
