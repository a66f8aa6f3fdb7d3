package rulepacks

import (
	"encoding/json"
	"slices"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// Diff is what a draft changes of the pack that it would follow.
type Diff struct {
	Pack      string           `json:"pack"`
	Base      string           `json:"base"`
	ValidFrom models.Date      `json:"validFrom"`
	Digest    string           `json:"digest"`
	Params    []ParamChange    `json:"params"`
	Decisions []DecisionChange `json:"decisions"`
	Rules     []string         `json:"rules"` // whose answer can be another
}

// ParamChange is a parameter that is new, or has another value or basis.
type ParamChange struct {
	Rule        string       `json:"rule"`
	Key         string       `json:"key"`
	Before      *json.Number `json:"before"` // null: it is new
	After       json.Number  `json:"after"`
	Unit        string       `json:"unit"`
	Basis       string       `json:"basis"`
	BasisBefore string       `json:"basisBefore,omitempty"` // when it was another
	Verified    bool         `json:"verified"`
	Floating    bool         `json:"floating,omitempty"`
}

// DecisionChange is a decision, function or check point that is new or reads otherwise.
type DecisionChange struct {
	ID     string `json:"id"`
	Change string `json:"change"` // added, changed
	By     string `json:"by"`     // county: a file of the draft; shipped: another release brought it
}

// Diff compares the draft with the pack that it began from.
func (d *Draft) Diff() (Diff, error) {
	out := Diff{
		Pack: d.Pack.ID, Base: d.Base.ID, ValidFrom: d.Pack.ValidFrom, Digest: d.Pack.Digest, Params: []ParamChange{},
		Decisions: []DecisionChange{}, Rules: []string{},
	}
	var was []rules.RuleParam
	if err := d.Base.Params.Into(&was); err != nil {
		return out, err
	}
	var moved []string
	for _, q := range d.Params {
		i := slices.IndexFunc(was, func(p rules.RuleParam) bool { return p.Rule == q.Rule && p.Key == q.Key })
		c := ParamChange{Rule: q.Rule, Key: q.Key, After: q.Value, Unit: q.Unit, Basis: q.Basis, Verified: q.Verified, Floating: q.Floating}
		if i >= 0 {
			p := was[i]
			if sameNumber(p.Value, q.Value) && p.Basis == q.Basis && p.Verified == q.Verified && p.Floating == q.Floating &&
				p.Unit == q.Unit {
				continue
			}
			c.Before = &p.Value
			if p.Basis != q.Basis {
				c.BasisBefore = p.Basis
			}
		}
		if c.Before == nil || !sameNumber(*c.Before, q.Value) {
			moved = append(moved, q.Rule+"."+q.Key)
		}
		out.Params = append(out.Params, c)
	}
	own, _ := rules.Compile(d.Own()) // alone it need not compile; what is wrong with the whole is a problem
	for _, id := range d.was.Changed(d.checks) {
		c := DecisionChange{ID: id, Change: "changed", By: "shipped"}
		if !d.was.Has(id) {
			c.Change = "added"
		}
		if own.Has(id) {
			c.By = "county"
		}
		out.Decisions = append(out.Decisions, c)
	}
	out.Rules = append(out.Rules, d.was.Affected(d.checks, moved)...)
	return out, nil
}

func sameNumber(a, b json.Number) bool {
	return a == b || isNumber(rules.RuleParam{Value: a}) && isNumber(rules.RuleParam{Value: b}) && order(a, b) == 0
}
