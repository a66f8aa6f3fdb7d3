package dmn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Decisions are the decisions and decision services of a set of files, found by their id, as business rule
// tasks call them.
type Decisions struct{ programs map[string]*Program }

// NewDecisions compiles and analyses a set of models, each of which may import the others. The diagnostics come by
// model, in the same order; what is wrong with an imported model is told for that model alone.
func NewDecisions(models []*Model, o Options) (*Decisions, [][]Diagnostic) {
	ds := &Decisions{programs: map[string]*Program{}}
	diags := make([][]Diagnostic, len(models))
	o.Imports = append(slices.Clip(o.Imports), models...)
	for i, m := range models {
		p, found := Compile(m, o)
		for _, d := range found {
			if d.Model == "" {
				diags[i] = append(diags[i], d)
			}
		}
		shared := slices.ContainsFunc(models, m.isImportedBy)
		for _, f := range p.Analyse() {
			if shared && strings.HasSuffix(f.Rule, "-unused") {
				continue // its consumers are elsewhere
			}
			f.Message = f.text()
			diags[i] = append(diags[i], f.Diagnostic)
		}
		diags[i] = append(diags[i], ds.add(p)...)
	}
	return ds, diags
}

func (m *Model) isImportedBy(other *Model) bool {
	return other != m && slices.ContainsFunc(other.Imports, func(i Import) bool { return i.Namespace == m.Namespace })
}

// add takes the decisions of a program in; ids must be unique over all files.
func (ds *Decisions) add(p *Program) []Diagnostic {
	var diags []Diagnostic
	for _, e := range p.main.elements {
		id, at := idOf(e)
		if id == "" {
			continue
		}
		if other := ds.programs[id]; other != nil && other != p {
			diags = append(diags, Diagnostic{Rule: "duplicate-id", Line: at.Line, Col: at.Col, Element: id,
				Message: fmt.Sprintf("the model %q has a decision with the id %q, too", other.main.model.Name, id)})
		}
		ds.programs[id] = p
	}
	return diags
}

func idOf(e element) (string, Place) {
	switch e := e.(type) {
	case *decision:
		return e.src.ID, e.src.Place
	case *service:
		return e.src.ID, e.src.Place
	}
	return "", Place{}
}

// Has reports whether the decision id is known.
func (ds *Decisions) Has(id string) bool { return ds.programs[id] != nil }

// Decide evaluates a decision by id, and shows how. A null that has a cause other than the model's own intention is an error:
// whoever goes on with it would decide on nothing.
func (ds *Decisions) Decide(id string, env feel.Env, vars feel.Vars) (Result, error) {
	r, err := ds.Explain(id, env, vars)
	if err == nil && r.Value == nil && len(r.Warnings) > 0 {
		err = &NullError{Decision: id, Warnings: r.Warnings}
	}
	return r, err
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
