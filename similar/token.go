package similar

import (
	"cmp"
	"slices"
)

// token is a piece of a text.
type token struct {
	key    uint64  // hash of what is compared
	text   string  // how it is written
	weight float64 // by its form; rarity comes from the corpus
	pair   bool    // of neighbouring characters
}

// weights of tokens by their form.
const (
	heavy = 1.25 // a word of the field
	plain = 1.0
	light = 0.45 // one character, which may be by chance
)

// cut makes tokens of a folded text: words of the field as such, of other Chinese
// runs the pairs of neighbours, of Latin letters the word. Numbers are left out.
func (v *Vocabulary) cut(text string) (out []token) {
	letters := []rune(text)
	run := []rune{}
	flush := func() {
		if len(run) == 1 {
			out = append(out, token{key: hash(string(run)), text: string(run), weight: light})
		}
		for i := 0; i+1 < len(run); i++ {
			pair := string(run[i : i+2])
			out = append(out, token{key: hash(pair), text: pair, weight: plain, pair: true})
		}
		run = run[:0]
	}
	for i := 0; i < len(letters); {
		r := letters[i]
		if e, ok := v.at(letters, i); ok {
			flush()
			if e.key != 0 {
				out = append(out, token{key: e.key, text: string(e.runes), weight: heavy})
			}
			i += len(e.runes)
			continue
		}
		switch {
		case han(r):
			run = append(run, r)
			i++
		case latin(r):
			flush()
			n := i
			for n < len(letters) && latin(letters[n]) {
				n++
			}
			if word := string(letters[i:n]); n-i > 1 {
				out = append(out, token{key: hash(word), text: word, weight: plain})
			}
			i = n
		default:
			flush()
			i++
		}
	}
	flush()
	return out
}

// hash of what is compared (FNV-1a): the same in every process.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// spelled is how the tokens of texts are written where they come first.
func (v *Vocabulary) spelled(texts ...string) map[uint64]token {
	out := map[uint64]token{}
	for _, text := range texts {
		for _, t := range v.cut(Fold(text)) {
			if _, ok := out[t.key]; !ok {
				out[t.key] = t
			}
		}
	}
	return out
}

// bag is what a text is made of: tokens in order of their keys, each once. Two
// bags are compared by one walk, and sums come out the same every time.
type bag struct {
	items []item
	total float64
}

type item struct {
	key    uint64
	weight float64
}

// draft collects tokens of a bag; what is said twice counts once, at its best.
type draft map[uint64]float64

func (d draft) add(list []token, factor float64) draft {
	for _, t := range list {
		d[t.key] = max(d[t.key], t.weight*factor)
	}
	return d
}

// bag weighs the tokens by how rare they are.
func (c *Corpus) bag(d draft) bag {
	b := bag{items: make([]item, 0, len(d))}
	for k, w := range d {
		b.items = append(b.items, item{k, w * c.rarity(k)})
	}
	return b.sorted()
}

func (b bag) sorted() bag {
	slices.SortFunc(b.items, func(x, y item) int { return cmp.Compare(x.key, y.key) })
	b.total = 0
	for _, x := range b.items {
		b.total += x.weight
	}
	return b
}

// join is what either of the bags has.
func join(bags ...bag) bag {
	all := map[uint64]float64{}
	for _, b := range bags {
		for _, x := range b.items {
			all[x.key] = max(all[x.key], x.weight)
		}
	}
	out := bag{items: make([]item, 0, len(all))}
	for k, w := range all {
		out.items = append(out.items, item{k, w})
	}
	return out.sorted()
}

// common is the weight of what two bags share; visit, if given, sees each key.
func common(a, b bag, visit func(key uint64, weight float64)) (n float64) {
	for i, j := 0, 0; i < len(a.items) && j < len(b.items); {
		switch x, y := a.items[i], b.items[j]; {
		case x.key < y.key:
			i++
		case x.key > y.key:
			j++
		default:
			w := min(x.weight, y.weight)
			n += w
			if visit != nil {
				visit(x.key, w)
			}
			i, j = i+1, j+1
		}
	}
	return n
}

// dice is the shared part of both; within, of the smaller; jaccard, of all. The
// slack keeps a single shared word of short texts from being everything.
func dice(a, b bag) float64 { return share(2*common(a, b, nil), a.total+b.total) }

func within(a, b bag, slack float64) float64 {
	return share(common(a, b, nil), min(a.total, b.total)+slack)
}

func jaccard(a, b bag) float64 {
	n := common(a, b, nil)
	return share(n, a.total+b.total-n)
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}
