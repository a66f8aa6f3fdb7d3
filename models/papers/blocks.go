package papers

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// tableSpec is what a table is made of besides its cells. Widths are millimetres and add up to the text's.
type tableSpec struct {
	Widths []int
	Unit   string
}

// tableWidths are those of the tables that several papers share (GB/T 9704's 156 mm).
var tableWidths = map[string][]int{
	"T1": {
		10, 56, 22, 22, 20, 26,
	}, "T2": {10, 40, 56, 50}, "T3": {14, 14, 24, 30, 24, 50}, "T4": {46, 20, 24, 24, 42}, "T5": {10, 48, 26, 48, 24},
	"T6": {12, 48, 24, 14, 24, 24, 10}, "T7": {18, 22, 36, 20, 20, 12, 12, 16}, "T8": {10, 56, 40, 18, 22, 10}, "T9": {36, 22, 60, 20, 18},
	"T1A": {8, 20, 44, 10, 14, 24, 24, 12},
}

// blocks reads blocks up to the end of the file, or to ::: end where one is open.
func (p *parser) blocks(open int) []*node {
	var out []*node
	for p.at < len(p.lines) {
		n, text := p.at+1, strings.TrimSpace(p.lines[p.at])
		p.at++
		switch {
		case text == "":
		case text == "::: end" && open > 0:
			return out
		case strings.HasPrefix(text, ":::"):
			if b := p.directive(n, strings.TrimSpace(text[3:])); b != nil {
				out = append(out, b)
			}
		case strings.HasPrefix(text, "### "):
			out = append(out, &node{line: n, kind: "h2", text: p.pattern(n, text[4:], p.scope)})
		case strings.HasPrefix(text, "## "):
			out = append(out, &node{line: n, kind: "h1", text: p.pattern(n, text[3:], p.scope)})
		case strings.HasPrefix(text, "# "):
			out = append(out, &node{line: n, kind: "title", text: p.pattern(n, text[2:], p.scope)})
		default:
			out = append(out, &node{line: n, kind: "p", text: p.pattern(n, text, p.scope)})
		}
	}
	if open > 0 {
		p.report(open, "the block is not closed with ::: end")
	}
	return out
}

var eachPattern = regexp.MustCompile(`^(\p{L}[\p{L}\d]*) in (\{.*\})$`)

func (p *parser) directive(n int, text string) *node {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	b := &node{line: n, kind: word}
	switch word {
	case "sign":
		b.name = rest
		if rest != "" && rest != "unsealed" {
			p.report(n, "::: sign takes nothing, or unsealed")
		}
	case "attach", "annex", "note":
		b.text = p.pattern(n, rest, p.scope)
	case "boxes":
		for _, name := range strings.Split(rest, "|") {
			name = strings.TrimSpace(name)
			b.texts = append(b.texts, p.pattern(n, name, p.scope))
			p.t.Boxes = append(p.t.Boxes, name)
		}
	case "if":
		b.cond = p.braced(n, rest)
		b.inner = p.blocks(n)
	case "each":
		p.each(b, rest)
	case "table":
		p.table(b, rest)
	case "fields":
		for _, l := range p.until(n) {
			var row []*pattern
			for _, cell := range strings.Split(l.text, " | ") {
				row = append(row, p.pattern(l.line, strings.TrimSpace(cell), p.scope))
			}
			if len(row) != 2 && len(row) != 4 {
				p.report(l.line, "a row of fields has two cells or four, parted by “ | ”")
			}
			b.fields = append(b.fields, row)
		}
	default:
		p.report(n, "there is no block “%s”: sign, attach, annex, note, boxes, if, each, table, fields, end", word)
		return nil
	}
	return b
}

func (p *parser) each(b *node, rest string) {
	m := eachPattern.FindStringSubmatch(rest)
	if m == nil {
		p.report(b.line, "write ::: each NAME in {LIST}")
		p.blocks(b.line)
		return
	}
	b.name, b.rows = m[1], p.braced(b.line, m[2])
	outer := p.scope
	p.scope = feel.Scope{Names: maps.Clone(outer.Names)}
	p.scope.Names[b.name] = rowType(b.rows, outer)
	p.scope.Names["index"] = feel.NumberType
	b.inner = p.blocks(b.line)
	p.scope = outer
}

type numbered struct {
	line int
	text string
}

// until reads the lines up to a line of three colons.
func (p *parser) until(open int) []numbered {
	var out []numbered
	for p.at < len(p.lines) {
		text := strings.TrimSpace(p.lines[p.at])
		p.at++
		if text == ":::" {
			return out
		}
		if text != "" {
			out = append(out, numbered{p.at, text})
		}
	}
	p.report(open, "the block is not closed with :::")
	return out
}

var attribute = regexp.MustCompile(`(\w+)='([^']*)'`)

func (p *parser) table(b *node, rest string) {
	name, _, _ := strings.Cut(rest, " ")
	b.table.Widths = tableWidths[name]
	given := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(rest, -1) {
		given[m[1]] = m[2]
	}
	if w := given["widths"]; w != "" {
		b.table.Widths = nil
		for _, s := range strings.Split(w, ",") {
			mm, err := strconv.Atoi(strings.TrimSpace(s))
			if err != nil || mm < 5 {
				p.report(b.line, "widths: %q is not a number of millimetres from 5", s)
			}
			b.table.Widths = append(b.table.Widths, mm)
		}
	}
	b.table.Unit = given["unit"]
	b.rows = p.braced(b.line, given["rows"])
	outer := p.scope
	row := feel.Scope{Names: maps.Clone(outer.Names)}
	row.Names["index"] = feel.NumberType
	if c, ok := rowType(b.rows, outer).(*feel.ContextType); ok {
		for _, f := range c.Fields {
			row.Names[f.Name] = f.Type
		}
	} else {
		row.Names["item"] = feel.StringType
	}
	for _, l := range p.until(b.line) {
		if text, ok := strings.CutPrefix(l.text, "total:"); ok {
			for _, cell := range strings.Split(text, "|") {
				b.total = append(b.total, p.pattern(l.line, strings.TrimSpace(cell), p.scope))
			}
			continue
		}
		for _, cell := range strings.Split(l.text, " | ") {
			head, expr, ok := strings.Cut(cell, "{")
			if !ok {
				p.report(l.line, "column “%s” has no cell in braces", strings.TrimSpace(cell))
				continue
			}
			c := column{head: strings.TrimSpace(head), cell: p.pattern(l.line, strings.TrimSpace("{"+expr), row)}
			c.right = strings.Contains(expr, "wan(") || strings.Contains(expr, "yuan(")
			b.columns = append(b.columns, c)
		}
	}
	p.checkTable(b)
}

// textWidth is the width of the text in millimetres, and of a table.
const textWidth = 156

func (p *parser) checkTable(b *node) {
	sum := 0
	for _, w := range b.table.Widths {
		sum += w
	}
	switch {
	case len(b.columns) == 0:
		p.report(b.line, "the table has no columns")
	case len(b.table.Widths) != len(b.columns):
		p.report(b.line, "the table has %d columns and %d widths", len(b.columns), len(b.table.Widths))
	case sum != textWidth:
		p.report(b.line, "the widths add up to %d mm, not %d", sum, textWidth)
	case b.total != nil && len(b.total) != len(b.columns):
		p.report(b.line, "the total has %d cells, the table %d columns", len(b.total), len(b.columns))
	}
}

// rowType is the type of the rows that an expression such as lines[reviewed > 0] gives; Any where nobody knows.
func rowType(e *expression, scope feel.Scope) feel.Type {
	if e == nil {
		return feel.Any
	}
	path, _, _ := strings.Cut(e.src, "[")
	var t feel.Type
	for i, name := range strings.Split(strings.TrimSpace(path), ".") {
		if i == 0 {
			t = scope.Names[name]
			continue
		}
		c, ok := t.(*feel.ContextType)
		if !ok {
			return feel.Any
		}
		t = nil
		for _, f := range c.Fields {
			if f.Name == name {
				t = f.Type
			}
		}
	}
	if l, ok := t.(*feel.ListType); ok {
		return l.Elem
	}
	return feel.Any
}

// braced reads an expression in one pair of braces.
func (p *parser) braced(line int, text string) *expression {
	if len(text) < 3 || text[0] != '{' || text[len(text)-1] != '}' {
		p.report(line, "an expression in braces is needed, not “%s”", text)
		return nil
	}
	return p.expression(line, text[1:len(text)-1], p.scope)
}

// expression compiles FEEL; whatever the compiler finds strange refuses the template.
func (p *parser) expression(line int, src string, scope feel.Scope) *expression {
	e, found := feel.Parse(src, feel.Options{})
	for _, d := range found {
		p.report(line, "{%s}: %s", src, sentence(d))
	}
	if e == nil {
		return nil
	}
	program, found := e.Compile(scope)
	for _, d := range found {
		p.report(line, "{%s}: %s", src, sentence(d))
	}
	return &expression{src: src, line: line, program: program}
}

func sentence(d feel.Diagnostic) string {
	if d.Hint == "" {
		return d.Message
	}
	return fmt.Sprintf("%s (%s)", d.Message, d.Hint)
}

// pattern reads text with expressions in braces; {{ is a brace.
func (p *parser) pattern(line int, src string, scope feel.Scope) *pattern {
	out := &pattern{src: src, line: line}
	rest := src
	for rest != "" {
		at := strings.IndexByte(rest, '{')
		if at < 0 {
			out.parts = append(out.parts, part{literal: rest})
			break
		}
		if strings.HasPrefix(rest[at:], "{{") {
			out.parts, rest = append(out.parts, part{literal: rest[:at+1]}), rest[at+2:]
			continue
		}
		n := closing(rest[at:])
		if n < 0 {
			p.report(line, "a brace is not closed: %s", rest[at:])
			break
		}
		if at > 0 {
			out.parts = append(out.parts, part{literal: rest[:at]})
		}
		out.parts = append(out.parts, part{expr: p.expression(line, rest[at+1:at+n], scope)})
		rest = rest[at+n+1:]
	}
	return out
}

// closing is the index of the brace that closes the first one; quoted braces do not count.
func closing(s string) int {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case quoted:
		case s[i] == '{':
			depth++
		case s[i] == '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
