package dmn

import (
	"slices"

	"github.com/quancheng/quancheng/feel"
)

// index finds the rules of a table that can hold, without looking at each. The values that a column's entries
// mention cut its domain into points and the gaps between them; each of these segments knows its rules as a bit
// set. Looking values up and intersecting the sets leaves the rules for which all decidable entries hold.
// An entry that the index cannot decide leaves its rule in, to be evaluated.
type index struct {
	rules   int
	words   int
	columns []column
}

// column is the index of one input.
type column struct {
	kind     kind         // of the constants; none: the column is not indexed
	points   []feel.Value // ascending
	segments []bitset     // 2·len(points)+1: gap, point, gap, …
	open     bitset       // rules whose entry must be evaluated
}

// shape is the static form of an input entry.
type shape struct {
	any   bool // "-"
	known bool // tests holds it
	tests feel.Tests
}

// kind tells which values have one order and can be told apart by it.
type kind int

const (
	none kind = iota
	number
	text
	boolean
	date
)

func kindOf(v feel.Value) kind {
	switch v.(type) {
	case feel.Number:
		return number
	case string:
		return text
	case bool:
		return boolean
	case feel.Date:
		return date
	}
	return none
}

// maxIndexWords bounds the memory of one column's index (8 bytes each).
const maxIndexWords = 4 << 20

func newIndex(shapes [][]shape, rules int) *index {
	x := &index{rules: rules, words: (rules + 63) / 64, columns: make([]column, len(shapes))}
	for j, entries := range shapes {
		x.columns[j] = x.column(entries)
	}
	return x
}

func (x *index) column(entries []shape) column {
	c := column{kind: columnKind(entries), open: make(bitset, x.words)}
	if c.kind == none {
		return c
	}
	for _, e := range entries {
		c.points = append(c.points, e.constants(c.kind)...)
	}
	c.sortPoints()
	segments := 2*len(c.points) + 1
	if segments*x.words > maxIndexWords {
		return column{}
	}
	c.segments = make([]bitset, segments)
	for i := range c.segments {
		c.segments[i] = make(bitset, x.words)
	}
	for rule, e := range entries {
		c.enter(rule, e)
	}
	c.share()
	return c
}

// columnKind is the kind that most decidable entries have; columns without any are not worth an index.
func columnKind(entries []shape) kind {
	counts := map[kind]int{}
	best := none
	for _, e := range entries {
		k := e.kind()
		if counts[k]++; k != none && (best == none || counts[k] > counts[best]) {
			best = k
		}
	}
	return best
}

// kind is the common kind of an entry's constants, or none.
func (e shape) kind() kind {
	k := none
	if !e.known {
		return none
	}
	for _, v := range e.tests.Any {
		for _, b := range bounds(v) {
			if kindOf(b) == none || k != none && kindOf(b) != k {
				return none
			}
			k = kindOf(b)
		}
		if r, ok := v.(*feel.Range); ok && k == boolean && r != nil {
			return none
		}
	}
	return k
}

func (e shape) constants(k kind) []feel.Value {
	if e.kind() != k {
		return nil
	}
	var out []feel.Value
	for _, v := range e.tests.Any {
		out = append(out, bounds(v)...)
	}
	return out
}

// bounds are the constants of an alternative.
func bounds(v feel.Value) []feel.Value {
	r, ok := v.(*feel.Range)
	if !ok {
		return []feel.Value{v}
	}
	var out []feel.Value
	if !r.LowUnbounded {
		out = append(out, r.Low)
	}
	if !r.HighUnbounded {
		out = append(out, r.High)
	}
	return out
}

// order compares two values of one kind.
func order(a, b feel.Value) int {
	if x, ok := a.(bool); ok {
		y := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	c, _ := feel.Compare(a, b)
	return c
}

func (c *column) sortPoints() {
	slices.SortFunc(c.points, order)
	c.points = slices.CompactFunc(c.points, func(a, b feel.Value) bool { return order(a, b) == 0 })
}

// enter puts the rule into the segments where its entry holds.
func (c *column) enter(rule int, e shape) {
	if !e.any && e.kind() != c.kind {
		c.open.set(rule)
		for _, s := range c.segments {
			s.set(rule)
		}
		return
	}
	if e.any {
		for _, s := range c.segments {
			s.set(rule)
		}
		return
	}
	inside := make([]bool, len(c.segments))
	for _, v := range e.tests.Any {
		from, to := c.span(v)
		for i := from; i <= to; i++ {
			inside[i] = true
		}
	}
	for i, s := range c.segments {
		if inside[i] != e.tests.Not {
			s.set(rule)
		}
	}
}

// span is the run of segments that an alternative covers.
func (c *column) span(v feel.Value) (from, to int) {
	r, ok := v.(*feel.Range)
	if !ok {
		i := c.segment(v)
		return i, i
	}
	from, to = 0, len(c.segments)-1
	if !r.LowUnbounded {
		if from = c.segment(r.Low); !r.LowIncluded {
			from++
		}
	}
	if !r.HighUnbounded {
		if to = c.segment(r.High); !r.HighIncluded {
			to--
		}
	}
	return from, to
}

// segment finds the place of a value: odd for a point, even for the gap before the next one.
func (c *column) segment(v feel.Value) int {
	i, found := slices.BinarySearchFunc(c.points, v, order)
	if found {
		return 2*i + 1
	}
	return 2 * i
}

// share lets equal segments use one bit set.
func (c *column) share() {
	for i := 2; i < len(c.segments); i++ {
		if slices.Equal(c.segments[i], c.segments[i-2]) {
			c.segments[i] = c.segments[i-2]
		} else if slices.Equal(c.segments[i], c.segments[i-1]) {
			c.segments[i] = c.segments[i-1]
		}
	}
}

// candidates are the rules that are left for a set of input values.
type candidates struct {
	x    *index
	rows bitset
	used uint64 // columns whose entries the index has decided, up to 64
}

func (x *index) candidates(values []feel.Value) candidates {
	c := candidates{x: x, rows: firstRules(x.rules, x.words)}
	for j := range x.columns {
		col := &x.columns[j]
		if col.kind == none || j >= 64 || kindOf(values[j]) != col.kind {
			continue
		}
		c.used |= 1 << j
		for i, w := range col.segments[col.segment(values[j])] {
			c.rows[i] &= w
		}
	}
	return c
}

// decided reports whether the rule's entry in the column is known to hold.
func (c candidates) decided(col, rule int) bool {
	return col < 64 && c.used&(1<<col) != 0 && !c.x.columns[col].open.has(rule)
}
