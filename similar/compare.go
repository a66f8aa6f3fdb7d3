package similar

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Result of a comparison. Score runs from 0 to 1; from Alert on the two count as
// similar. Words are what matched, the weightiest first; words that are written
// differently on the two sides stand as "one/other" in the order of their letters.
type Result struct {
	Score float64
	Words []string
}

// features of a pair of projects, in the order of projectWeights.
func (c *Corpus) projectFeatures(a, b *projectView) []float64 {
	ab, ba := covered(a, b), covered(b, a)
	high, low := max(ab, ba), min(ab, ba)
	need := within(a.need, b.need, 2)
	all := jaccard(a.all, b.all)
	name := dice(a.name, b.name)
	other, service := 0.0, 0.0
	if a.kind != b.kind {
		other = 1
	} else if a.kind != "" && (disjoint(a.owners, b.owners) || name < 0.2) { // the same work on another thing must be done too
		service = 1
		high, low, need, all = high*0.4, low*0.4, need*0.4, all*0.4
	}
	denied := max(within(a.denied, b.all, 0.5), within(b.denied, a.all, 0.5))
	return []float64{high, low, need, all, name, high * need, other, service, denied}
}

// covered is how much of a's functions b has: each by its best like among b's
// functions, or, at less, by what b's need says.
func covered(a, b *projectView) float64 {
	var have, of float64
	for _, f := range a.functions {
		best := 0.0
		for _, g := range b.functions {
			if f.text == g.text {
				best = 1
				break
			}
			best = max(best, dice(f.bag, g.bag), 0.8*share(common(f.bag, g.bag, nil), min(f.bag.total, g.bag.total)))
		}
		best = max(best, 0.7*share(common(f.bag, b.all, nil), f.bag.total))
		have += f.weight * best
		of += f.weight
	}
	return share(have, of+1)
}

func disjoint(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	for _, x := range a {
		for _, y := range b {
			if strings.Contains(x, y) || strings.Contains(y, x) {
				return false
			}
		}
	}
	return true
}

// Projects compares two projects.
func (c *Corpus) Projects(a, b Project) Result {
	x, y := c.view(a), c.view(b)
	return Result{c.projects(x, y), wordsOf(x.all, y.all, c.words.project(a), c.words.project(b))}
}

// project is how a project's words are written.
func (v *Vocabulary) project(p Project) map[uint64]token {
	return v.spelled(append([]string{p.Need, p.Name}, p.Functions[:min(len(p.Functions), mostFunctions)]...)...)
}

func (c *Corpus) projects(a, b *projectView) float64 {
	switch {
	case a.exact == b.exact && a.all.total > 0:
		return 1
	case a.bare() || b.bare():
		return named(a, b)
	}
	return scale(projectWeights, c.projectFeatures(a, b))
}

// bare projects are known by their name alone, as most of an inventory is.
func (v *projectView) bare() bool { return len(v.functions) == 0 && v.need.total < 1.5 }

// named compares what has only a name on one side: names, or a name with all that the other says.
func named(a, b *projectView) float64 {
	score := 0.97 * dice(a.name, b.name)
	if a.bare() != b.bare() {
		x, y := a, b
		if b.bare() {
			x, y = b, a
		}
		score = max(score, 0.85*share(common(x.name, y.all, nil), x.name.total+0.6))
	}
	if a.kind != b.kind {
		score *= 0.5
	}
	return score
}

// Named says how much of a name a text has: what a catalogue calls a capability
// is short, and what an application says of it long.
func (c *Corpus) Named(name, text string) Result {
	a := c.bag(draft{}.add(c.words.cut(Fold(name)), 1))
	b := c.bag(draft{}.add(c.words.cut(Fold(text)), 1))
	if a.total == 0 { // a name of words that say nothing counts as it is written
		if n := Fold(name); n != "" && strings.Contains(Fold(text), n) {
			return Result{1, []string{n}}
		}
		return Result{}
	}
	return Result{share(common(a, b, nil), a.total), wordsOf(a, b, c.words.spelled(name), c.words.spelled(text))}
}

// Nothing says that a line may be compared by price or as a duplicate: its name
// hides its contents ("应用软件开发") and its specification says none.
func (v *Vocabulary) Nothing(l Line) bool {
	name, spec := Fold(l.Name), Fold(l.Spec)
	_, vague := v.actionOf(name, spec, Fold(l.Unit))
	return vague && len(v.cut(spec)) == 0
}

// Buys is what a line buys by words.txt [action]; empty: a thing.
func (v *Vocabulary) Buys(l Line) string {
	action, _ := v.actionOf(Fold(l.Name), Fold(l.Spec), Fold(l.Unit))
	return action
}

// Lines compares two budget lines.
func (c *Corpus) Lines(a, b Line) Result {
	x, y := c.line(a), c.line(b)
	return Result{c.lines(x, y), wordsOf(x.all, y.all, c.words.line(a), c.words.line(b))}
}

// line is how a line's words are written.
func (v *Vocabulary) line(l Line) map[uint64]token { return v.spelled(l.Name, l.Spec) }

func (c *Corpus) lines(a, b *lineView) float64 {
	switch {
	case a.exact == b.exact && a.all.total > 0 && !(a.vague && a.spec.total == 0):
		return 1
	case common(a.all, b.all, nil) == 0:
		return 0
	}
	return scale(lineWeights, c.lineFeatures(a, b))
}

// mostWords that a result names.
const mostWords = 12

// wordsOf are the shared tokens as they are written, pairs of neighbours of one
// run joined, the weightiest first. A word that the two write differently stands
// with both spellings, in the order of their letters: the same for (b, a).
func wordsOf(a, b bag, written, other map[uint64]token) []string {
	type found struct {
		text   string
		weight float64
	}
	var list []found
	pairs := map[string]float64{}
	common(a, b, func(key uint64, w float64) {
		x, y := written[key], other[key]
		switch {
		case x.pair:
			pairs[x.text] = w
		case x.text == y.text:
			list = append(list, found{x.text, w})
		default:
			list = append(list, found{min(x.text, y.text) + "/" + max(x.text, y.text), w})
		}
	})
	for _, run := range joined(pairs) {
		list = append(list, found{run, pairs[string([]rune(run)[:2])] * float64(len([]rune(run))-1)})
	}
	slices.SortStableFunc(list, func(x, y found) int {
		if x.weight != y.weight {
			return cmp.Compare(y.weight, x.weight)
		}
		return strings.Compare(x.text, y.text)
	})
	out := []string{}
	for _, f := range list {
		if len([]rune(f.text)) > 1 && !slices.Contains(out, f.text) && len(out) < mostWords {
			out = append(out, f.text)
		}
	}
	return out
}

// joined puts pairs of neighbours together where one way alone leads on: 水闸 and
// 闸门 are 水闸门.
func joined(pairs map[string]float64) (out []string) {
	next, before := map[rune][]rune{}, map[rune]int{}
	keys := slices.Sorted(maps.Keys(pairs))
	for _, k := range keys {
		r := []rune(k)
		next[r[0]] = append(next[r[0]], r[1])
		before[r[1]]++
	}
	used := map[string]bool{}
	grow := func(k string) {
		run := []rune(k)
		used[k] = true
		for {
			last := run[len(run)-1]
			step := next[last]
			if len(step) != 1 || before[step[0]] != 1 || used[string([]rune{last, step[0]})] || len(run) >= 8 {
				break
			}
			used[string([]rune{last, step[0]})] = true
			run = append(run, step[0])
		}
		out = append(out, string(run))
	}
	for _, k := range keys { // beginnings first
		if r := []rune(k); before[r[0]] != 1 || len(next[r[0]]) != 1 {
			grow(k)
		}
	}
	for _, k := range keys {
		if !used[k] {
			grow(k)
		}
	}
	return out
}
