package engine

import "time"

// shift moves the clocks of a process instance by the time that it was
// suspended: a timer by the time itself, a task's limit by its working days.
func (x *exec) shift(instance *node, since time.Time) {
	if since.IsZero() { // suspended before pauses were counted
		return
	}
	pause, days := x.in.Now.Sub(since), workdaysSince(since, x.in)
	for _, n := range x.s.nodes {
		if n.gone || n.suspended() || !n.within(instance) {
			continue
		}
		for _, w := range n.Waits {
			if w.Kind == waitTimer {
				w.Due = w.Due.Add(pause)
				x.emit(TimerArmed{Key: w.Key, Instance: n.instance().Key, ElementKey: n.Key, Element: w.Element, Due: w.Due})
			}
		}
		if n.Task != nil && !n.Task.Due.IsZero() {
			if n.Task.DueWorkdays > 0 {
				n.Task.Due = workdaysLater(n.Task.Due, days, x.in)
			} else {
				n.Task.Due = n.Task.Due.Add(pause)
			}
			x.changed(n)
		}
	}
}

func (n *node) within(instance *node) bool {
	for ; n != nil; n = n.parent {
		if n == instance {
			return true
		}
	}
	return false
}

// workdaysSince counts the working days after the day of a moment, up to today.
func workdaysSince(since time.Time, in Input) (n int) {
	today := endOfDay(in.Now.In(in.Zone))
	for day := endOfDay(since.In(in.Zone)); day.Before(today); {
		if day = day.AddDate(0, 0, 1); isWorkday(in.Calendar, day) {
			n++
		}
	}
	return n
}

// workdaysLater is the moment so many working days later, at the same time of day.
func workdaysLater(due time.Time, n int, in Input) time.Time {
	due = due.In(in.Zone)
	for guard := 0; n > 0 && guard < 10_000; guard++ {
		if due = due.AddDate(0, 0, 1); isWorkday(in.Calendar, due) {
			n--
		}
	}
	return due
}

func endOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, t.Location())
}
