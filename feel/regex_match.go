package feel

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// emit writes a tree without back-references in Go's syntax.
func (p *reParser) emit(b *strings.Builder, n *reNode) {
	if p.foldCase {
		b.WriteString("(?i)")
		p.foldCase = false
	}
	switch n.kind {
	case reSequence:
		for _, c := range n.children {
			p.emit(b, c)
		}
	case reChoice:
		for i, c := range n.children {
			if i > 0 {
				b.WriteByte('|')
			}
			p.emit(b, c)
		}
	case reChar:
		b.WriteString(regexp.QuoteMeta(string(n.r)))
	case reAny:
		b.WriteString(pick(p.dotAll, `(?s:.)`, `[^\n\r]`))
	case reClass:
		b.WriteString(pick(n.exact, "(?-i:", "(?:"))
		n.set.emit(b)
		b.WriteByte(')')
	case reStart:
		b.WriteString(pick(p.multiLine, `(?m:^)`, `\A`))
	case reEnd:
		b.WriteString(pick(p.multiLine, `(?m:$)`, `\z`))
	case reGroup:
		b.WriteString(pick(n.group > 0, "(", "(?:"))
		p.emit(b, n.children[0])
		b.WriteByte(')')
	case reRepeat:
		p.emitRepeat(b, n)
	}
}

func (p *reParser) emitRepeat(b *strings.Builder, n *reNode) {
	b.WriteString("(?:")
	p.emit(b, n.children[0])
	b.WriteString("){" + strconv.Itoa(n.min))
	if n.max != n.min {
		b.WriteByte(',')
		if n.max >= 0 {
			b.WriteString(strconv.Itoa(n.max))
		}
	}
	b.WriteString("}" + pick(n.lazy, "?", ""))
}

// reBackMatcher runs a tree with back-references by trying alternatives in turn, within a bound.
type reBackMatcher struct {
	root   *reNode
	parser *reParser
}

// reRun is one attempt of a reBackMatcher.
type reRun struct {
	*reParser
	text   []rune
	groups []int
	left   int
	depth  int
}

const (
	maxBackSteps = 200_000
	maxBackDepth = 20_000
)

// find gives the first match at or after a place, with its groups.
func (m *reBackMatcher) find(text []rune, from int) ([]int, error) {
	r := &reRun{reParser: m.parser, text: text, left: maxBackSteps}
	for start := from; start <= len(text); start++ {
		r.groups = make([]int, 2*(m.parser.groups+1))
		for i := range r.groups {
			r.groups[i] = -1
		}
		end := -1
		if r.match(m.root, start, func(at int) bool { end = at; return true }) {
			r.groups[0], r.groups[1] = start, end
			return r.groups, nil
		}
		if r.left < 0 {
			return nil, reError("takes too long")
		}
	}
	return nil, nil
}

func (m *reBackMatcher) search(c *Call, s string) (bool, error) {
	if !c.run.size(len(s) * 64) {
		return false, reError("takes too long")
	}
	loc, err := m.find([]rune(s), 0)
	return loc != nil, err
}

// findAll gives the matches in byte offsets.
func (m *reBackMatcher) findAll(c *Call, s string) ([][]int, error) {
	text := []rune(s)
	offsets := make([]int, len(text)+1)
	for i, r := range text {
		offsets[i+1] = offsets[i] + utf8.RuneLen(r)
	}
	var all [][]int
	for from := 0; from <= len(text); {
		if !c.run.step(1 + len(text)) {
			return nil, reError("takes too long")
		}
		loc, err := m.find(text, from)
		if err != nil || loc == nil {
			return all, err
		}
		from = max(loc[1], from+1)
		for i, at := range loc {
			if at >= 0 {
				loc[i] = offsets[at]
			}
		}
		all = append(all, loc)
	}
	return all, nil
}

// match tries the node at a place and, when it fits, what comes after it.
func (r *reRun) match(n *reNode, at int, then func(int) bool) bool {
	if r.left--; r.left < 0 {
		return false
	}
	if r.depth++; r.depth > maxBackDepth {
		r.left = -1
	}
	defer func() { r.depth-- }()
	switch n.kind {
	case reSequence:
		return r.sequence(n.children, at, then)
	case reChoice:
		for _, c := range n.children {
			if r.match(c, at, then) {
				return true
			}
		}
		return false
	case reRepeat:
		return r.repeat(n, at, 0, then)
	case reGroup:
		return r.capture(n, at, then)
	case reBack:
		return r.backReference(n, at, then)
	case reStart:
		return (at == 0 || r.multiLine && r.text[at-1] == '\n') && then(at)
	case reEnd:
		return (at == len(r.text) || r.multiLine && r.text[at] == '\n') && then(at)
	}
	return at < len(r.text) && r.single(n, r.text[at]) && then(at+1)
}

// single reports whether the node takes the character.
func (r *reRun) single(n *reNode, c rune) bool {
	if r.same(n, c) {
		return true
	}
	if r.foldCase && !n.exact {
		for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
			if r.same(n, f) {
				return true
			}
		}
	}
	return false
}

func (r *reRun) same(n *reNode, c rune) bool {
	switch n.kind {
	case reChar:
		return c == n.r
	case reAny:
		return r.dotAll || c != '\n' && c != '\r'
	}
	return n.set.contains(c)
}

func (r *reRun) sequence(ns []*reNode, at int, then func(int) bool) bool {
	if len(ns) == 0 {
		return then(at)
	}
	return r.match(ns[0], at, func(next int) bool { return r.sequence(ns[1:], next, then) })
}

func (r *reRun) repeat(n *reNode, at, done int, then func(int) bool) bool {
	more := func() bool {
		return (n.max < 0 || done < n.max) && r.match(n.children[0], at, func(next int) bool {
			return (next > at || done < n.min) && r.repeat(n, next, done+1, then)
		})
	}
	switch {
	case done < n.min:
		return more()
	case n.lazy:
		return then(at) || more()
	}
	return more() || then(at)
}

func (r *reRun) capture(n *reNode, at int, then func(int) bool) bool {
	if n.group == 0 {
		return r.match(n.children[0], at, then)
	}
	i := 2 * n.group
	low, high := r.groups[i], r.groups[i+1]
	if r.match(n.children[0], at, func(next int) bool {
		before, after := r.groups[i], r.groups[i+1]
		r.groups[i], r.groups[i+1] = at, next
		if then(next) {
			return true
		}
		r.groups[i], r.groups[i+1] = before, after
		return false
	}) {
		return true
	}
	r.groups[i], r.groups[i+1] = low, high
	return false
}

// backReference matches the text of a group again; a group that took no part is the empty text.
func (r *reRun) backReference(n *reNode, at int, then func(int) bool) bool {
	low, high := r.groups[2*n.group], r.groups[2*n.group+1]
	if low < 0 {
		return then(at)
	}
	if at+high-low > len(r.text) {
		return false
	}
	for i := low; i < high; i++ {
		if !r.single(&reNode{kind: reChar, r: r.text[i]}, r.text[at+i-low]) {
			return false
		}
	}
	return then(at + high - low)
}
