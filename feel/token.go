package feel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokWord
	tokNumber
	tokString
	tokOp     // operators and punctuation
	tokQuoted // `a name` of the Camunda dialect; text is the name
	tokOther  // a character no rule of the grammar starts with; names may contain it
)

// token is a piece of source text. Words are joined to names by the parser, which knows the scope.
type token struct {
	kind     tokenKind
	from, to int    // byte offsets
	text     string // source text; for a string literal, its value
}

// scanError is a fault below the level of tokens.
type scanError struct {
	at            int
	message, hint string
}

// scan cuts the whole source into tokens, the last of kind tokEOF.
func scan(src string) ([]token, *scanError) {
	if !utf8.ValidString(src) {
		return nil, &scanError{invalidByte(src), "the text is not valid UTF-8", "save it as UTF-8"}
	}
	s := scanner{src: src, tokens: make([]token, 0, len(src)/3+2)}
	for s.pos < len(src) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	s.tokens = append(s.tokens, token{kind: tokEOF, from: len(src), to: len(src)})
	return s.tokens, nil
}

// invalidByte is the place of the first byte that is no part of a character.
func invalidByte(src string) int {
	for i, r := range src {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(src[i:]); n <= 1 {
				return i
			}
		}
	}
	return 0
}

type scanner struct {
	src    string
	pos    int
	tokens []token
}

func (s *scanner) add(kind tokenKind, to int) {
	s.tokens = append(s.tokens, token{kind, s.pos, to, s.src[s.pos:to]})
	s.pos = to
}

func (s *scanner) next() *scanError {
	c := s.src[s.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		s.pos++
		return nil
	case c == '/' && (s.follows("//") || s.follows("/*")):
		return s.comment()
	case c == '"':
		return s.str()
	case c == '`':
		return s.quotedName()
	case isDigit(c) || c == '.' && s.pos+1 < len(s.src) && isDigit(s.src[s.pos+1]):
		s.add(tokNumber, s.number())
		return nil
	}
	if to := s.word(); to > s.pos {
		s.add(tokWord, to)
		return nil
	}
	if n := s.operator(); n > 0 {
		s.add(tokOp, s.pos+n)
		return nil
	}
	r, n := utf8.DecodeRuneInString(s.src[s.pos:])
	if isSpace(r) {
		s.pos += n
		return nil
	}
	s.add(tokOther, s.pos+n)
	return nil
}

func (s *scanner) follows(prefix string) bool { return strings.HasPrefix(s.src[s.pos:], prefix) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isSpace is the vertical and horizontal space of DMN 1.5 §10.3.1.2, rules 61 and 62.
func isSpace(r rune) bool {
	switch {
	case r >= 0x09 && r <= 0x0d, r == 0x20, r == 0x85, r == 0xa0, r == 0x1680, r == 0x180e,
		r >= 0x2000 && r <= 0x200b, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000, r == 0xfeff:
		return true
	}
	return false
}

func (s *scanner) comment() *scanError {
	end := "\n"
	if s.follows("/*") {
		end = "*/"
	}
	i := strings.Index(s.src[s.pos+2:], end)
	switch {
	case i >= 0:
		s.pos += 2 + i + len(end)
	case end == "\n":
		s.pos = len(s.src)
	default:
		return &scanError{s.pos, "the comment /* has no end", "close it with */"}
	}
	return nil
}

// number gives the end of digits[.digits][e[±]digits] or .digits.
func (s *scanner) number() int {
	i := s.digits(s.pos)
	if i+1 < len(s.src) && s.src[i] == '.' && isDigit(s.src[i+1]) {
		i = s.digits(i + 1)
	}
	if i < len(s.src) && (s.src[i] == 'e' || s.src[i] == 'E') {
		j := i + 1
		if j < len(s.src) && (s.src[j] == '+' || s.src[j] == '-') {
			j++
		}
		if k := s.digits(j); k > j && !s.wordAt(k) {
			i = k
		}
	}
	return i
}

func (s *scanner) digits(i int) int {
	for i < len(s.src) && isDigit(s.src[i]) {
		i++
	}
	return i
}

func (s *scanner) wordAt(i int) bool {
	r, _ := utf8.DecodeRuneInString(s.src[i:])
	return i < len(s.src) && namePart(r)
}

// word gives the end of a run of name characters.
func (s *scanner) word() int {
	i := s.pos
	for i < len(s.src) {
		c := s.src[i]
		if c < utf8.RuneSelf {
			if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '?' || i > s.pos && isDigit(c)) {
				break
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s.src[i:])
		if isSpace(r) || i == s.pos && !nameStart(r) || !namePart(r) {
			break
		}
		i += n
	}
	return i
}

// nameStart is rule 28 of the grammar; letters of later Unicode versions are welcome too.
func nameStart(r rune) bool {
	switch {
	case r == '?' || r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
		return true
	case r < 0xc0:
		return false
	case r == 0xd7 || r == 0xf7:
		return false
	case r <= 0x2ff, r >= 0x370 && r <= 0x37d, r >= 0x37f && r <= 0x1fff, r == 0x200c || r == 0x200d,
		r >= 0x2070 && r <= 0x218f, r >= 0x2c00 && r <= 0x2fef, r >= 0x3001 && r <= 0xd7ff,
		r >= 0xf900 && r <= 0xfdcf, r >= 0xfdf0 && r <= 0xfffd, r >= 0x10000 && r <= 0xeffff:
		return !fullWidthPunctuation(r)
	}
	return unicode.IsLetter(r)
}

// fullWidthPunctuation keeps 、。（） and the like out of names: rule 28 lets them in by the block, but
// an author who typed one meant punctuation, and the error should say so.
func fullWidthPunctuation(r rune) bool {
	return (r >= 0x3001 && r <= 0x301f || r >= 0xff01 && r <= 0xff65) && unicode.In(r, unicode.P, unicode.Sm)
}

// namePart is rule 29.
func namePart(r rune) bool {
	return nameStart(r) || r >= '0' && r <= '9' || r == 0xb7 || r >= 0x300 && r <= 0x36f || r == 0x203f || r == 0x2040
}

// operator gives the length of the operator here, or 0.
func (s *scanner) operator() int {
	two := ""
	if s.pos+2 <= len(s.src) {
		two = s.src[s.pos : s.pos+2]
	}
	switch two {
	case "**", "..", "<=", ">=", "!=", "->":
		return 2
	}
	if strings.IndexByte("+-*/=<>()[]{},:.@", s.src[s.pos]) >= 0 {
		return 1
	}
	return 0
}

// str reads a string literal (rules 35 and 64) and its escapes.
func (s *scanner) str() *scanError {
	start := s.pos
	i := start + 1
	for i < len(s.src) && s.src[i] != '"' && s.src[i] != '\\' {
		i++
	}
	if i < len(s.src) && s.src[i] == '"' { // no escapes: the value is a part of the source
		s.tokens = append(s.tokens, token{tokString, start, i + 1, s.src[start+1 : i]})
		s.pos = i + 1
		return nil
	}
	var b strings.Builder
	b.WriteString(s.src[start+1 : i])
	for i < len(s.src) && s.src[i] != '"' {
		if s.src[i] != '\\' {
			b.WriteByte(s.src[i])
			i++
			continue
		}
		text, n := escape(s.src[i:])
		b.WriteString(text)
		i += n
	}
	if i >= len(s.src) {
		return &scanError{start, "the string has no closing quote", `end it with "`}
	}
	s.tokens = append(s.tokens, token{tokString, start, i + 1, b.String()})
	s.pos = i + 1
	return nil
}

// quotedName reads a name in backticks.
func (s *scanner) quotedName() *scanError {
	n := strings.IndexByte(s.src[s.pos+1:], '`')
	if n < 1 {
		return &scanError{s.pos, "the name in backticks has no end", "close it with `"}
	}
	to := s.pos + n + 2
	s.tokens = append(s.tokens, token{tokQuoted, s.pos, to, s.src[s.pos+1 : to-1]})
	s.pos = to
	return nil
}

// escape reads one escape sequence and gives its text and length. A backslash before any
// other character stands for itself, so that regular expressions can be written plainly.
func escape(s string) (string, int) {
	if len(s) < 2 {
		return s, len(s)
	}
	switch s[1] {
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case '"', '\'', '\\':
		return s[1:2], 2
	case 'u':
		if r, ok := hexRune(s, 2, 4); ok {
			if low, ok := hexRune(s, 8, 4); ok && s[6:8] == `\u` && r >= 0xd800 && r < 0xdc00 && low >= 0xdc00 && low < 0xe000 {
				return string((r-0xd800)<<10 + (low - 0xdc00) + 0x10000), 12
			}
			return string(r), 6
		}
	case 'U':
		if r, ok := hexRune(s, 2, 6); ok {
			return string(r), 8
		}
	}
	return s[:1], 1
}

func hexRune(s string, from, n int) (rune, bool) {
	if len(s) < from+n {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[from : from+n]) {
		switch {
		case isDigit(c):
			r = r<<4 + rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 + rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 + rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, r <= unicode.MaxRune
}
