package feel

import (
	"strings"
	"unicode/utf8"
)

// stringFunctions are DMN 1.5 §10.3.4.3, table 73. Places count code points from 1.
var stringFunctions = []*Builtin{
	define("substring", "string", of("string: string, start position: number, length?: number", substring)).
		example(`substring("foobar", 3) → "obar"`, `substring("foobar", 3, 3) → "oba"`, `substring("foobar", -2, 1) → "a"`),
	define("string length", "number", of("string: string", func(_ *Call, a []Value) Value {
		return Int(int64(utf8.RuneCountInString(a[0].(string))))
	})).example(`string length("全程") → 2`),
	define("upper case", "string", of("string: string", func(_ *Call, a []Value) Value { return strings.ToUpper(a[0].(string)) })).
		example(`upper case("aBc4") → "ABC4"`),
	define("lower case", "string", of("string: string", func(_ *Call, a []Value) Value { return strings.ToLower(a[0].(string)) })).
		example(`lower case("aBc4") → "abc4"`),
	define("substring before", "string", of("string: string, match: string", func(_ *Call, a []Value) Value {
		before, _, found := strings.Cut(a[0].(string), a[1].(string))
		if !found {
			return ""
		}
		return before
	})).example(`substring before("foobar", "bar") → "foo"`, `substring before("foobar", "xyz") → ""`),
	define("substring after", "string", of("string: string, match: string", func(_ *Call, a []Value) Value {
		_, after, _ := strings.Cut(a[0].(string), a[1].(string))
		return after
	})).example(`substring after("foobar", "ob") → "ar"`),
	define("replace", "string", of("input: string, pattern: string, replacement: string, flags?: string?", replace)).
		example(`replace("abracadabra", "bra", "*") → "a*cada*"`, `replace("2024年", "(\d+)年", "$1") → "2024"`),
	define("contains", "boolean", of("string: string, match: string", func(_ *Call, a []Value) Value {
		return strings.Contains(a[0].(string), a[1].(string))
	})).example(`contains("foobar", "of") → false`),
	define("starts with", "boolean", of("string: string, match: string", func(_ *Call, a []Value) Value {
		return strings.HasPrefix(a[0].(string), a[1].(string))
	})).example(`starts with("foobar", "fo") → true`),
	define("ends with", "boolean", of("string: string, match: string", func(_ *Call, a []Value) Value {
		return strings.HasSuffix(a[0].(string), a[1].(string))
	})).example(`ends with("foobar", "r") → true`),
	define("matches", "boolean", of("input: string, pattern: string, flags?: string?", matches)).
		example(`matches("foobar", "^fo*b") → true`, `matches("FOO", "foo", "i") → true`),
	define("split", "list<string>", of("string: string, delimiter: string", split)).
		example(`split("John Doe", "\s") → ["John", "Doe"]`, `split("a;b;c;;", ";") → ["a", "b", "c", "", ""]`),
	define("string join", "string", of("list: list, delimiter?: string?", stringJoin)).
		example(`string join(["a", "b", "c"], "_and_") → "a_and_b_and_c"`, `string join(["a", null, "c"]) → "ac"`),
}

// substring takes fractional places as their whole part.
func substring(c *Call, a []Value) Value {
	runes := []rune(a[0].(string))
	start, ok := whole(a[1].(Number))
	n := int64(len(runes))
	switch {
	case !ok || start == 0 || start > n || start < -n:
		c.Warn("the start position lies outside the string")
		return nil
	case start > 0:
		start--
	default:
		start += n
	}
	end := n
	if l, given := a[2].(Number); given {
		length, ok := whole(l)
		if !ok || length < 1 {
			c.Warn("the length must be at least 1")
			return nil
		}
		end = min(n, start+min(length, n))
	}
	return string(runes[start:end])
}

func stringJoin(c *Call, a []Value) Value {
	delimiter, _ := a[1].(string)
	var parts []string
	size := 0
	for _, e := range a[0].(List) {
		switch s := e.(type) {
		case nil:
		case string:
			parts = append(parts, s)
			if size += len(s) + len(delimiter); !c.run.size(len(s) + len(delimiter)) {
				return nil
			}
		default:
			c.Warn("the list holds " + describe(e) + " instead of a string")
			return nil
		}
	}
	joined := strings.Join(parts, delimiter)
	if len(a) == 4 {
		prefix, _ := a[2].(string)
		suffix, _ := a[3].(string)
		joined = prefix + joined + suffix
	}
	return joined
}
