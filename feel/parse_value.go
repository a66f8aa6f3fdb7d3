package feel

import "fmt"

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
		p.endpoint(true) // fails again, for its message
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
