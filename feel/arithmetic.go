package feel

import "github.com/cockroachdb/apd/v3"

// arithmetic is + - * / ** by the kinds of both sides (DMN 1.5 §10.3.2.13, tables 46 to 51).
func (r *run) arithmetic(at span, op string, a, b Value) Value {
	if x, ok := a.(Number); ok {
		if y, ok := b.(Number); ok {
			return r.numbers(at, op, x, y)
		}
	}
	v, ok := mixed(op, a, b)
	if !ok {
		return r.fail(at, "%s %s %s has no result", describe(a), op, describe(b))
	}
	if s, isString := v.(string); isString && !r.size(len(s)) {
		return nil
	}
	return v
}

func (r *run) numbers(at span, op string, x, y Number) Value {
	if op == "**" && !r.step(powerSteps(y)) {
		return nil
	}
	n, ok := operations[op](x, y)
	switch {
	case ok:
		return n
	case op == "/" && y.Sign() == 0:
		return r.fail(at, "division by zero")
	}
	return r.fail(at, "%s %s %s has no result in decimal128", x, op, y)
}

// powerSteps is the work of raising to the power of y.
func powerSteps(y Number) int {
	if e, ok := y.Int64(); ok && e >= -100 && e <= 100 {
		return 1
	}
	return costlySteps
}

// mixed is arithmetic with anything but two numbers.
func mixed(op string, a, b Value) (Value, bool) {
	switch op {
	case "+":
		if v, ok := plus(a, b); ok {
			return v, true
		}
		if isDuration(a) && !isDuration(b) {
			return plus(b, a)
		}
	case "-":
		return minus(a, b)
	case "*":
		if n, ok := a.(Number); ok {
			return times(b, n)
		}
		if n, ok := b.(Number); ok {
			return times(a, n)
		}
	case "/":
		return divided(a, b)
	}
	return nil, false
}

func isDuration(v Value) bool {
	switch v.(type) {
	case YearsMonths, DaysTime:
		return true
	}
	return false
}

func plus(a, b Value) (Value, bool) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x + y, true
		}
	case YearsMonths:
		if y, ok := b.(YearsMonths); ok {
			s, ok := addInt(int64(x), int64(y))
			return YearsMonths(s), ok
		}
	case DaysTime:
		if y, ok := b.(DaysTime); ok {
			return orNull(x.Add(y))
		}
	case Date, Time, DateTime:
		return shift(a, b)
	}
	return nil, false
}

// orNull drops the value when there is none.
func orNull[T any](v T, ok bool) (Value, bool) {
	if !ok {
		return nil, false
	}
	return v, true
}

// shift moves a temporal by a duration.
func shift(a, by Value) (Value, bool) {
	switch d := by.(type) {
	case YearsMonths:
		switch x := a.(type) {
		case Date:
			return orNull(x.AddMonths(int64(d)))
		case DateTime:
			return orNull(x.addMonths(int64(d)))
		}
	case DaysTime:
		switch x := a.(type) {
		case Date:
			t, ok := DateTime{date: x, zone: UTC}.add(d)
			return orNull(t.date, ok)
		case DateTime:
			return orNull(x.add(d))
		case Time:
			return x.add(d), true
		}
	}
	return nil, false
}

func minus(a, b Value) (Value, bool) {
	switch y := b.(type) {
	case YearsMonths:
		return plus(a, -y)
	case DaysTime:
		return plus(a, y.Neg())
	case Time:
		if x, ok := a.(Time); ok && (x.zone == nil) == (y.zone == nil) {
			n := x.value() - y.value()
			return daysTime(floorDiv(n, 1e9), floorMod(n, 1e9)), true
		}
	case Date, DateTime:
		x, ok1 := moment(a)
		z, ok2 := moment(b)
		if ok1 && ok2 && (x.zone == nil) == (z.zone == nil) {
			return elapsed(z, x), true
		}
	}
	return nil, false
}

// moment takes a date as its midnight in UTC.
func moment(v Value) (DateTime, bool) {
	switch v := v.(type) {
	case Date:
		return DateTime{date: v, zone: UTC}, true
	case DateTime:
		return v, true
	}
	return DateTime{}, false
}

// elapsed is the time from one moment to another.
func elapsed(from, to DateTime) DaysTime {
	s1, n1 := from.seconds()
	s2, n2 := to.seconds()
	sec, nanos := s2-s1, n2-n1
	if nanos < 0 {
		sec, nanos = sec-1, nanos+1e9
	}
	return daysTime(sec, nanos)
}

func times(a Value, n Number) (Value, bool) {
	switch x := a.(type) {
	case YearsMonths:
		p, ok := Int(int64(x)).Mul(n)
		if !ok {
			return nil, false
		}
		return wholeMonths(p)
	case DaysTime:
		p, ok := x.seconds().Mul(n)
		if !ok {
			return nil, false
		}
		return orNull(daysTimeOfSeconds(p))
	}
	return nil, false
}

// wholeMonths cuts a number of months towards zero.
func wholeMonths(n Number) (Value, bool) {
	n, _ = n.Round(0, apd.RoundDown)
	m, ok := n.Int64()
	return YearsMonths(m), ok
}

func divided(a, b Value) (Value, bool) {
	if n, ok := b.(Number); ok {
		switch x := a.(type) {
		case YearsMonths:
			q, ok := Int(int64(x)).Quo(n)
			if !ok {
				return nil, false
			}
			return wholeMonths(q)
		case DaysTime:
			q, ok := x.seconds().Quo(n)
			if !ok {
				return nil, false
			}
			return orNull(daysTimeOfSeconds(q))
		}
		return nil, false
	}
	switch x := a.(type) {
	case YearsMonths:
		if y, ok := b.(YearsMonths); ok {
			return orNull(Int(int64(x)).Quo(Int(int64(y))))
		}
	case DaysTime:
		if y, ok := b.(DaysTime); ok {
			return orNull(x.seconds().Quo(y.seconds()))
		}
	}
	return nil, false
}
