package feel

import (
	endian "encoding/binary"
	"math/bits"

	"github.com/cockroachdb/apd/v3"
)

// uint192 is a number of three words, the lowest first; uint128 one of two.
type (
	uint192 [3]uint64
	uint128 struct{ hi, lo uint64 }
)

// times multiplies by one word; the caller knows that the product fits.
func (u uint192) times(m uint64) uint192 {
	h0, l0 := bits.Mul64(u[0], m)
	h1, l1 := bits.Mul64(u[1], m)
	_, l2 := bits.Mul64(u[2], m)
	l1, c := bits.Add64(l1, h0, 0)
	l2, _ = bits.Add64(l2, h1, c)
	return uint192{l0, l1, l2}
}

// div divides by one word; the caller knows that the quotient fits two words.
func (u uint192) div(d uint64) (q uint128, rest uint64) {
	rest = u[2] % d
	q.hi, rest = bits.Div64(rest, u[1], d)
	q.lo, rest = bits.Div64(rest, u[0], d)
	return q, rest
}

func (u uint128) less(v uint128) bool { return u.hi < v.hi || u.hi == v.hi && u.lo < v.lo }

func (u uint128) next() uint128 {
	lo, c := bits.Add64(u.lo, 1, 0)
	return uint128{u.hi + c, lo}
}

// The least numbers of 34 and of 35 digits.
var (
	tenTo33 = uint128{0x314dc6448d93, 0x38c15b0a00000000}
	tenTo34 = uint128{0x1ed09bead87c0, 0x378d8e6400000000}
)

// quoLong divides small numbers whose quotient does not end: 34 digits, half to even.
func (n Number) quoLong(m Number) (Number, bool) {
	if n.big != nil || m.big != nil || n.coef == 0 {
		return Number{}, false
	}
	a, d := absInt(n.coef), absInt(m.coef)
	scale := 33 - digitCount(a) + digitCount(d)
	q, rest := scaled(a, scale).div(d)
	if q.less(tenTo33) {
		scale++
		q, rest = scaled(a, scale).div(d)
	}
	if twice := 2 * rest; twice > d || twice == d && q.lo&1 == 1 {
		if q = q.next(); !q.less(tenTo34) {
			q, scale = tenTo33, scale-1
		}
	}
	r := &apd.Decimal{Negative: (n.coef < 0) != (m.coef < 0), Exponent: n.exp - m.exp - int32(scale)}
	var bytes [16]byte // 128 bits stay inside the BigInt, without allocating
	endian.BigEndian.PutUint64(bytes[:8], q.hi)
	endian.BigEndian.PutUint64(bytes[8:], q.lo)
	r.Coeff.SetBytes(bytes[:])
	if rest == 0 {
		return Number{big: r}.trimmed(n.exp - m.exp), true
	}
	return Number{big: r}, true
}

// scaled is a·10^by for by up to 51.
func scaled(a uint64, by int) uint192 {
	u := uint192{a, 0, 0}
	for ; by > maxScale; by -= maxScale {
		u = u.times(uint64(pow10[maxScale]))
	}
	return u.times(uint64(pow10[by]))
}

// digitCount is the number of decimal digits, 1 to 19.
func digitCount(u uint64) int {
	n := bits.Len64(u) * 1233 >> 12 // log10(2) ≈ 1233/4096
	if n >= len(pow10) || u < uint64(pow10[n]) {
		return max(n, 1)
	}
	return n + 1
}

// cmpMagnitude compares a number of up to 34 digits with a small one of the same sign, without allocating;
// false when it has to be done the long way.
func cmpMagnitude(b *apd.Decimal, n Number) (int, bool) {
	c, words := absInt(n.coef), b.Coeff.Bits()
	if bits.UintSize != 64 || len(words) == 0 || len(words) > 2 || c == 0 {
		return 0, false
	}
	digits := int(b.NumDigits())
	if o := cmpInt(int64(digits)+int64(b.Exponent), int64(digitCount(c))+int64(n.exp)); o != 0 {
		return o, true
	}
	by := digits - digitCount(c) // both have as many digits then
	if by < 0 {
		return 0, false
	}
	x := uint128{lo: uint64(words[0])}
	if len(words) == 2 {
		x.hi = uint64(words[1])
	}
	u := scaled(c, by)
	y := uint128{u[1], u[0]}
	switch {
	case x.less(y):
		return -1, true
	case y.less(x):
		return 1, true
	}
	return 0, true
}
