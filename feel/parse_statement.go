package feel

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
