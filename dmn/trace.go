package dmn

import (
	"slices"

	"github.com/quancheng/quancheng/feel"
)

// Trace tells how a result came about, in the order in which things were evaluated: inputs, decisions, calls of
// knowledge models, each with its value and the decision tables that ran for it.
type Trace struct {
	Steps []TraceStep

	open [][]TableHit // tables of what is being evaluated, innermost last
}

// TraceStep is an input, decision or call of a business knowledge model.
type TraceStep struct {
	Kind   string // "input", "decision", "knowledge"
	ID     string
	Name   string
	Inputs []NamedValue // what the decision required, or the arguments of the call
	Tables []TableHit
	Value  feel.Value
}

// NamedValue is a value under the name that the model gives it.
type NamedValue struct {
	Name  string
	Value feel.Value
}

// TableHit is one run of a decision table.
type TableHit struct {
	Table     string // id of the table
	HitPolicy string
	Inputs    []NamedValue // by label, else by expression
	Rules     []RuleHit    // those that hold, in order; FIRST stops at one
}

// RuleHit is a rule that holds.
type RuleHit struct {
	Number      int // from 1
	ID          string
	Entries     []string // the input entries as written
	Annotations []NamedValue
}

// enter begins an element; leave ends it.
func (t *Trace) enter() { t.open = append(t.open, nil) }

// leave gives the tables that ran since enter.
func (t *Trace) leave() []TableHit {
	last := len(t.open) - 1
	tables := t.open[last]
	t.open = t.open[:last]
	return tables
}

func (t *Trace) matched(tab *table, values []feel.Value, rules []int) {
	if len(t.open) == 0 {
		return
	}
	hit := TableHit{Table: tab.src.ID, HitPolicy: tab.src.HitPolicy}
	for i, in := range tab.src.Inputs {
		name := in.Label
		if name == "" {
			name = in.Source.Text
		}
		hit.Inputs = append(hit.Inputs, NamedValue{name, values[i]})
	}
	for _, n := range rules {
		hit.Rules = append(hit.Rules, tab.hit(n))
	}
	last := len(t.open) - 1
	t.open[last] = append(t.open[last], hit)
}

func (t *table) hit(n int) RuleHit {
	src := t.src.Rules[n]
	h := RuleHit{Number: n + 1, ID: src.ID}
	for _, cell := range src.Inputs {
		h.Entries = append(h.Entries, cell.Text)
	}
	for i, a := range src.Annotations {
		name := ""
		if i < len(t.src.Annotations) {
			name = t.src.Annotations[i]
		}
		h.Annotations = append(h.Annotations, NamedValue{name, a})
	}
	return h
}

// decision traces a decision: r must have evaluated it in the frame.
func (t *Trace) decision(d *decision, f *frame, v feel.Value) {
	t.Steps = append(
		t.Steps, TraceStep{Kind: "decision", ID: d.src.ID, Name: d.src.Name, Inputs: named(f.names, f.values), Tables: t.leave(), Value: v},
	)
}

func (t *Trace) knowledge(k *knowledge, f *frame, v feel.Value) {
	t.Steps = append(
		t.Steps,
		TraceStep{Kind: "knowledge", ID: k.src.ID, Name: k.src.Name, Inputs: named(f.names, f.values), Tables: t.leave(), Value: v},
	)
}

func (t *Trace) input(e *input, v feel.Value) {
	t.Steps = append(t.Steps, TraceStep{Kind: "input", ID: e.src.ID, Name: e.src.Name, Value: v})
}

// named leaves functions out: they are no data.
func named(names []string, values []feel.Value) []NamedValue {
	var out []NamedValue
	for i, v := range values {
		if _, isFunc := v.(*feel.Func); !isFunc {
			out = append(out, NamedValue{names[i], v})
		}
	}
	return slices.Clip(out)
}
