package bpmn

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity of a Diagnostic.
type Severity int

const (
	// Error refuses the model.
	Error Severity = iota
	// Warn was repaired or is merely suspicious.
	Warn
)

// Diagnostic is an author's mistake in a model.
type Diagnostic struct {
	Rule      string // stable id, such as "EXT021" or "xml-syntax"
	Severity  Severity
	Line, Col int    // 1-based place in the file, 0 when there is none
	Element   string // id of the element, or empty
	Message   string // one sentence
	Hint      string // what to do
}

// String is the diagnostic in one line, for logs and tests.
func (d Diagnostic) String() string {
	level := "error"
	if d.Severity == Warn {
		level = "warning"
	}
	at := ""
	if d.Element != "" {
		at = " (" + d.Element + ")"
	}
	return fmt.Sprintf("%d:%d: %s %s%s: %s", d.Line, d.Col, level, d.Rule, at, d.Message)
}

// HasErrors reports whether any of the diagnostics refuses the model.
func HasErrors(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// sortDiagnostics orders by place, then rule, so that equal models give equal lists.
func sortDiagnostics(ds []Diagnostic) {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Element, b.Element))
	})
}
