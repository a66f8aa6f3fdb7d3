package feel

import (
	"strconv"
	"unicode"
)

// reNode is a piece of a regular expression.
type reNode struct {
	kind     reKind
	r        rune      // reChar
	set      *reSet    // reClass
	children []*reNode // reSequence, reChoice; the one of reRepeat and reGroup
	min, max int       // reRepeat; max < 0: any number
	lazy     bool
	group    int  // reGroup, reBack; group 0 does not capture
	exact    bool // reClass: a category, which flag i leaves alone
}

type reKind uint8

const (
	reSequence reKind = iota
	reChoice
	reChar
	reAny
	reClass
	reRepeat
	reGroup
	reBack
	reStart
	reEnd
)

// reParser reads the syntax of XPath regular expressions: that of XML Schema with anchors, reluctant
// quantifiers, groups that do not capture, and back-references.
type reParser struct {
	src                         []rune
	pos, depth, groups          int
	open                        map[int]bool // groups that have not ended yet
	dotAll, multiLine, foldCase bool
	backReferences              bool
}

const maxRegexDepth = 200

func (p *reParser) parse() (*reNode, error) {
	p.open = map[int]bool{}
	n, err := p.choice()
	if err == nil && p.pos < len(p.src) {
		err = reError("has a ) without (")
	}
	return n, err
}

func (p *reParser) at(r rune) bool { return p.pos < len(p.src) && p.src[p.pos] == r }

func (p *reParser) accept(r rune) bool {
	if p.at(r) {
		p.pos++
		return true
	}
	return false
}

func (p *reParser) choice() (*reNode, error) {
	if p.depth++; p.depth > maxRegexDepth {
		return nil, reError("is nested too deep")
	}
	defer func() { p.depth-- }()
	n := &reNode{kind: reChoice}
	for {
		branch, err := p.sequence()
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, branch)
		if !p.accept('|') {
			break
		}
	}
	if len(n.children) == 1 {
		return n.children[0], nil
	}
	return n, nil
}

func (p *reParser) sequence() (*reNode, error) {
	n := &reNode{kind: reSequence}
	for p.pos < len(p.src) && !p.at('|') && !p.at(')') {
		atom, err := p.atom()
		if err != nil {
			return nil, err
		}
		if atom, err = p.quantifier(atom); err != nil {
			return nil, err
		}
		n.children = append(n.children, atom)
	}
	return n, nil
}

func (p *reParser) quantifier(atom *reNode) (*reNode, error) {
	n := &reNode{kind: reRepeat, children: []*reNode{atom}}
	switch {
	case p.accept('?'):
		n.min, n.max = 0, 1
	case p.accept('*'):
		n.min, n.max = 0, -1
	case p.accept('+'):
		n.min, n.max = 1, -1
	case p.accept('{'):
		if err := p.counts(n); err != nil {
			return nil, err
		}
	default:
		return atom, nil
	}
	n.lazy = p.accept('?')
	return n, nil
}

// counts reads n}, n,} or n,m}.
func (p *reParser) counts(n *reNode) error {
	var ok bool
	if n.min, ok = p.count(); !ok {
		return reError("has no number after {")
	}
	n.max = n.min
	if p.accept(',') {
		if n.max, ok = p.count(); !ok {
			n.max = -1
		}
	}
	if !p.accept('}') || n.max >= 0 && n.max < n.min {
		return reError("has a quantifier that is not {n}, {n,} or {n,m}")
	}
	if n.min > 1000 || n.max > 1000 {
		return reError("repeats more than 1000 times")
	}
	return nil
}

func (p *reParser) count() (int, bool) {
	from := p.pos
	for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.src[from:p.pos]))
	return n, err == nil
}

func (p *reParser) atom() (*reNode, error) {
	r := p.src[p.pos]
	p.pos++
	switch r {
	case '(':
		return p.parenthesis()
	case '[':
		set, err := p.class()
		return &reNode{kind: reClass, set: set}, err
	case '\\':
		return p.escape()
	case '.':
		return &reNode{kind: reAny}, nil
	case '^':
		return &reNode{kind: reStart}, nil
	case '$':
		return &reNode{kind: reEnd}, nil
	case '?', '*', '+', '{':
		return nil, reError("has nothing for " + string(r) + " to repeat")
	case '}', ']':
		return nil, reError("has a " + string(r) + " that needs a \\ before it")
	}
	return &reNode{kind: reChar, r: r}, nil
}

func (p *reParser) parenthesis() (*reNode, error) {
	n := &reNode{kind: reGroup}
	if p.accept('?') {
		if !p.accept(':') {
			return nil, reError("has (? without :")
		}
	} else {
		p.groups++
		n.group = p.groups
		p.open[n.group] = true
	}
	inner, err := p.choice()
	if err != nil {
		return nil, err
	}
	if !p.accept(')') {
		return nil, reError("has a ( without )")
	}
	delete(p.open, n.group)
	n.children = []*reNode{inner}
	return n, nil
}

func (p *reParser) escape() (*reNode, error) {
	if p.pos >= len(p.src) {
		return nil, reError(`ends with \`)
	}
	if r := p.src[p.pos]; r >= '1' && r <= '9' {
		return p.backReference()
	}
	set, r, err := p.escaped()
	if err != nil || set != nil {
		return &reNode{kind: reClass, set: set, exact: true}, err
	}
	return &reNode{kind: reChar, r: r}, nil
}

// backReference takes as many digits as there are groups for.
func (p *reParser) backReference() (*reNode, error) {
	n := int(p.src[p.pos] - '0')
	p.pos++
	for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' && 10*n+int(p.src[p.pos]-'0') <= p.groups {
		n = 10*n + int(p.src[p.pos]-'0')
		p.pos++
	}
	if n > p.groups || p.open[n] {
		return nil, reError("refers to group " + strconv.Itoa(n) + " before it ends")
	}
	p.backReferences = true
	return &reNode{kind: reBack, group: n}, nil
}

// escaped reads what follows a backslash: a set, or one character.
func (p *reParser) escaped() (*reSet, rune, error) {
	if p.pos >= len(p.src) {
		return nil, 0, reError(`ends with \`)
	}
	r := p.src[p.pos]
	p.pos++
	switch r {
	case 'n':
		return nil, '\n', nil
	case 'r':
		return nil, '\r', nil
	case 't':
		return nil, '\t', nil
	case 'p', 'P':
		set, err := p.property()
		if err == nil && r == 'P' {
			set = set.negated()
		}
		return set, 0, err
	}
	if set := multiEscapes[unicode.ToLower(r)]; set != nil && r < unicode.MaxASCII {
		if unicode.IsUpper(r) {
			set = set.negated()
		}
		return set, 0, nil
	}
	for _, c := range `\|.?*+(){}$-[]^` {
		if c == r {
			return nil, r, nil
		}
	}
	return nil, 0, reError(`has no escape \` + string(r))
}

// property is {L}, {Lu} or {IsBasicLatin}.
func (p *reParser) property() (*reSet, error) {
	if !p.accept('{') {
		return nil, reError(`has \p without {`)
	}
	from := p.pos
	for p.pos < len(p.src) && !p.at('}') {
		p.pos++
	}
	name := string(p.src[from:p.pos])
	if !p.accept('}') {
		return nil, reError(`has \p{ without }`)
	}
	if set := categorySet(name); set != nil {
		return set, nil
	}
	return nil, reError(`knows no category \p{` + name + `}`)
}

// class reads the rest of [...], with ^ and a subtracted class.
func (p *reParser) class() (*reSet, error) {
	if p.depth++; p.depth > maxRegexDepth {
		return nil, reError("is nested too deep")
	}
	defer func() { p.depth-- }()
	negate := p.accept('^')
	set := &reSet{}
	for first := true; !p.at(']'); first = false {
		if p.pos >= len(p.src) {
			return nil, reError("has a [ without ]")
		}
		if p.at('-') && p.pos+1 < len(p.src) && p.src[p.pos+1] == '[' && !first {
			p.pos += 2
			less, err := p.class()
			if err != nil {
				return nil, err
			}
			if !p.accept(']') {
				return nil, reError("has text after a subtracted class")
			}
			if negate {
				set = p.without(set)
			}
			if p.foldCase {
				less = less.bothCases()
			}
			return set.minus(less), nil
		}
		if err := p.classPart(set); err != nil {
			return nil, err
		}
	}
	p.pos++
	if len(set.ranges) == 0 {
		return nil, reError("has an empty class")
	}
	if negate {
		set = p.without(set)
	}
	return set, nil
}

// without are the characters outside a set. Under the flag i neither case of one
// in the set is among them (XPath and XQuery Functions 3.1 §5.6.2).
func (p *reParser) without(set *reSet) *reSet {
	if p.foldCase {
		set = set.bothCases()
	}
	return set.negated()
}

// classPart adds one character, range or escape to the set.
func (p *reParser) classPart(set *reSet) error {
	inner, low, err := p.classChar()
	if err != nil {
		return err
	}
	if inner != nil {
		set.addSet(inner)
		return nil
	}
	high := low
	if p.at('-') && p.pos+1 < len(p.src) && p.src[p.pos+1] != ']' && p.src[p.pos+1] != '[' {
		p.pos++
		if inner, high, err = p.classChar(); err != nil {
			return err
		}
		if inner != nil || high < low {
			return reError("has a range in a class that is not from a lower to a higher character")
		}
	}
	set.add(low, high)
	return nil
}

func (p *reParser) classChar() (*reSet, rune, error) {
	if p.pos >= len(p.src) {
		return nil, 0, reError("has a [ without ]")
	}
	r := p.src[p.pos]
	p.pos++
	if r == '\\' {
		return p.escaped()
	}
	if r == '[' {
		return nil, 0, reError(`has a [ in a class that needs a \ before it`)
	}
	return nil, r, nil
}
