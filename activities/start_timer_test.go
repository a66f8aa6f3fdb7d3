package activities_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// tick lets some clocks look at the same time.
func tick(h *activitiestest.House, clocks int) {
	h.Helper()
	at(clocks, func(int) contract.Outcome {
		for {
			n, err := h.C.BeginDue(context.Background())
			if err != nil {
				h.Errorf("timer starts: %v", err)
			}
			if err != nil || n == 0 {
				return contract.Outcome{}
			}
		}
	})
	bring(h)
}

// A repeating timer start begins one instance at each of its moments, however
// many clocks look; what was missed is made up for.
func TestTimerStart(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		for _, c := range []struct {
			passes time.Duration
			want   int
		}{{9 * time.Minute, 0}, {time.Minute, 1}, {9 * time.Minute, 1}, {24 * time.Hour, 3}, {24 * time.Hour, 3}} {
			h.Advance(c.passes)
			tick(h, 4)
			wantBegun(h, "by_timer", c.want)
		}
		if n := h.Count("SELECT count(*) FROM outbox WHERE id IN ('s:t:by_timer:by_timer_begin:0:1772442600000', 's:t:by_timer:by_timer_begin:0:1772443200000', 's:t:by_timer:by_timer_begin:0:1772443800000')"); n != 3 {
			t.Errorf("%d of the three moments are in the outbox", n)
		}
	})
}

// A moment that has begun its instance begins no other, when the clock's memory
// is lost or a newer version names it again; a version that was replaced serves no moment.
func TestTimerStartOnce(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		const cycle = "R3/PT10M</bpmn:timeCycle>"
		fixed := func(name, timer string) {
			redeploy(t, h, name, "timeCycle xsi", "timeDate xsi", cycle, timer+"</bpmn:timeDate>")
		}
		fixed("date.bpmn", "2026-03-02T17:30:00+08:00")
		h.Advance(time.Hour) // 18:00 in Shanghai: the cycle of the first version would have come three times
		tick(h, 2)
		wantBegun(h, "by_timer", 1)
		fixed("again.bpmn", "2026-03-02T17:30:00+08:00")
		tick(h, 2)
		wantBegun(h, "by_timer", 1)
		h.Tx(func(tx *gorm.DB) error {
			return tx.Exec(
				"UPDATE start_subscription SET due = ?, times = 0 WHERE process = 'by_timer'", time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC),
			).Error
		})
		tick(h, 2)
		wantBegun(h, "by_timer", 1)
		fixed("later.bpmn", "2026-03-02T18:30:00+08:00")
		h.Advance(time.Hour)
		stale, err := process.DueStarts(h.Read(), h.Now(), 10)
		if err != nil || len(stale) != 1 {
			t.Fatalf("due: %+v, %v", stale, err)
		}
		fixed("latest.bpmn", "2026-03-02T18:40:00+08:00")
		h.Tx(func(tx *gorm.DB) error { return process.BeginAtDue(tx, h.Now(), stale[0], nil) })
		bring(h)
		wantBegun(h, "by_timer", 1)
		tick(h, 2)
		wantBegun(h, "by_timer", 2)
	})
}

// A cycle with a fixed beginning owes nothing from before its deployment, and keeps to its moments.
func TestCycleThatBeganLongAgo(t *testing.T) {
	eachStarts(t, func(t *testing.T, h *activitiestest.House) {
		for i, c := range []struct{ cycle, due string }{
			{"R/2026-01-01T08:00:00+08:00/P1D", "2026-03-03T00:00:00Z"},
			{"R70/2026-01-01T08:00:00+08:00/P1D", "2026-03-03T00:00:00Z"},
			{"R60/2026-01-01T08:00:00+08:00/P1D", ""},
			{"0 8 * * 1", "2026-03-09T00:00:00Z"}, // Mondays, eight o'clock in Shanghai
		} {
			redeploy(t, h, strconv.Itoa(i)+".bpmn", "R3/PT10M", c.cycle)
			var s process.StartSubscription
			if err := h.Read().Where("process = 'by_timer'").Take(&s).Error; err != nil {
				t.Fatal(err)
			}
			due := ""
			if s.Due != nil {
				due = s.Due.UTC().Format(time.RFC3339)
			}
			if due != c.due {
				t.Errorf("%s: next at %q, want %q", c.cycle, due, c.due)
			}
		}
	})
}
