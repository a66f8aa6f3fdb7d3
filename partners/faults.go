package partners

// Faults are the ways in which a bureau misbehaves.
type Faults struct {
	Away         bool    `json:"away,omitempty"`         // answers 503 and sends nothing
	Silent       bool    `json:"silent,omitempty"`       // accepts events and never answers them
	Duplicate    bool    `json:"duplicate,omitempty"`    // sends every event twice
	Reorder      bool    `json:"reorder,omitempty"`      // sends the next two events in the wrong order
	WrongAmount  bool    `json:"wrongAmount,omitempty"`  // amounts ten thousand times too large
	BadSignature bool    `json:"badSignature,omitempty"` // signs with a wrong key
	DelaySeconds float64 `json:"delaySeconds,omitempty"` // waits longer before each event
	FailTender   int     `json:"failTender,omitempty"`   // how many of the next tenders fail
	Lose         int     `json:"lose,omitempty"`         // how many of the next events are lost on the way
	Forget       int     `json:"forget,omitempty"`       // how many of the newest records its books lack
	Miscount     bool    `json:"miscount,omitempty"`     // the newest record has another amount
	RejectBudget bool    `json:"rejectBudget,omitempty"` // refuses the next approvals
}
