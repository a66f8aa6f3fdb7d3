package dmn

import (
	"maps"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// scope is what an expression can refer to, while it is compiled.
type scope struct {
	u      *unit
	names  map[string]feel.Type
	dotted []string // those of names that look like paths, which only this scope may read as names
	open   bool     // unknown names may turn up at run time
	owner  string   // id or name of the element, for diagnostics
}

// with is the scope with one more name.
func (s scope) with(name string, t feel.Type) scope {
	s.names = maps.Clone(s.names)
	if s.names == nil {
		s.names = map[string]feel.Type{}
	}
	s.names[name] = orAny(t)
	if strings.Contains(name, ".") {
		s.dotted = append(slices.Clip(s.dotted), name)
	}
	return s
}

// expression compiles FEEL text; nil after reporting what is wrong with it.
func (c *compiler) expression(src Source, s scope) *feel.Program { return c.feel(src, s, false) }

// unary compiles unary tests, whose value is "?".
func (c *compiler) unary(src Source, s scope) *feel.Program { return c.feel(src, s, true) }

func (c *compiler) feel(src Source, s scope, unary bool) *feel.Program {
	e := c.parse(src, s, unary)
	if e == nil {
		return nil
	}
	p, faults := e.Compile(c.feelScope(s))
	c.place(faults, src.Place, s)
	return p
}

func (c *compiler) feelScope(s scope) feel.Scope {
	return feel.Scope{Names: s.names, Types: s.u.named, External: c.external, Open: s.open}
}

func (c *compiler) parse(src Source, s scope, unary bool) *feel.Expr {
	e, faults := feel.Parse(src.Text, c.options(src.Text, s, unary))
	c.place(faults, src.Place, s)
	return e
}

func (c *compiler) options(text string, s scope, unary bool) feel.Options {
	return feel.Options{Names: append(c.program.names.in(text), s.dotted...), UnaryTests: unary, Camunda: c.program.camunda}
}

// place reports diagnostics of an expression at their place in the file.
func (c *compiler) place(faults []feel.Diagnostic, at Place, s scope) {
	for _, f := range faults {
		line, col := at.inFile(f.Line, f.Col)
		c.report(
			s.u,
			Diagnostic{
				Rule: "feel", Severity: Severity(f.Severity), Line: line, Col: col, Element: s.owner, Message: f.Message, Hint: f.Hint,
			},
		)
	}
}

// inFile turns a position inside a text that starts at p into one in the file.
func (p Place) inFile(line, col int) (int, int) {
	switch {
	case p.Line == 0:
		return line, col
	case line <= 1:
		return p.Line, p.Col + col - 1
	}
	return p.Line + line - 1, col
}

// scopeOf is the scope that requirements open.
func (c *compiler) scopeOf(u *unit, owner string, n needs) scope {
	s := scope{u: u, owner: owner, open: c.program.camunda, names: map[string]feel.Type{}}
	imported := map[string]*feel.ContextType{}
	for _, need := range n {
		name, typ := need.element.name(), need.element.static()
		if need.imported == "" {
			s.names[name] = typ
			continue
		}
		t := imported[need.imported]
		if t == nil {
			t = &feel.ContextType{}
			imported[need.imported] = t
			s.names[need.imported] = t
		}
		t.Fields = append(t.Fields, feel.Field{Name: name, Type: typ})
	}
	return s
}

// frame is what an expression can refer to, while it runs: names with values, and the names around them.
type frame struct {
	names  []string
	values []feel.Value
	outer  feel.Vars
}

// Get finds the innermost value of the name.
func (f *frame) Get(name string) (feel.Value, bool) {
	for i := len(f.values) - 1; i >= 0; i-- {
		if f.names[i] == name {
			return f.values[i], true
		}
	}
	if f.outer == nil {
		return nil, false
	}
	return f.outer.Get(name)
}

// plan says how the frame of a decision or knowledge model is filled from its requirements.
type plan struct {
	names   []string
	sources []func(r *run) feel.Value
}

func (n needs) plan() plan {
	var p plan
	imports := map[string]needs{}
	for _, need := range n {
		if need.imported == "" {
			p.names = append(p.names, need.element.name())
			p.sources = append(p.sources, func(r *run) feel.Value { return r.value(need.element) })
			continue
		}
		if imports[need.imported] == nil {
			p.names = append(p.names, need.imported)
			p.sources = append(p.sources, func(r *run) feel.Value {
				c := feel.NewContext(len(imports[need.imported]))
				for _, m := range imports[need.imported] {
					c.Set(m.element.name(), r.value(m.element))
				}
				return c
			})
		}
		imports[need.imported] = append(imports[need.imported], need)
	}
	return p
}

// frame evaluates the requirements.
func (p plan) frame(r *run, outer feel.Vars) *frame {
	f := &frame{names: p.names, values: make([]feel.Value, len(p.sources)), outer: outer}
	for i, source := range p.sources {
		f.values[i] = source(r)
	}
	return f
}
