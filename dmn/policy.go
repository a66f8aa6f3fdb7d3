package dmn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// policy is a hit policy (DMN 1.5 §8.2.8 to §8.2.11).
type policy struct {
	first bool // the first rule that holds is all that is needed
	// combine makes the result of the rules that hold; there is at least one.
	combine func(t *table, r *run, vars feel.Vars, matched []int) feel.Value
	// empty is the result when no rule holds and there is no default output.
	empty feel.Value
	list  bool // the result is a list of outputs
	// ranked needs the output values in order of priority.
	ranked bool
	// What the policy promises, for the analysis: one result, at most one rule, rules that agree.
	single, exclusive, agreeing bool
}

// policies are the hit policies by their name, and those of COLLECT by its aggregation.
var policies = map[string]policy{
	"UNIQUE":        {combine: unique, single: true, exclusive: true},
	"FIRST":         {combine: firstMatch, first: true, single: true},
	"ANY":           {combine: anyMatch, single: true, agreeing: true},
	"PRIORITY":      {combine: highestPriority, ranked: true, single: true},
	"RULE ORDER":    {combine: allOutputs, list: true},
	"OUTPUT ORDER":  {combine: outputOrder, list: true, ranked: true},
	"COLLECT":       {combine: allOutputs, list: true},
	"COLLECT SUM":   {combine: aggregated("sum")},
	"COLLECT MIN":   {combine: aggregated("min")},
	"COLLECT MAX":   {combine: aggregated("max")},
	"COLLECT COUNT": {combine: countMatches, empty: feel.Int(0)},
}

// letters are the short names that some tools write.
var letters = map[string]string{"U": "UNIQUE", "F": "FIRST", "A": "ANY", "P": "PRIORITY", "R": "RULE ORDER", "O": "OUTPUT ORDER",
	"C": "COLLECT", "C+": "COLLECT SUM", "C<": "COLLECT MIN", "C>": "COLLECT MAX", "C#": "COLLECT COUNT"}

func (c *compiler) policyOf(e Table, s scope) policy {
	name := strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(e.HitPolicy)), "_", " ")
	if long, ok := letters[name]; ok {
		name = long
	}
	if name == "COLLECT" && e.Aggregation != "" {
		name += " " + strings.ToUpper(e.Aggregation)
		if len(e.Outputs) > 1 && !strings.EqualFold(e.Aggregation, "COUNT") {
			c.warn("table-aggregation", s.u, e.Place, s.owner, "%s over several outputs gives null; it is defined for one output", name)
		}
	}
	p, ok := policies[name]
	if !ok {
		c.fail("table-policy", s.u, e.Place, s.owner, "there is no hit policy %q", name)
		return policies["UNIQUE"]
	}
	return p
}

// fallback is the result of default outputs.
func (p policy) fallback(v feel.Value) feel.Value {
	if p.list {
		return feel.List{v}
	}
	return v
}

func unique(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	if len(matched) > 1 {
		r.warn(t.owner, t.src.Place, fmt.Sprintf("%s is unique, but rules %s hold together", t.label(), ruleNumbers(matched)))
		return nil
	}
	return t.output(r, matched[0], vars)
}

func firstMatch(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	return t.output(r, matched[0], vars)
}

func anyMatch(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	v := t.output(r, matched[0], vars)
	for _, rule := range matched[1:] {
		if feel.Equal(v, t.output(r, rule, vars)) != true {
			r.warn(t.owner, t.src.Place, fmt.Sprintf("%s: rules %s hold together with different outputs", t.label(), ruleNumbers(matched)))
			return nil
		}
	}
	return v
}

func allOutputs(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	l := make(feel.List, len(matched))
	for i, rule := range matched {
		l[i] = t.output(r, rule, vars)
	}
	return l
}

func countMatches(_ *table, _ *run, _ feel.Vars, matched []int) feel.Value {
	return feel.Int(int64(len(matched)))
}

// aggregated applies a FEEL function to the outputs.
func aggregated(function string) func(*table, *run, feel.Vars, []int) feel.Value {
	p := mustCompile(function+"(outputs)", "outputs")
	return func(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
		v := r.call.Eval(p, &frame{names: []string{"outputs"}, values: []feel.Value{allOutputs(t, r, vars, matched)}})
		r.takeWarnings(t.owner, t.src.Place)
		return v
	}
}

func highestPriority(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	return t.ranked(r, vars, matched)[0]
}

func outputOrder(t *table, r *run, vars feel.Vars, matched []int) feel.Value {
	return t.ranked(r, vars, matched)
}

// ranked are the outputs of the rules in the order of the output values, of the first output first.
func (t *table) ranked(r *run, vars feel.Vars, matched []int) feel.List {
	orders := make([]feel.List, len(t.outputs))
	for i, o := range t.outputs {
		if o.order != nil {
			orders[i], _ = r.call.Eval(o.order, vars).(feel.List)
		}
	}
	type hit struct {
		output feel.Value
		ranks  []int
	}
	hits := make([]hit, len(matched))
	for i, rule := range matched {
		v := t.output(r, rule, vars)
		hits[i] = hit{v, make([]int, len(orders))}
		for j, order := range orders {
			if order != nil { // an output without output values has no say
				hits[i].ranks[j] = rank(order, component(v, j, len(orders)))
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return slices.Compare(a.ranks, b.ranks) })
	l := make(feel.List, len(hits))
	for i, h := range hits {
		l[i] = h.output
	}
	return l
}

func component(v feel.Value, i, n int) feel.Value {
	if c, ok := v.(*feel.Context); ok && n > 1 {
		_, v = c.Entry(i)
	}
	return v
}

// rank is the place of the value among the output values; what is not among them comes last.
func rank(order feel.List, v feel.Value) int {
	for i, o := range order {
		if r, ok := o.(*feel.Range); ok && r.Contains(v) == true || feel.Equal(o, v) == true {
			return i
		}
	}
	return len(order)
}

// ruleNumbers are the numbers as people count.
func ruleNumbers(rules []int) string {
	s := make([]string, len(rules))
	for i, r := range rules {
		s[i] = fmt.Sprint(r + 1)
	}
	if len(s) > 10 {
		s = append(s[:10], "…")
	}
	return strings.Join(s, ", ")
}
