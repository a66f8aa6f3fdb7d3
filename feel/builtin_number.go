package feel

import "github.com/cockroachdb/apd/v3"

// numberFunctions are DMN 1.5 §10.3.4.5, table 75.
var numberFunctions = []*Builtin{
	define("decimal", "number", of("n: number, scale: number", rounding(apd.RoundHalfEven))).
		example(`decimal(1/3, 2) → 0.33`, `decimal(2.5, 0) → 2`),
	define("floor", "number", of("n: number, scale?: number", rounding(apd.RoundFloor))).
		example(`floor(-1.5) → -2`, `floor(-1.56, 1) → -1.6`),
	define("ceiling", "number", of("n: number, scale?: number", rounding(apd.RoundCeiling))).
		example(`ceiling(-1.5) → -1`, `ceiling(-1.56, 1) → -1.5`),
	define("round up", "number", of("n: number, scale: number", rounding(apd.RoundUp))).
		example(`round up(5.5, 0) → 6`, `round up(-1.126, 2) → -1.13`),
	define("round down", "number", of("n: number, scale: number", rounding(apd.RoundDown))).
		example(`round down(5.5, 0) → 5`, `round down(-1.126, 2) → -1.12`),
	define("round half up", "number", of("n: number, scale: number", rounding(apd.RoundHalfUp))).
		example(`round half up(5.5, 0) → 6`, `round half up(-1.125, 2) → -1.13`),
	define("round half down", "number", of("n: number, scale: number", rounding(apd.RoundHalfDown))).
		example(`round half down(5.5, 0) → 5`, `round half down(-1.126, 2) → -1.13`),
	define("abs", "Any",
		of("n: number", func(_ *Call, a []Value) Value { return a[0].(Number).Abs() }),
		of("n: duration", absDuration)).
		example(`abs(-10) → 10`, `abs(@"-PT5H") → PT5H`),
	define("modulo", "number", of("dividend: number, divisor: number", modulo)).
		example(`modulo(12, 5) → 2`, `modulo(-12, 5) → 3`, `modulo(10.1, 4.5) → 1.1`),
	define("sqrt", "number", of("number: number", func(c *Call, a []Value) Value {
		n, ok := a[0].(Number).unary(decimal128.Sqrt)
		return c.orWarn(n, ok, "a negative number has no root")
	})).example(`sqrt(16) → 4`),
	define("log", "number", of("number: number", func(c *Call, a []Value) Value {
		if !c.Step(costlySteps) {
			return nil
		}
		n, ok := a[0].(Number).unary(decimal128.Ln)
		return c.orWarn(n, ok && a[0].(Number).Sign() > 0, "only positive numbers have a logarithm")
	})).example(`decimal(log(10), 8) → 2.30258509`),
	define("exp", "number", of("number: number", func(c *Call, a []Value) Value {
		size, _ := whole(a[0].(Number).Abs())
		if !c.Step(2*costlySteps + int(min(size, 1e6)/2)) {
			return nil
		}
		n, ok := a[0].(Number).exponential()
		return c.orWarn(n, ok, "the result leaves decimal128")
	})).example(`decimal(exp(5), 8) → 148.41315910`),
	define("odd", "boolean", of("number: number", parity(true))).example(`odd(5) → true`),
	define("even", "boolean", of("number: number", parity(false))).example(`even(5) → false`),
}

// costlySteps is the work of a logarithm, as measured against an iteration of a loop.
const costlySteps = 100

// exponential is e to the power of n.
func (n Number) exponential() (Number, bool) { return n.unary(decimal128.Exp) }

// Scales outside decimal128's are refused (DMN 1.5 table 75).
const (
	minScale128 = -6111
	maxScale128 = 6176
)

func rounding(mode apd.Rounder) func(*Call, []Value) Value {
	return func(c *Call, a []Value) Value {
		scale := int64(0)
		if s, given := a[1].(Number); given {
			var ok bool
			if scale, ok = whole(s); !ok || scale < minScale128 || scale > maxScale128 {
				c.Warn("the scale must lie between -6111 and 6176")
				return nil
			}
		}
		n, ok := a[0].(Number).Round(int32(scale), mode)
		return c.orWarn(n, ok, "the number cannot be rounded to this scale")
	}
}

// whole is the number without its fraction, if it fits.
func whole(n Number) (int64, bool) {
	n, ok := n.Round(0, apd.RoundDown)
	if !ok {
		return 0, false
	}
	return n.Int64()
}

func absDuration(_ *Call, a []Value) Value {
	switch d := a[0].(type) {
	case YearsMonths:
		return max(d, -d)
	case DaysTime:
		if d.Sign() < 0 {
			return d.Neg()
		}
	}
	return a[0]
}

// modulo is dividend - divisor·floor(dividend/divisor).
func modulo(c *Call, a []Value) Value {
	x, y := a[0].(Number), a[1].(Number)
	q, ok := x.Quo(y)
	if !ok {
		c.Warn("division by zero")
		return nil
	}
	if q.exponent() > 0 {
		c.Warn("the quotient has more than 34 digits")
		return nil
	}
	p, ok1 := y.Mul(q.Floor())
	m, ok2 := x.Sub(p)
	return c.orWarn(m, ok1 && ok2, "the result leaves decimal128")
}

func parity(odd bool) func(*Call, []Value) Value {
	return func(c *Call, a []Value) Value {
		n := a[0].(Number)
		half, _ := n.Quo(Int(2))
		if !n.IsInt() {
			return false
		}
		return half.IsInt() != odd
	}
}
