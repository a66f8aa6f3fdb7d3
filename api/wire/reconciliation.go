package wire

import "time"

// Difference is a record in which our books and a partner's differ.
type Difference struct {
	ID            string     `json:"id"`
	Partner       string     `json:"partner"`
	EventType     string     `json:"eventType"`
	NaturalKey    string     `json:"naturalKey"`
	Class         string     `json:"class"`
	ClassName     string     `json:"className"`
	Project       string     `json:"project,omitempty"`
	OurAmount     string     `json:"ourAmount,omitempty"`
	TheirAmount   string     `json:"theirAmount,omitempty"`
	OurDate       string     `json:"ourDate,omitempty"`
	TheirDate     string     `json:"theirDate,omitempty"`
	Owner         string     `json:"owner"`
	Rectification string     `json:"rectification,omitempty"`
	FoundAt       time.Time  `json:"foundAt"`
	AgeDays       int        `json:"ageDays"`
	State         string     `json:"state"` // open, closed
	Resolution    string     `json:"resolution,omitempty"`
	Reason        string     `json:"reason,omitempty"`
	ClosedAt      *time.Time `json:"closedAt,omitempty"`
}

// DifferencePage is a page of them, newest first.
type DifferencePage struct {
	Items []Difference `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// DifferenceResolution is a person's word on a difference.
type DifferenceResolution struct {
	Resolution string `json:"resolution"` // explained, corrected
	Reason     string `json:"reason"`
}
