package feel

// node is a piece of the syntax tree. Nodes are not changed after parsing.
type node interface{ place() span }

// span is where a node stands in the source: byte offsets.
type span struct{ from, to int }

func (s span) place() span { return s }

type (
	// literal is a number, string, boolean or null.
	literal struct {
		span
		value Value
	}
	// atLiteral is @"2020-01-01"; value is nil when the text is not a temporal.
	atLiteral struct {
		span
		text  string
		value Value
	}
	name struct {
		span
		id string
	}
	// path is x.field.
	path struct {
		span
		x     node
		field string
	}
	negation struct {
		span
		x node
	}
	binary struct {
		span
		op   string
		l, r node
	}
	between struct {
		span
		x, low, high node
	}
	// in is x in test or x in (test, …).
	in struct {
		span
		x     node
		tests []node
	}
	instanceOf struct {
		span
		x   node
		typ *typeNode
	}
	conditional struct {
		span
		cond, then, otherwise node
	}
	// loop is for … return body.
	loop struct {
		span
		iterators []iterator
		body      node
	}
	// quantified is some or every … satisfies body.
	quantified struct {
		span
		every     bool
		iterators []iterator
		body      node
	}
	list struct {
		span
		items []node
	}
	contextNode struct {
		span
		entries []entry
	}
	// rangeNode is [low..high] with any of the brackets; a bound that is nil is open to infinity.
	rangeNode struct {
		span
		low, high                 node
		lowIncluded, highIncluded bool
	}
	// comparison is a test with the value left out: < 5, = "a". As a value it is a range.
	comparison struct {
		span
		op string
		x  node
	}
	filter struct {
		span
		x, cond node
	}
	call struct {
		span
		fn    node
		args  []node
		names []string // for named arguments, as many as args; else nil
	}
	function struct {
		span
		params   []paramNode
		body     node
		external bool
	}
	// unaryTests is the content of an input entry; no tests at all is "-".
	unaryTests struct {
		span
		not   bool
		tests []node
	}
)

// iterator is "name in from" or "name in from..to".
type iterator struct {
	name     string
	from, to node // to is nil unless the iterator is a range of numbers or dates
}

type entry struct {
	key   string
	value node
}

type paramNode struct {
	name string
	typ  *typeNode // nil: any
}

// typeNode is a type as written; it is resolved when the expression is compiled.
type typeNode struct {
	span
	name   string      // base name; list, range, context and function take arguments
	args   []*typeNode // element type, or parameter types
	fields []string    // names of the args of a context
	result *typeNode   // of a function
	params bool        // whether <> was written
}
