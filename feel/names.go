package feel

import "strings"

// nameTable finds names of several words or with special characters in the token stream. Names are
// resolved against the scope, the longest first; white space between tokens does not count, so that
// "a - b" is the name a-b where there is one (DMN 1.5 §10.3.1.5).
type nameTable map[string][]knownName // by the text of the first token

type knownName struct {
	name string
	rest []string // the texts of the tokens after the first
}

// add enters a name; a name of one token needs no entry.
func (t nameTable) add(name string) {
	tokens, err := scan(name)
	if err != nil || len(tokens) < 3 {
		return
	}
	tokens = tokens[:len(tokens)-1]
	first := tokens[0].text
	for _, k := range t[first] {
		if k.name == name {
			return
		}
	}
	k := knownName{name: name}
	for _, tok := range tokens[1:] {
		k.rest = append(k.rest, tok.text)
	}
	t[first] = append(t[first], k)
}

// match finds the longest name that starts with the first token; n is its number of tokens, or 0.
func (t nameTable) match(tokens []token) (name string, n int) {
	for _, k := range t[tokens[0].text] {
		if len(k.rest) >= n && k.matches(tokens) {
			name, n = k.name, len(k.rest)+1
		}
	}
	return name, n
}

func (k knownName) matches(tokens []token) bool {
	if len(tokens) <= len(k.rest) {
		return false
	}
	for i, text := range k.rest {
		if tok := tokens[i+1]; tok.text != text || tok.kind == tokString || tok.kind == tokEOF {
			return false
		}
	}
	return true
}

// keywords cannot be part of a name unless the scope knows the name.
var keywords = map[string]bool{
	"and": true, "or": true, "between": true, "in": true, "instance": true, "of": true, "if": true, "then": true,
	"else": true, "for": true, "return": true, "some": true, "every": true, "satisfies": true, "true": true,
	"false": true, "null": true, "function": true, "external": true,
}

// joinTokens is the name that the tokens spell: runs of white space count as one space.
func joinTokens(tokens []token) string {
	if len(tokens) == 1 {
		return tokens[0].text
	}
	var b strings.Builder
	for i, tok := range tokens {
		if i > 0 && tokens[i-1].to < tok.from {
			b.WriteByte(' ')
		}
		b.WriteString(tok.text)
	}
	return b.String()
}
