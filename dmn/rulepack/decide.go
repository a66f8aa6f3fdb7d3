package rulepack

import (
	"fmt"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/feel"
)

// Evaluation is what is kept of a rule's evaluation: with these inputs, under this pack, these rules held.
type Evaluation struct {
	Decision string
	Pack     string // pinned pack
	Floating string // pack of the floating parameters
	Output   feel.Value
	// Unknown says that an input was missing or the result is null: it must never count as passed (rule Z02).
	Unknown bool
	Missing []string // inputs that were asked for and not known
	Reasons []dmn.Warning
	Trace   *dmn.Trace // inputs, and the rules that hold
}

// Decide evaluates a decision with the parameters under the name "params", beside the inputs.
func (p *Params) Decide(ds *dmn.Decisions, id string, env feel.Env, inputs feel.Vars) (Evaluation, error) {
	r, err := ds.Explain(id, env, withParams{p.Value(), inputs})
	if err != nil {
		return Evaluation{}, fmt.Errorf("rule pack %s: %w", p.Pinned, err)
	}
	return Evaluation{Decision: id, Pack: p.Pinned, Floating: p.InForce, Output: r.Value, Missing: r.Missing,
		Unknown: r.Value == nil || len(r.Missing) > 0, Reasons: r.Warnings, Trace: r.Trace}, nil
}

// withParams adds the parameters to the inputs.
type withParams struct {
	params *feel.Context
	inputs feel.Vars
}

// Get returns the parameters for "params", else an input.
func (w withParams) Get(name string) (feel.Value, bool) {
	if name == "params" {
		return w.params, true
	}
	if w.inputs == nil {
		return nil, false
	}
	return w.inputs.Get(name)
}
