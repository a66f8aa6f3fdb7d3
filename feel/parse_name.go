package feel

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
