package wire

import (
	"encoding/json"
	"time"
)

// RulePack is a pack of the county's rules.
type RulePack struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	ValidFrom string     `json:"validFrom"`
	ValidTo   string     `json:"validTo,omitempty"`
	State     string     `json:"state"` // draft, published
	Example   bool       `json:"example"`
	InForce   bool       `json:"inForce"` // today
	Base      string     `json:"base,omitempty"`
	Digest    string     `json:"digest"`
	Reason    string     `json:"reason,omitempty"`
	Drafted   *PersonRef `json:"draftedBy,omitempty"`
	DraftedAt *time.Time `json:"draftedAt,omitempty"`
	Published *PersonRef `json:"publishedBy,omitempty"`
	At        *time.Time `json:"publishedAt,omitempty"`
}

// RulePackPage lists packs, the newest first day first.
type RulePackPage struct {
	Items []RulePack `json:"items"`
}

// RulePackInput is a draft as it is sent: like the shipped params.json, with what is wanted otherwise.
type RulePackInput struct {
	Pack      string          `json:"pack"`
	Name      string          `json:"name"`
	ValidFrom string          `json:"validFrom"`
	ValidTo   string          `json:"validTo"`
	Params    json.RawMessage `json:"params"`
	Checks    []RuleFile      `json:"checks"`
	Reason    string          `json:"reason"`
}

// RuleFile is a rule file of a pack.
type RuleFile struct {
	Name string `json:"name"` // checks/B.dmn
	Body string `json:"body"` // DMN
}

// RulePackDetail is a pack with all that a person decides by.
type RulePackDetail struct {
	RulePack
	Rules      []RuleOfPack     `json:"rules"`
	Checks     []RuleFile       `json:"checks"` // the county's own
	Diff       any              `json:"diff,omitempty"`
	Problems   []PackNote       `json:"problems"`
	Remarks    []PackNote       `json:"remarks"`
	Rehearsal  *RehearsalResult `json:"rehearsal,omitempty"`
	MayEdit    bool             `json:"mayEdit"`
	MayPublish bool             `json:"mayPublish"`
}

// RuleOfPack is a rule with its parameters.
type RuleOfPack struct {
	Rule     string        `json:"rule"`
	Name     string        `json:"name"`
	Kind     string        `json:"kind"`
	Severity string        `json:"severity,omitempty"`
	Basis    string        `json:"basis"`
	Params   []ParamOfPack `json:"params"`
}

// ParamOfPack is a parameter with its legal basis, and what the pack before said.
type ParamOfPack struct {
	Key      string       `json:"key"`
	Name     string       `json:"name"` // what people call it
	Value    json.Number  `json:"value"`
	Before   *json.Number `json:"before"`
	Unit     string       `json:"unit"`
	Basis    string       `json:"basis"`
	Verified bool         `json:"verified"`
	Floating bool         `json:"floating"`
}

// PackNote is something about a draft in words.
type PackNote struct {
	Code   string `json:"code"`
	Where  string `json:"where"`
	Detail string `json:"detail"`
}

// RehearsalResult is what a rehearsal said.
type RehearsalResult struct {
	At       *time.Time     `json:"at,omitempty"`
	Judged   int            `json:"judged"`
	Changed  int            `json:"changed"`
	Ahead    int            `json:"ahead"`
	Stops    int            `json:"stops"`
	Subjects int            `json:"subjects"`
	Pinned   int            `json:"pinned"`
	Rows     []RehearsedRow `json:"rows"`
}

// RehearsedRow is what a rule said of a subject, and would have said.
type RehearsedRow struct {
	Subject string   `json:"subject"`
	Rule    string   `json:"rule"`
	Before  any      `json:"before"`
	After   any      `json:"after"`
	Decided bool     `json:"decided"`
	Title   string   `json:"title"`
	Point   string   `json:"point,omitempty"`
	Changed bool     `json:"changed"`
	Stops   bool     `json:"stops"`
	Counts  [2]int   `json:"findings"`
	Missing []string `json:"missing,omitempty"` // names of the facts that were not kept
	Reason  string   `json:"reason,omitempty"`
}

// PublishPack is the second person's word.
type PublishPack struct {
	Digest string `json:"digest"`
	Reason string `json:"reason"`
}
