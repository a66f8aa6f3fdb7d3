package dmn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Finding is what the analysis has found in a model: a diagnostic, with the place in a table where it shows.
type Finding struct {
	Diagnostic
	Rules   []int       // rules of the table it is about, from 1
	Witness []Condition // inputs for which it shows, one for each column; nil: not about inputs
}

// Condition is what a witness says of one input.
type Condition struct {
	Input  string     // label, else expression
	Test   string     // as an input entry would say it
	Sample feel.Value // a value that passes, where one can be named
}

// String is the finding on one line, its witness last.
func (f Finding) String() string {
	f.Message = f.text()
	return f.Diagnostic.String()
}

// text is the message with the witness.
func (f Finding) text() string {
	if f.Witness == nil {
		return f.Message
	}
	return f.Message + ", for " + witnessText(f.Witness)
}

func witnessText(w []Condition) string {
	parts := make([]string, 0, len(w))
	for _, c := range w {
		if c.Test != "-" {
			parts = append(parts, c.Input+" "+c.Test)
		}
	}
	if len(parts) == 0 {
		return "any input"
	}
	return strings.Join(parts, " and ")
}

// Bounds of the analysis of one table.
const (
	maxFindings = 10      // of one kind
	maxVisits   = 200_000 // regions looked at in one search
	maxPairs    = 2_000   // rules of a table whose pairs are compared
	maxRules    = 5_000   // rules of a table that is analysed at all
)

// Analyse looks for what an author would not want: gaps, overlaps, shadowed, dead and duplicate rules, outputs that
// never come or that nobody reads, requirements that are not used. It takes the order of symbols such as
// "params.B06.L2" from the ranges in which they stand, and inputs for not null.
func (p *Program) Analyse() []Finding {
	var out []Finding
	for _, t := range p.tables {
		out = append(out, analyseTable(t)...)
	}
	out = append(out, p.consumers()...)
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
	return out
}

// tableAnalysis is a table on its axes.
type tableAnalysis struct {
	t        *table
	axes     []*axis
	opaque   bitset     // rules of which some entry cannot be told without evaluating it
	classes  [][]bitset // by column and rule: the classes where the entry holds
	wide     []int      // by rule: the column from which on all entries hold everywhere
	useless  bitset     // rules that never decide
	findings []Finding
	counts   map[string]int
}

func analyseTable(t *table) []Finding {
	a := &tableAnalysis{t: t, counts: map[string]int{}, opaque: make(bitset, t.index.words), useless: make(bitset, t.index.words)}
	if len(t.rules) == 0 || len(t.inputs) == 0 {
		return nil
	}
	if len(t.rules) > maxRules {
		a.find(
			Finding{
				Diagnostic: Diagnostic{
					Rule: "table-not-analysed", Message: fmt.Sprintf("tables of more than %d rules are not analysed", maxRules),
				},
			},
			t.src.Place,
		)
		return a.findings
	}
	for j := range t.inputs {
		a.addAxis(j)
	}
	a.measure()
	a.deadRules()
	if t.policy.single {
		a.gaps()
	}
	a.pairs()
	if t.policy.first && len(t.rules) <= maxPairs {
		a.shadowed()
	}
	a.outputs()
	return a.findings
}

func (a *tableAnalysis) addAxis(j int) {
	in := a.t.src.Inputs[j]
	label := in.Label
	if label == "" {
		label = in.Source.Text
	}
	x, why := newAxis(label, a.t.shapes[j], a.t.allowed[j])
	if x == nil {
		a.find(
			Finding{
				Diagnostic: Diagnostic{Rule: "table-not-analysed", Message: fmt.Sprintf("the input %q was not analysed: %s", label, why)},
			},
			in.Place,
		)
		x, _ = newAxis(label, make([]shape, len(a.t.rules)), shape{})
	}
	a.axes = append(a.axes, x)
	for i, e := range a.t.shapes[j] {
		if !e.any && (why != "" || !x.decides(e)) {
			a.opaque.set(i)
		}
	}
}

// measure prepares what the searches ask again and again.
func (a *tableAnalysis) measure() {
	n := len(a.t.rules)
	a.classes, a.wide = make([][]bitset, len(a.axes)), make([]int, n)
	for j, x := range a.axes {
		a.classes[j] = make([]bitset, n)
		for i := range n {
			a.classes[j][i] = make(bitset, (len(x.classes)+63)/64)
		}
		for k, c := range x.classes {
			for i := c.rules.next(0); i >= 0; i = c.rules.next(i + 1) {
				a.classes[j][i].set(k)
			}
		}
	}
	for i := range n {
		for a.wide[i] = len(a.axes); a.wide[i] > 0 && a.everywhere(a.wide[i]-1, i); a.wide[i]-- {
		}
	}
}

func (a *tableAnalysis) everywhere(col, rule int) bool {
	return slices.Equal(a.classes[col][rule], firstRules(len(a.axes[col].classes), len(a.classes[col][rule])))
}

// find adds a finding unless there are enough of its kind.
func (a *tableAnalysis) find(f Finding, at Place) {
	if a.counts[f.Rule]++; a.counts[f.Rule] > maxFindings {
		return
	}
	if a.counts[f.Rule] == maxFindings {
		f.Hint = "there may be more of these"
	}
	f.Severity = max(f.Severity, Warn)
	if f.Rule == "table-overlap" || f.Rule == "table-conflict" || f.Rule == "table-duplicate" && a.t.policy.exclusive {
		f.Severity = Error
	}
	f.Element, f.Line, f.Col = a.t.owner, at.Line, at.Col
	a.findings = append(a.findings, f)
}

func (a *tableAnalysis) at(rule int) Place { return a.t.src.Rules[rule].Place }

// witness names the region that the classes make, one of each axis; -1 stands for the whole axis.
func (a *tableAnalysis) witness(path []int) []Condition {
	w := make([]Condition, len(a.axes))
	for j, x := range a.axes {
		w[j] = Condition{Input: x.label, Test: "-"}
		if j < len(path) && path[j] >= 0 {
			c := x.classes[path[j]]
			w[j].Test = x.text(c)
			w[j].Sample, _ = x.sample(c)
		} else if len(x.classes) > 0 {
			w[j].Sample, _ = x.sample(x.classes[0])
		}
	}
	return w
}

// deadRules are those that no allowed input can reach.
func (a *tableAnalysis) deadRules() {
	for i := range a.t.rules {
		for j := range a.axes {
			if a.classes[j][i].empty() {
				a.useless.set(i)
				a.find(
					Finding{
						Diagnostic: Diagnostic{
							Rule: "rule-dead",
							Message: fmt.Sprintf("rule %d never holds: the entry %q leaves no value of %s", i+1,
								a.t.src.Rules[i].Inputs[j].Text, a.axes[j].label),
						},
						Rules: []int{i + 1},
					},
					a.at(i),
				)
				break
			}
		}
	}
}

// gaps are inputs for which no rule holds, where a single result is expected and no default is given.
func (a *tableAnalysis) gaps() {
	for _, o := range a.t.outputs {
		if o.fallback != nil {
			return
		}
	}
	s := &search{a: a, seen: map[string]bool{}, visits: maxVisits, want: maxFindings}
	s.visit(0, firstRules(len(a.t.rules), a.t.index.words), nil)
	for _, path := range a.merge(s.found) {
		a.find(Finding{Diagnostic: Diagnostic{Rule: "table-gap", Message: "no rule holds"}, Witness: a.witness(path)}, a.t.src.Place)
	}
	a.exhausted(s)
}

// merge makes one region of those that differ in one axis only and fill it together.
func (a *tableAnalysis) merge(paths [][]int) [][]int {
	for col := range a.axes {
		groups := map[string]int{}
		whole := func(path []int) string {
			if col >= len(path) {
				return fmt.Sprint(path)
			}
			other := slices.Clone(path)
			other[col] = -1
			return fmt.Sprint(other)
		}
		for _, path := range paths {
			groups[whole(path)]++
		}
		var out [][]int
		done := map[string]bool{}
		for _, path := range paths {
			key := whole(path)
			if col < len(path) && groups[key] == len(a.axes[col].classes) {
				if done[key] {
					continue
				}
				done[key] = true
				path = slices.Clone(path)
				path[col] = -1
			}
			out = append(out, path)
		}
		paths = out
	}
	return paths
}

func (a *tableAnalysis) exhausted(s *search) {
	if s.visits <= 0 && a.counts["table-not-analysed"] == 0 {
		a.find(
			Finding{Diagnostic: Diagnostic{Rule: "table-not-analysed", Message: "the table is too large to be analysed to the end"}},
			a.t.src.Place,
		)
	}
}

// search looks for regions that none of a set of rules covers, axis by axis.
type search struct {
	a      *tableAnalysis
	inside int // rule inside which to look, from 1; 0: everywhere
	seen   map[string]bool
	visits int
	want   int // stop after so many regions
	found  [][]int
}

func (s *search) visit(col int, alive bitset, path []int) {
	if len(s.found) >= s.want || s.visits <= 0 {
		return
	}
	s.visits--
	if alive.empty() {
		s.found = append(s.found, slices.Clone(path))
		return
	}
	for i := alive.next(0); i >= 0; i = alive.next(i + 1) {
		if s.a.wide[i] <= col {
			return // this rule covers the rest
		}
	}
	if col == len(s.a.axes) {
		return
	}
	key := fmt.Sprint(col, ":") + alive.key()
	if s.seen[key] {
		return
	}
	s.seen[key] = true
	for k, c := range s.a.axes[col].classes {
		if s.inside > 0 && !c.rules.has(s.inside-1) {
			continue
		}
		s.visit(col+1, alive.and(c.rules), append(path, k))
	}
}

// pairs compares rules two by two: overlaps that the hit policy forbids, and duplicates.
func (a *tableAnalysis) pairs() {
	n := len(a.t.rules)
	if n > maxPairs {
		a.find(
			Finding{
				Diagnostic: Diagnostic{
					Rule: "table-not-analysed", Message: fmt.Sprintf("overlaps of more than %d rules are not looked for", maxPairs),
				},
			},
			a.t.src.Place,
		)
		return
	}
	for j := 1; j < n; j++ {
		for i := range j {
			if a.opaque.has(i) || a.opaque.has(j) {
				continue
			}
			if path := a.common(i, j); path != nil {
				a.pair(i, j, path)
			}
		}
	}
}

// common is a region in which both rules hold, or nil.
func (a *tableAnalysis) common(i, j int) []int {
	path := make([]int, len(a.axes))
	for col := range a.axes {
		if path[col] = a.classes[col][i].and(a.classes[col][j]).next(0); path[col] < 0 {
			return nil
		}
	}
	return path
}

func (a *tableAnalysis) pair(i, j int, path []int) {
	same := a.sameOutputs(i, j)
	f := Finding{Rules: []int{i + 1, j + 1}, Witness: a.witness(path)}
	switch {
	case same && a.sameConditions(i, j):
		a.useless.set(j)
		f.Rule, f.Message = "table-duplicate", fmt.Sprintf("rule %d says the same as rule %d", j+1, i+1)
	case a.t.policy.exclusive:
		f.Rule, f.Message = "table-overlap", fmt.Sprintf("rules %d and %d hold together, though the hit policy is unique", i+1, j+1)
	case a.t.policy.agreeing && !same:
		f.Rule, f.Message = "table-conflict", fmt.Sprintf(
			"rules %d and %d hold together with different outputs, though the hit policy is any", i+1, j+1,
		)
	default:
		return
	}
	a.find(f, a.at(j))
}

func (a *tableAnalysis) sameConditions(i, j int) bool {
	for col := range a.axes {
		if !slices.Equal(a.classes[col][i], a.classes[col][j]) {
			return false
		}
	}
	return true
}

// sameText reports whether two outputs are written the same, numbers however they are written: 1 and 1.0.
func sameText(x, y string) bool {
	a, errA := feel.ParseNumber(strings.TrimSpace(x))
	b, errB := feel.ParseNumber(strings.TrimSpace(y))
	return x == y || errA == nil && errB == nil && a.Cmp(b) == 0
}

func (a *tableAnalysis) sameOutputs(i, j int) bool {
	return slices.EqualFunc(a.t.src.Rules[i].Outputs, a.t.src.Rules[j].Outputs, func(x, y Source) bool { return sameText(x.Text, y.Text) })
}

// shadowed are rules of a first-hit table that earlier ones cover together.
func (a *tableAnalysis) shadowed() {
	for j := 1; j < len(a.t.rules); j++ {
		if a.useless.has(j) {
			continue
		}
		earlier := make(bitset, a.t.index.words)
		for i := range j {
			if !a.opaque.has(i) && a.common(i, j) != nil {
				earlier.set(i)
			}
		}
		if earlier.empty() {
			continue
		}
		s := &search{a: a, inside: j + 1, seen: map[string]bool{}, visits: maxVisits, want: 1}
		if s.visit(0, earlier, nil); len(s.found) > 0 || s.visits <= 0 {
			a.exhausted(s)
			continue
		}
		a.useless.set(j)
		a.find(
			Finding{
				Diagnostic: Diagnostic{
					Rule:    "table-shadowed",
					Message: fmt.Sprintf("rule %d never decides: rules before it (%s) cover it", j+1, members(earlier)),
				},
				Rules: []int{j + 1},
			},
			a.at(j),
		)
	}
}

func members(b bitset) string {
	var rules []int
	for i := b.next(0); i >= 0; i = b.next(i + 1) {
		rules = append(rules, i)
	}
	return ruleNumbers(rules)
}
