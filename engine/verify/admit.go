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
// the order of the files; what models can do is explored when they have no error before.
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
	if len(models) == 0 {
		return findings
	}
	broken := HasErrors(findings) // its flows may lead nowhere: then what it can do is not asked
	r := around.Resources
	r.Models = append(slices.Clone(models[1:]), r.Models...)
	_, diags := engine.Compile(models[0], r)
	for _, d := range diags {
		findings = append(findings, fromDiagnostics(fileOf(models, names, d), []bpmn.Diagnostic{d})...)
	}
	var alien []Finding
	for i, m := range models {
		for _, f := range foreign(m) {
			f.File = names[i]
			alien = append(alien, f)
		}
	}
	all := slices.Clone(findings)
	findings = slices.DeleteFunc(findings, func(f Finding) bool { return said(f, all, alien) })
	findings = append(findings, alien...)
	around.Resources.Models = append(models, around.Resources.Models...)
	for i, m := range models {
		found := lint(m, around)
		if !broken && !bpmn.HasErrors(diags) {
			found = judge(m, around)
		}
		for j := range found {
			found[j].File = names[i]
		}
		findings = append(findings, found...)
	}
	if !slices.ContainsFunc(models, runs) {
		findings = append(findings, Finding{Code: "nothing-executable", Severity: bpmn.Warn, File: names[0]})
	}
	return findings
}

// runs reports whether a model holds anything that can be executed.
func runs(m *bpmn.Model) bool { return len(executable(m)) > 0 || len(m.GlobalTasks) > 0 }

// Model is the part of Admit for a model that compiles: lint, staffing,
// soundness, and what is in another engine's dialect.
func Model(m *bpmn.Model, around Surroundings) []Finding {
	return append(judge(m, around), foreign(m)...)
}

func judge(m *bpmn.Model, around Surroundings) []Finding {
	limit := cmp.Or(around.Limit, DefaultLimit)
	calls := bundleOf(append([]*bpmn.Model{m}, around.Resources.Models...)).endlessCalls(m, limit)
	return slices.Concat(lint(m, around), calls, Soundness(m, limit))
}

// fileOf is the name of the file that holds the element of a diagnostic.
func fileOf(models []*bpmn.Model, names []string, d bpmn.Diagnostic) string {
	for i, m := range models {
		if len(models) == 1 || d.Element != "" && m.ByID(d.Element) != nil {
			return names[i]
		}
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
