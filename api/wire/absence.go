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
