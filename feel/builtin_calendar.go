package feel

import "time"

// calendarFunctions are our own: they ask the calendar of the environment.
var calendarFunctions = []*Builtin{
	define("working days after", "date", of("date: date and time, n: number", workingDaysAfter)).
		example(`working days after(date("2024-03-01"), 1) → 2024-03-04`, `working days after(date("2024-03-01"), 0) → 2024-03-01`),
	define("working days between", "number", of("start: date and time, end: date and time", workingDaysBetween)).
		example(`working days between(date("2024-03-01"), date("2024-03-08")) → 5`),
	define("is working day", "boolean", of("date: date and time", func(c *Call, a []Value) Value {
		return c.Env().workday(a[0].(DateTime).date)
	})).example(`is working day(date("2024-03-02")) → false`),
}

func (e Env) workday(d Date) bool {
	if e.Calendar == nil {
		return d.Weekday() <= 5
	}
	return e.Calendar.IsWorkday(d.Year(), time.Month(d.month), d.Day())
}

// workingDaysAfter counts n working days from the day after the date; a negative n counts backwards.
// The date itself is day 0, whether it is a working day or not.
func workingDaysAfter(c *Call, a []Value) Value {
	n, ok := a[1].(Number).Int64()
	if !ok {
		c.Warn("the number of working days is not whole")
		return nil
	}
	d, step := a[0].(DateTime).date, int64(1)
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		if d, ok = d.AddDays(step); !ok || !c.Step(1) {
			c.Warn("there is no such working day")
			return nil
		}
		if c.Env().workday(d) {
			n--
		}
	}
	return d
}

// workingDaysBetween counts the working days after the start up to and including the end, so that
// working days between(d, working days after(d, n)) is n. It is negative when the end comes first.
func workingDaysBetween(c *Call, a []Value) Value {
	from, to, sign := a[0].(DateTime).date, a[1].(DateTime).date, int64(1)
	if to.days() < from.days() {
		from, to, sign = to, from, -1
	}
	n := int64(0)
	for from != to {
		var ok bool
		if from, ok = from.AddDays(1); !ok || !c.Step(1) {
			return nil
		}
		day := from
		if sign < 0 { // backwards the start does not count, but the end does
			day, _ = from.AddDays(-1)
		}
		if c.Env().workday(day) {
			n++
		}
	}
	return Int(sign * n)
}
