package engine

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The oracle of timers: the algorithm of XML Schema (part 2, appendix E) word by word, and a place's clock that is asked each
// quarter of an hour; slow, and with nothing of the program's own.

// carried is fQuotient and modulo(a, low, high) of appendix E.
func carried(a, low, high int) (carry, rest int) {
	for a -= low; a < 0; a += high - low {
		carry--
	}
	return carry + a/(high-low), a%(high-low) + low
}

func daysOf(year, month int) int {
	carry, m := carried(month, 1, 13)
	switch y := year + carry; {
	case m == 2 && (y%400 == 0 || y%100 != 0 && y%4 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

// added is a day plus months and days.
func added(year, month, day, months, days int) (int, int, int) {
	carry, m := carried(month+months, 1, 13)
	y := year + carry
	d := min(day, daysOf(y, m)) + days
	for {
		switch {
		case d < 1:
			d += daysOf(y, m-1)
			carry, m = carried(m-1, 1, 13)
		case d > daysOf(y, m):
			d -= daysOf(y, m)
			carry, m = carried(m+1, 1, 13)
		default:
			return y, m, d
		}
		y += carry
	}
}

// shown is the first moment at which the clocks of a place show this, or have just been set past it.
func shown(year, month, day int, clock time.Duration, zone *time.Location) time.Time {
	want := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Add(clock)
	local := func(t time.Time) time.Time {
		_, offset := t.In(zone).Zone()
		return t.Add(time.Duration(offset) * time.Second)
	}
	rest := clock % (15 * time.Minute)
	var before time.Time
	for t := want.Add(-15 * time.Hour).Truncate(15 * time.Minute).Add(rest).UTC(); ; t = t.Add(15 * time.Minute) {
		switch at := local(t); {
		case at.Equal(want):
			return t
		case at.After(want): // set past it: as late as the clock before would have shown it
			return before.Add(want.Sub(local(before)))
		}
		before = t
	}
}

// places have clocks that are set forward and back at different hours, one by half an hour, one over a midnight, and one that has left
// out a day.
var places = []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia",
	"Africa/Casablanca", "UTC"}

// TestTimersAgainstAnOracle: durations and cycles at month ends, leap days and where clocks are set.
func TestTimersAgainstAnOracle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(places).Draw(rt, "zone"))
		if err != nil {
			rt.Fatal(err)
		}
		year, month := rapid.IntRange(1999, 2037).Draw(rt, "year"), rapid.IntRange(1, 12).Draw(rt, "month")
		day := rapid.SampledFrom([]int{1, 8, 14, 27, 28, 29, 30, 31}).Draw(rt, "day")
		day = min(day, daysOf(year, month))
		clock := time.Duration(rapid.IntRange(0, 95).Draw(rt, "quarter")) * 15 * time.Minute
		begun := shown(year, month, day, clock, zone)
		text, months, days, exact := drawDuration(rt)
		expected := func(n int) time.Time {
			if months == 0 && days == 0 {
				return begun.Add(time.Duration(n) * exact)
			}
			local := begun.In(zone)
			y, m, d := local.Date()
			h, mi, s := local.Clock()
			y2, m2, d2 := added(y, int(m), d, n*months, n*days)
			at := shown(y2, m2, d2, time.Duration(h*3600+mi*60+s)*time.Second, zone)
			return at.Add(time.Duration(n) * exact)
		}
		got, ok := after(begun, text, zone)
		if want := expected(1); !ok || !got.Equal(want) {
			rt.Fatalf("%s + %s in %s is %s, want %s", begun.In(zone), text, zone, got, want.In(zone))
		}
		if text[0] == '-' || months+days == 0 && exact < time.Hour {
			return
		}
		c, ok := readCycle(fmt.Sprintf("R/%s@%s/%s", begun.In(zone).Format("2006-01-02T15:04:05"), zone, text), time.UTC)
		if !ok {
			rt.Fatalf("cycle with %s cannot be read", text)
		}
		at, ok := c.first(begun)
		for n := range 5 {
			if want := expected(n); !ok || !at.Equal(want) {
				rt.Fatalf("moment %d of a cycle from %s each %s is %s, want %s", n, begun.In(zone), text, at.In(zone), want.In(zone))
			}
			at, ok = c.next(begun, at)
		}
	})
}

// TestTimersWhereClocksAreSet: a day after the day before, round every change of every place's clock in ten years.
func TestTimersWhereClocksAreSet(t *testing.T) {
	tried := 0
	for _, name := range places {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		change := time.Date(2010, 6, 1, 0, 0, 0, 0, time.UTC).In(zone)
		for {
			if _, change = change.ZoneBounds(); change.IsZero() || change.Year() > 2020 {
				break
			}
			for round := -8; round <= 8; round++ {
				_, offset := change.Add(-time.Minute).Zone()
				local := change.UTC().Add(time.Duration(offset)*time.Second + time.Duration(round)*15*time.Minute)
				year, month, day := local.Date()
				want := shown(year, int(month), day, local.Sub(local.Truncate(24*time.Hour)), zone)
				y, m, d := added(year, int(month), day, 0, -1)
				begun := shown(y, m, d, local.Sub(local.Truncate(24*time.Hour)), zone)
				if got, ok := after(begun, "P1D", zone); !ok || !got.Equal(want) {
					t.Errorf("%s + P1D in %s is %s, want %s", begun.In(zone), zone, got.In(zone), want.In(zone))
				}
				tried++
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d tried", tried)
	}
}

func drawDuration(rt *rapid.T) (text string, months, days int, exact time.Duration) {
	n := func(most int, name string) int {
		return rapid.OneOf(rapid.Just(0), rapid.IntRange(0, most)).Draw(rt, name)
	}
	y, m, w, d := n(5, "years"), n(30, "months"), n(3, "weeks"), n(40, "days")
	h, mi, s := n(50, "hours"), n(90, "minutes"), n(90, "seconds")
	part := func(n int, unit string) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n, unit)
	}
	text = "P" + part(y, "Y") + part(m, "M") + part(w, "W") + part(d, "D")
	if h+mi+s > 0 {
		text += "T" + part(h, "H") + part(mi, "M") + part(s, "S")
	}
	if text == "P" {
		text, d = "P1D", 1
	}
	months, days = 12*y+m, 7*w+d
	exact = time.Duration(h*3600+mi*60+s) * time.Second
	if rapid.IntRange(0, 5).Draw(rt, "sign") == 0 {
		return "-" + text, -months, -days, -exact
	}
	return text, months, days, exact
}

// TestDurationsAsWritten: what the standards write is read exactly, anything else is no duration.
func TestDurationsAsWritten(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"PT0.1S": 100 * time.Millisecond, "PT4.35S": 4350 * time.Millisecond, "PT1.000000001S": 1_000_000_001, "PT0,5S": 500 * time.Millisecond,
		"PT1.5H": 90 * time.Minute, "PT0S": 0, "P0D": 0, "P0Y": 0, "PT36H": 36 * time.Hour, "P0001DT01H": 25 * time.Hour, " PT1M ": time.Minute,
		"-PT1M": -time.Minute, "PT86400S": 24 * time.Hour, "P1W": 7 * 24 * time.Hour,
	} {
		if got, ok := after(now, text, time.UTC); !ok || got.Sub(now) != want {
			t.Errorf("%q: %v %v, want %v", text, got.Sub(now), ok, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "1D", "PP1D", "P1D2M", "P1M1Y", "PT1M1H", "P1H", "PT1D", "P1.5D", "P-1D",
		"+P1D", "p1d",
		"PT.5S", "PT5.S", "PT1S2S", "P1Y1Y", "PT1HT1M", "P 1D", "P1D PT1H", "PT1e3S", "P１D", "P1000001D",
		"PT1000001H", "P99999999999999999999D"} {
		if got, ok := after(now, text, time.UTC); ok {
			t.Errorf("%q is taken for %v", text, got.Sub(now))
		}
	}
}

// TestMomentsAsWritten: dates as ISO 8601 and XML Schema write them.
func TestMomentsAsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z", "2024-02-29T24:00:00Z": "2024-03-01T00:00:00Z",
		"2023-12-31T24:00:00+08:00": "2023-12-31T16:00:00Z", "2026-01-31": "2026-01-30T16:00:00Z", "2026-01-31T08:00": "2026-01-31T00:00:00Z",
		"2026-01-31T08:00:00.25+08:00": "2026-01-31T00:00:00.25Z", "20260131T080000": "2026-01-31T00:00:00Z",
		"20260131T080000Z": "2026-01-31T08:00:00Z", "2026-01-31T08:00:00-14:00": "2026-01-31T22:00:00Z",
		"2020-03-08T02:30:00@America/New_York": "2020-03-08T07:30:00Z", // left out: an hour later
		"2020-11-01T01:30:00@America/New_York": "2020-11-01T05:30:00Z", // shown twice: the first time
		"2026-03-29T02:30:00@Europe/Berlin":    "2026-03-29T01:30:00Z",
		"2026-10-25T02:30:00@Europe/Berlin":    "2026-10-25T00:30:00Z",
	} {
		got, ok := moment(text, defaultZone)
		if s := got.UTC().Format(time.RFC3339Nano); !ok || s != want {
			t.Errorf("%s is %s (%v), want %s", text, s, ok, want)
		}
	}
	for _, text := range []string{"", "2023-02-29", "2026-02-30T00:00:00Z", "2026-13-01", "2026-01-31T24:00:01Z", "2026-01-31T25:00:00Z",
		"2026-01-31T08:60:00Z", "26-01-31", "2026-1-31", "2026-01-31 08:00:00", "2026-01-31T08:00:00+25:00", "2026-01-31T08:00:00@Nowhere/City"} {
		if got, ok := moment(text, defaultZone); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}
