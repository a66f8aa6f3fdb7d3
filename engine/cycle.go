package engine

import (
	"cmp"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/adhocore/gronx"

	"github.com/quancheng/quancheng/feel"
)

// cycle is an ISO 8601 repeating interval or a cron line. Its moments are counted
// from where it begins, so that one that begins on the 31st comes at the end of
// each month, and does not slip to the 28th for good.
type cycle struct {
	times int       // 0: no end
	start time.Time // zero: it begins when it is armed
	end   time.Time // zero: none
	every string
	cron  string
	zone  *time.Location // of its calendar: that of its start, else the engine's
}

// readCycle reads R<n>/P…, R<n>/<start>/P…, R<n>/P…/<end>, or a cron line of five
// or six fields. A zone id in start or end may hold slashes.
func readCycle(s string, zone *time.Location) (cycle, bool) {
	c := cycle{zone: zone}
	if !strings.HasPrefix(s, "R") {
		if strings.HasPrefix(s, "P") {
			_, ok := after(time.Time{}, s, zone)
			c.every = s
			return c, ok
		}
		c.cron = s
		return c, gronx.IsValid(s)
	}
	times, rest, _ := strings.Cut(s, "/")
	if n := strings.TrimPrefix(times, "R"); n != "" && n != "-1" {
		count, err := strconv.Atoi(n)
		if err != nil || count < 1 {
			return c, false
		}
		c.times = count
	}
	ok := true
	if strings.HasPrefix(rest, "P") {
		var end string
		var bounded bool
		if c.every, end, bounded = strings.Cut(rest, "/"); bounded {
			c.end, ok = moment(end, zone)
		}
	} else if at := strings.LastIndex(rest, "/P"); at > 0 {
		c.every = rest[at+1:]
		c.start, ok = moment(rest[:at], zone)
		c.zone = c.start.Location()
	}
	if !ok {
		return c, false
	}
	_, ok = after(time.Time{}, c.every, zone)
	return c, ok
}

// first is the first moment of a cycle that is armed now.
func (c cycle) first(now time.Time) (time.Time, bool) {
	if !c.start.IsZero() {
		return c.start, true
	}
	return c.next(now, now)
}

// next is the moment after t of a cycle that was armed at begun. Of one that a
// former release has armed nobody knows when: it is counted from t.
func (c cycle) next(begun, t time.Time) (time.Time, bool) {
	if c.cron != "" {
		next, err := gronx.NextTickAfter(c.cron, t.In(c.zone), false)
		return next, err == nil
	}
	if !c.start.IsZero() {
		begun = c.start
	}
	if begun.IsZero() {
		begun = t
	}
	next, ok := c.afterBeginning(begun, t)
	return next, ok && next.After(t) && (c.end.IsZero() || !next.After(c.end))
}

// afterBeginning is the first begun + n × every, n from 1, that comes after t.
func (c cycle) afterBeginning(begun, t time.Time) (time.Time, bool) {
	d, ok := readDuration(c.every)
	if !ok {
		return time.Time{}, false
	}
	once, ok := d.after(begun, 1, c.zone)
	if !ok || !once.After(begun) {
		return time.Time{}, false
	}
	n := max(1, int(t.Sub(begun)/once.Sub(begun))-1) // the lengths of months differ: begin below, and go up
	for n > 1 {
		if at, ok := d.after(begun, n, c.zone); ok && !at.After(t) {
			break
		}
		n -= max(1, n/16)
	}
	for n = max(1, n); ; n++ {
		at, ok := d.after(begun, n, c.zone)
		if !ok || at.After(t) {
			return at, ok
		}
	}
}

// span is an ISO 8601 duration: units of the calendar, and an exact rest.
type span struct {
	months, days int
	clock        time.Duration
}

// latest is the year beyond which no moment can be stored.
const latest = 9999

// durationText is how ISO 8601 and XML Schema (part 2, §3.3.6) write a duration: units in their order, weeks besides, and of
// hours, minutes and seconds also fractions, with a point or a comma (ISO 8601 §5.5.2.4; XML Schema knows them of seconds alone).
var durationText = regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?` +
	`(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$`)

// readDuration reads an ISO 8601 duration. Years to days must be whole.
func readDuration(text string) (span, bool) {
	text = strings.TrimSpace(text)
	parts := durationText.FindStringSubmatch(text)
	if parts == nil || strings.HasSuffix(text, "P") || strings.HasSuffix(text, "T") {
		return span{}, false
	}
	var whole [4]int // years, months, weeks, days
	for i := range whole {
		n, err := strconv.Atoi(cmp.Or(parts[i+2], "0"))
		if err != nil || n > 1e6 {
			return span{}, false
		}
		whole[i] = n
	}
	clock := new(big.Rat)
	for i, unit := range []struct{ seconds, most int64 }{{3600, 1e6}, {60, 1e8}, {1, 1e10}} {
		n, ok := new(big.Rat).SetString(strings.Replace(cmp.Or(parts[i+6], "0"), ",", ".", 1))
		if !ok || n.Cmp(big.NewRat(unit.most, 1)) > 0 {
			return span{}, false
		}
		clock.Add(clock, n.Mul(n, big.NewRat(unit.seconds*1e9, 1)))
	}
	nanos := new(big.Int).Quo(clock.Num(), clock.Denom())
	if !nanos.IsInt64() {
		return span{}, false
	}
	s := span{whole[0]*12 + whole[1], whole[2]*7 + whole[3], time.Duration(nanos.Int64())}
	if parts[1] != "" {
		s = span{-s.months, -s.days, -s.clock}
	}
	return s, true
}

// after is t plus n times the span. Months that lead beyond the end of a month
// end on its last day, as in FEEL and XML Schema (part 2, appendix E); days keep
// the hour of the zone's clock; hours, minutes and seconds are exact.
func (s span) after(t time.Time, n int, zone *time.Location) (time.Time, bool) {
	if s.months != 0 && n > latest*12 || s.days != 0 && n > latest*366 ||
		s.clock != 0 && time.Duration(n) > (1<<62)/max(s.clock, -s.clock) {
		return time.Time{}, false
	}
	t = t.In(zone)
	year, month, day := t.Date()
	count := year*12 + int(month) - 1 + n*s.months
	year, month = floorDiv(count, 12), time.Month(count-12*floorDiv(count, 12)+1)
	day = min(day, time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day())
	hour, minute, second := t.Clock()
	at := t
	if s.months != 0 || s.days != 0 {
		at = feel.Moment(year, month, day+n*s.days, int64(hour*3600+minute*60+second)*1e9+int64(t.Nanosecond()), zone)
	}
	at = at.Add(time.Duration(n) * s.clock)
	return at, at.Year() <= latest && at.Year() > -latest
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// after is t plus an ISO 8601 duration in the calendar of a zone.
func after(t time.Time, text string, zone *time.Location) (time.Time, bool) {
	d, ok := readDuration(text)
	if !ok {
		return time.Time{}, false
	}
	return d.after(t, 1, zone)
}
