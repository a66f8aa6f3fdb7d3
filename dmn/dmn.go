// Package dmn reads DMN 1.1 to 1.5 models (OMG Decision Model and Notation) and
// evaluates their decisions, with a trace that tells why a decision came out as
// it did.
//
// Parse reads one file, Compile resolves the references of one or several files
// and compiles every expression, Program.Evaluate runs one decision. Everything
// an author did wrong is reported at once as Diagnostics; trouble at run time is
// null with a Warning, as the specification asks (DMN 1.5 §10.3).
//
// The package is pure: no clock, no I/O, no global state. A Program may be used
// by many goroutines at once.
package dmn

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity of a Diagnostic.
type Severity int

const (
	// Error stops a deployment.
	Error Severity = iota
	// Warn is shown to the author and does not stop anything.
	Warn
)

// Diagnostic is an author's mistake in a model.
type Diagnostic struct {
	Rule      string // stable id, such as "ref-unresolved" or "table-gap"
	Model     string // name of the imported model that it is about; empty: the model itself
	Severity  Severity
	Line, Col int    // of the element in the file, 1-based; 0: unknown
	Element   string // id or name of the element
	Message   string // one sentence
	Hint      string // what to do, or empty
}

// String is the diagnostic on one line, position first.
func (d Diagnostic) String() string {
	level, at := "error", ""
	if d.Severity == Warn {
		level = "warning"
	}
	if d.Element != "" {
		at = " (" + d.Element + ")"
	}
	s := fmt.Sprintf("%d:%d: %s %s%s: %s", d.Line, d.Col, level, d.Rule, at, d.Message)
	if d.Model != "" {
		s = d.Model + ":" + s
	}
	if d.Hint != "" {
		s += "; " + d.Hint
	}
	return s
}

// HasErrors reports whether any of the diagnostics stops a deployment.
func HasErrors(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// sortDiagnostics orders by model and place.
func sortDiagnostics(ds []Diagnostic) {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
}
