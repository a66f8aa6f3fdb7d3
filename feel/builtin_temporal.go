package feel

import "time"

// temporalFunctions are DMN 1.5 §10.3.4.6 and §10.3.4.8, tables 76 and 78.
var temporalFunctions = []*Builtin{
	define("now", "date and time", of("", func(c *Call, _ []Value) Value {
		return DateTimeOf(c.Env().Now.In(c.Env().zone()))
	})).example(`now() instance of date and time → true`),
	define("today", "date", of("", func(c *Call, _ []Value) Value { return DateOf(c.Env().Now.In(c.Env().zone())) })).
		example(`today() = date(now()) → true`),
	define("day of year", "number", of("date: date and time", func(_ *Call, a []Value) Value {
		d := a[0].(DateTime).date
		return Int(d.days() - Date{d.year, 1, 1}.days() + 1)
	})).example(`day of year(date(2019, 9, 17)) → 260`),
	define("day of week", "string", of("date: date and time", func(_ *Call, a []Value) Value {
		return time.Weekday(a[0].(DateTime).date.Weekday() % 7).String()
	})).example(`day of week(date(2019, 9, 17)) → "Tuesday"`),
	define("month of year", "string", of("date: date and time", func(_ *Call, a []Value) Value {
		return time.Month(a[0].(DateTime).date.month).String()
	})).example(`month of year(date(2019, 9, 17)) → "September"`),
	define("week of year", "number", of("date: date and time", func(_ *Call, a []Value) Value {
		return Int(a[0].(DateTime).date.week())
	})).example(`week of year(date(2019, 9, 17)) → 38`, `week of year(date(2005, 1, 1)) → 53`),
}

// zone is the location of now and today.
func (e Env) zone() *time.Location {
	if e.Zone == nil {
		return time.FixedZone("", 8*3600)
	}
	return e.Zone
}

// week is the ISO 8601 week, which belongs to the year of its Thursday.
func (d Date) week() int64 {
	thursday := d.days() - int64(d.Weekday()) + 4
	t, _ := dateOfDays(thursday)
	return (thursday-Date{t.year, 1, 1}.days())/7 + 1
}
