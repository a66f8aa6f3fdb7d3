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
	if _, more := c.next(first); more {
		t.Error("the cycle goes on after its end")
	}
}

// TestNextStart: a repeating timer start begins so many instances.
func TestNextStart(t *testing.T) {
	p := program(t, `<process id="p" isExecutable="true"><startEvent id="s"><timerEventDefinition id="d"><timeCycle xsi:type="tFormalExpression">R3/PT1H</timeCycle></timerEventDefinition></startEvent></process>`)
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
