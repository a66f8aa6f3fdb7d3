package wire

import "time"

// Supervision is an open task on which a leader has an eye (督办).
type Supervision struct {
	ID         string      `json:"id"`
	Case       string      `json:"case"`
	Matter     string      `json:"matter,omitempty"`
	MatterName string      `json:"matterName,omitempty"`
	Task       string      `json:"task"`
	TaskName   string      `json:"taskName"`
	Holders    []PersonRef `json:"holders,omitempty"`
	Reason     string      `json:"reason"`
	At         time.Time   `json:"at"`
	Due        time.Time   `json:"due"`
	TaskDue    *time.Time  `json:"taskDue,omitempty"` // of its own clock
	DoneAt     *time.Time  `json:"doneAt,omitempty"`
	State      string      `json:"state"` // open, late, done, doneLate
}

// SupervisionPage lists them, those that are open first.
type SupervisionPage struct {
	Items []Supervision `json:"items"`
}

// SupervisedTask says on a task's page who has an eye on it, and until when.
type SupervisedTask struct {
	By     PersonRef `json:"by"`
	Due    time.Time `json:"due"`
	Reason string    `json:"reason"`
}

// EvidencePaper is a file that shows a decision.
type EvidencePaper struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Href string `json:"href"`
}
