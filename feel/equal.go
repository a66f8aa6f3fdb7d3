package feel

// Equal is FEEL's "=" (DMN 1.5 §10.3.2.13, table 42): true, false, or nil when the kinds differ.
// Null equals null and nothing else.
// Values that share parts can be far larger than their memory: after maxEqual comparisons the answer is nil.
func Equal(a, b Value) Value {
	e := equality{left: maxEqual}
	return e.equal(a, b)
}

const maxEqual = 10_000_000

// equality is one comparison of values with its bounds.
type equality struct{ left, depth int }

// maxNesting bounds how deep lists and contexts in each other are followed.
const maxNesting = 10_000

// equal is nil also when there are no comparisons left.
func (e *equality) equal(a, b Value) Value {
	if e.left--; e.left < 0 || e.depth > maxNesting {
		e.left = -1
		return nil
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		if y, ok := b.(bool); ok {
			return x == y
		}
	case Number:
		if y, ok := b.(Number); ok {
			return x.Cmp(y) == 0
		}
	case string:
		if y, ok := b.(string); ok {
			return x == y
		}
	case Date, Time, DateTime, YearsMonths, DaysTime:
		if kindOf(a) == kindOf(b) {
			return equalTemporal(a, b)
		}
	case List:
		if y, ok := b.(List); ok {
			return e.lists(x, y)
		}
	case *Context:
		if y, ok := b.(*Context); ok {
			return e.contexts(x, y)
		}
	case *Range:
		if y, ok := b.(*Range); ok {
			return equalRanges(x, y)
		}
	case *Func:
		if y, ok := b.(*Func); ok {
			return x == y || x.builtin != nil && x.builtin == y.builtin
		}
	}
	if b == nil {
		return false
	}
	return nil
}

func equalTemporal(a, b Value) bool {
	switch x := a.(type) {
	case Time:
		y := b.(Time)
		return (x.zone == nil) == (y.zone == nil) && floorMod(x.value()-y.value(), dayNanos) == 0
	case DateTime:
		y := b.(DateTime)
		return (x.zone == nil) == (y.zone == nil) && cmpDateTime(x, y) == 0
	}
	return a == b // plain structs and integers
}

func (e *equality) lists(a, b List) Value {
	if len(a) != len(b) {
		return false
	}
	e.depth++
	defer func() { e.depth-- }()
	for i := range a {
		if e.equal(a[i], b[i]) != true {
			return e.undecided()
		}
	}
	return true
}

// undecided is false, or nil when the comparison had to be given up.
func (e *equality) undecided() Value {
	if e.left < 0 {
		return nil
	}
	return false
}

func (e *equality) contexts(a, b *Context) Value {
	if a.Len() != b.Len() {
		return false
	}
	e.depth++
	defer func() { e.depth-- }()
	for i, k := range a.keys {
		v, ok := b.Get(k)
		if !ok || e.equal(a.values[i], v) != true {
			return e.undecided()
		}
	}
	return true
}

func equalRanges(a, b *Range) Value {
	return a.LowIncluded == b.LowIncluded && a.HighIncluded == b.HighIncluded &&
		a.LowUnbounded == b.LowUnbounded && a.HighUnbounded == b.HighUnbounded &&
		Equal(a.Low, b.Low) == true && Equal(a.High, b.High) == true
}

// Compare orders two values of one comparable kind: numbers, strings by code
// point, dates, times, dates and times, durations. A local time is read in the
// zone of the other one. It answers false when they have no order: different
// kinds, or null.
func Compare(a, b Value) (int, bool) {
	switch x := a.(type) {
	case Number:
		if y, ok := b.(Number); ok {
			return x.Cmp(y), true
		}
	case string:
		if y, ok := b.(string); ok {
			return cmpString(x, y), true
		}
	case Date:
		if y, ok := b.(Date); ok {
			return cmpInt(x.days(), y.days()), true
		}
	case Time:
		if y, ok := b.(Time); ok {
			x.zone, y.zone = shareZone(x.zone, y.zone)
			return cmpInt(x.value(), y.value()), true
		}
	case DateTime:
		if y, ok := b.(DateTime); ok {
			x.zone, y.zone = shareZone(x.zone, y.zone)
			return cmpDateTime(x, y), true
		}
	case YearsMonths:
		if y, ok := b.(YearsMonths); ok {
			return cmpInt(int64(x), int64(y)), true
		}
	case DaysTime:
		if y, ok := b.(DaysTime); ok {
			return x.cmp(y), true
		}
	}
	return 0, false
}

// shareZone gives a value without a zone the zone of the other (DMN 1.5 §10.3.2.13, table 44).
func shareZone(a, b *Zone) (*Zone, *Zone) {
	switch {
	case a == nil:
		return b, b
	case b == nil:
		return a, a
	}
	return a, b
}

// cmpString compares UTF-8 bytes, which is the order of code points.
func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func cmpDateTime(a, b DateTime) int {
	as, an := a.seconds()
	bs, bn := b.seconds()
	if as != bs {
		return cmpInt(as, bs)
	}
	return cmpInt(an, bn)
}

// Same is the built-in "is": both values are the same element of the semantic domain, zones included.
func Same(a, b Value) bool {
	if kindOf(a) != kindOf(b) {
		return false
	}
	switch x := a.(type) {
	case Time:
		y := b.(Time)
		return x.nanos == y.nanos && x.zone.same(y.zone)
	case DateTime:
		y := b.(DateTime)
		return x.date == y.date && x.nanos == y.nanos && x.zone.same(y.zone)
	}
	return Equal(a, b) == true
}
