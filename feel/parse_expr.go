package feel

// Binding powers of the operators, weakest first (DMN 1.5 §10.3.1.2, rules 2 and 4).
const (
	levelOr = iota + 1
	levelAnd
	levelCompare
	levelAdd
	levelMul
	levelPower
)

// operatorLevel is the binding power of the operator at the token; 0 for none.
func operatorLevel(t token) int {
	switch t.kind {
	case tokOp:
		switch t.text {
		case "+", "-":
			return levelAdd
		case "*", "/":
			return levelMul
		case "**":
			return levelPower
		case "=", "!=", "<", "<=", ">", ">=":
			return levelCompare
		}
	case tokWord:
		switch t.text {
		case "or":
			return levelOr
		case "and":
			return levelAnd
		case "between", "in":
			return levelCompare
		}
	}
	return 0
}

// binary parses operators of at least the given level; all of them group to the left.
func (p *parser) binary(level int) node {
	start := p.peek().from
	left := p.unary()
	for {
		t := p.peek()
		l := operatorLevel(t)
		if l < level || l == 0 {
			return left
		}
		p.link()
		p.pos++
		switch t.text {
		case "between":
			low := p.binary(levelAdd)
			p.expectWord("and", "between the bounds of between")
			high := p.binary(levelAdd)
			left = &between{p.from(start), left, low, high}
		case "in":
			tests := p.inTests()
			left = &in{p.from(start), left, tests}
		default:
			right := p.binary(l + 1)
			left = &binary{p.from(start), t.text, left, right}
		}
	}
}

// inTests is what may follow "in": one test, or several in parentheses.
func (p *parser) inTests() []node {
	if n := p.comparison(); n != nil {
		return []node{n}
	}
	if !p.isOp("(") {
		return []node{p.binary(levelAdd)}
	}
	pos := p.pos
	p.pos++
	tests := p.tests()
	if len(tests) == 1 && !p.isOp(")") { // an interval such as (1..5]
		p.pos = pos
		return []node{p.binary(levelAdd)}
	}
	p.expect(")", "after the tests of in")
	if l := operatorLevel(p.peek()); len(tests) == 1 && (l > levelCompare || p.isOp("[") || p.isOp(".")) {
		p.pos = pos // the parentheses belong to a longer expression
		return []node{p.binary(levelAdd)}
	}
	return tests
}

func (p *parser) unary() node {
	t := p.peek()
	if t.kind == tokOp && t.text == "-" {
		p.enter()
		p.pos++
		x := p.unary()
		p.depth--
		return &negation{p.from(t.from), x}
	}
	x := p.postfix()
	for p.isWord("instance") && p.peekAt(1).text == "of" {
		p.link()
		p.pos += 2
		typ := p.typ()
		x = &instanceOf{p.from(t.from), x, typ}
	}
	return x
}

// postfix is a primary with paths, filters and arguments.
func (p *parser) postfix() node {
	start := p.peek().from
	return p.suffixes(start, p.primary(), true)
}

func (p *parser) suffixes(start int, x node, filters bool) node {
	for {
		t := p.peek()
		if t.kind != tokOp {
			return x
		}
		switch {
		case t.text == ".":
			p.link()
			p.pos++
			field := p.fieldName()
			x = &path{p.from(start), x, field}
		case t.text == "(":
			p.link()
			x = p.call(start, x)
		case t.text == "[" && filters:
			p.link()
			p.pos++
			cond := p.expression()
			p.expect("]", "after the filter")
			x = &filter{p.from(start), x, cond}
		default:
			return x
		}
	}
}
