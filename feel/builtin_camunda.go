package feel

import (
	"encoding/base64"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// camundaFunctions are what Camunda documents beyond the standard, and the functions of the standard that it
// gives more signatures. Its uuid and random number are left out: an evaluation must be repeatable.
var camundaFunctions = []*Builtin{
	define("is defined", "boolean", of("value: any?", func(_ *Call, a []Value) Value { return a[0] != nil })).quietly().
		example(`is defined(1) → true`, `is defined(null) → false`, `is defined(missing.entry) → false`),
	define("get or else", "Any", of("value: any?, default: any?", func(_ *Call, a []Value) Value {
		if a[0] == nil {
			return a[1]
		}
		return a[0]
	})).quietly().example(`get or else("this", "default") → "this"`, `get or else(null, "default") → "default"`),
	define("assert", "Any", of("value: any?, condition: any?, cause?: string?", assert)).
		example(`assert(4, 4 > 0) → 4`, `assert(-4, -4 > 0, "must be positive") → null`),
	define("get value", "Any",
		of("context: context, key: string", getValue),
		of("context: context, keys: list", getValueAt)).
		example(`get value({x: 1, y: {z: 0}}, ["y", "z"]) → 0`),
	define("context put", "context",
		of("context: context, key: string, value: any?", func(c *Call, a []Value) Value {
			return contextPut(c, a[0].(*Context), List{a[1]}, a[2], true)
		}),
		of("context: context, keys: list, value: any?", func(c *Call, a []Value) Value {
			return contextPut(c, a[0].(*Context), a[1].(List), a[2], true)
		})).
		example(`context put({x: 1}, ["y", "z"], 2) → {x: 1, y: {z: 2}}`),
	define("put", "context", of("context: context, key: string, value: any?", func(c *Call, a []Value) Value {
		return contextPut(c, a[0].(*Context), List{a[1]}, a[2], true)
	})).example(`put({x: 1}, "y", 2) → {x: 1, y: 2}`),
	define("put all", "context", of("contexts: list", contextMerge)).spreads().
		example(`put all({x: 1}, {y: 2}) → {x: 1, y: 2}`),
	define("duplicate values", "list", of("list: list", duplicates)).example(`duplicate values([1, 2, 3, 2, 1]) → [1, 2]`),
	define("is empty", "boolean", of("list: list", func(_ *Call, a []Value) Value { return len(a[0].(List)) == 0 })).
		example(`is empty([]) → true`),
	define("partition", "list", of("list: list, size: number", partition)).
		example(`partition([1, 2, 3, 4, 5], 2) → [[1, 2], [3, 4], [5]]`, `partition([1, 2], 0) → null`),
	define("string join", "string", of("list: list, delimiter?: string?, prefix?: string?, suffix?: string?", stringJoin)).
		example(`string join(["a", "b", "c"], ", ", "[", "]") → "[a, b, c]"`),
	define("extract", "list<string>", of("string: string, pattern: string", extract)).
		example(`extract("references are 1234, 1256, 1378", "12[0-9]*") → ["1234", "1256"]`),
	define("trim", "string", of("string: string", func(_ *Call, a []Value) Value { return strings.TrimSpace(a[0].(string)) })).
		example(`trim("  hello world  ") → "hello world"`),
	define("is blank", "boolean", of("string: string", func(_ *Call, a []Value) Value {
		return strings.TrimSpace(a[0].(string)) == ""
	})).example(`is blank(" ") → true`),
	define("to base64", "string", of("value: string", func(c *Call, a []Value) Value {
		s := base64.StdEncoding.EncodeToString([]byte(a[0].(string)))
		if !c.run.size(len(s)) {
			return nil
		}
		return s
	})).example(`to base64("FEEL") → "RkVFTA=="`),
	define("last day of month", "date", of("date: date and time", func(_ *Call, a []Value) Value {
		d := a[0].(DateTime).date
		return Date{d.year, d.month, uint8(monthDays(int(d.year), int(d.month)))}
	})).example(`last day of month(date("2022-10-01")) → 2022-10-31`),
	define("number", "number",
		of("from: string", numberFrom),
		of("from: string, grouping separator: string?, decimal separator?: string?", numberFrom)).
		example(`number("1,500", ",") → 1500`),
	define("date and time", "date and time",
		of("from: string", func(c *Call, a []Value) Value { return dateTimeFrom(c, []Value{javaZone(a[0].(string))}) }),
		of("date: date and time, time: time", dateTimeOf),
		of("date: date and time, timezone: string", dateTimeAt)).
		example(`date and time(@"2020-07-31T14:27:30@Europe/Berlin", "America/Los_Angeles") → 2020-07-31T05:27:30@America/Los_Angeles`,
			`date and time("2018-04-29T09:30:00+02:00[Europe/Berlin]") → 2018-04-29T09:30:00@Europe/Berlin`),
	define("from json", "Any", of("value: string", fromJSONText)).
		example(`from json("{\"a\": 1}") → {a: 1}`, `from json("{") → null`),
	define("to json", "string", of("value: any?", toJSONText)).
		example(`to json({a: 1, b: 2}) → "{\"a\":1,\"b\":2}"`),
	define("decimal", "number", of("n: number, scale: number, mode?: string?", decimalWithMode)).
		example(`decimal(2.5, 0, "half_up") → 3`),
	define("round up", "number", of("n: number, scale?: number", rounding(apd.RoundUp))).example(`round up(5.5) → 6`),
	define("round down", "number", of("n: number, scale?: number", rounding(apd.RoundDown))).example(`round down(5.5) → 5`),
	define("round half up", "number", of("n: number, scale?: number", rounding(apd.RoundHalfUp))).
		example(`round half up(5.5) → 6`),
	define("round half down", "number", of("n: number, scale?: number", rounding(apd.RoundHalfDown))).
		example(`round half down(5.5) → 5`),
}

// quietly lets arguments be null without a warning: to ask for that is what the function is for.
func (b *Builtin) quietly() *Builtin {
	b.quiet = 1
	return b
}

func assert(c *Call, a []Value) Value {
	if a[1] == true {
		return a[0]
	}
	cause, ok := a[2].(string)
	if !ok {
		cause = "the condition of assert is not fulfilled"
	}
	c.Warn(cause)
	return nil
}

func getValue(c *Call, a []Value) Value {
	v, ok := a[0].(*Context).Get(a[1].(string))
	return c.orWarn(v, ok, "the context has no entry "+quote(shorten(a[1].(string))))
}

func getValueAt(c *Call, a []Value) Value {
	keys := a[1].(List)
	var v Value = a[0]
	for _, key := range keys {
		m, ok := v.(*Context)
		k, isString := key.(string)
		if !ok || !isString {
			v = nil
			break
		}
		v, _ = m.Get(k)
	}
	return c.orWarn(v, len(keys) > 0 && v != nil, "the context has no value at this path")
}

// duplicates lists values that occur more than once, in the order of their first places.
func duplicates(c *Call, a []Value) Value {
	l := a[0].(List)
	out := List{}
	for i, v := range l {
		if indexOf(c, l[i+1:], v) >= 0 && indexOf(c, out, v) < 0 {
			out = append(out, v)
		}
	}
	return out
}

func partition(c *Call, a []Value) Value {
	l := a[0].(List)
	size, ok := a[1].(Number).Int64()
	if !ok || size < 1 {
		c.Warn("the size must be a whole number above 0")
		return nil
	}
	if !c.Step(len(l)) {
		return nil
	}
	out := List{}
	for from := 0; from < len(l); {
		to := from + int(min(size, int64(len(l)-from)))
		out = append(out, l[from:to:to])
		from = to
	}
	return out
}

// javaZone turns Java's way to write an offset and a zone, +02:00[Europe/Berlin], into FEEL's @Europe/Berlin.
func javaZone(s string) string {
	moment, zone, found := strings.Cut(strings.TrimSuffix(s, "]"), "[")
	clock := strings.IndexByte(moment, 'T')
	if !found || clock < 0 || !strings.HasSuffix(s, "]") {
		return s
	}
	if i := strings.IndexAny(moment[clock:], "+-Z"); i >= 0 {
		moment = moment[:clock+i]
	}
	return moment + "@" + zone
}

// dateTimeAt moves a moment into a zone; a local one is read in the zone of the environment.
func dateTimeAt(c *Call, a []Value) Value {
	t := a[0].(DateTime)
	zone, ok := parseZone(a[1].(string))
	if !ok || zone == nil {
		zone, ok = NamedZone(a[1].(string))
	}
	if !ok {
		c.Warn("there is no time zone " + quote(shorten(a[1].(string))))
		return nil
	}
	if t.zone == nil {
		t.zone = ZoneOf(c.Env().zone(), t.Time(c.Env().zone()))
	}
	sec, nanos := t.seconds()
	moved, ok := fromSeconds(sec, nanos, zone)
	return c.orWarn(moved, ok, "the moment lies beyond the years of FEEL")
}

func fromJSONText(c *Call, a []Value) Value {
	text := a[0].(string)
	if !c.Step(1 + len(text)/8) {
		return nil
	}
	v, err := FromJSON([]byte(text))
	if err != nil {
		c.Warn(err.Error())
		return nil
	}
	return v
}

func toJSONText(c *Call, a []Value) Value {
	b, err := ToJSON(a[0])
	if err != nil {
		c.Warn(err.Error())
		return nil
	}
	if !c.run.size(len(b)) {
		return nil
	}
	return string(b)
}

// roundingModes are named as in Java.
var roundingModes = map[string]apd.Rounder{
	"UP": apd.RoundUp, "DOWN": apd.RoundDown, "CEILING": apd.RoundCeiling, "FLOOR": apd.RoundFloor,
	"HALF_UP": apd.RoundHalfUp, "HALF_DOWN": apd.RoundHalfDown, "HALF_EVEN": apd.RoundHalfEven,
}

func decimalWithMode(c *Call, a []Value) Value {
	mode := apd.RoundHalfEven
	if name, given := a[2].(string); given {
		var ok bool
		if mode, ok = roundingModes[strings.ToUpper(name)]; !ok {
			c.Warn("there is no rounding mode " + quote(shorten(name)))
			return nil
		}
	}
	return rounding(mode)(c, a[:2])
}
