package wire

import (
	"encoding/json"
	"time"
)

// Checks is what the rules of a check point say of a subject as it stands.
type Checks struct {
	Point   string        `json:"point"`
	Kind    string        `json:"kind"`
	ID      string        `json:"id"`
	Pack    string        `json:"pack"`
	InForce string        `json:"inForce"`
	Before  bool          `json:"before"` // reminders are answered before the act
	Results []CheckResult `json:"results"`
}

// CheckResult is what one rule says.
type CheckResult struct {
	Rule         string         `json:"rule"`
	Name         string         `json:"name"`
	Kind         string         `json:"kind"`               // check, route, compute
	Severity     string         `json:"severity,omitempty"` // hard, soft
	State        string         `json:"state"`              // pass, remind, block, unknown, error
	Findings     []CheckFinding `json:"findings"`
	Missing      []string       `json:"missing"`
	Unwired      []string       `json:"unwired,omitempty"`      // facts that nobody gathers yet
	UnwiredNames []string       `json:"unwiredNames,omitempty"` // what people call them
	Basis        string         `json:"basis"`
	AnsweredBy   []string       `json:"answeredBy"`
	Mine         bool           `json:"mine"` // the caller may answer
	Value        any            `json:"value,omitempty"`

	Params map[string]json.Number `json:"params,omitempty"` // of the rule, as it judged
}

// CheckFinding is one place where a rule does not hold, or cannot be known.
type CheckFinding struct {
	Place   string         `json:"place"` // names it in an answer
	Pointer string         `json:"pointer"`
	Must    bool           `json:"must"`
	Act     string         `json:"act,omitempty"`
	Detail  string         `json:"detail"`
	Satisfy string         `json:"satisfy"`
	Values  map[string]any `json:"values,omitempty"`
	Answer  *CheckAnswer   `json:"answer,omitempty"`
}

// CheckAnswer is what somebody said to a finding.
type CheckAnswer struct {
	ID     string     `json:"id"`
	Kind   string     `json:"kind"` // answer, override
	Reason string     `json:"reason"`
	By     *PersonRef `json:"by,omitempty"`
	At     time.Time  `json:"at"`
	Second *PersonRef `json:"second,omitempty"` // of an override: who signed it too
	Waits  bool       `json:"waits,omitempty"`  // for the second person
}

// CheckAnswers are answers on their way in.
type CheckAnswers struct {
	Post    string             `json:"post,omitempty"` // acting post
	Answers []CheckAnswerInput `json:"answers"`

	// BusinessDate on which the act will be, of one that is back-registered.
	BusinessDate string `json:"businessDate,omitempty"`
}

// CheckAnswerInput is an answer to one finding.
type CheckAnswerInput struct {
	Rule   string `json:"rule"`
	Place  string `json:"place"`
	Kind   string `json:"kind,omitempty"` // answer when empty
	Reason string `json:"reason"`
}

// PlanEntry is an entry of the annual plan.
type PlanEntry struct {
	ID             string `json:"id,omitempty"` // the next number of the year when empty
	FiscalYear     int    `json:"fiscalYear"`
	Unit           string `json:"unit"`
	Name           string `json:"name"`
	Type           string `json:"type,omitempty"`
	Estimate       string `json:"estimate"`
	State          string `json:"state,omitempty"`
	OutOfPlan      bool   `json:"outOfPlan,omitempty"`
	InstructionDoc string `json:"instructionDoc,omitempty"`
	Pool           string `json:"pool,omitempty"`   // the entry of the reserve pool that it was made of; empty: back-registered
	Reason         string `json:"reason,omitempty"` // of a back-registration
	Drawn          bool   `json:"drawn,omitempty"`  // a live project draws on it; not on the way in
}

// PlanEntries is a list of them.
type PlanEntries struct {
	Items []PlanEntry `json:"items"`
}
