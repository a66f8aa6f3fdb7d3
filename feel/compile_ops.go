package feel

import "slices"

// binary compiles the operators between two values.
func (c *compiler) binary(n *binary) eval {
	switch n.op {
	case "and":
		return c.and(n, c.node(n.l), c.node(n.r))
	case "or":
		return c.or(n, c.node(n.l), c.node(n.r))
	case "=", "!=":
		return c.equality(n)
	case "<", "<=", ">", ">=":
		return c.ordering(n)
	}
	return c.numeric(n).boxed()
}

// equality has a shorter way for the most common case, a string constant on the right.
func (c *compiler) equality(n *binary) eval {
	l, r := c.node(n.l), c.node(n.r)
	same := n.op == "="
	if want, ok := c.known[n.r].(string); ok {
		return func(x *run) Value {
			v := l(x)
			if s, ok := v.(string); ok {
				return (s == want) == same
			}
			return flip(x.equal(n.span, v, want), same)
		}
	}
	return func(x *run) Value { return flip(x.equal(n.span, l(x), r(x)), same) }
}

// flip negates unless the operator is the positive one.
func flip(v Value, positive bool) Value {
	if positive {
		return v
	}
	return not3(v)
}

// ordering compares numbers without boxing them.
func (c *compiler) ordering(n *binary) eval {
	l, r := c.number(n.l), c.number(n.r)
	holds := orderings[n.op]
	return func(x *run) Value {
		a, av, ok1 := l(x)
		b, bv, ok2 := r(x)
		if ok1 && ok2 {
			return holds[a.Cmp(b)+1]
		}
		return x.compare(n.span, n.op, box(a, av, ok1), box(b, bv, ok2))
	}
}

// orderings tell for less, equal and greater whether the operator holds.
var orderings = map[string][3]bool{
	"<": {true, false, false}, "<=": {true, true, false}, ">": {false, false, true}, ">=": {false, true, true},
}

func (c *compiler) and(n *binary, l, r eval) eval {
	return func(x *run) Value {
		a := l(x)
		p, ok1 := a.(bool)
		if ok1 && !p {
			return false
		}
		b := r(x)
		q, ok2 := b.(bool)
		switch {
		case ok2 && !q:
			return false
		case ok1 && ok2:
			return true
		}
		return x.notBoolean(n, a, b)
	}
}

func (c *compiler) or(n *binary, l, r eval) eval {
	return func(x *run) Value {
		a := l(x)
		p, ok1 := a.(bool)
		if p {
			return true
		}
		b := r(x)
		q, ok2 := b.(bool)
		switch {
		case q:
			return true
		case ok1 && ok2:
			return false
		}
		return x.notBoolean(n, a, b)
	}
}

func (r *run) notBoolean(n *binary, a, b Value) Value {
	at, v := n.l.place(), a
	if _, ok := a.(bool); ok {
		at, v = n.r.place(), b
	}
	return r.fail(at, "%s instead of true or false", describe(v))
}

func not3(v Value) Value {
	if b, ok := v.(bool); ok {
		return !b
	}
	return nil
}

func (r *run) equal(at span, a, b Value) Value {
	v := r.same(a, b)
	if v == nil {
		if r.muted() {
			return nil
		}
		return r.fail(at, "%s and %s do not compare", describe(a), describe(b))
	}
	return v
}

// compare is the ordering operators: null unless both sides have an order.
func (r *run) compare(at span, op string, a, b Value) Value {
	c, ok := Compare(a, b)
	if !ok {
		if r.muted() {
			return nil
		}
		return r.fail(at, "%s and %s have no order", describe(a), describe(b))
	}
	return orderings[op][c+1]
}

func (c *compiler) negation(n *negation) eval {
	x := c.node(n.x)
	return func(r *run) Value {
		switch v := x(r).(type) {
		case Number:
			return v.Neg()
		case YearsMonths:
			return -v
		case DaysTime:
			return v.Neg()
		default:
			return r.fail(n.span, "%s has no negative", describe(v))
		}
	}
}

// in compiles a value and its tests: true when one of them holds.
func (c *compiler) in(n *in) eval {
	x := c.node(n.x)
	slot := c.bind(local{name: "?"})
	tests := make([]test, len(n.tests))
	for i, t := range n.tests {
		tests[i] = c.test(t)
	}
	c.unbind(1)
	return func(r *run) Value {
		v := x(r)
		r.slots[slot] = v
		var result Value = false
		for _, t := range tests {
			if result = or3(result, t(r, v)); result == true {
				return true
			}
		}
		return result
	}
}

// test answers whether a value passes.
type test func(r *run, v Value) Value

// test compiles a unary test. An expression that speaks of "?" is a condition by itself.
func (c *compiler) test(n node) test {
	if cmp, ok := n.(*comparison); ok {
		x := c.node(cmp.x)
		return func(r *run, v Value) Value {
			switch cmp.op {
			case "=":
				return r.equal(cmp.span, v, x(r))
			case "!=":
				return not3(r.equal(cmp.span, v, x(r)))
			}
			return r.compare(cmp.span, cmp.op, v, x(r))
		}
	}
	if t := c.setTest(n); t != nil {
		return t
	}
	x := c.node(n)
	if mentions(n, "?") {
		return func(r *run, v Value) Value {
			got := x(r)
			if b, ok := got.(bool); ok {
				return b
			}
			return r.matches(n.place(), v, got)
		}
	}
	_, isRange := n.(*rangeNode)
	return func(r *run, v Value) Value {
		t := x(r)
		if t == nil && isRange { // no range could be made, and the reason has been given
			return nil
		}
		return r.matches(n.place(), v, t)
	}
}

// setTest tests strings against a constant list of strings; nil when the test is of another kind.
func (c *compiler) setTest(n node) test {
	if _, ok := n.(*list); !ok {
		return nil
	}
	x := c.node(n)
	items, ok := c.known[n].(List)
	if !ok || len(items) == 0 {
		return nil
	}
	words := make([]string, len(items))
	for i, item := range items {
		if words[i], ok = item.(string); !ok {
			return nil
		}
	}
	return func(r *run, v Value) Value {
		if s, ok := v.(string); ok && r.step(1+len(words)/16) {
			return slices.Contains(words, s)
		}
		return r.matches(n.place(), v, x(r))
	}
}

// matches is DMN 1.5 table 55: equal to the test's value, in its range, or passing one in its list.
func (r *run) matches(at span, v, test Value) Value {
	switch t := test.(type) {
	case *Range:
		if _, ok := v.(*Range); ok {
			return r.equal(at, v, t)
		}
		in := t.Contains(v)
		if in == nil {
			return r.fail(at, "%s cannot be tested against the range %s", describe(v), shorten(Text(t)))
		}
		return in
	case List:
		return r.matchesList(at, v, t)
	case nil:
		return v == nil
	}
	if v == nil {
		return false
	}
	return r.equal(at, v, test)
}

func (r *run) matchesList(at span, v Value, l List) Value {
	if !r.step(len(l)) {
		return nil
	}
	if r.same(v, l) == true {
		return true
	}
	for _, e := range l {
		if t, ok := e.(*Range); ok {
			if t.Contains(v) == true {
				return true
			}
		} else if r.same(v, e) == true {
			return true
		}
	}
	return false
}

// unaryTests reads the tested value from the variable "?".
func (c *compiler) unaryTests(n *unaryTests) eval {
	if len(n.tests) == 0 {
		return constant(true)
	}
	c.impure++
	slot := c.bind(local{name: "?"})
	tests := make([]test, len(n.tests))
	for i, t := range n.tests {
		tests[i] = c.test(t)
	}
	c.unbind(1)
	return func(r *run) Value {
		var v Value
		if r.vars != nil {
			v, _ = r.vars.Get("?")
		}
		r.slots[slot] = v
		var result Value = false
		for _, t := range tests {
			if result = or3(result, t(r, v)); result == true {
				break
			}
		}
		if n.not {
			return not3(result)
		}
		return result
	}
}

// mentions reports whether the name occurs in the tree.
func mentions(n node, id string) bool {
	found := false
	walk(n, func(n node) {
		if x, ok := n.(*name); ok && x.id == id {
			found = true
		}
	})
	return found
}

func (c *compiler) rangeOf(n *rangeNode) eval {
	low, high := eval(null), eval(null)
	if n.low != nil {
		low = c.node(n.low)
	}
	if n.high != nil {
		high = c.node(n.high)
	}
	return func(r *run) Value { return r.rangeOf(n, low(r), high(r)) }
}

// rangeOf makes a range of bounds that have an order. A null bound leaves that side unknown
// when it is excluded, and is a fault when it is included.
func (r *run) rangeOf(n *rangeNode, low, high Value) Value {
	v := &Range{Low: low, High: high, LowIncluded: n.lowIncluded, HighIncluded: n.highIncluded,
		LowUnbounded: n.low == nil, HighUnbounded: n.high == nil}
	if n.low == nil || n.high == nil {
		return r.halfRange(n, v)
	}
	switch {
	case low == nil && n.lowIncluded:
		return r.fail(n.low.place(), "null cannot be the included start of a range")
	case high == nil && n.highIncluded:
		return r.fail(n.high.place(), "null cannot be the included end of a range")
	case low == nil || high == nil:
		return v
	}
	c, ok := Compare(low, high)
	switch {
	case !ok:
		return r.fail(n.span, "%s and %s cannot bound a range", describe(low), describe(high))
	case c > 0:
		return r.fail(n.span, "the range starts above its end")
	}
	return v
}

// halfRange checks the only bound of a range.
func (r *run) halfRange(n *rangeNode, v *Range) Value {
	bound := v.Low
	if v.LowUnbounded {
		bound = v.High
	}
	if _, ok := Compare(bound, bound); !ok {
		return r.fail(n.span, "%s cannot bound a range", describe(bound))
	}
	return v
}

// comparisonRange is (< 5) as a value: a range without one of its bounds, or of one value.
func (c *compiler) comparisonRange(n *comparison) eval {
	x := c.node(n.x)
	return func(r *run) Value {
		v := x(r)
		if _, ok := Compare(v, v); !ok {
			return r.fail(n.span, "%s cannot bound a range", describe(v))
		}
		switch n.op {
		case "<", "<=":
			return &Range{High: v, HighIncluded: n.op == "<=", LowUnbounded: true}
		case ">", ">=":
			return &Range{Low: v, LowIncluded: n.op == ">=", HighUnbounded: true}
		case "=":
			return &Range{Low: v, High: v, LowIncluded: true, HighIncluded: true}
		}
		return r.fail(n.span, "!= is no range")
	}
}
