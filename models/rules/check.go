package rules

import (
	"errors"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// ErrNoChecks says that a check point was asked and this release has no checks
// yet (DESIGN §12). A rule that cannot be judged never passes.
var ErrNoChecks = errors.New("rules: checks are not built yet")

// Edition names the rules that judge: the pack that a project pinned, the pack
// in force (for what floats), and the digest of parameters and files.
type Edition struct{ Pack, InForce, Digest string }

// Subject is what a check is about, at one revision.
type Subject struct {
	Kind, ID string
	Revision int
	Root     int64  // root instance, 0 outside a process
	Project  string // code, "" outside a project
}

// Facts are what a rule may read, by name. Null is “not known”; what is known
// to be none is a value, such as an empty list.
type Facts map[string]feel.Value

// Gather reads the facts of a subject as they were on a day. The room that owns the rows registers it.
type Gather func(tx *gorm.DB, s Subject, on models.Date) (Facts, error)

// Finding is one place where a rule does not hold.
type Finding struct {
	Field  string         `json:"field,omitempty"`
	Line   int            `json:"line,omitempty"` // from 1; 0: the whole subject
	Values map[string]any `json:"values,omitempty"`
}

// The states of a rule's result.
const (
	Pass    = "pass"
	Remind  = "remind"
	Block   = "block"
	Unknown = "unknown" // a required fact is missing
	Error   = "error"   // the decision itself is broken
)

// Result is what one rule says.
type Result struct {
	Rule, State string
	Findings    []Finding
	Missing     []string // required facts that are not known
}

// Report is what all rules of a check point say.
type Report struct {
	Point   string
	Edition Edition
	Results []Result
}

// Book holds the checks of the published packs. Its room is empty: nothing calls it yet.
type Book struct{}

// Judge evaluates the rules of a point over facts; pure. Without checks there is nothing to say.
func (b *Book) Judge(point string, _ Subject, _ Facts, e Edition) Report {
	return Report{Point: point, Edition: e}
}

// Gate judges before our own act and keeps the run; a hard finding is the refusal "checks-block".
func (b *Book) Gate(*gorm.DB, models.Acting, string, Subject) error { return ErrNoChecks }

// Breaches judges after a partner's fact, which is never refused: what does not hold is a breach.
func (b *Book) Breaches(*gorm.DB, models.Acting, string, Subject) ([]Result, error) {
	return nil, ErrNoChecks
}
