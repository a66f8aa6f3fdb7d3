package feel

import (
	"regexp"
	"strconv"
	"strings"
)

// regex is a compiled regular expression of XPath (XQuery 1.0 and XPath 2.0 Functions and Operators §7.6).
// Go's engine runs it, in linear time, unless it has back-references; those need a matcher of our own.
type regex struct {
	re     *regexp.Regexp
	back   *reBackMatcher
	groups int
	empty  bool // matches the empty string, which replace and split refuse
}

type regexKey struct{ pattern, flags string }

const maxPattern = 10_000 // bytes

func compileRegex(k regexKey) (*regex, error) {
	if len(k.pattern) > maxPattern {
		return nil, reError("is too long")
	}
	p := reParser{src: []rune(k.pattern)}
	for _, f := range k.flags {
		switch f {
		case 's':
			p.dotAll = true
		case 'm':
			p.multiLine = true
		case 'i':
			p.foldCase = true
		case 'x':
			p.src = withoutSpace(p.src)
		case 'q':
			p.src = []rune(quoteRegex(string(p.src)))
		default:
			return nil, reError("the flags are s, m, i, x and q, not " + strconv.Quote(string(f)))
		}
	}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	r := &regex{groups: p.groups}
	if p.backReferences {
		r.back = &reBackMatcher{root: root, parser: &p}
		loc, err := r.back.find(nil, 0)
		r.empty = loc != nil
		return r, err
	}
	var b strings.Builder
	p.emit(&b, root)
	if r.re, err = regexp.Compile(b.String()); err != nil {
		return nil, reError(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	r.empty = r.re.MatchString("")
	return r, nil
}

// quoteRegex escapes all characters with a meaning, for flag q.
func quoteRegex(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`\|.?*+(){}[]^$-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// withoutSpace drops white space outside of classes, for flag x.
func withoutSpace(src []rune) []rune {
	out := src[:0:0]
	class := 0
	for i, r := range src {
		escaped := i > 0 && src[i-1] == '\\' && !(i > 1 && src[i-2] == '\\')
		switch {
		case r == '[' && !escaped:
			class++
		case r == ']' && !escaped:
			class--
		case class <= 0 && isRegexSpace(r):
			continue
		}
		out = append(out, r)
	}
	return out
}

func isRegexSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

type reError string

func (e reError) Error() string { return string(e) }

// findAll gives the places of all matches, each with its groups, as package regexp does.
func (r *regex) findAll(c *Call, s string) ([][]int, error) {
	if r.re != nil {
		return r.re.FindAllStringSubmatchIndex(s, -1), nil
	}
	return r.back.findAll(c, s)
}

// regex finds or compiles the pattern of a call; nil after a warning.
func (c *Call) regex(pattern string, flags Value) *regex {
	f, _ := flags.(string)
	key := regexKey{pattern, f}
	if r, ok := c.run.p.regexes[key]; ok {
		return r
	}
	if !c.run.step(1 + len(pattern)) {
		return nil
	}
	r, err := compileRegex(key)
	if err != nil {
		c.Warn("the pattern " + quote(shorten(pattern)) + ": " + err.Error())
		return nil
	}
	return r
}

func matches(c *Call, a []Value) Value {
	s := a[0].(string)
	r := c.regex(a[1].(string), a[2])
	if r == nil || !c.run.size(len(s)) {
		return nil
	}
	if r.re != nil {
		return r.re.MatchString(s)
	}
	found, err := r.back.search(c, s)
	return c.orWarn(found, err == nil, "the pattern takes too long")
}

// places are the matches in the text of patterns that must not match the empty string.
func (c *Call) places(s string, r *regex) ([][]int, bool) {
	if r == nil || !c.run.size(len(s)) {
		return nil, false
	}
	if r.empty {
		c.Warn("the pattern matches the empty string")
		return nil, false
	}
	all, err := r.findAll(c, s)
	if err != nil || !c.Step(len(all)) {
		c.Warn("the pattern takes too long")
		return nil, false
	}
	return all, true
}

// split breaks the text at each match (fn:tokenize).
func split(c *Call, a []Value) Value {
	s := a[0].(string)
	all, ok := c.places(s, c.regex(a[1].(string), nil))
	if !ok {
		return nil
	}
	l, from := make(List, 0, len(all)+1), 0
	for _, loc := range all {
		l = append(l, s[from:loc[0]])
		from = loc[1]
	}
	return append(l, s[from:])
}

// extract lists all matches.
func extract(c *Call, a []Value) Value {
	s := a[0].(string)
	all, ok := c.places(s, c.regex(a[1].(string), nil))
	if !ok {
		return nil
	}
	l := make(List, len(all))
	for i, loc := range all {
		l[i] = s[loc[0]:loc[1]]
	}
	return l
}

// replace puts the replacement, with $1 and the like filled in, for each match (fn:replace).
func replace(c *Call, a []Value) Value {
	s, with := a[0].(string), a[2].(string)
	r := c.regex(a[1].(string), a[3])
	all, ok := c.places(s, r)
	if !ok {
		return nil
	}
	parts, ok := parseReplacement(with, r.groups)
	if !ok {
		c.Warn(`in the replacement a $ must be followed by a digit, and a \ by \ or $`)
		return nil
	}
	var b strings.Builder
	from := 0
	for _, loc := range all {
		b.WriteString(s[from:loc[0]])
		for _, part := range parts {
			part.write(&b, s, loc)
		}
		if from = loc[1]; !c.run.size(b.Len()) {
			return nil
		}
	}
	b.WriteString(s[from:])
	return b.String()
}

// replacementPart is literal text, or a group when the text is empty.
type replacementPart struct {
	text  string
	group int
}

func (p replacementPart) write(b *strings.Builder, s string, loc []int) {
	if p.text != "" {
		b.WriteString(p.text)
	} else if i := 2 * p.group; i < len(loc) && loc[i] >= 0 {
		b.WriteString(s[loc[i]:loc[i+1]])
	}
}

// parseReplacement reads $N with as many digits as there are groups for.
func parseReplacement(s string, groups int) ([]replacementPart, bool) {
	var parts []replacementPart
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, replacementPart{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			if i++; i >= len(s) || s[i] != '\\' && s[i] != '$' {
				return nil, false
			}
			text.WriteByte(s[i])
		case s[i] == '$':
			if i++; i >= len(s) || !isDigit(s[i]) {
				return nil, false
			}
			n := int(s[i] - '0')
			for i+1 < len(s) && isDigit(s[i+1]) && 10*n+int(s[i+1]-'0') <= groups {
				i++
				n = 10*n + int(s[i]-'0')
			}
			flush()
			if n <= groups {
				parts = append(parts, replacementPart{group: n})
			}
		default:
			text.WriteByte(s[i])
		}
	}
	flush()
	return parts, true
}
