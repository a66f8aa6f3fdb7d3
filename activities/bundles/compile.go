package bundles

import (
	"encoding/json"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/forms"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Compile checks and compiles a bundle; all problems of all files come at once.
// With an error among them there is no bundle.
func Compile(src definitions.Bundle) (*Bundle, []Diagnostic) {
	c := &compiler{b: &Bundle{
		Digest: src.Digest, Forms: map[string]*forms.Form{}, Schemas: map[string]json.RawMessage{},
		XML: map[string][]byte{}, file: map[string]*bpmn.Model{},
	}}
	c.forms(src.Of(".form"))
	decisions := c.decisions(src.Of(".dmn"))
	c.models(src.Of(".bpmn"))
	if !c.failed {
		c.program(decisions)
	}
	if c.failed {
		return nil, c.problems
	}
	return c.b, c.problems
}

type compiler struct {
	b        *Bundle
	names    []string // file of each model
	problems []Diagnostic
	failed   bool
}

func (c *compiler) report(file string, ds ...bpmn.Diagnostic) {
	for _, d := range ds {
		c.problems = append(c.problems, Diagnostic{file, d})
	}
	c.failed = c.failed || bpmn.HasErrors(ds)
}

func (c *compiler) forms(files []definitions.File) {
	for _, f := range files {
		form, err := forms.Parse(f.Data)
		if err != nil {
			c.report(f.Name, bpmn.Diagnostic{Severity: bpmn.Error, Message: err.Error()})
			continue
		}
		c.b.Forms[form.ID], c.b.Schemas[form.ID] = form, f.Data
	}
}

func (c *compiler) models(files []definitions.File) {
	for _, f := range files {
		m, problems := bpmn.Parse(f.Data)
		if m != nil && !bpmn.HasErrors(problems) {
			problems = append(problems, bpmn.Repair(m)...) // what tools leave out; the same at every compilation
			problems = append(problems, bpmn.Check(m)...)
		}
		c.report(f.Name, problems...)
		if m == nil || bpmn.HasErrors(problems) {
			continue
		}
		c.b.Models, c.names = append(c.b.Models, m), append(c.names, f.Name)
		for _, p := range m.Processes {
			if other := c.b.file[p.ID]; other != nil {
				c.report(
					f.Name,
					bpmn.Diagnostic{Severity: bpmn.Error, Element: p.ID, Message: "another file of the bundle has a process of this id"},
				)
			}
			c.b.file[p.ID], c.b.XML[p.ID] = m, f.Data
		}
	}
	if len(files) == 0 {
		c.report("", bpmn.Diagnostic{Severity: bpmn.Error, Message: "the bundle has no .bpmn file"})
	}
	if err := former(c.b.Models); err != nil {
		c.report("", bpmn.Diagnostic{Severity: bpmn.Error, Message: err.Error()})
	}
}

// program compiles all models together; a problem belongs to the file that has its element.
func (c *compiler) program(decisions *dmn.Decisions) {
	known := map[string]bool{}
	for id := range c.b.Forms {
		known[id] = true
	}
	p, problems := engine.Compile(c.b.Models[0], engine.Resources{Models: c.b.Models[1:], Decisions: decisions, Forms: known})
	for _, d := range problems {
		file := ""
		for i, m := range c.b.Models {
			if m.ByID(d.Element) != nil {
				file = c.names[i]
				break
			}
		}
		c.report(file, d)
	}
	c.b.Program = p
}

// decisions compiles and analyses all decision models together, as they may import each other.
func (c *compiler) decisions(files []definitions.File) *dmn.Decisions {
	var models []*dmn.Model
	var names []string
	for _, f := range files {
		m, problems := dmn.Parse(f.Data)
		c.dmn(f.Name, problems)
		if m != nil {
			models, names = append(models, m), append(names, f.Name)
		}
	}
	all, problems := dmn.NewDecisions(models, dmn.Options{Camunda: true})
	for i, name := range names {
		c.dmn(name, problems[i])
	}
	return all
}

func (c *compiler) dmn(file string, ds []dmn.Diagnostic) {
	for _, d := range ds {
		severity := bpmn.Warn
		if d.Severity == dmn.Error {
			severity = bpmn.Error
		}
		c.report(
			file,
			bpmn.Diagnostic{
				Rule: d.Rule, Severity: severity, Line: d.Line, Col: d.Col, Element: d.Element, Message: d.Message, Hint: d.Hint,
			},
		)
	}
}
