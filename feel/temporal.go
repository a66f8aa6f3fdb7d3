package feel

import (
	"fmt"
	"strings"
	"time"
)

// Date is a civil date without a zone (DMN 1.5 §10.3.2.3.5), years ±999,999,999.
type Date struct {
	year       int32
	month, day uint8
}

// Time is a time of day with an optional zone.
type Time struct {
	nanos int64 // since midnight, local
	zone  *Zone
}

// DateTime is a date and a time of day with an optional zone.
type DateTime struct {
	date  Date
	nanos int64
	zone  *Zone
}

const (
	maxYear  = 999_999_999
	dayNanos = int64(24 * time.Hour)
)

// NewDate is the civil date, or false when there is no such day.
func NewDate(year, month, day int) (Date, bool) {
	if year < -maxYear || year > maxYear || month < 1 || month > 12 || day < 1 || day > monthDays(year, month) {
		return Date{}, false
	}
	return Date{int32(year), uint8(month), uint8(day)}, true
}

// NewTime is a time of day; zone nil is local.
func NewTime(hour, minute, second, nanos int, zone *Zone) (Time, bool) {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || nanos < 0 || nanos > 999_999_999 {
		return Time{}, false
	}
	return Time{int64(hour*3600+minute*60+second)*1e9 + int64(nanos), zone}, true
}

// NewDateTime joins a date and a time of day.
func NewDateTime(d Date, t Time) DateTime { return DateTime{d, t.nanos, t.zone} }

// DateOf is the civil date of t in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{int32(y), uint8(m), uint8(d)}
}

// DateTimeOf is the moment t with its location as zone.
func DateTimeOf(t time.Time) DateTime {
	return DateTime{DateOf(t), clockNanos(t), ZoneOf(t.Location(), t)}
}

func clockNanos(t time.Time) int64 {
	h, m, s := t.Clock()
	return int64(h*3600+m*60+s)*1e9 + int64(t.Nanosecond())
}

// Year, Month and Day are the parts of the date.
func (d Date) Year() int { return int(d.year) }

// Month is 1 to 12.
func (d Date) Month() int { return int(d.month) }

// Day is 1 to 31.
func (d Date) Day() int { return int(d.day) }

// Weekday is 1 for Monday to 7 for Sunday.
func (d Date) Weekday() int { return int(floorMod(d.days()+3, 7)) + 1 }

// Time is midnight of the date in the location.
func (d Date) Time(loc *time.Location) time.Time {
	return Moment(int(d.year), time.Month(d.month), int(d.day), 0, loc)
}

// days counts days since 1970-01-01.
func (d Date) days() int64 {
	y, m := int64(d.year), int64(d.month)
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + int64(d.day) - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// dateOfDays is the inverse of days; false outside the years FEEL knows.
func dateOfDays(n int64) (Date, bool) {
	n += 719468
	era := floorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day, month, year := doy-(153*mp+2)/5+1, (mp+2)%12+1, yoe+era*400
	if month <= 2 {
		year++
	}
	if year < -maxYear || year > maxYear {
		return Date{}, false
	}
	return Date{int32(year), uint8(month), uint8(day)}, true
}

// AddDays moves the date; false outside the years FEEL knows.
func (d Date) AddDays(n int64) (Date, bool) { return dateOfDays(d.days() + n) }

// AddMonths moves the date by months and keeps the day, cut to the month's end.
func (d Date) AddMonths(n int64) (Date, bool) {
	const far = int64(3 * maxYear * 12)
	if n < -far || n > far {
		return Date{}, false
	}
	m := int64(d.year)*12 + int64(d.month) - 1 + n
	year, month := floorDiv(m, 12), int(floorMod(m, 12))+1
	if year < -maxYear || year > maxYear {
		return Date{}, false
	}
	day := min(int(d.day), monthDays(int(year), month))
	return Date{int32(year), uint8(month), uint8(day)}, true
}

func monthDays(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// Zone is nil for a local time.
func (t Time) Zone() *Zone { return t.zone }

// Clock is the hour, minute, second and nanosecond.
func (t Time) Clock() (hour, minute, second, nanos int) { return clock(t.nanos) }

func clock(n int64) (hour, minute, second, nanos int) {
	s := int(n / 1e9)
	return s / 3600, s / 60 % 60, s % 60, int(n % 1e9)
}

// value is valuet of the specification: nanoseconds of the day in UTC; a local time counts as it stands.
func (t Time) value() int64 {
	return t.nanos - t.zone.offsetAt(Date{1970, 1, 1}, t.nanos)*1e9
}

// add moves the time of day round the clock.
func (t Time) add(d DaysTime) Time {
	n := floorMod(floorMod(d.sec, 86400)*1e9+int64(d.nsec)+t.nanos, dayNanos)
	return Time{n, t.zone}
}

// Date is the civil date of the moment in its own zone.
func (t DateTime) Date() Date { return t.date }

// Clock is the time of day of the moment in its own zone.
func (t DateTime) Clock() Time { return Time{t.nanos, t.zone} }

// Zone is nil for a local date and time.
func (t DateTime) Zone() *Zone { return t.zone }

// Time is the moment; a local date and time is read in def.
func (t DateTime) Time(def *time.Location) time.Time {
	return Moment(int(t.date.year), time.Month(t.date.month), int(t.date.day), t.nanos, t.zone.location(def))
}

// seconds is valuedt of the specification: seconds since 1970 in UTC; local counts as it stands.
func (t DateTime) seconds() (sec, nanos int64) {
	return t.date.days()*86400 + t.nanos/1e9 - t.zone.offsetAt(t.date, t.nanos), t.nanos % 1e9
}

// addDays moves the moment by a days and time duration. Zones keep the instant's arithmetic.
func (t DateTime) add(d DaysTime) (DateTime, bool) {
	sec, nanos := t.seconds()
	sum, ok := addInt(sec, d.sec)
	if !ok {
		return DateTime{}, false
	}
	nanos += int64(d.nsec)
	if nanos >= 1e9 {
		nanos -= 1e9
		sum++
	}
	return fromSeconds(sum, nanos, t.zone)
}

// fromSeconds is the moment in a zone.
func fromSeconds(sec, nanos int64, zone *Zone) (DateTime, bool) {
	const far = 40_000_000_000 * 86400 / 10 * 10
	if sec < -far || sec > far {
		return DateTime{}, false
	}
	local := sec
	if zone != nil {
		if zone.loc != nil {
			_, off := time.Unix(sec, nanos).In(zone.loc).Zone()
			local += int64(off)
		} else {
			local += int64(zone.offset)
		}
	}
	date, ok := dateOfDays(floorDiv(local, 86400))
	return DateTime{date, floorMod(local, 86400)*1e9 + nanos, zone}, ok
}

// addMonths moves the civil date and keeps time and zone.
func (t DateTime) addMonths(n int64) (DateTime, bool) {
	d, ok := t.date.AddMonths(n)
	return DateTime{d, t.nanos, t.zone}, ok
}

// String is the ISO 8601 text.
func (d Date) String() string {
	y, sign := int(d.year), ""
	if y < 0 {
		y, sign = -y, "-"
	}
	return fmt.Sprintf("%s%04d-%02d-%02d", sign, y, d.month, d.day)
}

// String is the ISO 8601 text with the zone as FEEL writes it.
func (t Time) String() string {
	h, m, s, n := clock(t.nanos)
	text := fmt.Sprintf("%02d:%02d:%02d", h, m, s)
	if n != 0 {
		text += strings.TrimRight(fmt.Sprintf(".%09d", n), "0")
	}
	return text + t.zone.String()
}

// String is the ISO 8601 text with the zone as FEEL writes it.
func (t DateTime) String() string { return t.date.String() + "T" + t.Clock().String() }

// ParseDate reads an ISO date as XML Schema defines it, without a zone.
func ParseDate(s string) (Date, bool) {
	rest, neg := strings.CutPrefix(s, "-")
	i := strings.IndexByte(rest, '-')
	if i < 4 || i > 9 || i > 4 && rest[0] == '0' || len(rest) != i+6 || rest[i+3] != '-' {
		return Date{}, false
	}
	y, ok1 := digits(rest[:i])
	m, ok2 := digits(rest[i+1 : i+3])
	d, ok3 := digits(rest[i+4:])
	if !ok1 || !ok2 || !ok3 {
		return Date{}, false
	}
	if neg {
		y = -y
	}
	return NewDate(y, m, d)
}

// ParseTime reads hh:mm:ss with optional fraction and zone.
func ParseTime(s string) (Time, bool) {
	t, next, ok := parseTime(s)
	return t, ok && !next
}

// parseTime also reads 24:00:00, which is midnight of the next day.
func parseTime(s string) (t Time, nextDay, ok bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return Time{}, false, false
	}
	h, ok1 := digits(s[:2])
	m, ok2 := digits(s[3:5])
	sec, ok3 := digits(s[6:8])
	nanos, zone, ok4 := fraction(s[8:])
	z, ok5 := parseZone(zone)
	if !(ok1 && ok2 && ok3 && ok4 && ok5) {
		return Time{}, false, false
	}
	if h == 24 && m == 0 && sec == 0 && nanos == 0 {
		return Time{0, z}, true, true
	}
	t, ok = NewTime(h, m, sec, nanos, z)
	return t, false, ok
}

// fraction reads .digits and gives nanoseconds and what follows; digits beyond the ninth are dropped.
func fraction(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i := 1
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		if i <= 9 {
			nanos = nanos*10 + int(s[i]-'0')
		}
		i++
	}
	for j := i; j <= 9; j++ {
		nanos *= 10
	}
	return nanos, s[i:], i > 1
}

// ParseDateTime reads dateTtime; a date alone is its midnight.
func ParseDateTime(s string) (DateTime, bool) {
	day, clock, found := strings.Cut(s, "T")
	d, ok := ParseDate(day)
	if !ok {
		return DateTime{}, false
	}
	if !found {
		return DateTime{date: d}, true
	}
	t, next, ok := parseTime(clock)
	if !ok {
		return DateTime{}, false
	}
	if next {
		if d, ok = d.AddDays(1); !ok {
			return DateTime{}, false
		}
	}
	return DateTime{d, t.nanos, t.zone}, true
}
