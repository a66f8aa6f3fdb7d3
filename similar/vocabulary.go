package similar

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed words.txt
var shipped string

// Vocabulary is what words.txt says.
type Vocabulary struct {
	digest  uint64
	entries map[rune][]entry // words by their first character, longest first
	common  map[string]bool  // functions that every system has
	service []group          // kinds of work about a system
	work    []group          // functions that are such work
	build   []string         // what ends a name of something built
	action  []group          // what a line buys, in order
	vague   []string         // of names that hide their contents, longest first
	rows    [][]string       // words that exclude each other
	units   map[string]string
	near    map[[2]string]bool
}

// Digest tells vocabularies apart.
func (v *Vocabulary) Digest() uint64 { return v.digest }

// group is a name and the words that stand for it.
type group struct {
	name  string
	words []string
}

// entry is a word of the field: of a group, or one that says nothing.
type entry struct {
	runes []rune
	key   uint64 // of its group; 0: says nothing
}

// Shipped is the vocabulary of words.txt as the program has it.
var Shipped = sync.OnceValue(func() *Vocabulary {
	v, err := ParseVocabulary(shipped)
	if err != nil {
		panic(err) // the shipped file is tested
	}
	return v
})

// ParseVocabulary reads a file of the form of words.txt. An unknown section or a
// row outside of one is an error that names its line.
func ParseVocabulary(text string) (*Vocabulary, error) {
	v := &Vocabulary{
		digest: hash(text), entries: map[rune][]entry{}, common: map[string]bool{}, units: map[string]string{}, near: map[[2]string]bool{},
	}
	section, known := "", map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		words := strings.Fields(Fold(strings.TrimSpace(line)))
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if strings.HasPrefix(words[0], "[") {
			section = strings.Trim(words[0], "[]")
			continue
		}
		if err := v.row(section, words, known); err != nil {
			return nil, fmt.Errorf("words, line %d: %w", i+1, err)
		}
	}
	for word, concept := range known {
		r := []rune(word)
		e := entry{runes: r}
		if concept != "" {
			e.key = hash("=" + concept)
		}
		v.entries[r[0]] = append(v.entries[r[0]], e)
	}
	slices.SortStableFunc(v.vague, func(a, b string) int { return len(b) - len(a) })
	for _, list := range v.entries {
		slices.SortFunc(list, func(a, b entry) int {
			if len(a.runes) != len(b.runes) {
				return len(b.runes) - len(a.runes)
			}
			return slices.Compare(a.runes, b.runes)
		})
	}
	return v, nil
}

func (v *Vocabulary) row(section string, words []string, known map[string]string) error {
	switch section {
	case "synonyms":
		for _, w := range words {
			if _, ok := known[w]; !ok { // a word belongs to the first group that names it
				known[w] = words[0]
			}
		}
	case "generic":
		for _, w := range words {
			if _, ok := known[w]; !ok {
				known[w] = ""
			}
		}
	case "common":
		for _, w := range words {
			v.common[w] = true
		}
	case "service":
		v.service = append(v.service, group{words[0], words[1:]})
	case "work":
		v.work = append(v.work, group{words[0], words[1:]})
	case "build":
		v.build = append(v.build, words...)
	case "action":
		v.action = append(v.action, group{words[0], words[1:]})
	case "vague":
		v.vague = append(v.vague, words...)
	case "contrast":
		v.rows = append(v.rows, words)
	case "units":
		for _, w := range words[1:] {
			v.units[w] = words[0]
		}
	case "near":
		if len(words) != 2 {
			return fmt.Errorf("two actions are near, not %d", len(words))
		}
		v.near[[2]string{words[0], words[1]}], v.near[[2]string{words[1], words[0]}] = true, true
	default:
		return fmt.Errorf("no section %q", section)
	}
	return nil
}

// at is the longest word of the field at a place of a text. A word of Latin
// letters stands alone: "ai" is none in "email".
func (v *Vocabulary) at(text []rune, i int) (entry, bool) {
	for _, e := range v.entries[text[i]] {
		if len(text)-i < len(e.runes) || !slices.Equal(text[i:i+len(e.runes)], e.runes) {
			continue
		}
		end := i + len(e.runes)
		if latin(text[i]) && i > 0 && latin(text[i-1]) || latin(text[end-1]) && end < len(text) && latin(text[end]) {
			continue
		}
		return e, true
	}
	return entry{}, false
}

// longest text that is read, in bytes: what is longer is cut, so that a text of
// any length costs a bounded time. A need has at most a few thousand characters.
const longest = 8000

// Fold makes texts comparable: NFKC (full width, ㎡, №), lower case, simplified characters.
func Fold(s string) string {
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return strings.Map(simplify, strings.ToLower(norm.NFKC.String(s)))
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' }

func han(r rune) bool { return unicode.Is(unicode.Han, r) }
