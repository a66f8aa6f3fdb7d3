package feel

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// Number is a decimal128 number: 34 digits, rounding half to even (DMN 1.5
// §10.3.2.3.1). It keeps its scale, so 1.50 prints as 1.50 and equals 1.5.
// The zero Number is 0. Numbers are values: nothing changes one in place.
type Number struct {
	// A small number is coef·10^exp with |coef| < 10^18 and |exp| ≤ 18, and has no big part.
	coef int64
	exp  int32
	big  *apd.Decimal
}

const (
	maxCoef  = 1_000_000_000_000_000_000 // exclusive bound of small coefficients
	maxScale = 18                        // bound of small exponents
)

var (
	errNotNumber = errors.New("not a decimal number")
	pow10        = [...]int64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}
)

// decimal128 is the arithmetic of every operation that leaves the small range.
var decimal128 = apd.Context{Precision: 34, MaxExponent: 6144, MinExponent: -6143, Rounding: apd.RoundHalfEven}

// Int is the Number of an integer.
func Int(i int64) Number {
	if i > -maxCoef && i < maxCoef {
		return Number{coef: i}
	}
	return Number{big: apd.New(i, 0)}
}

// ParseNumber reads a decimal number: digits with an optional sign, point and
// exponent (as JSON has them). It rounds to 34 digits.
func ParseNumber(s string) (Number, error) {
	if n, ok := parseSmall(s); ok {
		return n, nil
	}
	if !plainNumber(s) {
		return Number{}, errNotNumber
	}
	d, cond, err := decimal128.NewFromString(s)
	if err != nil {
		return Number{}, errNotNumber
	}
	n, ok := fromBig(d, cond)
	if !ok {
		return Number{}, errors.New("number out of the range of decimal128")
	}
	return n, nil
}

// parseSmall reads [-]digits[.digits] of at most 18 digits without allocating.
func parseSmall(s string) (Number, bool) {
	neg := strings.HasPrefix(s, "-")
	digits := s
	if neg {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 19 {
		return Number{}, false
	}
	var coef int64
	var count, scale int
	point := -1
	for i := 0; i < len(digits); i++ {
		c := digits[i]
		switch {
		case c >= '0' && c <= '9':
			coef = coef*10 + int64(c-'0')
			count++
			if point >= 0 {
				scale++
			}
		case c == '.' && point < 0:
			point = i
		default:
			return Number{}, false
		}
		if count > 18 {
			return Number{}, false
		}
	}
	if count == 0 {
		return Number{}, false
	}
	if neg {
		coef = -coef
	}
	return Number{coef: coef, exp: -int32(scale)}, true
}

// plainNumber keeps out what apd would read but FEEL and JSON do not have (NaN, Infinity, underscores).
func plainNumber(s string) bool {
	digits := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-':
		default:
			return false
		}
	}
	return digits && len(s) < 10_000
}

// Float is the Number with the shortest decimal text that reads back as f; false for NaN and infinities.
func Float(f float64) (Number, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Number{}, false
	}
	n, err := ParseNumber(strconv.FormatFloat(f, 'g', -1, 64))
	return n, err == nil
}

// fromBig takes ownership of d. It answers false when the operation had no finite result.
func fromBig(d *apd.Decimal, cond apd.Condition) (Number, bool) {
	if d.Form != apd.Finite || cond.Overflow() || cond.InvalidOperation() || cond.DivisionByZero() || cond.DivisionUndefined() {
		return Number{}, false
	}
	if d.IsZero() {
		d.Negative = false // FEEL has one zero
	}
	if d.Exponent >= -maxScale && d.Exponent <= maxScale && d.Coeff.IsInt64() {
		if c := d.Coeff.Int64(); c < maxCoef {
			if d.Negative {
				c = -c
			}
			return Number{coef: c, exp: d.Exponent}, true
		}
	}
	return Number{big: d}, true
}

// decimal gives the number as an apd decimal that must not be changed.
func (n Number) decimal(buf *apd.Decimal) *apd.Decimal {
	if n.big != nil {
		return n.big
	}
	buf.SetFinite(n.coef, n.exp)
	return buf
}

// Decimal gives a copy of the number as an apd decimal.
func (n Number) Decimal() *apd.Decimal {
	d := new(apd.Decimal)
	return d.Set(n.decimal(new(apd.Decimal)))
}

// Sign is -1, 0 or +1.
func (n Number) Sign() int {
	if n.big != nil {
		return n.big.Sign()
	}
	switch {
	case n.coef < 0:
		return -1
	case n.coef > 0:
		return 1
	}
	return 0
}

// Cmp is -1, 0 or +1 as n is less than, equal to or greater than m, whatever their scales.
func (n Number) Cmp(m Number) int {
	if n.big == nil && m.big == nil {
		a, b := n.coef, m.coef
		if n.exp == m.exp || align(&a, n.exp, &b, m.exp) {
			switch {
			case a < b:
				return -1
			case a > b:
				return 1
			}
			return 0
		}
	}
	sign := n.Sign()
	switch {
	case sign != m.Sign():
		return cmpInt(int64(sign), int64(m.Sign()))
	case n.big != nil && m.big == nil:
		if o, ok := cmpMagnitude(n.big, m); ok {
			return o * sign
		}
	case n.big == nil && m.big != nil:
		if o, ok := cmpMagnitude(m.big, n); ok {
			return -o * sign
		}
	}
	var x, y apd.Decimal
	return n.decimal(&x).Cmp(m.decimal(&y))
}

// align scales the coefficient with the higher exponent up to the lower exponent; false when it does not fit.
func align(a *int64, ae int32, b *int64, be int32) bool {
	if ae < be {
		return scaleUp(b, int(be-ae))
	}
	return scaleUp(a, int(ae-be))
}

func scaleUp(c *int64, by int) bool {
	if *c == 0 || by == 0 {
		return true
	}
	if by >= len(pow10) {
		return false
	}
	p, ok := mulSmall(*c, pow10[by])
	*c = p
	return ok
}

// mulSmall multiplies within the bound of small coefficients.
func mulSmall(a, b int64) (int64, bool) {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(absInt(a), absInt(b))
	if hi != 0 || lo >= maxCoef {
		return 0, false
	}
	if neg {
		return -int64(lo), true
	}
	return int64(lo), true
}

func absInt(i int64) uint64 {
	if i < 0 {
		return uint64(-i)
	}
	return uint64(i)
}

// Add is n+m; false on overflow.
func (n Number) Add(m Number) (Number, bool) {
	if n.big == nil && m.big == nil {
		a, b := n.coef, m.coef
		if n.exp == m.exp || align(&a, n.exp, &b, m.exp) {
			if s := a + b; s > -maxCoef && s < maxCoef {
				return Number{coef: s, exp: min(n.exp, m.exp)}, true
			}
		}
	}
	return n.bigOp(m, decimal128.Add)
}

// Sub is n-m; false on overflow.
func (n Number) Sub(m Number) (Number, bool) { return n.Add(m.Neg()) }

// Neg is -n.
func (n Number) Neg() Number {
	if n.big == nil {
		return Number{coef: -n.coef, exp: n.exp}
	}
	d := n.Decimal()
	d.Negative = !d.Negative && !d.IsZero()
	return Number{big: d}
}

// Abs is the magnitude of n.
func (n Number) Abs() Number {
	if n.Sign() < 0 {
		return n.Neg()
	}
	return n
}

// Mul is n·m; false on overflow.
func (n Number) Mul(m Number) (Number, bool) {
	if n.big == nil && m.big == nil {
		if exp := n.exp + m.exp; exp >= -maxScale && exp <= maxScale {
			if p, ok := mulSmall(n.coef, m.coef); ok {
				return Number{coef: p, exp: exp}, true
			}
		}
	}
	return n.bigOp(m, decimal128.Mul)
}

// Quo is n/m; false for a zero divisor and on overflow.
func (n Number) Quo(m Number) (Number, bool) {
	if m.Sign() == 0 {
		return Number{}, false
	}
	if q, ok := n.quoExact(m); ok {
		return q, true
	}
	if q, ok := n.quoLong(m); ok {
		return q, true
	}
	q, ok := n.bigOp(m, decimal128.Quo)
	return q.trimmed(n.exponent() - m.exponent()), ok
}

func (n Number) exponent() int32 {
	if n.big != nil {
		return n.big.Exponent
	}
	return n.exp
}

// trimmed drops zeros at the end, as long as the exponent stays at or below the one IEEE 754 prefers for
// the operation. The value stays the same.
func (n Number) trimmed(ideal int32) Number {
	if n.exponent() >= ideal || n.big != nil && n.big.Coeff.Bit(0) == 1 { // odd numbers end in no zero
		return n
	}
	d := n.Decimal()
	d.Reduce(d)
	if d.Exponent > ideal {
		c := decimal128
		if _, err := c.Quantize(d, d, ideal); err != nil {
			return n
		}
	}
	r, ok := fromBig(d, 0)
	if !ok {
		return n
	}
	return r
}

// quoExact divides small numbers whose quotient is a short decimal, with the scale IEEE 754 prefers.
func (n Number) quoExact(m Number) (Number, bool) {
	if n.big != nil || m.big != nil {
		return Number{}, false
	}
	c, exp := n.coef, n.exp-m.exp
	if exp > maxScale {
		return Number{}, false
	}
	for ; exp >= -maxScale; exp-- {
		if c%m.coef == 0 {
			return Number{coef: c / m.coef, exp: exp}, true
		}
		if !scaleUp(&c, 1) {
			break
		}
	}
	return Number{}, false
}

func (n Number) bigOp(m Number, op func(d, x, y *apd.Decimal) (apd.Condition, error)) (Number, bool) {
	var x, y apd.Decimal
	d := new(apd.Decimal)
	cond, err := op(d, n.decimal(&x), m.decimal(&y))
	if err != nil {
		return Number{}, false
	}
	return fromBig(d, cond)
}

// Pow is n to the power of m; false when there is no real result or it overflows.
func (n Number) Pow(m Number) (Number, bool) {
	if e, ok := m.Int64(); ok && e >= 0 && e <= 64 && n.big == nil {
		if p, ok := n.powSmall(e); ok {
			return p, true
		}
	}
	if n.Sign() == 0 && m.Sign() < 0 {
		return Number{}, false
	}
	if m.Sign() == 0 {
		return Int(1), true
	}
	p, ok := n.bigOp(m, decimal128.Pow)
	return p.trimmed(0), ok
}

func (n Number) powSmall(e int64) (Number, bool) {
	r := Int(1)
	for ; e > 0; e-- {
		exp := r.exp + n.exp
		c, ok := mulSmall(r.coef, n.coef)
		if !ok || exp < -maxScale || exp > maxScale {
			return Number{}, false
		}
		r = Number{coef: c, exp: exp}
	}
	return r, true
}

// unary runs one of apd's functions of one argument.
func (n Number) unary(op func(d, x *apd.Decimal) (apd.Condition, error)) (Number, bool) {
	var x apd.Decimal
	d := new(apd.Decimal)
	cond, err := op(d, n.decimal(&x))
	if err != nil {
		return Number{}, false
	}
	r, ok := fromBig(d, cond)
	return r.trimmed(0), ok
}

// Round rounds n to scale digits after the point (negative: before it).
func (n Number) Round(scale int32, mode apd.Rounder) (Number, bool) {
	var x apd.Decimal
	d := n.decimal(&x)
	if d.Exponent >= -scale && scale >= 0 {
		return n, true // nothing to cut; the value is the same with zeros appended
	}
	if unit, ok := n.roundTiny(scale, mode); ok {
		return unit, true
	}
	c := apd.Context{Precision: 7000, MaxExponent: 7000, MinExponent: -7000, Rounding: mode}
	r := new(apd.Decimal)
	cond, err := c.Quantize(r, d, -scale)
	if err != nil {
		return Number{}, false
	}
	if r.NumDigits() > int64(decimal128.Precision) {
		if _, err := decimal128.Round(r, r); err != nil {
			return Number{}, false
		}
	}
	return fromBig(r, cond)
}

// roundTiny rounds a number that is far below half a unit of the last place: to zero, or to one unit.
func (n Number) roundTiny(scale int32, mode apd.Rounder) (Number, bool) {
	var x apd.Decimal
	d := n.decimal(&x)
	if d.IsZero() || d.NumDigits()+int64(d.Exponent) >= -int64(scale) {
		return Number{}, false
	}
	unit := &apd.Decimal{Negative: d.Negative, Exponent: -scale}
	if mode == apd.RoundUp || mode == apd.RoundCeiling && !d.Negative || mode == apd.RoundFloor && d.Negative {
		unit.Coeff.SetInt64(1)
	}
	return fromBig(unit, 0)
}

// Floor is the greatest integer not above n.
func (n Number) Floor() Number {
	r, _ := n.Round(0, apd.RoundFloor)
	return r
}

// IsInt reports whether n has no fraction.
func (n Number) IsInt() bool {
	if n.big == nil && n.exp >= 0 {
		return true
	}
	return n.Cmp(n.Floor()) == 0
}

// Int64 is the number as an integer; false when it has a fraction or does not fit.
func (n Number) Int64() (int64, bool) {
	if n.big == nil {
		c := n.coef
		if n.exp >= 0 {
			ok := scaleUp(&c, int(n.exp))
			return c, ok
		}
		p := pow10[-n.exp]
		return c / p, c%p == 0
	}
	var r apd.Decimal
	r.Reduce(n.big)
	i, err := r.Int64()
	return i, err == nil
}

// Float64 is the nearest float, for statistics and charts, never for money.
func (n Number) Float64() float64 {
	f, err := strconv.ParseFloat(n.text(), 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

func (n Number) text() string {
	var x apd.Decimal
	return n.decimal(&x).Text('G')
}

// String is the plain decimal text, never with an exponent.
func (n Number) String() string {
	if n.big == nil && (n.exp == 0 || n.coef == 0 && n.exp > 0) {
		return strconv.FormatInt(n.coef, 10)
	}
	var x apd.Decimal
	return n.decimal(&x).Text('f')
}
