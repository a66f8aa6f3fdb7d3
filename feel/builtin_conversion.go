package feel

import "strings"

// conversionFunctions are DMN 1.5 §10.3.4.1, table 71.
var conversionFunctions = []*Builtin{
	define("date", "date",
		of("from: string", dateFrom),
		of("from: date and time", dateFrom),
		of("year: number, month: number, day: number", dateOf)).
		example(`date("2012-12-25") → 2012-12-25`, `date(2012, 12, 25) → 2012-12-25`,
			`date(date and time("2012-12-24T23:59:00")) → 2012-12-24`),
	define("time", "time",
		of("from: string", timeFrom),
		of("from: any", timeFrom),
		of("hour: number, minute: number, second: number, offset?: days and time duration?", timeOf)).
		example(`time("23:59:00Z") → 23:59:00Z`, `time(23, 59, 0) → 23:59:00`,
			`time(date and time("2012-12-24T23:59:00+08:00")) → 23:59:00+08:00`),
	define("date and time", "date and time",
		of("from: string", dateTimeFrom),
		of("date: date and time, time: time", dateTimeOf)).
		example(`date and time("2012-12-24T23:59:00@Asia/Shanghai") → 2012-12-24T23:59:00@Asia/Shanghai`,
			`date and time(date("2012-12-24"), time("23:59:00")) → 2012-12-24T23:59:00`),
	define("duration", "duration", of("from: string", durationFrom)).
		example(`duration("P1Y2M") → P1Y2M`, `duration("P1DT2H") → P1DT2H`),
	define("years and months duration", "years and months duration", of("from: date and time, to: date and time", yearsMonthsBetween)).
		example(`years and months duration(date("2011-12-22"), date("2013-08-24")) → P1Y8M`),
	define("number", "number",
		of("from: string", numberFrom),
		of("from: string, grouping separator: string?, decimal separator: string?", numberFrom)).
		example(`number("1500.5") → 1500.5`, `number("1 000,0", " ", ",") → 1000.0`),
	define("string", "string", of("from: any?", func(c *Call, a []Value) Value {
		if a[0] == nil {
			return nil
		}
		if s, ok := a[0].(string); ok {
			return s
		}
		s, complete := textWithin(a[0], min(maxText, 64*c.run.left+64))
		if !c.run.size(len(s)) || !complete {
			c.Warn("the text is too long")
			return nil
		}
		return s
	})).example(`string(1.1) → "1.1"`, `string(date("2012-12-25")) → "2012-12-25"`),
}

// orWarn gives the value, or null and why.
func (c *Call) orWarn(v Value, ok bool, why string) Value {
	if !ok {
		c.Warn(why)
		return nil
	}
	return v
}

func dateFrom(c *Call, a []Value) Value {
	switch v := a[0].(type) {
	case DateTime:
		return v.date
	case string:
		d, ok := ParseDate(v)
		return c.orWarn(d, ok, quote(shorten(v))+" is no date")
	}
	return nil
}

func dateOf(c *Call, a []Value) Value {
	y, ok1 := a[0].(Number).Int64()
	m, ok2 := a[1].(Number).Int64()
	day, ok3 := a[2].(Number).Int64()
	d, ok := NewDate(int(y), int(m), int(day))
	return c.orWarn(d, ok && ok1 && ok2 && ok3, "there is no such day")
}

func timeFrom(c *Call, a []Value) Value {
	switch v := a[0].(type) {
	case DateTime:
		return v.Clock()
	case Date:
		return Time{zone: UTC}
	case Time:
		return v
	case string:
		t, ok := ParseTime(v)
		return c.orWarn(t, ok, quote(shorten(v))+" is no time of day")
	}
	c.Warn(describe(a[0]) + " holds no time of day")
	return nil
}

func timeOf(c *Call, a []Value) Value {
	h, ok1 := a[0].(Number).Int64()
	m, ok2 := a[1].(Number).Int64()
	whole := a[2].(Number).Floor()
	s, ok3 := whole.Int64()
	frac, _ := a[2].(Number).Sub(whole)
	nanos, _ := frac.Mul(Int(1e9))
	n, _ := nanos.Floor().Int64()
	var zone *Zone
	ok4 := true
	if offset, given := a[3].(DaysTime); given {
		ok4 = offset.nsec == 0 && offset.sec >= -maxOffset && offset.sec <= maxOffset
		if ok4 {
			zone, ok4 = FixedZone(int(offset.sec))
		}
	}
	if !ok1 || !ok2 || !ok3 || !ok4 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		c.Warn("there is no such time of day")
		return nil
	}
	t, ok := NewTime(int(h), int(m), int(s), int(n), zone)
	return c.orWarn(t, ok, "there is no such time of day")
}

func dateTimeFrom(c *Call, a []Value) Value {
	s := a[0].(string)
	t, ok := ParseDateTime(s)
	return c.orWarn(t, ok, quote(shorten(s))+" is no date and time")
}

func dateTimeOf(_ *Call, a []Value) Value { return NewDateTime(a[0].(DateTime).date, a[1].(Time)) }

func durationFrom(c *Call, a []Value) Value {
	s := a[0].(string)
	d, ok := ParseDuration(s)
	return c.orWarn(d, ok, quote(shorten(s))+" is no duration")
}

// yearsMonthsBetween counts the whole months between two civil dates.
func yearsMonthsBetween(_ *Call, a []Value) Value {
	from, to := a[0].(DateTime).date, a[1].(DateTime).date
	months := (int64(to.year)-int64(from.year))*12 + int64(to.month) - int64(from.month)
	switch {
	case months > 0 && to.day < from.day:
		months--
	case months < 0 && to.day > from.day:
		months++
	}
	return YearsMonths(months)
}

func numberFrom(c *Call, a []Value) Value {
	text := a[0].(string)
	grouping, point := "", "."
	if len(a) == 3 {
		if g, ok := a[1].(string); ok {
			if g != " " && g != "," && g != "." {
				c.Warn("the grouping separator must be a space, a comma or a point")
				return nil
			}
			grouping = g
		}
		if d, ok := a[2].(string); ok {
			point = d
		}
		if point != "," && point != "." || point == grouping {
			c.Warn("the decimal separator must be a comma or a point, and not the grouping separator")
			return nil
		}
	}
	s := text
	if grouping != "" {
		s = strings.ReplaceAll(s, grouping, "")
	}
	if point != "." {
		if strings.Contains(s, ".") {
			s = "?"
		}
		s = strings.ReplaceAll(s, point, ".")
	}
	n, err := ParseNumber(s)
	return c.orWarn(n, err == nil && isNumeral(s), quote(shorten(text))+" is no number")
}

// isNumeral is grammar rule 35: a sign, digits and a point with digits after it; no exponent.
func isNumeral(s string) bool {
	s = strings.TrimPrefix(s, "-")
	before, after, point := strings.Cut(s, ".")
	return wholeDigits(before+after) && (after != "" || !point && before != "")
}

// parseTemporal reads what stands in an at-literal.
func parseTemporal(s string) (Value, bool) {
	if d, ok := ParseDate(s); ok {
		return d, true
	}
	if strings.Contains(s, "T") {
		if t, ok := ParseDateTime(s); ok {
			return t, true
		}
	}
	if t, ok := ParseTime(s); ok {
		return t, true
	}
	return ParseDuration(s)
}
