package wire

import "time"

// Duty is a duty record: a task that was not done long after its due time, and what became of it.
type Duty struct {
	ID         string      `json:"id"`
	Task       string      `json:"task"`
	Name       string      `json:"name"`
	Project    string      `json:"project,omitempty"`
	Matter     string      `json:"matter"` // name of the project, or number of the issue
	Holders    []PersonRef `json:"holders"`
	DueAt      time.Time   `json:"dueAt"`
	Limit      int         `json:"limit"` // working days
	RecordedAt time.Time   `json:"recordedAt"`
	ClosedAt   *time.Time  `json:"closedAt,omitempty"`
	ClosedBy   *PersonRef  `json:"closedBy,omitempty"`
}

// DutyPage is a page of them, newest first.
type DutyPage struct {
	Items []Duty `json:"items"`
	Next  string `json:"next,omitempty"`
}
