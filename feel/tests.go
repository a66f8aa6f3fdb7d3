package feel

import "slices"

// Tests is the shape of unary tests, for those who index or analyse decision tables.
type Tests struct {
	// Not turns the whole around: none of the alternatives may hold.
	Not bool
	// Any are the alternatives, one of which must hold: a value to be equal to, a *Range to lie in, or a Symbol.
	// No alternatives at all is "-", which always holds.
	Any []Value
}

// Symbol is the text of an expression that is not constant, in the place of its value in Tests.
type Symbol string

// Tests gives the shape of an expression that was parsed as unary tests; false when it has none that could be
// told without evaluating it.
func (e *Expr) Tests() (Tests, bool) {
	u, ok := e.root.(*unaryTests)
	if !ok {
		return Tests{}, false
	}
	t := Tests{Not: u.not, Any: make([]Value, len(u.tests))}
	for i, n := range u.tests {
		v, ok := e.alternative(n)
		if !ok {
			return Tests{}, false
		}
		t.Any[i] = v
	}
	return t, true
}

func (e *Expr) alternative(n node) (Value, bool) {
	switch n := n.(type) {
	case *comparison:
		return e.comparisonShape(n.op, n.x)
	case *rangeNode:
		return e.rangeShape(n)
	case *binary:
		if x, ok := n.l.(*name); ok && x.id == "?" {
			return e.comparisonShape(n.op, n.r)
		}
	}
	return e.bound(n)
}

// rangeShape is a range whose bounds are constants or symbols.
func (e *Expr) rangeShape(n *rangeNode) (Value, bool) {
	r := &Range{LowIncluded: n.lowIncluded, HighIncluded: n.highIncluded, LowUnbounded: n.low == nil, HighUnbounded: n.high == nil}
	okLow, okHigh := true, true
	if n.low != nil {
		r.Low, okLow = e.bound(n.low)
	}
	if n.high != nil {
		r.High, okHigh = e.bound(n.high)
	}
	return r, okLow && okHigh && (r.LowUnbounded || r.HighUnbounded || ordered(r.Low, r.High))
}

// ordered reports whether the bounds can make a range; symbols may always do.
func ordered(low, high Value) bool {
	_, openLow := low.(Symbol)
	_, openHigh := high.(Symbol)
	c, ok := Compare(low, high)
	return openLow || openHigh || ok && c <= 0
}

// comparisonShape is "op x" as a range, or as the value for equality.
func (e *Expr) comparisonShape(op string, x node) (Value, bool) {
	v, ok := e.bound(x)
	if !ok {
		return nil, false
	}
	switch op {
	case "=":
		return v, true
	case "<", "<=":
		return &Range{High: v, HighIncluded: op == "<=", LowUnbounded: true}, true
	case ">", ">=":
		return &Range{Low: v, LowIncluded: op == ">=", HighUnbounded: true}, true
	}
	return nil, false
}

// bound is the value of a constant, or a Symbol for what depends on variables other than the tested value.
func (e *Expr) bound(n node) (Value, bool) {
	if !isConstant(n) {
		at := n.place()
		return Symbol(e.src[at.from:at.to]), !mentions(n, "?")
	}
	p, faults := compile(&Expr{src: e.src, root: n, options: e.options}, Scope{}, libraryOf(e.options))
	if len(faults) > 0 {
		return nil, false
	}
	v, warnings := p.Eval(Env{}, nil)
	return v, len(warnings) == 0
}

// constantCalls are the constructors whose value depends on nothing but their arguments.
var constantCalls = []string{"date", "time", "date and time", "duration", "number", "years and months duration"}

func isConstant(n node) bool {
	constant := true
	walk(n, func(n node) {
		switch n := n.(type) {
		case *literal, *atLiteral, *negation, *binary, *list:
		case *name:
			constant = constant && slices.Contains(constantCalls, n.id)
		case *call:
			_, named := n.fn.(*name)
			constant = constant && named
		default:
			constant = false
		}
	})
	_, bare := n.(*name)
	return constant && !bare
}
