package wire

import "time"

// Revisions are those of an application, with the differences of two of them.
type Revisions struct {
	Items   []Revision       `json:"items"`
	From    int              `json:"from"` // 0: there is nothing to compare with
	To      int              `json:"to"`
	Changes []RevisionChange `json:"changes"`
}

// Revision is an application as it was submitted.
type Revision struct {
	No       int        `json:"no"`
	Digest   string     `json:"digest"`
	Declared string     `json:"declared,omitempty"`
	By       *PersonRef `json:"by,omitempty"`
	At       time.Time  `json:"at"`
	On       string     `json:"on"`
}

// RevisionChange is one thing in which two revisions differ; a line that came or went has no field.
type RevisionChange struct {
	Part   string `json:"part"` // header, form, lines
	Field  string `json:"field,omitempty"`
	Line   int    `json:"line,omitempty"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}
