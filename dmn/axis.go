package dmn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// axis is the domain of one input of a table, cut by the constants and symbols that its entries mention into
// points and the gaps between them. Segments that belong to the same rules are one class. Null is not part of it.
type axis struct {
	label   string
	kind    kind
	points  []feel.Value // in order; a feel.Symbol stands for a value that is not known yet
	ranges  bool         // some entry is a range, so that the order of the points matters
	classes []class
}

// class is a set of segments between which no rule tells a difference.
type class struct {
	segments []int  // ascending; 2i+1 is point i, 2i the gap before it
	rules    bitset // those whose entry holds there, or may hold
}

// newAxis cuts a column. Entries whose shape is not known may hold anywhere; allowed, where it is known, leaves
// out what cannot occur. It is nil, with a reason, when the points cannot be brought into one order.
func newAxis(label string, entries []shape, allowed shape) (*axis, string) {
	a := &axis{label: label}
	for _, e := range append(slices.Clip(entries), allowed) {
		a.take(e)
	}
	if a.kind != boolean {
		if why := a.sort(append(slices.Clip(entries), allowed)); why != "" {
			return nil, why
		}
	}
	places := make([]place, len(entries))
	for i, e := range entries {
		places[i] = a.place(e)
	}
	inside := a.place(allowed)
	classes := map[string]int{}
	for s := range a.size() {
		if !inside.holds(s) || a.kind == boolean && s%2 == 0 {
			continue // there is nothing beside true and false
		}
		rules := make(bitset, (len(entries)+63)/64)
		for i := range places {
			if places[i].holds(s) {
				rules.set(i)
			}
		}
		key := rules.key()
		at, ok := classes[key]
		if !ok {
			at = len(a.classes)
			classes[key] = at
			a.classes = append(a.classes, class{rules: rules})
		}
		a.classes[at].segments = append(a.classes[at].segments, s)
	}
	return a, ""
}

// place is where an entry holds on an axis.
type place struct {
	anywhere bool // "-", or the entry cannot be placed
	not      bool
	spans    [][2]int // runs of segments
}

func (p *place) holds(segment int) bool {
	if p.anywhere {
		return true
	}
	return p.not != slices.ContainsFunc(p.spans, func(s [2]int) bool { return s[0] <= segment && segment <= s[1] })
}

func (a *axis) place(e shape) place {
	if e.any || !a.decides(e) || len(e.tests.Any) == 0 {
		return place{anywhere: true}
	}
	p := place{not: e.tests.Not}
	for _, v := range e.tests.Any {
		from, to := a.span(v)
		p.spans = append(p.spans, [2]int{from, to})
	}
	return p
}

// take notes the points of an entry. Entries of another kind than the first one are not looked into.
func (a *axis) take(e shape) {
	if !a.decides(e) {
		return
	}
	for _, v := range e.tests.Any {
		if _, ok := v.(*feel.Range); ok {
			a.ranges = true
		}
		for _, b := range bounds(v) {
			if k := kindOf(b); k != none {
				a.kind = k
			}
			if !slices.ContainsFunc(a.points, func(p feel.Value) bool { return samePoint(p, b) }) {
				a.points = append(a.points, b)
			}
		}
	}
	if a.kind == boolean {
		a.points = []feel.Value{false, true}
	}
}

// decides reports whether the axis can place the entry: constants of one kind that has an order, symbols only as
// bounds of ranges, as a bare symbol may be a list.
func (a *axis) decides(e shape) bool {
	if !e.known {
		return false
	}
	k := a.kind
	for _, v := range e.tests.Any {
		if _, bare := v.(feel.Symbol); bare {
			return false
		}
		for _, b := range bounds(v) {
			if _, ok := b.(feel.Symbol); ok {
				continue
			}
			if kindOf(b) == none || k != none && kindOf(b) != k {
				return false
			}
			k = kindOf(b)
		}
	}
	return true
}

func samePoint(a, b feel.Value) bool {
	s, ok := a.(feel.Symbol)
	t, too := b.(feel.Symbol)
	if ok || too {
		return ok && too && s == t
	}
	return order(a, b) == 0
}

// sort orders the points. Constants have an order; symbols get theirs from the ranges in which they stand, as
// low comes before high. That must leave one order only.
func (a *axis) sort(entries []shape) string {
	n := len(a.points)
	before := make([]map[int]bool, n)
	for i := range a.points {
		before[i] = map[int]bool{}
		for j := range a.points {
			if kindOf(a.points[i]) != none && kindOf(a.points[j]) != none && order(a.points[i], a.points[j]) < 0 {
				before[i][j] = true
			}
		}
	}
	if !slices.ContainsFunc(a.points, isSymbol) {
		slices.SortFunc(a.points, order)
		return ""
	}
	for _, e := range entries {
		for _, v := range e.tests.Any {
			r, ok := v.(*feel.Range)
			if !ok || !a.decides(e) || r.LowUnbounded || r.HighUnbounded {
				continue
			}
			if low, high := a.find(r.Low), a.find(r.High); low >= 0 && high >= 0 && low != high {
				before[low][high] = true
			}
		}
	}
	sorted := make([]feel.Value, 0, n)
	left := map[int]bool{}
	for i := range n {
		left[i] = true
	}
	for len(left) > 0 {
		var first []int
		for i := range left {
			if !slices.ContainsFunc(keys(left), func(j int) bool { return before[j][i] }) {
				first = append(first, i)
			}
		}
		if len(first) != 1 {
			return fmt.Sprintf("the order of %s is not known", a.list())
		}
		sorted = append(sorted, a.points[first[0]])
		delete(left, first[0])
	}
	a.points = sorted
	return ""
}

func keys(m map[int]bool) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

func isSymbol(v feel.Value) bool {
	_, ok := v.(feel.Symbol)
	return ok
}

func (a *axis) list() string {
	s := make([]string, len(a.points))
	for i, p := range a.points {
		s[i] = pointText(p)
	}
	return strings.Join(s, " and ")
}

// find is the place of a point, or -1.
func (a *axis) find(v feel.Value) int {
	if !slices.ContainsFunc(a.points, isSymbol) && a.kind != boolean && len(a.points) > 8 {
		i, ok := slices.BinarySearchFunc(a.points, v, order)
		if ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(a.points, func(p feel.Value) bool { return samePoint(p, v) })
}

// size is the number of segments.
func (a *axis) size() int { return 2*len(a.points) + 1 }

func (a *axis) span(v feel.Value) (from, to int) {
	r, ok := v.(*feel.Range)
	if !ok {
		i := 2*a.find(v) + 1
		return i, i
	}
	from, to = 0, a.size()-1
	if !r.LowUnbounded {
		if from = 2*a.find(r.Low) + 1; !r.LowIncluded {
			from++
		}
	}
	if !r.HighUnbounded {
		if to = 2*a.find(r.High) + 1; !r.HighIncluded {
			to--
		}
	}
	return from, to
}

// sample is a value of the class, where one can be named.
func (a *axis) sample(c class) (feel.Value, bool) {
	for _, s := range c.segments {
		if s%2 == 1 {
			v := a.points[s/2]
			return v, !isSymbol(v)
		}
	}
	if a.kind != number || slices.ContainsFunc(a.points, isSymbol) {
		return nil, false
	}
	s, one, two := c.segments[0], feel.Int(1), feel.Int(2)
	var v feel.Number
	var ok bool
	switch {
	case s == 0:
		v, ok = a.points[0].(feel.Number).Sub(one)
	case s == a.size()-1:
		v, ok = a.points[len(a.points)-1].(feel.Number).Add(one)
	default:
		if v, ok = a.points[s/2-1].(feel.Number).Add(a.points[s/2].(feel.Number)); ok {
			v, ok = v.Quo(two)
		}
	}
	return v, ok
}

// text describes a class as an input entry would, with "-" for the whole axis.
func (a *axis) text(c class) string {
	if len(a.classes) <= 1 {
		return "-"
	}
	if a.kind == boolean {
		return pointText(a.points[c.segments[0]/2])
	}
	if a.kind == text && !a.ranges {
		return a.textSet(c)
	}
	var runs []string
	for i := 0; i < len(c.segments); {
		last := i
		for last+1 < len(c.segments) && c.segments[last+1] == c.segments[last]+1 {
			last++
		}
		runs = append(runs, a.rangeText(c.segments[i], c.segments[last]))
		i = last + 1
	}
	if len(runs) > maxRuns {
		runs = append(runs[:maxRuns], "…")
	}
	return strings.Join(runs, ", ")
}

// maxRuns bounds the description of a class.
const maxRuns = 3

// textSet describes a set of strings: one of them, or whatever is none of those that the table mentions.
func (a *axis) textSet(c class) string {
	for _, s := range c.segments {
		if s%2 == 1 {
			return pointText(a.points[s/2])
		}
	}
	mentioned := make([]string, len(a.points))
	for i, p := range a.points {
		mentioned[i] = pointText(p)
	}
	return "not(" + strings.Join(mentioned, ", ") + ")"
}

func (a *axis) rangeText(from, to int) string {
	last := a.size() - 1
	switch {
	case from == to && from%2 == 1:
		return pointText(a.points[from/2])
	case from == 0 && to == last:
		return "-"
	case from == 0:
		return map[int]string{0: "< ", 1: "<= "}[to%2] + pointText(a.points[to/2])
	case to == last:
		return map[int]string{0: "> ", 1: ">= "}[from%2] + pointText(a.points[(from+1)/2-1])
	}
	low := map[int]string{0: "(", 1: "["}[from%2] + pointText(a.points[(from+1)/2-1])
	high := pointText(a.points[to/2]) + map[int]string{0: ")", 1: "]"}[to%2]
	return low + ".." + high
}

func pointText(v feel.Value) string {
	switch v := v.(type) {
	case feel.Symbol:
		return string(v)
	case string:
		return fmt.Sprintf("%q", v)
	case feel.Date:
		return fmt.Sprintf("@%q", feel.Text(v))
	}
	return feel.Text(v)
}
