package dmn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Result of an evaluation.
type Result struct {
	Value    feel.Value
	Warnings []Warning // why things are null
	Missing  []string  // inputs that were asked for, and absent or null
	Trace    *Trace    // nil unless asked for
}

// ErrUnknown says that a program has no such decision, decision service or business knowledge model.
var ErrUnknown = errors.New("unknown decision")

// Evaluate runs a decision, decision service or business knowledge model, found by id or name, with the values
// of inputs by name: of input data for a decision, of input data and input decisions for a service, of
// parameters for a knowledge model. Elements of imported models are named "import.name".
//
// Trouble at run time is null with a Warning. The only error is ErrUnknown.
func (p *Program) Evaluate(ref string, env feel.Env, inputs feel.Vars) (Result, error) {
	return p.evaluate(ref, env, inputs, nil)
}

// Explain is Evaluate with a trace that tells how the result came about.
func (p *Program) Explain(ref string, env feel.Env, inputs feel.Vars) (Result, error) {
	return p.evaluate(ref, env, inputs, &Trace{})
}

func (p *Program) evaluate(ref string, env feel.Env, inputs feel.Vars, trace *Trace) (Result, error) {
	e := p.find(ref)
	if e == nil {
		return Result{}, fmt.Errorf("%w %q", ErrUnknown, ref)
	}
	r := p.newRun(env, inputs, trace)
	var v feel.Value
	switch e := e.(type) {
	case *knowledge:
		v = r.invoke(e.u, e.fn, e.src.ID, e.src.Place)
	case *service:
		v = r.invoke(e.u, e.fn, e.src.ID, e.src.Place)
	default:
		v = r.value(e)
	}
	return Result{Value: v, Warnings: r.warnings, Missing: r.missing, Trace: trace}, nil
}

// invoke calls a function with the caller's values; one that does not conform becomes null, as an input would.
func (r *run) invoke(u *unit, f *feel.Func, owner string, at Place) feel.Value {
	args := make([]feel.Value, len(f.Params))
	for i, p := range f.Params {
		v, ok := r.given(u, p.Name)
		if !ok {
			r.warn(owner, at, "no value was given for “"+p.Name+"”")
		}
		args[i] = r.check(v, p.Type, owner, at)
	}
	v := r.call.Invoke(f, args...)
	r.takeWarnings(owner, at)
	return v
}

// Has reports whether Evaluate knows the name or id.
func (p *Program) Has(ref string) bool { return p.find(ref) != nil }

func (p *Program) find(ref string) element {
	if e := p.main.find(ref); e != nil {
		return e
	}
	for _, imp := range p.main.imports {
		if rest, ok := strings.CutPrefix(ref, imp.name+"."); ok {
			if e := imp.unit.find(rest); e != nil {
				return e
			}
		}
	}
	return nil
}

func (u *unit) find(ref string) element {
	if e := u.byID[ref]; e != nil {
		return e
	}
	return u.byName[normalise(ref)]
}

// Outputs are the names of the decisions whose values a decision service gives; nil for anything else. With
// more than one the service's value is a context with these names.
func (p *Program) Outputs(ref string) []string {
	s, ok := p.find(ref).(*service)
	if !ok {
		return nil
	}
	names := make([]string, len(s.outputs))
	for i, d := range s.outputs {
		names[i] = d.name()
	}
	return names
}
