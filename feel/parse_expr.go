package feel

import "fmt"

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

func (p *parser) primary() node {
	t := p.peek()
	switch t.kind {
	case tokNumber:
		p.pos++
		n, err := ParseNumber(t.text)
		if err != nil {
			p.fail(t.from, "the number "+shorten(t.text)+" is out of range", "")
		}
		return &literal{p.from(t.from), n}
	case tokString:
		p.pos++
		return &literal{p.from(t.from), t.text}
	case tokWord:
		return p.word()
	case tokQuoted:
		if p.quoted {
			p.pos++
			return &name{p.from(t.from), t.text}
		}
	case tokOp:
		switch t.text {
		case "(":
			return p.parenthesis()
		case "[":
			return p.bracket()
		case "]":
			p.pos++
			if p.isOp("..") {
				return p.interval(t.from, nil, false)
			}
			return p.interval(t.from, p.expression(), false)
		case "{":
			return p.context()
		case "@":
			return p.at()
		}
	}
	p.unexpected("a value, a name, or “(”")
	return nil
}

// word is a keyword that starts an expression, or a name.
func (p *parser) word() node {
	t := p.peek()
	if id, n := p.known(); n > 1 {
		p.pos += n
		return &name{p.from(t.from), id}
	}
	switch t.text {
	case "true", "false":
		p.pos++
		return &literal{p.from(t.from), t.text == "true"}
	case "null":
		p.pos++
		return &literal{p.from(t.from), nil}
	case "if":
		return p.conditional()
	case "for":
		return p.loop()
	case "some", "every":
		return p.quantified()
	case "function":
		if next := p.peekAt(1); next.kind == tokOp && next.text == "(" {
			return p.function()
		}
	}
	if keywords[t.text] {
		p.unexpected("a value or a name")
	}
	id := p.words()
	return &name{p.from(t.from), id}
}

// known finds the longest name of several tokens that the scope or the built-ins have here.
func (p *parser) known() (string, int) {
	rest := p.tokens[p.pos:]
	id, n := p.own.match(rest)
	if id2, n2 := p.funcs.match(rest); n2 > n {
		id, n = id2, n2
	}
	if n > 1 && p.peekAt(n).kind == tokWord && !keywords[p.peekAt(n).text] {
		return "", 0 // the name goes on
	}
	return id, n
}

// words joins adjacent words, and digits after them, to one name: nothing else may stand side by side.
func (p *parser) words() string {
	from := p.pos
	p.pos++
	for {
		t := p.peek()
		if t.kind == tokWord && !keywords[t.text] || t.kind == tokNumber && wholeDigits(t.text) {
			p.pos++
			continue
		}
		return joinTokens(p.tokens[from:p.pos])
	}
}

func wholeDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// fieldName is the name after a point; here keywords may start it.
func (p *parser) fieldName() string {
	if t := p.peek(); t.kind == tokQuoted && p.quoted {
		p.pos++
		return t.text
	}
	if p.peek().kind != tokWord {
		p.unexpected("a name after the point")
	}
	if id, n := p.own.match(p.tokens[p.pos:]); n > 1 {
		p.pos += n
		return id
	}
	return p.words()
}

// nameBefore reads a name that must be followed by the operator, such as a context key; "" when it is not.
func (p *parser) nameBefore(op string) string {
	i := p.pos
	for ; ; i++ {
		t := p.tokens[i]
		switch {
		case t.kind == tokOp && t.text == op:
			if i == p.pos || p.tokens[p.pos].kind != tokWord {
				return ""
			}
			id := joinTokens(p.tokens[p.pos:i])
			p.pos = i
			return id
		case t.kind == tokWord, t.kind == tokNumber, t.kind == tokOther:
		case t.kind == tokOp && isNameSymbol(t.text):
		default:
			return ""
		}
	}
}

// isNameSymbol is rule 30, additional name symbols.
func isNameSymbol(s string) bool {
	switch s {
	case ".", "/", "-", "’", "'", "+", "*", "**":
		return true
	}
	return false
}

// parenthesis is a group, an interval with an open start, or a comparison as a range.
func (p *parser) parenthesis() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	if n := p.comparison(); n != nil {
		p.expect(")", "after the comparison")
		return n
	}
	if p.isOp("..") {
		return p.interval(t.from, nil, false)
	}
	x := p.expression()
	if p.isOp("..") {
		return p.interval(t.from, x, false)
	}
	p.expect(")", "to close “(”")
	return x
}

// bracket is a list or an interval with a closed start.
func (p *parser) bracket() node {
	t := p.advance()
	if p.accept("]") {
		return &list{span: p.from(t.from)}
	}
	first := p.listItem()
	if p.isOp("..") {
		return p.interval(t.from, first, true)
	}
	items := []node{first}
	for p.accept(",") {
		items = append(items, p.listItem())
	}
	p.expect("]", "after the list")
	return &list{p.from(t.from), items}
}

// listItem is an expression or a comparison, which makes a range.
func (p *parser) listItem() node {
	if n := p.comparison(); n != nil {
		return n
	}
	return p.expression()
}

// interval reads the rest of a range; low is nil when there is none. One bound may be left out on an open side.
func (p *parser) interval(start int, low node, lowIncluded bool) node {
	p.expect("..", "in the range")
	if low != nil && (p.isOp(")") || p.isOp("[") && p.ends(p.peekAt(1))) {
		p.pos++
		return &rangeNode{p.from(start), low, nil, lowIncluded, false}
	}
	bound := func(filters bool) (node, bool) {
		return p.guess(func() node {
			high := p.endpoint(filters)
			if !p.isOp("]") && !p.isOp(")") && !p.isOp("[") {
				p.unexpected("“]”, “)” or “[” after the range")
			}
			return high
		})
	}
	high, ok := bound(true)
	if !ok { // the "[" after the bound closes the range
		high, ok = bound(false)
	}
	if !ok {
		high = p.endpoint(true) // fails again, for its message
		p.unexpected("“]”, “)” or “[” after the range")
	}
	end := p.advance().text
	return &rangeNode{p.from(start), low, high, lowIncluded, end == "]"}
}

// ends reports whether the token can follow a complete expression.
func (p *parser) ends(t token) bool {
	switch {
	case t.kind == tokEOF || operatorLevel(t) > 0 && t.text != "-":
		return true
	case t.kind == tokOp:
		return t.text == ")" || t.text == "," || t.text == "}"
	}
	return t.kind == tokWord && (t.text == "then" || t.text == "else" || t.text == "return" || t.text == "satisfies")
}

// endpoint is the upper bound of a range; without filters a bracket after it is left alone.
func (p *parser) endpoint(filters bool) node {
	if filters {
		return p.expression()
	}
	t := p.peek()
	if p.accept("-") {
		x := p.suffixes(p.peek().from, p.primary(), false)
		return &negation{p.from(t.from), x}
	}
	return p.suffixes(t.from, p.primary(), false)
}

func (p *parser) at() node {
	t := p.advance()
	s := p.peek()
	if s.kind != tokString {
		p.unexpected(`a string after @, such as @"2020-01-01"`)
	}
	p.pos++
	v, _ := parseTemporal(s.text)
	return &atLiteral{p.from(t.from), s.text, v}
}

func (p *parser) context() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	c := &contextNode{}
	seen := map[string]bool{}
	for !p.isOp("}") {
		if len(c.entries) > 0 {
			p.expect(",", "or “}” after the entry")
		}
		at := p.peek().from
		key := p.key()
		if seen[key] {
			p.fail(at, fmt.Sprintf("the context has two entries named %s", quote(shorten(key))), "rename one of them")
		}
		seen[key] = true
		p.expect(":", "after the key")
		p.learn(key)
		c.entries = append(c.entries, entry{key, p.expression()})
	}
	p.pos++
	c.span = p.from(t.from)
	return c
}

func (p *parser) key() string {
	if t := p.peek(); t.kind == tokString || t.kind == tokQuoted && p.quoted {
		p.pos++
		return t.text
	}
	key := p.nameBefore(":")
	if key == "" {
		p.unexpected("the name of an entry and “:”")
	}
	return key
}

// call reads arguments, positional or named (rules 38 to 41).
func (p *parser) call(start int, fn node) node {
	p.enter()
	defer func() { p.depth-- }()
	p.pos++
	c := &call{fn: fn}
	for !p.isOp(")") {
		if len(c.args) > 0 {
			p.expect(",", "or “)” after the argument")
		}
		at := p.peek()
		id := p.nameBefore(":")
		if (id != "") != (len(c.names) > 0) && len(c.args) > 0 {
			p.fail(at.from, "named and positional arguments are mixed", "name all arguments or none")
		}
		if id != "" {
			p.pos++
			c.names = append(c.names, id)
		}
		c.args = append(c.args, p.listItem())
	}
	p.pos++
	c.span = p.from(start)
	return c
}

func (p *parser) conditional() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	cond := p.expression()
	p.expectWord("then", "after the condition of if")
	then := p.expression()
	p.expectWord("else", "after the value of then")
	otherwise := p.expression()
	return &conditional{p.from(t.from), cond, then, otherwise}
}

func (p *parser) loop() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	iterators := p.iterators("return")
	body := p.expression()
	return &loop{p.from(t.from), iterators, body}
}

func (p *parser) quantified() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	iterators := p.iterators("satisfies")
	body := p.expression()
	return &quantified{p.from(t.from), t.text == "every", iterators, body}
}

// iterators reads "x in list, y in 1..n" up to the word that ends them.
func (p *parser) iterators(end string) []iterator {
	var its []iterator
	for {
		id := p.iteratorName()
		p.learn(id)
		it := iterator{name: id, from: p.expression()}
		if p.accept("..") {
			it.to = p.expression()
		}
		its = append(its, it)
		if !p.accept(",") {
			break
		}
	}
	p.expectWord(end, "after the iterators")
	return its
}

func (p *parser) iteratorName() string {
	from := p.pos
	for p.peek().kind != tokEOF && !p.isWord("in") {
		if t := p.peek(); t.kind == tokOp && !isNameSymbol(t.text) || t.kind == tokString {
			break
		}
		p.pos++
	}
	if p.pos == from || p.tokens[from].kind != tokWord || !p.isWord("in") {
		p.unexpected("the name of a variable and “in”")
	}
	id := joinTokens(p.tokens[from:p.pos])
	p.pos++
	return id
}

func (p *parser) function() node {
	p.enter()
	defer func() { p.depth-- }()
	t := p.advance()
	p.pos++ // (
	f := &function{}
	for !p.isOp(")") {
		if len(f.params) > 0 {
			p.expect(",", "or “)” after the parameter")
		}
		f.params = append(f.params, p.param())
	}
	p.pos++
	if p.isWord("external") {
		p.pos++
		f.external = true
	}
	f.body = p.expression()
	f.span = p.from(t.from)
	return f
}

func (p *parser) param() paramNode {
	if id := p.nameBefore(":"); id != "" {
		p.pos++
		p.learn(id)
		return paramNode{id, p.typ()}
	}
	for _, end := range []string{",", ")"} {
		if id := p.nameBefore(end); id != "" {
			p.learn(id)
			return paramNode{id, nil}
		}
	}
	p.unexpected("the name of a parameter")
	return paramNode{}
}
