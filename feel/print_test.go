package feel

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// dump writes a tree without the places of its nodes.
func dump(n node) string {
	s := fmt.Sprintf("(%T %s", n, scalars(n))
	for _, child := range children(n) {
		s += " " + dump(child)
	}
	return s + ")"
}

// scalars are the parts of a node that are no nodes.
func scalars(n node) string {
	switch n := n.(type) {
	case *literal:
		return literalText(n.value)
	case *atLiteral:
		return n.text
	case *name:
		return n.id
	case *path:
		return n.field
	case *binary:
		return n.op
	case *comparison:
		return n.op
	case *rangeNode:
		return fmt.Sprint(n.lowIncluded, n.highIncluded, n.low == nil, n.high == nil)
	case *instanceOf:
		return dumpType(n.typ)
	case *call:
		return fmt.Sprint(n.names)
	case *unaryTests:
		return fmt.Sprint(n.not)
	case *function:
		s := fmt.Sprint(n.external)
		for _, p := range n.params {
			s += " " + p.name + dumpType(p.typ)
		}
		return s
	case *contextNode:
		s := ""
		for _, e := range n.entries {
			s += quote(e.key)
		}
		return s
	case *loop:
		return dumpIterators(n.iterators)
	case *quantified:
		return fmt.Sprint(n.every) + dumpIterators(n.iterators)
	}
	return ""
}

func dumpIterators(its []iterator) string {
	s := ""
	for _, it := range its {
		s += fmt.Sprint(it.name, it.to != nil)
	}
	return s
}

func dumpType(t *typeNode) string {
	if t == nil {
		return ""
	}
	s := fmt.Sprint(t.name, t.params, t.fields)
	for _, a := range append(t.args[:len(t.args):len(t.args)], t.result) {
		s += dumpType(a)
	}
	return "<" + s + ">"
}

// treeMaker draws syntax trees as the parser can make them.
type treeMaker struct{ t *rapid.T }

func (m treeMaker) pick(label string, n int) int { return rapid.IntRange(0, n-1).Draw(m.t, label) }

func (m treeMaker) word() string {
	return rapid.SampledFrom([]string{"a", "b1", "预算", "full name", "x_y", "item", "_", "date and time", "not"}).Draw(m.t, "word")
}

func (m treeMaker) leaf() node {
	switch m.pick("leaf", 5) {
	case 0:
		return &literal{value: drawNumber(m.t, "number").Abs()}
	case 1:
		return &literal{value: rapid.String().Draw(m.t, "string")}
	case 2:
		return &literal{value: rapid.SampledFrom([]Value{true, false, nil}).Draw(m.t, "constant")}
	case 3:
		return &atLiteral{text: "2020-01-01", value: mustDate("2020-01-01")}
	}
	return &name{id: m.word()}
}

func mustDate(s string) Value {
	d, _ := ParseDate(s)
	return d
}

func (m treeMaker) tree(depth int) node {
	if depth == 0 {
		return m.leaf()
	}
	sub := func() node { return m.tree(depth - 1) }
	switch m.pick("kind", 17) {
	case 0, 1, 2:
		op := rapid.SampledFrom([]string{"+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or"}).Draw(m.t, "op")
		return &binary{op: op, l: sub(), r: sub()}
	case 3:
		return &negation{x: sub()}
	case 4:
		return &path{x: sub(), field: "time offset"}
	case 5:
		return &filter{x: sub(), cond: sub()}
	case 6:
		return &conditional{cond: sub(), then: sub(), otherwise: sub()}
	case 7:
		return &loop{iterators: []iterator{{name: "i", from: sub()}, {name: "j k", from: sub(), to: sub()}}, body: sub()}
	case 8:
		return &quantified{every: rapid.Bool().Draw(m.t, "every"), iterators: []iterator{{name: "i", from: sub()}}, body: sub()}
	case 9:
		return &list{items: []node{sub(), &comparison{op: "<", x: sub()}, sub()}}
	case 10:
		return &contextNode{entries: []entry{{"a", sub()}, {"b-c", sub()}, {"", sub()}}}
	case 11:
		return &rangeNode{low: sub(), high: sub(), lowIncluded: rapid.Bool().Draw(m.t, "low"), highIncluded: rapid.Bool().Draw(m.t, "high")}
	case 12:
		return &call{fn: sub(), args: []node{sub(), sub()}}
	case 13:
		return &call{fn: &name{id: "substring"}, args: []node{sub(), sub()}, names: []string{"string", "start position"}}
	case 14:
		typ := &typeNode{
			name: "function", params: true, args: []*typeNode{{name: "list", params: true, args: []*typeNode{{name: "date and time"}}}},
			result: &typeNode{name: "context", params: true, fields: []string{"a b"}, args: []*typeNode{{name: "number"}}},
		}
		return &function{params: []paramNode{{name: "p"}, {name: "q r", typ: typ}}, body: sub()}
	case 15:
		return &in{x: sub(), tests: []node{sub(), &comparison{op: ">=", x: sub()}}}
	}
	return &instanceOf{
		x: &between{x: sub(), low: sub(), high: sub()}, typ: &typeNode{name: "range", params: true, args: []*typeNode{{name: "number"}}},
	}
}

func TestPrintedExpressionsParseToTheSameTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"b-c", "date and time"}
		e := &Expr{root: treeMaker{t}.tree(rapid.IntRange(0, 3).Draw(t, "depth")), options: Options{Names: names}}
		text := e.String()
		again, faults := Parse(text, e.options)
		if again == nil {
			t.Fatalf("%s\n%v", text, faults)
		}
		if got, want := dump(again.root), dump(e.root); got != want {
			t.Fatalf("%s\ngot  %s\nwant %s", text, got, want)
		}
	})
}

func TestPrint(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"(a+b)*c-(d-e)", "(a + b) * c - (d - e)"},
		{"a  and(b or c)", "a and (b or c)"},
		{"x in[1..5)", "x in ([1..5))"},
		{"]1..5[", "(1..5)"},
		{"(< 5)", "(< 5)"},
		{`{a: 1, "b c": [ ]}`, `{a: 1, "b c": []}`},
		{"for i in 1..3 return(i)", "for i in 1..3 return i"},
		{"-(-1)", "--1"},
		{"f(b: 1,a: 2).x[1]", "f(b: 1, a: 2).x[1]"},
		{`"tab\tquote\""`, `"tab\tquote\""`},
	} {
		e, faults := Parse(c.src, Options{})
		if e == nil {
			t.Errorf("%s: %v", c.src, faults)
			continue
		}
		if got := e.String(); got != c.want {
			t.Errorf("%s prints as %s, want %s", c.src, got, c.want)
		}
	}
}
