package feel

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// drawNumber gives numbers of all sizes, mostly small ones.
func drawNumber(t *rapid.T, label string) Number {
	digits := rapid.StringMatching(`-?([0-9]{1,6}|[0-9]{1,18}|[0-9]{20,34})`).Draw(t, label)
	d, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		t.Fatal(digits)
	}
	exp := rapid.IntRange(-20, 6).Draw(t, label+" exponent")
	n, err := ParseNumber(d.String() + "e" + big.NewInt(int64(exp)).String())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rat is the exact value.
func rat(t *rapid.T, n Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.text())
	if !ok {
		t.Fatal(n.text())
	}
	return r
}

// round34 rounds to 34 digits, half to even, by integer arithmetic alone.
func round34(r *big.Rat) *big.Rat {
	if r.Sign() == 0 {
		return r
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(34), nil)
	low := new(big.Int).Exp(big.NewInt(10), big.NewInt(33), nil)
	abs := new(big.Rat).Abs(r)
	scale := new(big.Rat).SetInt64(1)
	ten := big.NewRat(10, 1)
	for new(big.Rat).Mul(abs, scale).Cmp(new(big.Rat).SetInt(limit)) >= 0 {
		scale.Quo(scale, ten)
	}
	for new(big.Rat).Mul(abs, scale).Cmp(new(big.Rat).SetInt(low)) < 0 {
		scale.Mul(scale, ten)
	}
	x := new(big.Rat).Mul(abs, scale)
	q, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	switch new(big.Int).Lsh(rest, 1).Cmp(x.Denom()) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, new(big.Int).And(q, big.NewInt(1)))
	}
	out := new(big.Rat).Quo(new(big.Rat).SetInt(q), scale)
	if r.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// TestArithmeticAgreesWithRationals holds + - * / and the order against exact rational arithmetic.
func TestArithmeticAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNumber(t, "a"), drawNumber(t, "b")
		x, y := rat(t, a), rat(t, b)
		check := func(op string, got Number, ok bool, want *big.Rat) {
			if want = round34(want); !ok || rat(t, got).Cmp(want) != 0 {
				t.Fatalf("%s %s %s = %s, want %s", a.text(), op, b.text(), got.text(), want.FloatString(40))
			}
		}
		sum, ok := a.Add(b)
		check("+", sum, ok, new(big.Rat).Add(x, y))
		diff, ok := a.Sub(b)
		check("-", diff, ok, new(big.Rat).Sub(x, y))
		product, ok := a.Mul(b)
		check("*", product, ok, new(big.Rat).Mul(x, y))
		if b.Sign() != 0 {
			q, ok := a.Quo(b)
			check("/", q, ok, new(big.Rat).Quo(x, y))
			if got, want := q.Cmp(a), rat(t, q).Cmp(x); got != want {
				t.Fatalf("%s against %s: %d, want %d", q.text(), a.text(), got, want)
			}
		}
		if got, want := a.Cmp(b), x.Cmp(y); got != want {
			t.Fatalf("%s against %s: %d, want %d", a.text(), b.text(), got, want)
		}
		if n, err := ParseNumber(a.String()); err != nil || n.Cmp(a) != 0 {
			t.Fatalf("%s reads back as %s: %v", a, n, err)
		}
	})
}
