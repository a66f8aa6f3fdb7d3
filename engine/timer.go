package engine

import (
	"slices"
	"strings"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// timer is a compiled timer event definition: one of date, duration and cycle
// (BPMN 2.0.2 §10.5.5, "Timer").
type timer struct {
	kind timerKind
	expr *expr
}

type timerKind uint8

const (
	timerDate timerKind = iota
	timerDuration
	timerCycle
)

// firstDue is the first moment of a timer that is armed now, and the repetitions after it.
func (x *exec) firstDue(n *node, t *timer) (time.Time, int, error) {
	v, why := x.eval(n, t.expr, nil)
	due, left, ok := t.first(v, x.in)
	if !ok {
		return time.Time{}, 0, wrong("timer", "the time", t.expr, v, why)
	}
	return due.UTC(), left, nil // the zone that computed it is no part of the state
}

// first reads the value of a timer.
func (t *timer) first(v feel.Value, in Input) (due time.Time, left int, ok bool) {
	switch v := v.(type) {
	case feel.DateTime:
		return v.Time(in.Zone), 0, t.kind == timerDate
	case feel.Date:
		return v.Time(in.Zone), 0, t.kind == timerDate
	case feel.DaysTime, feel.YearsMonths:
		due, ok = after(in.Now, feel.Text(v), in.Zone)
		return due, 0, ok && t.kind != timerDate
	case string:
		v = strings.TrimSpace(v)
		switch t.kind {
		case timerDate:
			due, ok = moment(v, in.Zone)
			return due, 0, ok
		case timerDuration:
			due, ok = after(in.Now, v, in.Zone)
			return due, 0, ok
		}
		c, ok := readCycle(v, in.Zone)
		if !ok {
			return time.Time{}, 0, false
		}
		due, ok = c.first(in.Now)
		return due, c.times - 1, ok
	}
	return time.Time{}, 0, false
}

// nextDue is the moment after due of a repeating timer that was armed at begun.
func (x *exec) nextDue(n *node, t *timer, begun, due time.Time) (time.Time, bool) {
	v, _ := x.eval(n, t.expr, nil)
	text, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	c, ok := readCycle(strings.TrimSpace(text), x.in.Zone)
	if !ok {
		return time.Time{}, false
	}
	next, ok := c.next(begun, due)
	return next.UTC(), ok
}

// moment reads an ISO 8601 date and time; without offset it is in the zone.
func moment(text string, zone *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if d, ok := feel.ParseDateTime(text); ok {
		return d.Time(zone), true
	}
	if d, ok := feel.ParseDate(text); ok {
		return d.Time(zone), true
	}
	for _, layout := range []string{"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "20060102T150405Z0700", "20060102T150405"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// fireTimer lets a timer that is due act.
func (x *exec) fireTimer() error {
	host, w, err := x.waiting(waitTimer, "no-such-timer", "timer")
	if err != nil {
		return err
	}
	if w.Due.After(x.in.Now) {
		return refuse("not-due", "timer %d is due at %s", w.Key, w.Due.Format(time.RFC3339))
	}
	repeats := w.Left != 0 && !w.el.interrupting && host.el != w.el
	if !repeats {
		if !w.el.interrupting && !w.el.parallelCatch {
			x.closeWait(host, w)
		}
		return x.trigger(host, w, nil)
	}
	if next, ok := x.nextDue(host, w.el.events[w.Def].timer, w.Begun, w.Due); ok {
		if w.Left > 0 {
			w.Left--
		}
		w.Due = next
		x.emit(TimerArmed{Key: w.Key, Instance: host.instance().Key, ElementKey: host.Key, Element: w.Element, Due: next})
	} else {
		x.closeWait(host, w)
	}
	return x.trigger(host, w, nil)
}

// NextDue is the earliest due moment of the state's timers.
func (s *State) NextDue() (time.Time, bool) {
	var due time.Time
	for _, n := range s.nodes {
		for _, w := range n.Waits {
			if w.Kind == waitTimer && (due.IsZero() || w.Due.Before(due)) && !n.suspended() {
				due = w.Due
			}
		}
	}
	return due, !due.IsZero()
}

// DueTimers lists the keys of the timers that are due at now, earliest first.
func (s *State) DueTimers(now time.Time) []int64 {
	var due []*wait
	for _, n := range s.nodes {
		for _, w := range n.Waits {
			if w.Kind == waitTimer && !w.Due.After(now) && !n.suspended() {
				due = append(due, w)
			}
		}
	}
	slices.SortFunc(due, func(a, b *wait) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return int(a.Key - b.Key)
	})
	keys := make([]int64, len(due))
	for i, w := range due {
		keys[i] = w.Key
	}
	return keys
}
