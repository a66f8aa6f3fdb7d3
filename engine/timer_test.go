package engine

import (
	"testing"
	"time"
)

// TestTimers reads what a model may write as a time, from Monday 5 January 2026, 17:00 in +08:00.
func TestTimers(t *testing.T) {
	in := Input{Now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Zone: defaultZone}
	for _, c := range []struct {
		kind timerKind
		text string
		want string // first moments in +08:00, "" when it cannot be read
		left int
	}{
		{timerDate, "2026-02-01T08:00:00Z", "02-01 16:00:00", 0},
		{timerDate, "2026-02-01T08:00:00", "02-01 08:00:00", 0},
		{timerDate, "2026-02-01", "02-01 00:00:00", 0},
		{timerDate, "tomorrow", "", 0},
		{timerDuration, "PT90M", "01-05 18:30:00", 0},
		{timerDuration, "P1M2DT3H", "02-07 20:00:00", 0},
		{timerDuration, "P1W", "01-12 17:00:00", 0},
		{timerDuration, "PT0.5S", "01-05 17:00:00", 0},
		{timerDuration, "90 minutes", "", 0},
		{timerDuration, "P9000Y", "", 0},
		{timerDuration, "P0.5M", "", 0},
		{timerCycle, "R3/PT10M", "01-05 17:10:00", 2},
		{timerCycle, "R/PT10M", "01-05 17:10:00", -1},
		{timerCycle, "R2/2026-01-06T00:00:00Z/P1D", "01-06 08:00:00", 1},
		{timerCycle, "R9/PT1H/2026-01-05T10:30:00Z", "01-05 18:00:00", 8},
		{timerCycle, "0 30 9 * * ?", "01-06 09:30:00", -1},
		{timerCycle, "30 9 * * 1-5", "01-06 09:30:00", -1},
		{timerCycle, "R0/PT10M", "", 0},
		{timerCycle, "R3/nonsense", "", 0},
		{timerCycle, "R3/PT0S", "", 0},
	} {
		due, left, ok := (&timer{kind: c.kind}).first(c.text, in)
		got := ""
		if ok {
			got = due.In(defaultZone).Format("01-02 15:04:05")
		}
		if got != c.want || ok && left != c.left {
			t.Errorf("%q: %q with %d left, want %q with %d", c.text, got, left, c.want, c.left)
		}
	}
}

func TestCycleEnds(t *testing.T) {
	c, ok := readCycle("R/PT1H/2026-01-05T10:30:00Z", defaultZone)
	if !ok {
		t.Fatal("the cycle cannot be read")
	}
	first, _ := c.first(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC))
	if _, more := c.next(first, first); more {
		t.Error("the cycle goes on after its end")
	}
}

// TestNextStart: a repeating timer start begins so many instances.
func TestNextStart(t *testing.T) {
	p := program(
		t,
		`<process id="p" isExecutable="true"><startEvent id="s"><timerEventDefinition id="d"><timeCycle xsi:type="tFormalExpression">R3/PT1H</timeCycle></timerEventDefinition></startEvent></process>`,
	)
	starts, err := p.Starts(benchInput)
	if err != nil || len(starts) != 1 {
		t.Fatal(starts, err)
	}
	trigger, n := starts[0], 1
	for {
		next, more := p.NextStart(trigger, benchInput)
		if !more {
			break
		}
		if !next.Due.Equal(trigger.Due.Add(time.Hour)) {
			t.Errorf("after %s comes %s", trigger.Due, next.Due)
		}
		trigger = next
		n++
	}
	if n != 3 {
		t.Errorf("%d starts, want 3", n)
	}
}

// TestMonthEnds: months that lead beyond the end of a month end on its last day (XML Schema part 2, appendix E),
// days follow the clock of the zone, hours are exact.
func TestMonthEnds(t *testing.T) {
	for _, c := range []struct{ from, duration, zone, want string }{
		{"2020-01-31T00:00:00Z", "P1M", "UTC", "2020-02-29T00:00:00Z"},
		{"2021-01-31T00:00:00Z", "P1M", "UTC", "2021-02-28T00:00:00Z"},
		{"2020-01-31T00:00:00Z", "P3M", "UTC", "2020-04-30T00:00:00Z"},
		{"2020-02-29T00:00:00Z", "P1Y", "UTC", "2021-02-28T00:00:00Z"},
		{"2020-02-29T00:00:00Z", "P4Y", "UTC", "2024-02-29T00:00:00Z"},
		{"2020-01-30T00:00:00Z", "P1M2D", "UTC", "2020-03-02T00:00:00Z"},
		{"2020-03-31T00:00:00Z", "-P1M", "UTC", "2020-02-29T00:00:00Z"},
		{"2020-01-15T00:00:00Z", "-P13M", "UTC", "2018-12-15T00:00:00Z"},
		{"2020-12-31T20:00:00Z", "P2M", "Asia/Shanghai", "2021-02-28T20:00:00Z"},
		{"2020-03-07T15:00:00Z", "P1D", "America/New_York", "2020-03-08T14:00:00Z"},
		{"2020-03-07T15:00:00Z", "PT24H", "America/New_York", "2020-03-08T15:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, _ := time.Parse(time.RFC3339, c.from)
		got, ok := after(from, c.duration, zone)
		if s := got.UTC().Format(time.RFC3339); !ok || s != c.want {
			t.Errorf("%s + %s in %s is %s, want %s", c.from, c.duration, c.zone, s, c.want)
		}
	}
}

// TestCyclesCountFromTheirBeginning: no moment of a cycle depends on how the one before was clamped.
func TestCyclesCountFromTheirBeginning(t *testing.T) {
	armed := time.Date(2020, 1, 31, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"R/P1M", []string{"2020-02-29T01:00:00Z", "2020-03-31T01:00:00Z", "2020-04-30T01:00:00Z", "2020-05-31T01:00:00Z"}},
		{"R3/2020-08-31T09:00:00+08:00/P6M", []string{"2020-08-31T01:00:00Z", "2021-02-28T01:00:00Z", "2021-08-31T01:00:00Z"}},
		{"R/2020-02-29T00:00:00Z/P1Y", []string{"2020-02-29T00:00:00Z", "2021-02-28T00:00:00Z", "2022-02-28T00:00:00Z",
			"2023-02-28T00:00:00Z", "2024-02-29T00:00:00Z"}},
		{"R/2020-03-07T10:00:00@America/New_York/P1D", []string{"2020-03-07T15:00:00Z", "2020-03-08T14:00:00Z", "2020-03-09T14:00:00Z"}},
		{"R/P1M/2020-04-01T00:00:00@Asia/Shanghai", []string{"2020-02-29T01:00:00Z", "2020-03-31T01:00:00Z", ""}},
		{"R/2020-01-31T00:00:00@America/Phoenix/PT36H", []string{"2020-01-31T07:00:00Z", "2020-02-01T19:00:00Z", "2020-02-03T07:00:00Z"}},
	} {
		cycle, ok := readCycle(c.text, defaultZone)
		if !ok {
			t.Errorf("%s cannot be read", c.text)
			continue
		}
		at, ok := cycle.first(armed)
		for i, want := range c.want {
			got := ""
			if ok {
				got = at.UTC().Format(time.RFC3339)
			}
			if got != want {
				t.Errorf("%s: moment %d is %s, want %s", c.text, i+1, got, want)
			}
			at, ok = cycle.next(armed, at)
		}
	}
}

// TestCycleOfFormerRelease goes on from the last moment, as its release did: nobody knows when it was armed.
func TestCycleOfFormerRelease(t *testing.T) {
	c, _ := readCycle("R/P1M", time.UTC)
	if next, _ := c.next(time.Time{}, time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)); next.Day() != 29 || next.Month() != 3 {
		t.Errorf("got %s", next)
	}
}

// TestCycleFarFromItsBeginning needs few steps, however long ago a cycle began.
func TestCycleFarFromItsBeginning(t *testing.T) {
	c, _ := readCycle("R/1970-01-31T00:00:00Z/PT1M", time.UTC)
	at := time.Date(2026, 1, 31, 10, 0, 30, 0, time.UTC)
	if next, ok := c.next(time.Time{}, at); !ok || !next.Equal(at.Add(30*time.Second)) {
		t.Errorf("got %s", next)
	}
}
