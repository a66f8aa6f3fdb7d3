package engine

import (
	"time"

	"github.com/quancheng/quancheng/feel"
)

// Case is what a step may know of the matter it belongs to, beside its variables.
type Case struct {
	Initiator string       `json:"initiator,omitempty"` // person
	Unit      string       `json:"unit,omitempty"`      // of the initiator's matter
	Amount    *feel.Number `json:"amount,omitempty"`    // 元; nil: not known
	Parties   []Party      `json:"parties,omitempty"`
}

// Party is a unit or a person with a part in a case, for a while.
type Party struct {
	Role   string `json:"role"`
	Unit   string `json:"unit,omitempty"`
	Person string `json:"person,omitempty"`
	Span
}

// The roles of parties.
const (
	Applicant  = "applicant"
	Supplier   = "supplier"
	Supervisor = "supervisor"
	Tester     = "tester"
	Agency     = "agency"
	Expert     = "expert"
	Avoided    = "avoided" // must have no part in the case
	Author     = "author"  // of what is approved
)

// At are the parties of a role at a moment, in order.
func (c Case) At(now time.Time, role string) []Party {
	var out []Party
	for _, p := range c.Parties {
		if p.Role == role && p.Span.At(now) {
			out = append(out, p)
		}
	}
	return out
}
