package dmn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// consumers finds what nobody reads: inputs, knowledge models, requirements, outputs of tables. The results of
// decisions that nothing requires are what the model is for.
func (p *Program) consumers() []Finding {
	var out []Finding
	required := map[element]bool{}
	for _, u := range p.units {
		for _, e := range u.elements {
			for _, n := range needsOf(e) {
				required[n.element] = true
			}
			if s, ok := e.(*service); ok {
				for _, param := range s.params {
					required[param] = true
				}
			}
		}
	}
	unused := func(rule string, at Place, element, format string, args ...any) {
		out = append(
			out,
			Finding{
				Diagnostic: Diagnostic{
					Rule: rule, Severity: Warn, Line: at.Line, Col: at.Col, Element: element, Message: fmt.Sprintf(format, args...),
				},
			},
		)
	}
	for _, e := range p.main.elements {
		switch e := e.(type) {
		case *input:
			if !required[e] {
				unused("input-unused", e.src.Place, e.src.ID, "nothing requires the input %q", e.src.Name)
			}
		case *knowledge:
			if !required[e] {
				unused("knowledge-unused", e.src.Place, e.src.ID, "nothing requires the business knowledge model %q", e.src.Name)
			}
		case *decision:
			for _, n := range e.unread(p) {
				unused("requirement-unused", e.src.Place, e.src.ID, "the decision %q requires %q and does not read it", e.src.Name,
					n.element.name())
			}
			for _, name := range p.unreadOutputs(e) {
				unused("output-unused", e.src.Place, e.src.ID, "no consumer of the decision %q reads its output %q", e.src.Name, name)
			}
		}
	}
	return out
}

func needsOf(e element) needs {
	switch e := e.(type) {
	case *decision:
		return e.needs
	case *knowledge:
		return e.needs
	}
	return nil
}

func logicOf(e element) Expression {
	switch e := e.(type) {
	case *decision:
		return e.src.Logic
	case *knowledge:
		if e.src.Logic != nil {
			return e.src.Logic
		}
	}
	return nil
}

// unread are the requirements whose names occur in no expression of the decision.
func (d *decision) unread(p *Program) needs {
	if d.src.Logic == nil {
		return nil
	}
	names := p.freeNames(d.src.Logic)
	if names == nil {
		return nil
	}
	var out needs
	for _, n := range d.needs {
		name := n.imported
		if name == "" {
			name = n.element.name()
		}
		if !slices.Contains(names, name) {
			out = append(out, n)
		}
	}
	return out
}

// freeNames are the names that the expressions of a logic read; nil when one cannot be read.
func (p *Program) freeNames(logic Expression) []string {
	names := []string{}
	for _, t := range texts(logic) {
		e, _ := feel.Parse(t.Text, feel.Options{Names: p.names.in(t.Text), UnaryTests: t.unary, Camunda: p.camunda})
		if e == nil {
			return nil
		}
		names = append(names, e.FreeNames()...)
	}
	return names
}

// feelText is a FEEL text of a boxed expression.
type feelText struct {
	Source
	unary bool
}

// texts are all FEEL texts below a boxed expression.
func texts(e Expression) []feelText {
	var out []feelText
	add := func(unary bool, sources ...Source) {
		for _, s := range sources {
			if s.Text != "" && s.Text != "-" {
				out = append(out, feelText{s, unary})
			}
		}
	}
	switch e := e.(type) {
	case Literal:
		add(false, e.Source)
	case Table:
		for _, in := range e.Inputs {
			add(false, in.Source)
			add(true, in.Values)
		}
		for _, o := range e.Outputs {
			add(true, o.Values)
			add(false, o.Default)
		}
		for _, r := range e.Rules {
			add(true, r.Inputs...)
			add(false, r.Outputs...)
		}
	}
	for _, child := range children(e) {
		out = append(out, texts(child)...)
	}
	return out
}

// unreadOutputs are the outputs of a decision's table that none of its consumers names. A consumer that takes the
// value as a whole may read all of them.
func (p *Program) unreadOutputs(d *decision) []string {
	t, ok := d.src.Logic.(Table)
	if !ok || len(t.Outputs) < 2 {
		return nil
	}
	read, consumers := map[string]bool{}, 0
	for _, u := range p.units {
		for _, e := range u.elements {
			if !slices.ContainsFunc(needsOf(e), func(n need) bool { return n.element == d }) || logicOf(e) == nil {
				continue
			}
			consumers++
			if !fieldsRead(logicOf(e), d.name(), t.Outputs, read) {
				return nil
			}
		}
	}
	var out []string
	for _, o := range t.Outputs {
		if consumers > 0 && !read[o.Name] {
			out = append(out, o.Name)
		}
	}
	return out
}

// fieldsRead notes the outputs behind "name." in the logic; false when the name stands alone somewhere.
func fieldsRead(logic Expression, name string, outputs []TableOutput, read map[string]bool) bool {
	for _, t := range texts(logic) {
		rest := t.Text
		for {
			_, after, found := strings.Cut(rest, name)
			if !found {
				break
			}
			field, ok := strings.CutPrefix(strings.TrimLeft(after, " "), ".")
			if !ok {
				return false
			}
			for _, o := range outputs {
				if strings.HasPrefix(strings.TrimLeft(field, " "), o.Name) {
					read[o.Name] = true
				}
			}
			rest = after
		}
	}
	return true
}
