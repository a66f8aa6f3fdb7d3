package feel

// booleanFunctions are DMN 1.5 §10.3.4.2, table 72, and §10.3.4.11.
var booleanFunctions = []*Builtin{
	define("not", "boolean", of("negand: any?", func(c *Call, a []Value) Value {
		if a[0] != nil {
			if _, ok := a[0].(bool); !ok {
				c.Warn(describe(a[0]) + " instead of true or false")
			}
		}
		return not3(a[0])
	})).example(`not(true) → false`, `not(null) → null`),
	define("is", "boolean", of("value1: any?, value2: any?", func(_ *Call, a []Value) Value { return Same(a[0], a[1]) })).
		example(`is(date("2012-12-25"), time("23:00:50")) → false`, `is(time("23:00:50Z"), time("23:00:50+00:00")) → true`),
}
