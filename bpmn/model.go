// Package bpmn reads and writes BPMN 2.0.2 (ISO/IEC 19510) XML and checks its structure.
//
// A Model keeps everything it does not understand (extension elements, foreign
// attributes, diagram), so that parse, write, parse gives the same model.
package bpmn

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
	Rule      string // stable id, such as "EXT021" or "ref-unresolved"
	Severity  Severity
	Line, Col int
	Element   string // id of the element, or empty
	Message   string // one sentence
	Hint      string // what to do
}

// Model is one BPMN file.
type Model struct{}
