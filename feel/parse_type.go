package feel

import "slices"

// typ is rule 52 to 56: a type with its arguments.
func (p *parser) typ() *typeNode {
	p.enter()
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind != tokWord {
		p.unexpected("a type")
	}
	n := &typeNode{name: p.typeName()}
	switch n.name {
	case "list", "range":
		if p.accept("<") {
			n.params = true
			n.args = []*typeNode{p.typ()}
			p.closeType()
		}
	case "context":
		if p.accept("<") {
			n.params = true
			p.contextFields(n)
		}
	case "function":
		if p.accept("<") {
			n.params = true
			for !p.isOp(">") {
				if len(n.args) > 0 {
					p.expect(",", "or “>” after the type")
				}
				n.args = append(n.args, p.typ())
			}
			p.closeType()
			p.expect("->", "and the result type of the function")
			n.result = p.typ()
		}
	}
	n.span = p.from(t.from)
	return n
}

// closeType reads ">"; ">=" after a type is split.
func (p *parser) closeType() {
	if t := p.peek(); t.kind == tokOp && t.text == ">=" {
		p.tokens = slices.Replace(p.tokens, p.pos, p.pos+1, token{tokOp, t.from, t.from + 1, ">"}, token{tokOp, t.from + 1, t.to, "="})
	}
	p.expect(">", "after the type")
}

func (p *parser) contextFields(n *typeNode) {
	for !p.isOp(">") {
		if len(n.args) > 0 {
			p.expect(",", "or “>” after the type")
		}
		id := p.nameBefore(":")
		if id == "" {
			p.unexpected("the name of an entry and “:”")
		}
		p.pos++
		n.fields = append(n.fields, id)
		n.args = append(n.args, p.typ())
	}
	p.closeType()
}

// typeName reads one of the built-in names of several words, a known name, or words joined by points.
func (p *parser) typeName() string {
	if id, n := typeWords.match(p.tokens[p.pos:]); n > 0 {
		p.pos += n
		return id
	}
	if id, n := p.own.match(p.tokens[p.pos:]); n > 0 {
		p.pos += n
		return id
	}
	if p.isWord("function") {
		p.pos++
		return "function"
	}
	id := p.words()
	for p.isOp(".") && p.peekAt(1).kind == tokWord {
		p.pos++
		id += "." + p.words()
	}
	return id
}

// typeWords are the built-in types whose names contain keywords.
var typeWords = func() nameTable {
	t := nameTable{}
	for _, n := range []string{"date and time", "days and time duration", "years and months duration"} {
		t.add(n)
	}
	return t
}()
