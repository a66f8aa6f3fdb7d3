package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Example is one example of a rule: with these facts it gives this. Parameters
// stand among the facts as "params"; Warn says that the rule is unknown. A name
// "=B04_score" is an example of that helper of the rule.
type Example struct {
	Rule  string                     `json:"rule"`
	Name  string                     `json:"name"`
	Facts map[string]json.RawMessage `json:"facts"`
	Want  json.RawMessage            `json:"want"`
	Warn  bool                       `json:"warn"`
}

// Played is what became of an example.
type Played struct {
	Rule   string          `json:"rule"`
	Name   string          `json:"name"`
	Passed bool            `json:"passed"`
	State  string          `json:"state"`
	Got    json.RawMessage `json:"got"`
	Want   json.RawMessage `json:"want"`
	Why    string          `json:"why,omitempty"`
}

// Play runs an example against the rules as written, without the wrapping of Judge's findings.
func (c *Checks) Play(x Example, calendar feel.Calendar) Played {
	out := Played{Rule: x.Rule, Name: x.Name, Want: x.Want, Got: json.RawMessage("null")}
	facts, tree, err := x.facts()
	if err != nil {
		out.Why = err.Error()
		return out
	}
	e, err := MakeEdition(Edition{}, c, tree, calendar)
	if err != nil {
		out.Why = err.Error()
		return out
	}
	decision := x.Rule
	if helper, ok := strings.CutPrefix(x.Name, "="); ok {
		decision = helper
	}
	value, res := e.ready.play(x.Rule, decision, facts)
	out.State = res.State
	if raw, err := feel.ToJSON(value); err == nil {
		out.Got = raw
	}
	unknown := res.State == Unknown
	switch {
	case res.State == Error:
		out.Why = res.Reason
	case unknown != x.Warn:
		out.Why = fmt.Sprintf("known: %t, wanted: %t; missing %v; %s", !unknown, !x.Warn, res.Missing, res.Reason)
	case !sameJSON(out.Got, x.Want) && (!unknown || string(bytes.TrimSpace(x.Want)) != "null"):
		out.Why = "it gives something else"
	default:
		out.Passed = true
	}
	return out
}

// facts reads the facts of an example, and its parameters.
func (x Example) facts() (Facts, Tree, error) {
	facts, tree := Facts{}, Tree{}
	for name, raw := range x.Facts {
		if name == "params" {
			if err := models.DecodeExact(raw, &tree); err != nil {
				return nil, nil, fmt.Errorf("params: %w", err)
			}
			continue
		}
		v, err := feel.FromJSON(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("fact %s: %w", name, err)
		}
		facts[name] = v
	}
	facts["on"], _ = Field{Name: "on", Kind: 'd'}.read(facts["on"], "/on")
	facts["at"], _ = Field{Name: "at", Kind: 't'}.read(facts["at"], "/at")
	return facts, tree, nil
}

// play decides one rule once, with "row" among the facts, and gives the value as the decision does; or one of
// its helpers, which may need fewer of its facts.
func (k *ready) play(id, decision string, f Facts) (feel.Value, Result) {
	res := Result{Rule: id, State: Pass}
	r := k.checks.Rules[id]
	if r == nil || r.broken != "" {
		res.State, res.Reason = Error, "there is no such rule, or it does not compile"
		return nil, res
	}
	if lacks := r.lacking(k.tree); len(lacks) > 0 {
		res.State, res.Reason = Error, fmt.Sprintf("parameters are missing: %v", lacks)
		return nil, res
	}
	vars := feel.MapVars{"params": k.params, "on": f["on"], "at": f["at"]}
	for _, field := range r.Requires {
		v, missing := field.read(f[field.Name], "/"+field.Name)
		vars[field.Name] = v
		if decision == id {
			res.Missing = append(res.Missing, missing...)
		}
	}
	out, err := k.checks.program.Evaluate(decision, feel.Env{Zone: models.Zone, Calendar: k.calendar}, vars)
	switch {
	case err != nil:
		res.State, res.Reason = Error, err.Error()
	case len(res.Missing) > 0 || len(out.Warnings) > 0 || out.Value == nil:
		res.State = Unknown
		if len(out.Warnings) > 0 {
			res.Reason = out.Warnings[0].Message
		}
	}
	return out.Value, res
}

// sameJSON compares numbers by value and objects whatever their order.
func sameJSON(a, b json.RawMessage) bool {
	x, errA := feel.FromJSON(a)
	y, errB := feel.FromJSON(b)
	return errA == nil && errB == nil && sameValue(x, y)
}

func sameValue(a, b feel.Value) bool {
	switch a := a.(type) {
	case feel.Number:
		n, ok := b.(feel.Number)
		return ok && a.Cmp(n) == 0
	case feel.List:
		l, ok := b.(feel.List)
		if !ok || len(a) != len(l) {
			return false
		}
		for i := range a {
			if !sameValue(a[i], l[i]) {
				return false
			}
		}
		return true
	case *feel.Context:
		c, ok := b.(*feel.Context)
		if !ok || a.Len() != c.Len() {
			return false
		}
		for _, k := range a.Keys() {
			x, _ := a.Get(k)
			y, there := c.Get(k)
			if !there || !sameValue(x, y) {
				return false
			}
		}
		return true
	}
	return a == b
}
