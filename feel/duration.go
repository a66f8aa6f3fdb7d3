package feel

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// YearsMonths is a years and months duration, counted in months.
type YearsMonths int64

// DaysTime is a days and time duration, exact to the nanosecond.
type DaysTime struct {
	sec  int64 // floor of the seconds
	nsec int32 // 0 to 999,999,999 above sec
}

// DaysTimeOf is the duration of a Go duration.
func DaysTimeOf(d time.Duration) DaysTime {
	return daysTime(floorDiv(int64(d), 1e9), floorMod(int64(d), 1e9))
}

func daysTime(sec, nanos int64) DaysTime { return DaysTime{sec, int32(nanos)} }

// Duration is the Go duration; false beyond ±292 years.
func (d DaysTime) Duration() (time.Duration, bool) {
	const bound = math.MaxInt64/1_000_000_000 - 1
	if d.sec < -bound || d.sec > bound {
		return 0, false
	}
	return time.Duration(d.sec*1e9 + int64(d.nsec)), true
}

// Sign is -1, 0 or +1.
func (d DaysTime) Sign() int {
	switch {
	case d.sec < 0:
		return -1
	case d.sec == 0 && d.nsec == 0:
		return 0
	}
	return 1
}

// Neg is the duration in the other direction.
func (d DaysTime) Neg() DaysTime {
	if d.nsec == 0 {
		return DaysTime{-d.sec, 0}
	}
	return DaysTime{-d.sec - 1, 1e9 - d.nsec}
}

// Add sums durations; false on overflow.
func (d DaysTime) Add(e DaysTime) (DaysTime, bool) {
	sec, ok := addInt(d.sec, e.sec)
	nanos := int64(d.nsec) + int64(e.nsec)
	if nanos >= 1e9 {
		nanos -= 1e9
		sec++
	}
	return daysTime(sec, nanos), ok && sec > math.MinInt64/2 && sec < math.MaxInt64/2
}

func addInt(a, b int64) (int64, bool) {
	s := a + b
	return s, (s > a) == (b > 0)
}

// cmp orders durations.
func (d DaysTime) cmp(e DaysTime) int {
	if d.sec != e.sec {
		return cmpInt(d.sec, e.sec)
	}
	return cmpInt(int64(d.nsec), int64(e.nsec))
}

func cmpInt(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// seconds is the exact number of seconds.
func (d DaysTime) seconds() Number {
	n, _ := Number{coef: int64(d.nsec), exp: -9}.Add(Int(d.sec))
	if d.nsec == 0 {
		return Int(d.sec)
	}
	return n.trimmed(0)
}

// daysTimeOfSeconds cuts to whole nanoseconds; false on overflow.
func daysTimeOfSeconds(n Number) (DaysTime, bool) {
	n, ok := n.Round(9, apd.RoundDown)
	if !ok {
		return DaysTime{}, false
	}
	whole := n.Floor()
	sec, ok := whole.Int64()
	if !ok || sec < math.MinInt64/2 || sec > math.MaxInt64/2 {
		return DaysTime{}, false
	}
	frac, _ := n.Sub(whole)
	nanos, _ := frac.Mul(Int(1e9))
	ns, _ := nanos.Int64()
	return daysTime(sec, ns), true
}

// parts splits the magnitude of a duration.
func (d DaysTime) parts() (days, hours, minutes, seconds, nanos int64, neg bool) {
	if d.Sign() < 0 {
		neg, d = true, d.Neg()
	}
	return d.sec / 86400, d.sec / 3600 % 24, d.sec / 60 % 60, d.sec % 60, int64(d.nsec), neg
}

// String is the ISO 8601 text, such as P1DT2H or -PT0.5S.
func (d DaysTime) String() string {
	days, h, m, s, nanos, neg := d.parts()
	var b strings.Builder
	if neg {
		b.WriteByte('-')
	}
	b.WriteByte('P')
	unit(&b, days, 'D')
	if d.Sign() != 0 && h == 0 && m == 0 && s == 0 && nanos == 0 {
		return b.String()
	}
	b.WriteByte('T')
	unit(&b, h, 'H')
	unit(&b, m, 'M')
	if s != 0 || nanos != 0 || d.Sign() == 0 {
		b.WriteString(strconv.FormatInt(s, 10))
		if nanos != 0 {
			f := strconv.FormatInt(1e9+nanos, 10)[1:]
			b.WriteString("." + strings.TrimRight(f, "0"))
		}
		b.WriteByte('S')
	}
	return b.String()
}

// String is the ISO 8601 text, such as P1Y2M or P0M.
func (d YearsMonths) String() string {
	var b strings.Builder
	n := int64(d)
	if n < 0 {
		b.WriteByte('-')
		n = -n
	}
	b.WriteByte('P')
	unit(&b, n/12, 'Y')
	if n%12 != 0 || n == 0 {
		b.WriteString(strconv.FormatInt(n%12, 10) + "M")
	}
	return b.String()
}

func unit(b *strings.Builder, n int64, letter byte) {
	if n != 0 {
		b.WriteString(strconv.FormatInt(n, 10))
		b.WriteByte(letter)
	}
}

// ParseDuration reads an ISO 8601 duration of one of FEEL's two kinds: a
// YearsMonths or a DaysTime. Texts that mix the kinds are not durations.
func ParseDuration(s string) (Value, bool) {
	rest, neg := strings.CutPrefix(s, "-")
	rest, ok := strings.CutPrefix(rest, "P")
	if !ok || rest == "" {
		return nil, false
	}
	date, clock, hasClock := strings.Cut(rest, "T")
	if hasClock && clock == "" {
		return nil, false
	}
	if !hasClock && !strings.HasSuffix(date, "D") {
		return parseYearsMonths(date, neg)
	}
	return parseDaysTime(date, clock, neg)
}

func parseYearsMonths(s string, neg bool) (Value, bool) {
	years, s, ok1 := leading(s, 'Y')
	months, s, ok2 := leading(s, 'M')
	total, ok3 := mulInt(years, 12)
	total, ok4 := addInt(total, months)
	if !ok1 || !ok2 || !ok3 || !ok4 || s != "" {
		return nil, false
	}
	if neg {
		total = -total
	}
	return YearsMonths(total), true
}

func parseDaysTime(date, clock string, neg bool) (Value, bool) {
	days, date, ok := leading(date, 'D')
	if !ok || date != "" {
		return nil, false
	}
	h, clock, ok1 := leading(clock, 'H')
	m, clock, ok2 := leading(clock, 'M')
	nanos := 0
	if i := strings.IndexByte(clock, '.'); i > 0 && strings.HasSuffix(clock, "S") {
		var rest string
		if nanos, rest, ok = fraction(clock[i:]); !ok || rest != "S" {
			return nil, false
		}
		clock = clock[:i] + "S"
	}
	s, clock, ok3 := leading(clock, 'S')
	if !ok1 || !ok2 || !ok3 || clock != "" {
		return nil, false
	}
	total := int64(0)
	for _, part := range [...]struct{ n, unit int64 }{{days, 86400}, {h, 3600}, {m, 60}, {s, 1}} {
		p, ok1 := mulInt(part.n, part.unit)
		t, ok2 := addInt(total, p)
		if total = t; !ok1 || !ok2 || t > math.MaxInt64/2 {
			return nil, false
		}
	}
	d := daysTime(total, int64(nanos))
	if neg {
		d = d.Neg()
	}
	return d, true
}

// leading reads digits that end in letter; nothing to read gives zero.
func leading(s string, letter byte) (n int64, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 || i == len(s) || s[i] != letter {
		return 0, s, true // not this unit; the caller sees what is left
	}
	n, err := strconv.ParseInt(s[:i], 10, 64)
	return n, s[i+1:], err == nil
}

func mulInt(a, b int64) (int64, bool) {
	p := a * b
	return p, a == 0 || p/a == b
}
