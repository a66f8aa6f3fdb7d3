package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// File is a BPMN file of a bundle.
type File struct {
	Name string
	Data []byte
}

// Surroundings are what a model is deployed into. What is nil is not checked.
type Surroundings struct {
	Resources engine.Resources  // decisions and forms of the bundle
	Org       *engine.Org       // who holds which post, which unit serves as what; without a post: not checked
	Now       time.Time         // the moment at which Org is asked
	JobType   func(string) bool // does a worker serve it? command:… is asked of Command
	Command   func(string) bool // is there a domain command of this name?
	Limit     int               // of states to explore in each scope; 0: DefaultLimit
}

// Admit is the gate before a deployment: structure after repairs, compilation,
// lint of the dialect, staffing, and soundness. All findings come at once, in
// the order of the files; models that cannot be compiled are not explored.
func Admit(files []File, around Surroundings) []Finding {
	var findings []Finding
	var models []*bpmn.Model
	var names []string
	for _, f := range files {
		m, diags := bpmn.Parse(f.Data)
		findings = append(findings, fromDiagnostics(f.Name, diags)...)
		if m == nil {
			continue
		}
		findings = append(findings, fromDiagnostics(f.Name, bpmn.Repair(m))...)
		findings = append(findings, fromDiagnostics(f.Name, bpmn.Check(m))...)
		models, names = append(models, m), append(names, f.Name)
	}
	if HasErrors(findings) || len(models) == 0 {
		return findings
	}
	r := around.Resources
	r.Models = append(slices.Clone(models[1:]), r.Models...)
	_, diags := engine.Compile(models[0], r)
	findings = append(findings, fromDiagnostics(fileOf(models, names, diags), diags)...)
	for i, m := range models {
		found := lint(m, around)
		if !bpmn.HasErrors(diags) {
			found = Model(m, around)
		}
		for j := range found {
			found[j].File = names[i]
		}
		findings = append(findings, found...)
	}
	return findings
}

// Model is the part of Admit for a model that compiles: lint, staffing and soundness.
func Model(m *bpmn.Model, around Surroundings) []Finding {
	return append(lint(m, around), Soundness(m, cmp.Or(around.Limit, DefaultLimit))...)
}

// fileOf is the name of the only file; of several the elements tell.
func fileOf(models []*bpmn.Model, names []string, diags []bpmn.Diagnostic) string {
	if len(models) == 1 || len(diags) == 0 {
		return names[0]
	}
	return ""
}

func fromDiagnostics(file string, diags []bpmn.Diagnostic) []Finding {
	var out []Finding
	for _, d := range diags {
		out = append(out, Note(d, file))
	}
	return out
}

// Note makes a finding of a diagnostic about a file.
func Note(d bpmn.Diagnostic, file string) Finding {
	text := d.Message
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	return Finding{Code: d.Rule, Severity: d.Severity, File: file, Element: d.Element, Line: d.Line, Col: d.Col, message: text}
}
