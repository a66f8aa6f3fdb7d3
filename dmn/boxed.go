package dmn

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// logic computes an expression.
type logic func(r *run, vars feel.Vars) feel.Value

// compileLogic compiles a boxed expression (DMN 1.5 §10.2); its result is converted to the expression's type.
func (c *compiler) compileLogic(e Expression, s scope) logic {
	switch e := e.(type) {
	case Literal:
		return c.typed(c.literal(e, s), e.Box, s)
	case Context:
		return c.typed(c.context(e, s), e.Box, s)
	case Invocation:
		return c.typed(c.invocation(e, s), e.Box, s)
	case ListBox:
		return c.typed(c.list(e, s), e.Box, s)
	case Relation:
		return c.typed(c.relation(e, s), e.Box, s)
	case *FunctionDefinition:
		return c.functionValue(e, s)
	case Conditional:
		return c.typed(c.conditional(e, s), e.Box, s)
	case Filter:
		return c.typed(c.filter(e, s), e.Box, s)
	case Iterator:
		return c.typed(c.iterator(e, s), e.Box, s)
	case Table:
		return c.table(e, s)
	}
	panic(fmt.Sprintf("dmn: no compilation of %T", e))
}

// typed converts the result to the type reference of the box.
func (c *compiler) typed(l logic, b Box, s scope) logic {
	return c.converted(l, s.u.types.ref(b.TypeRef, b.Place, s.owner), s.owner, b.Place)
}

func (c *compiler) converted(l logic, t feel.Type, owner string, at Place) logic {
	if t == nil || t == feel.Any {
		return l
	}
	return func(r *run, vars feel.Vars) feel.Value { return r.check(l(r, vars), t, owner, at) }
}

// program runs a compiled FEEL text.
func (c *compiler) run(p *feel.Program, src Source, s scope) logic {
	if p == nil {
		return func(r *run, _ feel.Vars) feel.Value {
			r.warn(s.owner, src.Place, "the expression has errors and was not evaluated")
			return nil
		}
	}
	return func(r *run, vars feel.Vars) feel.Value {
		v := r.call.Eval(p, vars)
		r.takeWarnings(s.owner, src.Place)
		return v
	}
}

func null(*run, feel.Vars) feel.Value { return nil }

// feelLanguages are the expression languages that name FEEL, beside its namespaces.
var feelLanguages = map[string]bool{"": true, "feel": true, "FEEL": true}

func (c *compiler) literal(e Literal, s scope) logic {
	if !feelLanguages[e.Language] && !feelNamespaces[e.Language] {
		c.fail("language", s.u, e.Place, s.owner, "the expression language %q is not supported; only FEEL is", e.Language)
		return null
	}
	if e.Source.Text == "" {
		c.warn("expression-empty", s.u, e.Place, s.owner, "the expression is empty and gives null")
		return null
	}
	return c.run(c.expression(e.Source, s), e.Source, s)
}

// context evaluates entries in order, each seeing those before it. An entry without a name is the result.
func (c *compiler) context(e Context, s scope) logic {
	names := make([]string, len(e.Entries))
	entries := make([]logic, len(e.Entries))
	for i, entry := range e.Entries {
		name := entry.Variable.Name
		names[i] = name
		typ := s.u.types.ref(entry.Variable.TypeRef, entry.Variable.Place, s.owner)
		inner := s
		if _, isFunction := entry.Value.(*FunctionDefinition); isFunction && name != "" {
			inner = s.with(name, nil) // a function may call itself
		}
		entries[i] = c.convertedFrom(entry.Value, c.compileLogic(entry.Value, inner), typ, s.owner, entry.Variable.Place)
		if name == "" && i < len(e.Entries)-1 {
			c.fail("context-result", s.u, entry.Value.at(), s.owner, "only the last entry of a context may be without a name")
		}
		if name != "" {
			s = s.with(name, typ)
		}
	}
	return func(r *run, vars feel.Vars) feel.Value {
		f := &frame{names: names, values: make([]feel.Value, 0, len(names)), outer: vars}
		result := feel.NewContext(len(names))
		for i, entry := range entries {
			v := entry(r, f)
			if names[i] == "" {
				return v
			}
			f.values = append(f.values, v)
			result.Set(names[i], v)
		}
		return result
	}
}

func (c *compiler) list(e ListBox, s scope) logic {
	items := c.compileAll(e.Items, s)
	return func(r *run, vars feel.Vars) feel.Value {
		l := make(feel.List, len(items))
		for i, item := range items {
			l[i] = item(r, vars)
		}
		return l
	}
}

func (c *compiler) compileAll(es []Expression, s scope) []logic {
	out := make([]logic, len(es))
	for i, e := range es {
		out[i] = c.compileLogic(e, s)
	}
	return out
}

// relation is a list of contexts, one for each row.
func (c *compiler) relation(e Relation, s scope) logic {
	types := make([]feel.Type, len(e.Columns))
	for i, col := range e.Columns {
		types[i] = s.u.types.ref(col.TypeRef, col.Place, s.owner)
	}
	rows := make([][]logic, len(e.Rows))
	for i, row := range e.Rows {
		rows[i] = c.compileAll(row, s)
		for j := range rows[i] {
			rows[i][j] = c.converted(rows[i][j], types[j], s.owner, row[j].at())
		}
	}
	return func(r *run, vars feel.Vars) feel.Value {
		l := make(feel.List, len(rows))
		for i, row := range rows {
			item := feel.NewContext(len(row))
			for j, cell := range row {
				item.Set(e.Columns[j].Name, cell(r, vars))
			}
			l[i] = item
		}
		return l
	}
}

func (c *compiler) conditional(e Conditional, s scope) logic {
	cond, then, otherwise := c.compileLogic(e.If, s), c.compileLogic(e.Then, s), c.compileLogic(e.Else, s)
	return func(r *run, vars feel.Vars) feel.Value {
		v := cond(r, vars)
		if v == true {
			return then(r, vars)
		}
		if v != false {
			r.warn(s.owner, e.If.at(), "the condition is "+short(v)+" instead of true or false; else is taken")
		}
		return otherwise(r, vars)
	}
}

// filter keeps the items for which match is true; match sees the item and, by name, its entries.
func (c *compiler) filter(e Filter, s scope) logic {
	in := c.compileLogic(e.In, s)
	inner := s.with("item", nil)
	inner.open = true
	match := c.compileLogic(e.Match, inner)
	return func(r *run, vars feel.Vars) feel.Value {
		source := in(r, vars)
		v := r.call.Eval(filterSource, sourceVars(source))
		r.takeWarnings(s.owner, e.In.at())
		items, ok := v.(feel.List)
		if !ok {
			return nil
		}
		kept := feel.List{}
		for _, item := range items {
			if !r.call.Step(1) {
				return nil
			}
			switch v := match(r, itemVars{item, vars}).(type) {
			case bool:
				if v {
					kept = append(kept, item)
				}
			case feel.Number: // a position, as in FEEL's own filter
				f := &frame{names: []string{"source", "position"}, values: []feel.Value{source, v}}
				return r.call.Eval(filterPosition, f)
			}
		}
		return kept
	}
}

// itemVars is the scope of a filter's match.
type itemVars struct {
	item  feel.Value
	outer feel.Vars
}

// Get finds "item", an entry of the item, or a name around the filter.
func (v itemVars) Get(name string) (feel.Value, bool) {
	if name == "item" {
		return v.item, true
	}
	if c, ok := v.item.(*feel.Context); ok {
		if e, ok := c.Get(name); ok {
			return e, true
		}
	}
	return v.outer.Get(name)
}

// FEEL itself says what an iterator runs over and what a filter takes: lists, ranges, single values, null.
var (
	elementsOf     = mustCompile("for item in source return item", "source")
	filterSource   = mustCompile("source[true]", "source")
	filterPosition = mustCompile("source[position]", "source", "position")
)

func sourceVars(v feel.Value) *frame {
	return &frame{names: []string{"source"}, values: []feel.Value{v}}
}

func mustCompile(src string, names ...string) *feel.Program {
	s := feel.Scope{Names: map[string]feel.Type{}}
	for _, n := range names {
		s.Names[n] = feel.Any
	}
	e, faults := feel.Parse(src, feel.Options{})
	if e == nil {
		panic(fmt.Sprintf("dmn: %s: %v", src, faults))
	}
	p, faults := e.Compile(s)
	if p == nil {
		panic(fmt.Sprintf("dmn: %s: %v", src, faults))
	}
	return p
}

// iterator is for, every or some over one variable (DMN 1.5 §10.2.2.8).
func (c *compiler) iterator(e Iterator, s scope) logic {
	in := c.compileLogic(c.iterated(e.In, s), s)
	inner := s.with(e.Variable, nil)
	if e.Kind == "for" {
		inner = inner.with("partial", nil)
	}
	body := c.compileLogic(e.Body, inner)
	collect := quantified(e.Kind == "every")
	if e.Kind == "for" {
		collect = each
	}
	return func(r *run, vars feel.Vars) feel.Value {
		source := in(r, vars)
		v := r.call.Eval(elementsOf, sourceVars(source))
		r.takeWarnings(s.owner, e.In.at())
		items, ok := v.(feel.List)
		if !ok {
			return nil
		}
		return collect(r, items, &frame{names: []string{e.Variable, "partial"}, values: make([]feel.Value, 1, 2), outer: vars}, body)
	}
}

// iterated lets "1..3" stand for the range [1..3], as behind FEEL's own "for x in".
func (c *compiler) iterated(in Expression, s scope) Expression {
	l, ok := in.(Literal)
	if !ok || !strings.Contains(l.Source.Text, "..") {
		return in
	}
	if e, _ := feel.Parse(l.Source.Text, c.options(l.Source.Text, s, false)); e == nil {
		l.Source.Text, l.Source.Col = "["+l.Source.Text+"]", l.Source.Col-1
	}
	return l
}

func each(r *run, items feel.List, f *frame, body logic) feel.Value {
	results := make(feel.List, 0, len(items))
	for _, item := range items {
		if !r.call.Step(1) {
			return nil
		}
		// Functions that the body makes keep their frame, so each round has its own.
		round := &frame{names: f.names, values: []feel.Value{item, results[:len(results):len(results)]}, outer: f.outer}
		results = append(results, body(r, round))
	}
	return results
}

// quantified is every or some with FEEL's three-valued logic.
func quantified(every bool) func(*run, feel.List, *frame, logic) feel.Value {
	return func(r *run, items feel.List, f *frame, body logic) feel.Value {
		var result feel.Value = every
		for _, item := range items {
			if !r.call.Step(1) {
				return nil
			}
			v := body(r, &frame{names: f.names, values: []feel.Value{item}, outer: f.outer})
			if v == !every {
				return !every
			}
			if v != every {
				result = nil
			}
		}
		return result
	}
}
