package feel

import "strings"

// String prints the expression back as FEEL; parsing that gives the same tree.
func (e *Expr) String() string {
	p := printer{quoted: e.options.Camunda}
	p.learn(e.options.Names...)
	walk(e.root, func(n node) { p.learn(binds(n)...) })
	p.node(e.root, 0)
	return p.String()
}

type printer struct {
	strings.Builder
	quoted bool            // names that are not plain words stand in backticks
	inName map[string]bool // tokens that are part of known names, such as the - of a-b
}

// learn notes the tokens inside names that are more than a word: between operands they would join them.
func (p *printer) learn(names ...string) {
	for _, id := range names {
		if isPlainWord(id) {
			continue
		}
		if p.inName == nil {
			p.inName = map[string]bool{}
		}
		tokens, _ := scan(id)
		for _, t := range tokens {
			p.inName[t.text] = true
		}
	}
}

// operand prints a side of a binary operator, in parentheses where the operator could be read as part of a name.
func (p *printer) operand(n node, op string, least int) {
	if p.inName[op] && level(n) >= least {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	p.node(n, least)
}

// name prints a name of the scope or of an entry.
func (p *printer) name(id string) {
	if p.quoted && !plainName(id) {
		id = "`" + id + "`"
	}
	p.WriteString(id)
}

// plainName reports whether the parser joins the words of the name without knowing it.
func plainName(id string) bool {
	words := strings.Split(id, " ")
	for i, w := range words {
		if !isPlainWord(w) && (i == 0 || !wholeDigits(w) || w == "") {
			return camunda.functions[id] != nil
		}
	}
	return true
}

// Levels beyond those of the binary operators.
const (
	levelNegation = levelPower + 1 + iota
	levelInstance
	levelPostfix
)

// level is how tightly a node binds; 0 for one that runs as far right as it can.
func level(n node) int {
	switch n := n.(type) {
	case *conditional, *loop, *quantified, *function:
		return 0
	case *binary:
		return operatorLevel(token{kind: tokOp, text: n.op}) + operatorLevel(token{kind: tokWord, text: n.op})
	case *between, *in:
		return levelCompare
	case *negation:
		return levelNegation
	case *instanceOf:
		return levelInstance
	case *literal:
		if v, ok := n.value.(Number); ok && v.Sign() < 0 {
			return levelNegation
		}
	}
	return levelPostfix
}

// node prints n, in parentheses when it binds less tightly than the place asks for.
func (p *printer) node(n node, least int) {
	if level(n) < least {
		p.WriteByte('(')
		defer p.WriteByte(')')
	}
	switch n := n.(type) {
	case *literal:
		p.literal(n)
	case *atLiteral:
		p.WriteString("@" + quote(n.text))
	case *name:
		p.name(n.id)
	case *path:
		p.node(n.x, levelPostfix)
		p.WriteByte('.')
		p.name(n.field)
	case *negation:
		p.WriteByte('-')
		p.node(n.x, levelNegation)
	case *binary:
		p.operand(n.l, n.op, level(n))
		p.WriteString(" " + n.op + " ")
		p.operand(n.r, n.op, level(n)+1)
	case *between:
		p.node(n.x, levelCompare)
		p.WriteString(" between ")
		p.node(n.low, levelAdd)
		p.WriteString(" and ")
		p.node(n.high, levelAdd)
	case *in:
		p.node(n.x, levelCompare)
		p.WriteString(" in (")
		p.nodes(n.tests)
		p.WriteByte(')')
	case *instanceOf:
		p.node(n.x, levelInstance)
		p.WriteString(" instance of ")
		p.typ(n.typ)
	case *comparison:
		p.comparison(n)
	case *filter:
		p.node(n.x, levelPostfix)
		p.WriteByte('[')
		p.node(n.cond, 0)
		p.WriteByte(']')
	case *call:
		p.call(n)
	case *list:
		p.WriteByte('[')
		p.nodes(n.items)
		p.WriteByte(']')
	case *rangeNode:
		p.WriteString(pick(n.lowIncluded, "[", "("))
		if n.low != nil {
			p.node(n.low, 0)
		}
		p.WriteString("..")
		if n.high != nil {
			p.node(n.high, 0)
		}
		p.WriteString(pick(n.highIncluded, "]", ")"))
	default:
		p.keyword(n)
	}
}

// keyword prints the nodes that start with a word, contexts, and tests.
func (p *printer) keyword(n node) {
	switch n := n.(type) {
	case *conditional:
		p.WriteString("if ")
		p.node(n.cond, 0)
		p.WriteString(" then ")
		p.node(n.then, 0)
		p.WriteString(" else ")
		p.node(n.otherwise, 0)
	case *loop:
		p.WriteString("for ")
		p.iterators(n.iterators)
		p.WriteString(" return ")
		p.node(n.body, 0)
	case *quantified:
		p.WriteString(pick(n.every, "every ", "some "))
		p.iterators(n.iterators)
		p.WriteString(" satisfies ")
		p.node(n.body, 0)
	case *function:
		p.function(n)
	case *contextNode:
		p.WriteByte('{')
		for i, e := range n.entries {
			p.comma(i)
			p.WriteString(keyText(e.key) + ": ")
			p.node(e.value, 0)
		}
		p.WriteByte('}')
	case *unaryTests:
		p.unaryTests(n)
	}
}

func (p *printer) literal(n *literal) {
	switch v := n.value.(type) {
	case Number:
		p.WriteString(v.source())
	default:
		p.WriteString(literalText(v))
	}
}

// source is the number as a literal, which may have an exponent.
func (n Number) source() string {
	if n.big != nil && (n.big.Exponent > 0 || n.big.Exponent < -60) {
		return n.text()
	}
	return n.String()
}

func (p *printer) comma(i int) {
	if i > 0 {
		p.WriteString(", ")
	}
}

func (p *printer) nodes(ns []node) {
	for i, n := range ns {
		p.comma(i)
		p.bare(n)
	}
}

// bare prints a comparison without the parentheses that it needs elsewhere.
func (p *printer) bare(n node) {
	if c, ok := n.(*comparison); ok {
		p.WriteString(c.op + " ")
		p.node(c.x, levelAdd)
		return
	}
	p.node(n, 0)
}

func (p *printer) comparison(n *comparison) {
	p.WriteByte('(')
	p.bare(n)
	p.WriteByte(')')
}

func (p *printer) call(n *call) {
	p.node(n.fn, levelPostfix)
	p.WriteByte('(')
	for i, a := range n.args {
		p.comma(i)
		if n.names != nil {
			p.WriteString(n.names[i] + ": ")
		}
		p.bare(a)
	}
	p.WriteByte(')')
}

func (p *printer) iterators(its []iterator) {
	for i, it := range its {
		p.comma(i)
		p.WriteString(it.name + " in ")
		p.node(it.from, 0)
		if it.to != nil {
			p.WriteString("..")
			p.node(it.to, 0)
		}
	}
}

func (p *printer) function(n *function) {
	p.WriteString("function(")
	for i, param := range n.params {
		p.comma(i)
		p.WriteString(param.name)
		if param.typ != nil {
			p.WriteString(": ")
			p.typ(param.typ)
		}
	}
	p.WriteString(pick(n.external, ") external ", ") "))
	p.node(n.body, 0)
}

func (p *printer) unaryTests(n *unaryTests) {
	switch {
	case len(n.tests) == 0:
		p.WriteByte('-')
	case n.not:
		p.WriteString("not(")
		p.nodes(n.tests)
		p.WriteByte(')')
	default:
		p.nodes(n.tests)
	}
}

func (p *printer) typ(t *typeNode) {
	p.WriteString(t.name)
	if !t.params {
		return
	}
	p.WriteByte('<')
	for i, a := range t.args {
		p.comma(i)
		if t.fields != nil {
			p.WriteString(t.fields[i] + ": ")
		}
		p.typ(a)
	}
	p.WriteByte('>')
	if t.result != nil {
		p.WriteString(" -> ")
		p.typ(t.result)
	}
}
