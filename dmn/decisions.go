package dmn

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Decisions are the decisions and decision services of a set of files, found by their id, as business rule
// tasks call them.
type Decisions struct{ programs map[string]*Program }

// NewDecisions compiles a set of models, each of which may import the others. Every diagnostic names its model.
func NewDecisions(models []*Model, o Options) (*Decisions, []Diagnostic) {
	ds := &Decisions{programs: map[string]*Program{}}
	var diags []Diagnostic
	o.Imports = append(o.Imports, models...)
	for _, m := range models {
		p, found := Compile(m, o)
		for _, d := range found {
			if d.Model == "" { // what is wrong with an import comes up when it is compiled itself
				d.Model = m.Name
				diags = append(diags, d)
			}
		}
		for id, e := range p.main.byID {
			if !isDecision(e) {
				continue
			}
			if ds.programs[id] != nil {
				diags = append(diags, Diagnostic{Rule: "duplicate-id", Model: m.Name, Element: id,
					Message: fmt.Sprintf("another file has a decision with the id %q, too", id)})
			}
			ds.programs[id] = p
		}
	}
	return ds, diags
}

func isDecision(e element) bool {
	switch e.(type) {
	case *decision, *service:
		return true
	}
	return false
}

// Has reports whether the decision id is known.
func (ds *Decisions) Has(id string) bool { return ds.programs[id] != nil }

// Decide evaluates a decision by id. A null that has a cause other than the model's own intention is an error:
// whoever goes on with it would decide on nothing.
func (ds *Decisions) Decide(id string, env feel.Env, vars feel.Vars) (feel.Value, error) {
	p := ds.programs[id]
	if p == nil {
		return nil, fmt.Errorf("%w %q", ErrUnknown, id)
	}
	r, err := p.Evaluate(id, env, vars)
	if err == nil && r.Value == nil && len(r.Warnings) > 0 {
		err = &NullError{Decision: id, Warnings: r.Warnings}
	}
	return r.Value, err
}

// Explain evaluates a decision by id with its trace and warnings.
func (ds *Decisions) Explain(id string, env feel.Env, vars feel.Vars) (Result, error) {
	p := ds.programs[id]
	if p == nil {
		return Result{}, fmt.Errorf("%w %q", ErrUnknown, id)
	}
	return p.Explain(id, env, vars)
}

// NullError says that a decision came out as null because something went wrong on the way.
type NullError struct {
	Decision string
	Warnings []Warning
}

// Error names the decision and the first causes.
func (e *NullError) Error() string {
	causes := make([]string, 0, 3)
	for _, w := range e.Warnings[:min(3, len(e.Warnings))] {
		causes = append(causes, w.String())
	}
	return fmt.Sprintf("decision %s gives null: %s", e.Decision, strings.Join(causes, "; "))
}
