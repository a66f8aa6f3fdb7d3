package dmn

import "testing"

const (
	tree = `<itemDefinition name="tTree"><itemComponent name="size"><typeRef>number</typeRef></itemComponent>
	<itemComponent name="branches" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>`
	percent = `<itemDefinition name="tPercent"><typeRef>number</typeRef><allowedValues><text>[0..100]</text></allowedValues></itemDefinition>`
	span    = `<itemDefinition name="tSpan"><itemComponent name="low"><typeRef>number</typeRef></itemComponent>
	<itemComponent name="high"><typeRef>number</typeRef><allowedValues><text>&gt; low</text></allowedValues></itemComponent></itemDefinition>`
	lettersOnly = `<itemDefinition name="tTexts" isCollection="true"><typeRef>string</typeRef></itemDefinition>
	<itemDefinition name="tLetters"><typeRef>tTexts</typeRef><allowedValues><text>"a","b"</text></allowedValues></itemDefinition>`
	pair = `<itemDefinition name="tPair" isCollection="true"><typeRef>tPercent</typeRef><typeConstraint><text>count(?) = 2</text></typeConstraint></itemDefinition>`
)

// TestExpressions evaluates each kind of boxed expression and the conversions to types.
func TestExpressions(t *testing.T) {
	for name, c := range map[string]struct{ typ, logic, given, want, warnings string }{
		"conditional": {"string", `<conditional><if>` + literal("x > 1") + `</if><then>` + literal(`"more"`) +
			`</then><else>` + literal(`"less"`) + `</else></conditional>`, "x: 2", `"more"`, ""},
		"conditional of null": {"string", `<conditional><if>` + literal("null") + `</if><then>` + literal(`"more"`) +
			`</then><else>` + literal(`"less"`) + `</else></conditional>`, "x: 2", `"less"`, "instead of true or false"},
		"list": {"Any", `<list>` + literal("x") + literal("x + 1") + `</list>`, "x: 2", `[2, 3]`, ""},
		"relation": {"Any", `<relation><column name="a"/><column name="b c"/><row>` + literal("1") + literal("x") +
			`</row></relation>`, "x: 2", `[{a: 1, "b c": 2}]`, ""},
		"context": {"Any", `<context><contextEntry><variable name="a b"/>` + literal("x + 1") +
			`</contextEntry><contextEntry><variable name="c"/>` + literal("a b * 2") + `</contextEntry></context>`, "x: 2",
			`{"a b": 3, c: 6}`, ""},
		"context with result": {"Any", `<context><contextEntry><variable name="a"/>` + literal("x + 1") +
			`</contextEntry><contextEntry>` + literal("a * 2") + `</contextEntry></context>`, "x: 2", `6`, ""},
		"for": {"Any", `<for iteratorVariable="i"><in>` + literal("[1,2,3]") + `</in><return>` + literal("i * x") +
			`</return></for>`, "x: 2", `[2, 4, 6]`, ""},
		"for with partial": {"Any", `<for iteratorVariable="i"><in>` + literal("[1,2,3]") +
			`</in><return>` + literal("i * count(partial)") + `</return></for>`, "x: 2", `[0, 2, 6]`, ""},
		"for over a range": {"Any", `<for iteratorVariable="i"><in>` + literal("[1..3]") + `</in><return>` + literal("i") +
			`</return></for>`, "x: 2", `[1,2,3]`, ""},
		"for over bare bounds": {"Any", `<for iteratorVariable="i"><in>` + literal("1..x") + `</in><return>` + literal("i") +
			`</return></for>`, "x: 3", `[1,2,3]`, ""},
		"every": {"Any", `<every iteratorVariable="i"><in>` + literal("[1,2]") + `</in><satisfies>` + literal("i > x") +
			`</satisfies></every>`, "x: 0", `true`, ""},
		"every of null": {"Any", `<every iteratorVariable="i"><in>` + literal("[1,null]") + `</in><satisfies>` + literal("i > x") +
			`</satisfies></every>`, "x: 0", `null`, "null"},
		"some": {"Any", `<some iteratorVariable="i"><in>` + literal("[1,2]") + `</in><satisfies>` + literal("i > x") +
			`</satisfies></some>`, "x: 1", `true`, ""},
		"filter": {"Any", `<filter><in>` + literal("[1,2,3]") + `</in><match>` + literal("item > x") + `</match></filter>`,
			"x: 1", `[2,3]`, ""},
		"filter by entry": {"Any", `<filter><in>` + literal(`[{a: 1}, {a: 5}]`) + `</in><match>` + literal("a > x") +
			`</match></filter>`, "x: 1", `[{a: 5}]`, ""},
		"filter by position": {"Any", `<filter><in>` + literal(`["a", "b"]`) + `</in><match>` + literal("x") + `</match></filter>`,
			"x: 2", `"b"`, ""},
		"filter of one": {"Any", `<filter><in>` + literal(`5`) + `</in><match>` + literal("item > x") + `</match></filter>`, "x: 2",
			`[5]`, ""},
		"filter of null": {"Any", `<filter><in>` + literal(`null`) + `</in><match>` + literal("true") + `</match></filter>`, "x: 2",
			`null`, "no elements"},
		"function": {"Any",
			`<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="n" typeRef="number"/>` + literal("if n = 0 then 1 else n * f(n - 1)") + `</functionDefinition></contextEntry><contextEntry>` + literal("f(x)") + `</contextEntry></context>`, "x: 5", `120`, ""},
		"function refuses": {"Any",
			`<context><contextEntry><variable name="f"/><functionDefinition><formalParameter name="n" typeRef="number"/>` + literal("1") +
				`</functionDefinition></contextEntry><contextEntry>` + literal(`f("a")`) + `</contextEntry></context>`, "x: 5", `null`,
			"argument n"},
		"function of a type": {"Any",
			`<context><contextEntry><variable name="f" typeRef="number"/><functionDefinition typeRef="number"><formalParameter name="n"/>` + literal("[n]") + `</functionDefinition></contextEntry><contextEntry>` + literal(`f(x)`) + `</contextEntry></context>`, "x: 5", `5`, ""},
		"invocation": {"Any", `<invocation>` + literal("abs") + `<binding><parameter name="n"/>` + literal("0 - x") +
			`</binding></invocation>`, "x: 5", `5`, ""},
		"list of one to item": {"number", literal("[x]"), "x: 5", `5`, ""},
		"item to list":        {"tPair", literal("x"), "x: 5", `null`, "not of type tPair"},
		"allowed values":      {"tPercent", literal("x"), "x: 101", `null`, "not of type tPercent"},
		"allowed value":       {"tPercent", literal("x"), "x: 100", `100`, ""},
		"constraint":          {"tPair", literal("[x, x]"), "x: 100", `[100, 100]`, ""},
		"allowed in a list":   {"tPair", literal("[x, x]"), "x: 101", `null`, "not of type tPair"},
		"recursive type": {"tTree", literal("{size: x, branches: [{size: 1, branches: []}]}"), "x: 5",
			`{size: 5, branches: [{size: 1, branches: []}]}`, ""},
		"recursive mismatch":  {"tTree", literal(`{size: x, branches: [{size: "a", branches: []}]}`), "x: 5", `null`, "not of type"},
		"input of wrong type": {"Any", literal("x"), `x: "a"`, `null`, "not of type number"},
		"missing input":       {"Any", literal("x"), `y: 1`, `null`, "no value was given"},
		"type by instance of": {"Any", literal("x instance of tPercent"), `x: 1`, `true`, ""},
	} {
		src := file(tree, percent, pair, span, lettersOnly, given("x", "number"), decide("D", c.typ, c.logic, "x"))
		t.Run(name, func(t *testing.T) { check(t, program(t, src), c.given, c.want, c.warnings) })
	}
}
