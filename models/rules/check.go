package rules

import (
	"github.com/quancheng/quancheng/feel"
)

// Edition names the rules that judge: the pack that a project pinned, the pack
// in force (for what floats), and the digest of parameters and files. One that
// a Book gave carries them ready to run; a bare one judges everything as Error.
type Edition struct {
	Pack, InForce, Digest string

	ready *ready
}

// Subject is what a check is about, at one revision.
type Subject struct {
	Kind, ID string
	Revision int
	Root     int64  // root instance, 0 outside a process
	Project  string // code, "" outside a project
}

// Facts are what a rule may read, by name. Null is “not known”; what is known
// to be none is a value, such as an empty list. "on" is the business date of the
// act, "at" the recording time.
type Facts map[string]feel.Value

// Finding is one place where a rule does not hold.
type Finding struct {
	Field   string         `json:"field,omitempty"`
	Line    int            `json:"line,omitempty"` // from 1; 0: the whole subject
	Ref     string         `json:"ref,omitempty"`
	May     bool           `json:"may,omitempty"`     // shown, and answered only when somebody asks
	Act     string         `json:"act,omitempty"`     // the consequence that the rule proposes
	Pointer string         `json:"pointer,omitempty"` // JSON pointer into the subject
	Values  map[string]any `json:"values,omitempty"`
	Detail  Sentence       `json:"detail"`

	vars  map[string]feel.Value
	bound string // digest of the facts that an answer holds for; "" where the values say all
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
	Missing     []string   // pointers of required facts that are not known
	Unwired     []string   // required facts that no room gathers here yet: shown as unknown, and holds up nothing
	Reason      string     // of an error, or of an unknown whose facts are all there
	Value       feel.Value // of a route or a computation; of one decided row by row, the list
}

// Report is what all rules of a check point say.
type Report struct {
	Point   string
	Edition Edition
	Results []Result
}

// Result of a rule.
func (r Report) Result(rule string) (Result, bool) {
	for _, one := range r.Results {
		if one.Rule == rule {
			return one, true
		}
	}
	return Result{}, false
}
