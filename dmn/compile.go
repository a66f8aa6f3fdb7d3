package dmn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Options of Compile.
type Options struct {
	// Imports are the models that the model may import, found by their namespace.
	Imports []*Model
	// Camunda switches on Camunda's dialect: its FEEL extensions, and names that no requirement declares
	// are read from the caller's variables, as files of its modeler expect.
	Camunda bool
	// External makes external functions from a mapping such as {java: {class, method signature}}; what it does not
	// know it refuses with an error. Without it all are refused.
	External func(mapping feel.Value, params []feel.Param) (*feel.Func, error)
}

// Program is a model with its imports, ready to be evaluated. It is safe for concurrent use.
type Program struct {
	main    *unit
	units   []*unit
	tables  []*table // of the main unit, for the analysis
	slots   int      // values of inputs and decisions that one evaluation may hold
	names   nameSet  // that FEEL must know to read the expressions
	camunda bool
}

// Compile resolves the references of a model and compiles every expression. All problems come at once. There
// is a Program even when there are errors, in which what is faulty evaluates to null with a warning: the
// caller decides whether to run it.
func Compile(m *Model, o Options) (*Program, []Diagnostic) {
	c := &compiler{program: &Program{camunda: o.Camunda}, external: o.External, models: append([]*Model{m}, o.Imports...)}
	c.program.main = c.unit(m, nil, nil)
	for _, u := range c.program.units {
		c.collectNames(u)
	}
	for _, u := range c.program.units {
		u.types = newItemTypes(c, u)
	}
	for _, u := range c.program.units {
		c.declare(u)
	}
	for _, u := range c.program.units {
		c.link(u)
	}
	c.breakCycles()
	for _, u := range c.program.units {
		c.define(u)
	}
	sortDiagnostics(c.diags)
	return c.program, c.diags
}

// compiler holds what is known while a program is built.
type compiler struct {
	program  *Program
	models   []*Model
	external func(feel.Value, []feel.Param) (*feel.Func, error)
	diags    []Diagnostic
}

// unit is one model of the program, on one way of imports: a model that is imported twice is two units, as its
// inputs may have a value for each.
type unit struct {
	model   *Model
	path    []string // import names that lead to it from the main unit, without empty ones
	imports []importedUnit
	types   *itemTypes
	named   map[string]feel.Type // types that its expressions can name

	elements []element
	byID     map[string]element
	byName   map[string]element
}

// importedUnit is a unit under the name its importer gives it; the empty name puts its elements among the
// importer's own (DMN 1.5 §6.3.3).
type importedUnit struct {
	name string
	unit *unit
}

func (i importedUnit) qualify(name string) string {
	if i.name == "" {
		return name
	}
	return i.name + "." + name
}

// maxUnits bounds what imports of imports can multiply to.
const maxUnits = 200

// unit loads a model and what it imports. An import that leads back gives the unit it leads to.
func (c *compiler) unit(m *Model, path []string, above []*unit) *unit {
	for _, u := range above {
		if u.model == m {
			return u
		}
	}
	u := &unit{model: m, path: path, byID: map[string]element{}, byName: map[string]element{}}
	c.program.units = append(c.program.units, u)
	above = append(slices.Clip(above), u)
	for _, imp := range m.Imports {
		if !isDMN(imp.Type) {
			continue
		}
		target := c.find(imp.Namespace, m)
		if target == nil || len(c.program.units) >= maxUnits {
			c.fail("import-unresolved", u, imp.Place, imp.Name, "no model with namespace %q is at hand", imp.Namespace)
			continue
		}
		name, way := normalise(imp.Name), path
		if name != "" {
			way = append(slices.Clip(path), name)
		}
		u.imports = append(u.imports, importedUnit{name, c.unit(target, way, above)})
	}
	return u
}

// isDMN tells imports of models from those of PMML, XML Schema and the like.
func isDMN(importType string) bool {
	_, ok := versions[importType]
	return ok || importType == "" || strings.Contains(importType, "omg.org/spec/DMN/")
}

func (c *compiler) find(namespace string, importer *Model) *Model {
	for _, m := range c.models {
		if m != importer && m.Namespace == namespace {
			return m
		}
	}
	return nil
}

// maxDiagnostics bounds what one compilation reports; nobody reads more.
const maxDiagnostics = 1000

// report adds a diagnostic once.
func (c *compiler) report(u *unit, d Diagnostic) {
	if u.model != c.models[0] {
		d.Model = u.model.Name
	}
	if len(c.diags) < maxDiagnostics && !slices.Contains(c.diags, d) {
		c.diags = append(c.diags, d)
	}
}

func (c *compiler) fail(rule string, u *unit, at Place, element, format string, args ...any) {
	c.report(u, Diagnostic{Rule: rule, Line: at.Line, Col: at.Col, Element: element, Message: fmt.Sprintf(format, args...)})
}

func (c *compiler) warn(rule string, u *unit, at Place, element, format string, args ...any) {
	c.report(u, Diagnostic{Rule: rule, Severity: Warn, Line: at.Line, Col: at.Col, Element: element, Message: fmt.Sprintf(format, args...)})
}

// collectNames notes the names that FEEL must know as wholes to read them: with spaces, dashes and the like.
func (c *compiler) collectNames(u *unit) {
	m := u.model
	for _, imp := range m.Imports {
		c.note(imp.Name)
	}
	for _, d := range m.Items {
		c.noteItem(d)
	}
	for _, d := range m.Inputs {
		c.note(d.Name, d.Variable.Name)
	}
	for _, d := range m.Decisions {
		c.note(d.Name, d.Variable.Name)
		c.noteLogic(d.Logic)
	}
	for _, d := range m.Services {
		c.note(d.Name, d.Variable.Name)
	}
	for _, d := range m.Knowledge {
		c.note(d.Name, d.Variable.Name)
		if d.Logic != nil {
			c.noteLogic(d.Logic)
		}
	}
}

func (c *compiler) noteItem(d *ItemDefinition) {
	c.note(d.Name)
	for _, e := range d.Components {
		c.noteItem(e)
	}
}

func (c *compiler) note(names ...string) {
	for _, n := range names {
		c.program.names.add(n)
	}
}

// noteLogic notes the names that a boxed expression introduces.
func (c *compiler) noteLogic(e Expression) {
	switch e := e.(type) {
	case Context:
		for _, entry := range e.Entries {
			c.note(entry.Variable.Name)
		}
	case Relation:
		for _, col := range e.Columns {
			c.note(col.Name)
		}
	case *FunctionDefinition:
		for _, p := range e.Parameters {
			c.note(p.Name)
		}
	case Invocation:
		for _, b := range e.Bindings {
			c.note(b.Parameter.Name)
		}
	case Iterator:
		c.note(e.Variable)
	case Table:
		for _, o := range e.Outputs {
			c.note(o.Name)
		}
	}
	for _, child := range children(e) {
		c.noteLogic(child)
	}
}

// children are the expressions directly inside a boxed expression.
func children(e Expression) []Expression {
	var out []Expression
	switch e := e.(type) {
	case Context:
		for _, entry := range e.Entries {
			out = append(out, entry.Value)
		}
	case Invocation:
		out = append(out, e.Callee)
		for _, b := range e.Bindings {
			out = append(out, b.Value)
		}
	case ListBox:
		out = e.Items
	case Relation:
		for _, row := range e.Rows {
			out = append(out, row...)
		}
	case *FunctionDefinition:
		if e.Body != nil {
			out = append(out, e.Body)
		}
	case Conditional:
		out = append(out, e.If, e.Then, e.Else)
	case Filter:
		out = append(out, e.In, e.Match)
	case Iterator:
		out = append(out, e.In, e.Body)
	}
	return out
}
