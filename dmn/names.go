package dmn

import (
	"strings"
	"unicode"
)

// nameSet holds the names that FEEL must know as wholes to read them: with spaces, dashes and the like. It gives
// each expression those that occur in it, as most of a large model's names do not.
type nameSet struct {
	byWord map[string][]specialName // by the first word
	seen   map[string]bool
}

type specialName struct{ name, squeezed string }

// add takes a name in, unless FEEL reads it as one word anyway, or it looks like a path: such names belong to
// single scopes.
func (s *nameSet) add(name string) {
	if !isSpecial(name) || strings.Contains(name, ".") || s.seen[name] {
		return
	}
	if s.seen == nil {
		s.seen, s.byWord = map[string]bool{}, map[string][]specialName{}
	}
	s.seen[name] = true
	word := firstWord(name)
	s.byWord[word] = append(s.byWord[word], specialName{name, squeeze(name)})
}

// in are the names that may occur in a text; white space may differ.
func (s *nameSet) in(text string) []string {
	if len(s.seen) == 0 {
		return nil
	}
	var out []string
	squeezed := squeeze(text)
	done := map[string]bool{"": true}
	take := func(word string) {
		for _, n := range s.byWord[word] {
			if strings.Contains(squeezed, n.squeezed) {
				out = append(out, n.name)
			}
		}
	}
	take("")
	for _, word := range strings.FieldsFunc(text, notWord) {
		if !done[word] {
			done[word] = true
			take(word)
		}
	}
	return out
}

func firstWord(name string) string {
	if i := strings.IndexFunc(name, notWord); i >= 0 {
		return name[:i]
	}
	return name
}

func notWord(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// isSpecial tells names that FEEL reads as one word only when it is told.
func isSpecial(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
