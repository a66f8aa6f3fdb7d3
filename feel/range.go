package feel

// Range is a range of comparable values (DMN 1.5 §10.3.2.7). A nil bound is
// open to infinity when its Unbounded flag is set, as in (< 10); otherwise it
// is null, and whether a value lies in such a range is unknown.
type Range struct {
	Low, High                   Value
	LowIncluded, HighIncluded   bool
	LowUnbounded, HighUnbounded bool
}

// Contains is three-valued: true, false, or nil when the bounds and v do not compare.
func (r *Range) Contains(v Value) Value {
	low := boundHolds(v, r.Low, r.LowIncluded, r.LowUnbounded, 1)
	high := boundHolds(v, r.High, r.HighIncluded, r.HighUnbounded, -1)
	return and3(low, high)
}

// boundHolds compares v with one bound; side is 1 for the low bound, -1 for the high one.
func boundHolds(v, bound Value, included, unbounded bool, side int) Value {
	if unbounded {
		return true
	}
	c, ok := Compare(v, bound)
	if !ok {
		return nil
	}
	return c*side > 0 || included && c == 0
}

// and3 is the conjunction of three-valued logic; anything but a boolean counts as null.
func and3(a, b Value) Value {
	switch {
	case a == false || b == false:
		return false
	case a == true && b == true:
		return true
	}
	return nil
}

// or3 is the disjunction of three-valued logic.
func or3(a, b Value) Value {
	switch {
	case a == true || b == true:
		return true
	case a == false && b == false:
		return false
	}
	return nil
}
