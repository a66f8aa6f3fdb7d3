package dmn

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// table is a compiled decision table (DMN 1.5 §8).
type table struct {
	src     Table
	owner   string
	policy  policy
	inputs  []inputColumn
	outputs []outputColumn
	rules   []ruleRow
	index   *index

	// What the analysis looks at.
	shapes  [][]shape // of input entries, by column and rule
	allowed []shape   // of input values, by column
}

type inputColumn struct {
	value  logic
	values *feel.Program // allowed values; nil: any
}

type outputColumn struct {
	name     string
	typ      feel.Type
	values   *feel.Program // allowed values; nil: any
	order    *feel.Program // the allowed values as a list, best first
	fallback logic         // default output; nil: none
	listed   shape         // of the allowed values, for the analysis
}

type ruleRow struct {
	tests   []*feel.Program // nil: any value
	outputs []logic
}

// table compiles a decision table; its result is converted to the table's own type reference.
func (c *compiler) table(e Table, s scope) logic {
	return c.typed(c.compileTable(e, s).evaluate, e.Box, s)
}

func (c *compiler) compileTable(e Table, s scope) *table {
	if s.owner == "" {
		s.owner = e.ID
	}
	t := &table{src: e, owner: s.owner, policy: c.policyOf(e, s)}
	var columns []scope // with the tested value
	for _, in := range e.Inputs {
		input, inner, allowed := c.tableInput(in, s)
		t.inputs = append(t.inputs, input)
		columns = append(columns, inner)
		t.shapes = append(t.shapes, make([]shape, len(e.Rules)))
		t.allowed = append(t.allowed, allowed)
	}
	for _, out := range e.Outputs {
		t.outputs = append(t.outputs, c.tableOutput(out, t, s))
	}
	if t.policy.ranked && !slices.ContainsFunc(t.outputs, func(o outputColumn) bool { return o.order != nil }) {
		c.fail(
			"table-priority", s.u, e.Place, s.owner, "hit policy %s needs the output values of an output in order of priority", e.HitPolicy,
		)
	}
	for i, r := range e.Rules {
		rule := ruleRow{tests: make([]*feel.Program, len(r.Inputs)), outputs: make([]logic, len(r.Outputs))}
		for j, cell := range r.Inputs {
			rule.tests[j], t.shapes[j][i] = c.inputEntry(cell, columns[j])
		}
		for j, cell := range r.Outputs {
			rule.outputs[j] = c.outputEntry(cell, s)
		}
		t.rules = append(t.rules, rule)
	}
	t.index = newIndex(t.shapes, len(e.Rules))
	if s.u == c.program.main {
		c.program.tables = append(c.program.tables, t)
	}
	return t
}

func (c *compiler) tableInput(in TableInput, s scope) (inputColumn, scope, shape) {
	typ := s.u.types.ref(in.TypeRef, in.Place, s.owner)
	t := inputColumn{value: null}
	if in.Source.Text == "" {
		c.fail("table-input", s.u, in.Place, s.owner, "the input %q has no expression", in.Label)
	} else {
		t.value = c.converted(c.run(c.expression(in.Source, s), in.Source, s), typ, s.owner, in.Source.Place)
	}
	inner := s.with("?", typ)
	if in.Values.Text == "" {
		return t, inner, c.shapeOf(s.u.types.allowed(in.TypeRef), inner)
	}
	t.values = c.unary(in.Values, inner)
	return t, inner, c.shapeOf(in.Values, inner)
}

// shapeOf is the shape of unary tests that are reported on elsewhere.
func (c *compiler) shapeOf(src Source, s scope) shape {
	if src.Text == "" {
		return shape{any: true}
	}
	e, _ := feel.Parse(src.Text, c.options(src.Text, s, true))
	if e == nil {
		return shape{}
	}
	tests, ok := e.Tests()
	return shape{tests: tests, known: ok}
}

func (c *compiler) tableOutput(out TableOutput, table *table, s scope) outputColumn {
	t := outputColumn{name: out.Name, typ: s.u.types.ref(out.TypeRef, out.Place, s.owner)}
	if t.name == "" && len(table.src.Outputs) > 1 {
		c.fail("table-output", s.u, out.Place, s.owner, "an output has no name, though the table has %d outputs", len(table.src.Outputs))
	}
	values := out.Values
	if values.Text == "" {
		values = s.u.types.allowed(out.TypeRef)
	} else {
		t.values = c.unary(values, s.with("?", t.typ))
	}
	t.listed = c.shapeOf(values, s)
	if table.policy.ranked && values.Text != "" {
		list := Source{Text: "[" + values.Text + "]", Place: Place{values.Line, values.Col - 1}}
		t.order = c.expression(list, s)
	}
	if out.Default.Text != "" {
		t.fallback = c.run(c.expression(out.Default, s), out.Default, s)
	}
	return t
}

// allowed is the text of the allowed values of a named type, which serve outputs that list none themselves.
func (t *itemTypes) allowed(ref string) Source {
	if d := t.items[normalise(ref)]; d != nil {
		return d.Allowed
	}
	return Source{}
}

// inputEntry compiles a cell and takes its shape for the index; no program means any value.
func (c *compiler) inputEntry(cell Source, s scope) (*feel.Program, shape) {
	if cell.Text == "" || cell.Text == "-" {
		return nil, shape{any: true}
	}
	e := c.parse(cell, s, true)
	if e == nil {
		return never, shape{}
	}
	p, faults := e.Compile(c.feelScope(s))
	c.place(faults, cell.Place, s)
	if p == nil {
		return never, shape{}
	}
	tests, ok := e.Tests()
	return p, shape{tests: tests, known: ok}
}

// never stands for an input entry with errors: its rule does not match.
var never = mustCompile("false")

func (c *compiler) outputEntry(cell Source, s scope) logic {
	if cell.Text == "" || cell.Text == "-" {
		return null
	}
	return c.run(c.expression(cell, s), cell, s)
}

// evaluate runs the table.
func (t *table) evaluate(r *run, vars feel.Vars) feel.Value {
	values := make([]feel.Value, len(t.inputs))
	for i := range t.inputs {
		values[i] = t.inputs[i].value(r, vars)
		if !t.accepts(r, i, values[i], vars) {
			return nil
		}
	}
	matched := t.match(r, values, vars)
	if r.trace != nil {
		r.trace.matched(t, values, matched)
	}
	if len(matched) == 0 {
		return t.fallback(r, vars)
	}
	return t.policy.combine(t, r, vars, matched)
}

// accepts checks an input against the input values of its column.
func (t *table) accepts(r *run, i int, v feel.Value, vars feel.Vars) bool {
	p := t.inputs[i].values
	if p == nil {
		return true
	}
	ok := r.call.Eval(p, tested{v, vars}) == true
	r.takeWarnings(t.owner, t.src.Inputs[i].Values.Place)
	if !ok {
		r.warn(t.owner, t.src.Inputs[i].Place, "the input value "+short(v)+" is not among "+t.src.Inputs[i].Values.Text)
	}
	return ok
}

// match gives the numbers of the rules that hold, from 0, in order; no more than the policy can use.
func (t *table) match(r *run, values []feel.Value, vars feel.Vars) []int {
	var matched []int
	candidates := t.index.candidates(values)
	for i := candidates.rows.next(0); i >= 0; i = candidates.rows.next(i + 1) {
		if !r.call.Step(1) {
			return nil
		}
		if t.holds(r, i, values, vars, candidates) {
			if matched = append(matched, i); t.policy.first {
				break
			}
		}
	}
	return matched
}

// holds evaluates those tests of a rule that the index could not decide.
func (t *table) holds(r *run, rule int, values []feel.Value, vars feel.Vars, known candidates) bool {
	for j, p := range t.rules[rule].tests {
		if p == nil || known.decided(j, rule) {
			continue
		}
		v := r.call.Eval(p, tested{values[j], vars})
		r.takeWarnings(t.owner, t.src.Rules[rule].Inputs[j].Place)
		if v != true {
			return false
		}
	}
	return true
}

// output is what a rule gives: the value of the single output, or a context of all.
func (t *table) output(r *run, rule int, vars feel.Vars) feel.Value {
	if len(t.outputs) == 1 {
		return t.entry(r, rule, 0, vars)
	}
	c := feel.NewContext(len(t.outputs))
	for i := range t.outputs {
		c.Set(t.outputs[i].name, t.entry(r, rule, i, vars))
	}
	return c
}

func (t *table) entry(r *run, rule, column int, vars feel.Vars) feel.Value {
	return t.checkOutput(r, column, t.rules[rule].outputs[column](r, vars), t.src.Rules[rule].Outputs[column].Place, vars)
}

// checkOutput converts an output to its type and checks it against the output values.
func (t *table) checkOutput(r *run, column int, v feel.Value, at Place, vars feel.Vars) feel.Value {
	o := &t.outputs[column]
	v = r.check(v, o.typ, t.owner, at)
	if v == nil || o.values == nil {
		return v
	}
	ok := r.call.Eval(o.values, tested{v, vars}) == true
	r.takeWarnings(t.owner, t.src.Outputs[column].Values.Place)
	if ok {
		return v
	}
	r.warn(t.owner, at, "the output "+short(v)+" is not among "+t.src.Outputs[column].Values.Text)
	return nil
}

// fallback is the default output; null where there is none.
func (t *table) fallback(r *run, vars feel.Vars) feel.Value {
	c := feel.NewContext(len(t.outputs))
	some := false
	for i, o := range t.outputs {
		var v feel.Value
		if o.fallback != nil {
			some = true
			v = t.checkOutput(r, i, o.fallback(r, vars), t.src.Outputs[i].Default.Place, vars)
		}
		c.Set(o.name, v)
	}
	if !some {
		return t.policy.empty
	}
	v := feel.Value(c)
	if len(t.outputs) == 1 {
		_, v = c.Entry(0)
	}
	return t.policy.fallback(v)
}

// label names the table in messages.
func (t *table) label() string { return strings.TrimSpace("table " + t.src.ID) }
