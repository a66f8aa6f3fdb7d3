package feel

// rangeFunctions are DMN 1.5 §10.3.4.7, table 77 (Allen's relations of points and ranges), and range().
var rangeFunctions = []*Builtin{
	relation("before", relationBefore, points|pointRange|rangePoint|ranges).
		example(`before(1, 10) → true`, `before([1..10], 10) → false`, `before([1..10), [10..20]) → true`),
	relation("after", func(c *Call, a, b *Range) Value { return relationBefore(c, b, a) }, points|pointRange|rangePoint|ranges).
		example(`after(10, 5) → true`, `after((10..20], [1..10]) → true`),
	relation("meets", relationMeets, ranges).example(`meets([1..5], [5..10]) → true`, `meets([1..5), [5..10]) → false`),
	relation("met by", func(c *Call, a, b *Range) Value { return relationMeets(c, b, a) }, ranges).
		example(`met by([5..10], [1..5]) → true`),
	relation("overlaps", relationOverlaps, ranges).example(`overlaps([1..5], [3..8]) → true`, `overlaps([1..5], [6..8]) → false`),
	relation("overlaps before", relationOverlapsBefore, ranges).example(`overlaps before([1..5], [3..8]) → true`),
	relation("overlaps after", relationOverlapsAfter, ranges).
		example(`overlaps after([3..8], [1..5]) → true`),
	relation("finishes", relationFinishes, pointRange|ranges).example(`finishes(10, [1..10]) → true`, `finishes([5..10], [1..10]) → true`),
	relation("finished by", func(c *Call, a, b *Range) Value { return relationFinishes(c, b, a) }, rangePoint|ranges).
		example(`finished by([1..10], [5..10]) → true`),
	relation("includes", relationIncludes, rangePoint|ranges).example(`includes([1..10], 5) → true`, `includes([1..10], [4..6]) → true`),
	relation("during", func(c *Call, a, b *Range) Value { return relationIncludes(c, b, a) }, pointRange|ranges).
		example(`during(5, [1..10]) → true`),
	relation("starts", relationStarts, pointRange|ranges).example(`starts(1, [1..10]) → true`, `starts([1..5], [1..10]) → true`),
	relation("started by", func(c *Call, a, b *Range) Value { return relationStarts(c, b, a) }, rangePoint|ranges).
		example(`started by([1..10], [1..5]) → true`),
	relation("coincides", relationCoincides, points|ranges).example(`coincides(5, 5) → true`, `coincides([1..5], [1..5]) → true`),
	define("range", "range", of("from: string", rangeFrom)).example(`range("[18..21)") → [18..21)`),
}

// What a relation holds between.
const (
	points = 1 << iota
	pointRange
	rangePoint
	ranges
)

// relation builds the signatures; a point counts as the range of itself alone.
func relation(name string, holds func(c *Call, a, b *Range) Value, takes int) *Builtin {
	b := define(name, "boolean")
	for _, form := range []struct {
		takes       int
		text        string
		left, right bool // is a range
	}{
		{points, "point1: any, point2: any", false, false},
		{pointRange, "point: any, range: range", false, true},
		{rangePoint, "range: range, point: any", true, false},
		{ranges, "range1: range, range2: range", true, true},
	} {
		if takes&form.takes == 0 {
			continue
		}
		b.signatures = append(b.signatures, of(form.text, nil))
	}
	for i := range b.signatures {
		b.signatures[i].run = func(c *Call, a []Value) Value {
			l, okL := asRange(a[0])
			r, okR := asRange(a[1])
			if !okL || !okR || !relates(takes, a) {
				c.Warn(name + " takes no " + describe(a[0]) + " and " + describe(a[1]))
				return nil
			}
			return holds(c, l, r)
		}
	}
	return b
}

// relates reports whether the relation is defined for these kinds of arguments.
func relates(takes int, a []Value) bool {
	_, l := a[0].(*Range)
	_, r := a[1].(*Range)
	switch {
	case l && r:
		return takes&ranges != 0
	case l:
		return takes&rangePoint != 0
	case r:
		return takes&pointRange != 0
	}
	return takes&points != 0
}

func asRange(v Value) (*Range, bool) {
	if r, ok := v.(*Range); ok {
		return r, true
	}
	_, ok := Compare(v, v)
	return &Range{Low: v, High: v, LowIncluded: true, HighIncluded: true}, ok
}

// An edge is a bound with its side. Edges of ranges that are open to infinity lie beyond all others.
type edge struct {
	v        Value
	infinite int // -1, +1, or 0
	nudge    int // just after the value (+1), just before (-1), or at it
}

func (r *Range) lowEdge() edge {
	e := edge{v: r.Low}
	if r.LowUnbounded {
		e.infinite = -1
	} else if !r.LowIncluded {
		e.nudge = 1
	}
	return e
}

func (r *Range) highEdge() edge {
	e := edge{v: r.High}
	if r.HighUnbounded {
		e.infinite = 1
	} else if !r.HighIncluded {
		e.nudge = -1
	}
	return e
}

// order compares edges; false after a warning when their values have no order.
func order(c *Call, a, b edge) (int, bool) {
	if a.infinite != 0 || b.infinite != 0 {
		return cmpInt(int64(a.infinite), int64(b.infinite)), true
	}
	o, ok := Compare(a.v, b.v)
	if !ok {
		c.Warn(describe(a.v) + " and " + describe(b.v) + " have no order")
		return 0, false
	}
	if o == 0 {
		o = cmpInt(int64(a.nudge), int64(b.nudge))
	}
	return o, true
}

func relationBefore(c *Call, a, b *Range) Value {
	o, ok := order(c, a.highEdge(), b.lowEdge())
	if !ok {
		return nil
	}
	return o < 0
}

func relationMeets(c *Call, a, b *Range) Value {
	o, ok := order(c, a.highEdge(), b.lowEdge())
	if !ok {
		return nil
	}
	return o == 0 && a.HighIncluded && b.LowIncluded
}

func relationOverlaps(c *Call, a, b *Range) Value {
	o1, ok1 := order(c, a.lowEdge(), b.highEdge())
	o2, ok2 := order(c, b.lowEdge(), a.highEdge())
	if !ok1 || !ok2 {
		return nil
	}
	return o1 <= 0 && o2 <= 0
}

// relationOverlapsBefore: a starts before b and ends inside it.
func relationOverlapsBefore(c *Call, a, b *Range) Value {
	low, ok1 := order(c, a.lowEdge(), b.lowEdge())
	high, ok2 := order(c, a.highEdge(), b.highEdge())
	touch, ok3 := order(c, b.lowEdge(), a.highEdge())
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	return low < 0 && high <= 0 && touch <= 0
}

// relationOverlapsAfter: a starts inside b and ends after it.
func relationOverlapsAfter(c *Call, a, b *Range) Value {
	low, ok1 := order(c, a.lowEdge(), b.lowEdge())
	high, ok2 := order(c, a.highEdge(), b.highEdge())
	touch, ok3 := order(c, a.lowEdge(), b.highEdge())
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	return low > 0 && high >= 0 && touch <= 0
}

func relationFinishes(c *Call, a, b *Range) Value {
	low, ok1 := order(c, b.lowEdge(), a.lowEdge())
	high, ok2 := order(c, a.highEdge(), b.highEdge())
	if !ok1 || !ok2 {
		return nil
	}
	return low <= 0 && high == 0
}

func relationStarts(c *Call, a, b *Range) Value {
	low, ok1 := order(c, a.lowEdge(), b.lowEdge())
	high, ok2 := order(c, a.highEdge(), b.highEdge())
	if !ok1 || !ok2 {
		return nil
	}
	return low == 0 && high <= 0
}

func relationIncludes(c *Call, a, b *Range) Value {
	low, ok1 := order(c, a.lowEdge(), b.lowEdge())
	high, ok2 := order(c, b.highEdge(), a.highEdge())
	if !ok1 || !ok2 {
		return nil
	}
	return low <= 0 && high <= 0
}

func relationCoincides(c *Call, a, b *Range) Value {
	low, ok1 := order(c, a.lowEdge(), b.lowEdge())
	high, ok2 := order(c, a.highEdge(), b.highEdge())
	if !ok1 || !ok2 {
		return nil
	}
	return low == 0 && high == 0
}

// rangeFrom reads the text of a range whose bounds are literals.
func rangeFrom(c *Call, a []Value) Value {
	v, ok := c.run.p.lib.parseRange(a[0].(string))
	return c.orWarn(v, ok, quote(shorten(a[0].(string)))+" is no range of literals")
}

func (lib *library) parseRange(s string) (Value, bool) {
	root, fault := parse(s, Options{}, lib)
	n, ok := root.(*rangeNode)
	if fault != nil || !ok {
		return nil, false
	}
	prog, faults := compile(&Expr{src: s, root: n}, Scope{}, lib)
	if prog == nil || len(faults) > 0 || !lib.literalBound(n.low) || !lib.literalBound(n.high) {
		return nil, false
	}
	v, _ := prog.Eval(Env{}, nil)
	r, ok := v.(*Range)
	return r, ok
}

// literalBound is no bound, a literal, perhaps with a sign, or a call of a conversion with literals.
func (lib *library) literalBound(n node) bool {
	switch n := n.(type) {
	case nil, *literal:
		return true
	case *atLiteral:
		return n.value != nil
	case *negation:
		return lib.literalBound(n.x)
	case *call:
		id, ok := n.fn.(*name)
		if !ok || lib.functions[id.id] == nil || lib.functions[id.id].Group != "Conversion" {
			return false
		}
		for _, a := range n.args {
			if !lib.literalBound(a) {
				return false
			}
		}
		return true
	}
	return false
}
