package feel

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxSource = 1 << 20 // bytes of one expression
	maxDepth  = 300     // nesting of brackets, functions and conditions
	maxChain  = 20_000  // operators, paths and filters in one expression
)

// parser is a Pratt parser over the tokens. It leaves by panicking with a Diagnostic; Parse recovers it.
type parser struct {
	src    string
	tokens []token
	pos    int
	own    nameTable // names of the scope and keys met on the way
	funcs  nameTable // names of built-ins that contain keywords
	quoted bool      // whether names may stand in backticks
	depth  int
	chain  int
	work   int // tokens read again after a wrong guess
}

func parse(src string, o Options, lib *library) (root node, fault *Diagnostic) {
	if len(src) > maxSource {
		return nil, &Diagnostic{Line: 1, Col: 1, Message: fmt.Sprintf("the expression is longer than %d bytes", maxSource)}
	}
	tokens, scanErr := scan(src)
	if scanErr != nil {
		return nil, diagnosticAt(src, scanErr.at, scanErr.message, scanErr.hint)
	}
	p := &parser{src: src, tokens: tokens, funcs: lib.names, quoted: o.Camunda}
	for _, n := range o.Names {
		p.learn(n)
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Diagnostic:
			root, fault = nil, r
		default:
			panic(r)
		}
	}()
	if o.UnaryTests {
		root = p.unaryTests()
	} else {
		root = p.expression()
	}
	if p.peek().kind != tokEOF {
		p.unexpected("an operator or the end of the expression")
	}
	return root, nil
}

// learn makes a name of several tokens known from here on.
func (p *parser) learn(name string) {
	if isPlainWord(name) {
		return
	}
	if p.own == nil {
		p.own = nameTable{}
	}
	p.own.add(name)
}

// isPlainWord reports whether the name is one word that is no keyword.
func isPlainWord(name string) bool {
	if name == "" || keywords[name] {
		return false
	}
	for i, r := range name {
		if i == 0 && !nameStart(r) || !namePart(r) {
			return false
		}
	}
	return true
}

func diagnosticAt(src string, at int, message, hint string) *Diagnostic {
	line, col := position(src, at)
	return &Diagnostic{Line: line, Col: col, Message: message, Hint: hint}
}

// position gives line and column of a byte offset, from 1, the column in code points.
func position(src string, at int) (line, col int) {
	before := src[:at]
	line = 1 + strings.Count(before, "\n")
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	return line, 1 + utf8.RuneCountInString(before)
}

func (p *parser) fail(at int, message, hint string) {
	panic(diagnosticAt(p.src, at, message, hint))
}

// unexpected fails at the next token.
func (p *parser) unexpected(want string) {
	tok := p.peek()
	hint := ""
	if tok.kind == tokOther {
		hint = otherHint(tok.text)
	} else if tok.text == "=" && p.pos > 0 && p.tokens[p.pos-1].text == "=" {
		hint = "equality is written with one ="
	}
	p.fail(tok.from, "found "+tok.describe()+", expected "+want, hint)
}

func (t token) describe() string {
	switch t.kind {
	case tokEOF:
		return "the end of the expression"
	case tokString:
		return "the string " + quote(shorten(t.text))
	case tokNumber:
		return "the number " + t.text
	case tokQuoted:
		return "the name `" + shorten(t.text) + "` in backticks"
	}
	return "“" + shorten(t.text) + "”"
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// otherHint helps with characters of other languages and of Chinese input methods.
func otherHint(c string) string {
	switch c {
	case "&", "|":
		return "write and, or"
	case "!":
		return "write not(…) or !="
	case "'", "‘", "’", "“", "”", "「", "」":
		return `strings stand in straight double quotes: "text"`
	case "，", "（", "）", "：", "；", "。", "＝", "＞", "＜", "【", "】", "、":
		return "use the ASCII character instead of the full-width one"
	case "%":
		return "write modulo(a, b)"
	case ";":
		return "separate with a comma"
	}
	return ""
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) peekAt(n int) token {
	if p.pos+n < len(p.tokens) {
		return p.tokens[p.pos+n]
	}
	return p.tokens[len(p.tokens)-1]
}

func (p *parser) advance() token {
	t := p.tokens[p.pos]
	if t.kind != tokEOF {
		p.pos++
	}
	return t
}

// isOp reports whether the next token is the operator.
func (p *parser) isOp(op string) bool {
	t := p.peek()
	return t.kind == tokOp && t.text == op
}

func (p *parser) isWord(w string) bool {
	t := p.peek()
	return t.kind == tokWord && t.text == w
}

func (p *parser) accept(op string) bool {
	if p.isOp(op) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(op, where string) token {
	if !p.isOp(op) {
		p.unexpected("“" + op + "” " + where)
	}
	return p.advance()
}

func (p *parser) expectWord(w, where string) {
	if !p.isWord(w) {
		p.unexpected("“" + w + "” " + where)
	}
	p.pos++
}

// from starts a span that ends at the last token read.
func (p *parser) from(start int) span { return span{start, p.tokens[p.pos-1].to} }

// enter bounds nesting; leave with p.depth--.
func (p *parser) enter() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek().from, fmt.Sprintf("nested more than %d deep", maxDepth), "split the expression")
	}
}

// link bounds the length of chains such as a + a + a, which nest to the left.
func (p *parser) link() {
	if p.chain++; p.chain > maxChain {
		p.fail(p.peek().from, fmt.Sprintf("more than %d operators", maxChain), "split the expression")
	}
}

// guess runs f and undoes it when it fails. The work of failed guesses is bounded.
func (p *parser) guess(f func() node) (n node, ok bool) {
	pos, depth := p.pos, p.depth
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		d, isDiagnostic := r.(*Diagnostic)
		if !isDiagnostic {
			panic(r)
		}
		if p.work += p.pos - pos + 1; p.work > 50*len(p.tokens)+1000 {
			panic(d)
		}
		p.pos, p.depth, n, ok = pos, depth, nil, false
	}()
	n = f()
	return n, true
}

// unaryTests is rule 14: tests with commas, not(…), or "-".
func (p *parser) unaryTests() node {
	start := p.peek().from
	if p.isOp("-") && p.peekAt(1).kind == tokEOF {
		p.pos++
		return &unaryTests{span: p.from(start)}
	}
	if p.isWord("not") && p.peekAt(1).text == "(" {
		if n, ok := p.guess(func() node {
			p.pos += 2
			tests := p.tests()
			p.expect(")", "after the tests of not")
			if p.peek().kind != tokEOF {
				p.unexpected("the end of the tests")
			}
			return &unaryTests{span: p.from(start), not: true, tests: tests}
		}); ok {
			return n
		}
	}
	tests := p.tests()
	return &unaryTests{span: p.from(start), tests: tests}
}

// tests are positive unary tests separated by commas.
func (p *parser) tests() []node {
	tests := []node{p.test()}
	for p.accept(",") {
		tests = append(tests, p.test())
	}
	return tests
}

// test is rule 7: a comparison without its left side, or an expression.
func (p *parser) test() node {
	if n := p.comparison(); n != nil {
		return n
	}
	return p.expression()
}

// comparison is an operator and an endpoint, or nil when there is no operator.
func (p *parser) comparison() node {
	t := p.peek()
	if t.kind != tokOp {
		return nil
	}
	switch t.text {
	case "<", "<=", ">", ">=", "=", "!=":
		p.pos++
		x := p.binary(levelAdd)
		return &comparison{span: p.from(t.from), op: t.text, x: x}
	}
	return nil
}

// expression is rule 1.
func (p *parser) expression() node {
	p.enter()
	n := p.binary(levelOr)
	p.depth--
	return n
}
