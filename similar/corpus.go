package similar

import (
	"math"
	"strings"
)

// Corpus knows how often pieces of texts occur: rare ones say more, and a clause
// that many documents repeat is a phrase. The zero Corpus is not usable; see NewCorpus.
type Corpus struct {
	words   *Vocabulary
	n       int
	docs    map[uint64]int // token → documents that have it
	clauses map[string]int // clause → documents that have it
}

// NewCorpus of a vocabulary, empty.
func NewCorpus(v *Vocabulary) *Corpus {
	return &Corpus{words: v, docs: map[uint64]int{}, clauses: map[string]int{}}
}

// Size is the number of documents added.
func (c *Corpus) Size() int { return c.n }

// add counts one document.
func (c *Corpus) add(tokens draft, clauses []string) {
	c.n++
	for k := range tokens {
		c.docs[k]++
	}
	seen := map[string]bool{}
	for _, k := range clauses {
		if !seen[k] {
			c.clauses[k]++
			seen[k] = true
		}
	}
}

// AddProject counts a project's texts.
func (c *Corpus) AddProject(p Project) {
	all := draft{}.add(c.words.cut(Fold(p.Name+"，"+p.Need+"，"+strings.Join(p.Functions, "，"))), 1)
	c.add(all, clausesOf(Fold(p.Need)))
}

// AddLine counts a budget line's texts.
func (c *Corpus) AddLine(l Line) {
	c.add(draft{}.add(c.words.cut(Fold(l.Name+"，"+l.Spec)), 1), nil)
}

// rarity of a token from about 0.3 (everywhere) to 1 (once); a small corpus
// says little, so all tokens weigh nearly alike there.
func (c *Corpus) rarity(key uint64) float64 {
	n := float64(c.n) + 20
	df := float64(c.docs[key]) + 1
	return max(0.15, math.Log(n/df)/math.Log(n))
}

// repeated is the factor by which a clause counts: one that three and more
// documents have is a phrase.
func (c *Corpus) repeated(clause string) float64 {
	switch n := c.clauses[clause]; {
	case n >= 3:
		return 0.06
	case n == 2:
		return 0.8
	}
	return 1
}

// clausesOf are the parts of a text between punctuation marks.
func clausesOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return strings.ContainsRune("，。；！？：,;!?:\n", r)
	})
}
