package wire

import "time"

// SecondInput asks for an act of the house that a second person confirms.
type SecondInput struct {
	Act     string      `json:"act"`
	Subject string      `json:"subject"` // code of a project, account of an expert, credit code of a supplier
	Terms   SecondTerms `json:"terms"`
	Reason  string      `json:"reason"`
}

// SecondTerms are what is asked for beside the subject.
type SecondTerms struct {
	Pack  string `json:"pack,omitempty"`
	Until string `json:"until,omitempty"`
	Name  string `json:"name,omitempty"`
	Part  string `json:"part,omitempty"`
	Other string `json:"other,omitempty"`
	Shown string `json:"shown,omitempty"`
}

// SealedRead asks for the reading of a part of a case before its moment.
type SealedRead struct {
	Part   string `json:"part"`
	Reason string `json:"reason"`
}

// SecondRequest is an act of the house that waits for a second person, or what became of it.
type SecondRequest struct {
	ID        string     `json:"id"`
	Act       string     `json:"act"`
	Label     string     `json:"label"`
	Subject   string     `json:"subject"`
	Project   string     `json:"project,omitempty"`
	Reason    string     `json:"reason"`
	Effects   []string   `json:"effects"` // what follows, in words
	State     string     `json:"state"`
	StateName string     `json:"stateName"`
	AskedBy   PersonRef  `json:"askedBy"`
	AskedAt   time.Time  `json:"askedAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	DecidedBy *PersonRef `json:"decidedBy,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty"`
	Note      string     `json:"note,omitempty"`
	Mine      bool       `json:"mine,omitempty"`
	MayDecide bool       `json:"mayDecide,omitempty"`
	Refusals  []Refusal  `json:"refusals,omitempty"`
}

// SecondRequestPage lists them, those that wait first, and what the caller may ask for.
type SecondRequestPage struct {
	Items []SecondRequest `json:"items"`
	Asks  []Code          `json:"asks"`
}

// SupplierBlock is a supplier that the county does not contract with for a while.
type SupplierBlock struct {
	Uscc  string `json:"uscc"`
	Name  string `json:"name"`
	Until string `json:"until"`
	Why   string `json:"why"`
}

// SupplierBlockPage lists them.
type SupplierBlockPage struct {
	Items []SupplierBlock `json:"items"`
}
