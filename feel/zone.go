package feel

import (
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // IANA zones must resolve on machines without a zone database
)

// Zone is the zone of a time or date and time: an IANA zone or a fixed offset.
// A nil *Zone means local: the value says nothing about its zone.
type Zone struct {
	loc    *time.Location // IANA zone, or nil
	offset int32          // seconds east of UTC when loc is nil
}

// UTC is the zone that prints as Z.
var UTC = &Zone{}

const maxOffset = 18 * 3600 // largest offset that is read or built

// FixedZone is a fixed offset from UTC in seconds, at most ±18 hours.
func FixedZone(seconds int) (*Zone, bool) {
	if seconds < -maxOffset || seconds > maxOffset {
		return nil, false
	}
	if seconds == 0 {
		return UTC, true
	}
	return &Zone{offset: int32(seconds)}, true
}

// NamedZone finds an IANA zone such as Asia/Shanghai.
func NamedZone(name string) (*Zone, bool) {
	switch name {
	case "", "Local":
		return nil, false
	case "Z":
		return UTC, true
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	return &Zone{loc: loc}, true
}

// ZoneOf turns a Go location into a Zone. Locations made by time.FixedZone become offsets.
func ZoneOf(loc *time.Location, at time.Time) *Zone {
	if loc == time.UTC {
		return UTC
	}
	if z, ok := NamedZone(loc.String()); ok {
		return z
	}
	_, offset := at.In(loc).Zone()
	z, _ := FixedZone(offset)
	return z
}

// Name is the IANA name, or empty for an offset.
func (z *Zone) Name() string {
	if z == nil || z.loc == nil {
		return ""
	}
	return z.loc.String()
}

// offsetAt is the offset in seconds at a local civil moment.
func (z *Zone) offsetAt(d Date, nanos int64) int64 {
	if z == nil {
		return 0
	}
	if z.loc == nil {
		return int64(z.offset)
	}
	at := Moment(int(d.year), time.Month(d.month), int(d.day), nanos, z.loc)
	return d.days()*86400 + nanos/1e9 - at.Unix()
}

// location is the zone for package time; local values take def.
func (z *Zone) location(def *time.Location) *time.Location {
	switch {
	case z == nil:
		return def
	case z.loc != nil:
		return z.loc
	case z.offset == 0:
		return time.UTC
	}
	return time.FixedZone("", int(z.offset))
}

// same reports identity in the semantic domain: the same IANA name or the same offset.
func (z *Zone) same(o *Zone) bool {
	if z == nil || o == nil {
		return z == o
	}
	return z.offset == o.offset && z.Name() == o.Name()
}

// String is the suffix of a time: "", "Z", "+08:00" or "@Asia/Shanghai".
func (z *Zone) String() string {
	switch {
	case z == nil:
		return ""
	case z.loc != nil:
		return "@" + z.loc.String()
	case z.offset == 0:
		return "Z"
	}
	sign, o := '+', z.offset
	if o < 0 {
		sign, o = '-', -o
	}
	s := fmt.Sprintf("%c%02d:%02d", sign, o/3600, o/60%60)
	if o%60 != 0 {
		s += fmt.Sprintf(":%02d", o%60)
	}
	return s
}

// parseZone reads what String writes.
func parseZone(s string) (*Zone, bool) {
	switch {
	case s == "":
		return nil, true
	case s == "Z" || s == "z":
		return UTC, true
	case s[0] == '@':
		return NamedZone(s[1:])
	case s[0] != '+' && s[0] != '-':
		return nil, false
	}
	if len(s) != 6 && len(s) != 9 || s[3] != ':' || len(s) == 9 && s[6] != ':' {
		return nil, false
	}
	sec := 0
	for i, unit := 1, 3600; i < len(s); i, unit = i+3, unit/60 {
		n, ok := digits(s[i : i+2])
		if !ok || unit < 3600 && n > 59 {
			return nil, false
		}
		sec += n * unit
	}
	if s[0] == '-' {
		sec = -sec
	}
	return FixedZone(sec)
}

// digits reads a short run of decimal digits and nothing else.
func digits(s string) (int, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
