package partners

// Faults are the ways in which a bureau misbehaves. Of the faults set for one
// project only FailTender and RejectBudget count: the others are about the
// bureau as a whole.
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

// OfAll reports whether there is something in it that befalls a bureau as a whole, in no project alone.
func (f Faults) OfAll() bool {
	f.FailTender, f.RejectBudget = 0, false
	return f != Faults{}
}

// rejectsBudget reports whether the bureau refuses an approval of the project.
func (s *state) rejectsBudget(project string) bool {
	return s.Faults.RejectBudget || s.Projects[project].RejectBudget
}

// failsTender takes one failure of a tender of the project, if there is one left.
func (s *state) failsTender(project string) bool {
	if own := s.Projects[project]; own.FailTender > 0 {
		own.FailTender--
		s.Projects[project] = own
		return true
	}
	if s.Faults.FailTender > 0 {
		s.Faults.FailTender--
		return true
	}
	return false
}
