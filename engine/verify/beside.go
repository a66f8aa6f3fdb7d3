package verify

import (
	"cmp"
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// together is the concurrency relation of a net (Kovalyov and Esparza 1996): the
// pairs of places that hold a token at the same time. They are those of its
// beginnings, of what a node sends out together, and of what becomes of the one
// token while the other stays. It needs no states, so it sees two tokens on one
// way also where exploring takes a shortcut past them.
//
// A pair (p, q) is the number p × width + q; the last column stands for whatever
// else there is.
type together struct {
	*net
	width int
	came  []step // by pair
	queue []int
	cut   bool // the net is too large
}

// maxPlaces bounds the nets of which pairs are looked at; one of 300 elements has about as many places.
const maxPlaces = 2_000

// step is how a pair came about. A pair that did not has no number.
type step struct {
	number int32 // place in the queue, from 1
	from   int32 // the pair before
	via    *node // nil: a beginning
	by     *option
}

func besides(n *net) *together {
	t := &together{net: n, width: n.places + 1, cut: n.places > maxPlaces}
	if t.cut {
		return t
	}
	t.came = make([]step, n.places*t.width)
	for _, start := range n.starts {
		t.all(start, step{})
	}
	for i := 0; i < len(t.queue); i++ {
		t.advance(t.queue[i])
	}
	return t
}

func (t *together) pair(p, q int) int       { return p*t.width + q }
func (t *together) places(x int) (p, q int) { return x / t.width, x % t.width }
func (t *together) has(p, q int) bool       { return t.came[t.pair(p, q)].number > 0 }
func (t *together) nowhere() int            { return t.width - 1 }

// all notes that tokens stand on all of the places.
func (t *together) all(places []int, how step) {
	for i, p := range places {
		t.add(p, t.nowhere(), how)
		for _, q := range places[:i] {
			t.add(p, q, how)
		}
	}
}

func (t *together) add(p, q int, how step) {
	t.note(p, q, how)
	if q != t.nowhere() {
		t.note(q, p, how)
	}
}

func (t *together) note(p, q int, how step) {
	if x := t.pair(p, q); t.came[x].number == 0 {
		t.queue = append(t.queue, x)
		how.number = int32(len(t.queue))
		t.came[x] = how
	}
}

// advance moves the first token of a pair on. What it sends out is together, too.
func (t *together) advance(x int) {
	t.successors(x, func(p, q int, by *option) {
		t.add(p, q, step{from: int32(x), via: t.target[x/t.width], by: by})
	})
}

// successors tells the pairs into which a pair goes when its first token moves on.
func (t *together) successors(x int, tell func(p, q int, by *option)) {
	p, q := t.places(x)
	n := t.target[p]
	if n == nil || p != q && q != t.nowhere() && n.join != joinAny && slices.Contains(n.ins, q) || !t.passes(n, p, q) {
		return
	}
	for i := range n.options {
		o := &n.options[i]
		if n.effect == clears || n.effect == throws || o.throws {
			continue
		}
		for at, to := range o.out {
			tell(to, q, o)
			if q == t.nowhere() {
				for _, other := range o.out[:at] {
					tell(to, other, o)
				}
			}
		}
	}
}

// passes reports whether a node can take the token at p while one stays at q.
func (t *together) passes(n *node, p, q int) bool {
	switch n.join {
	case joinAll:
		return !slices.ContainsFunc(n.ins, func(in int) bool { return !t.has(in, q) })
	case joinInclusive:
		at := slices.Index(n.ins, p)
		return n.upstream[at][q] || !slices.ContainsFunc(n.upstream, func(up map[int]bool) bool { return up[q] })
	}
	return true
}

// double is an element that two tokens can reach without having been joined.
type double struct {
	el      *bpmn.Element
	way     []string // how the tokens come there
	pair    int
	grows   bool          // each round of a loop sends another token there
	parts   *bpmn.Element // where the two tokens part; nil: they begin apart
	aside   bool          // … because an event there does not interrupt
	reminds bool          // the tokens are of one event that does not interrupt, in two rounds
}

// doubles are the elements at which two tokens first meet: the nearest one, and
// those to which tokens come from where only one can be. What meets only because
// a loop sends ever more tokens is told when there is nothing else.
func (t *together) doubles() []double {
	out, growing := t.meetings()
	if out == nil && growing != nil {
		return growing[:1]
	}
	return out
}

// meetings are the doubles, and apart those of loops.
func (t *together) meetings() (out, growing []double) {
	for _, x := range t.queue {
		p, q := t.places(x)
		if n := t.target[p]; p != q || n == nil || n.need > 1 {
			continue
		}
		switch d := t.double(x); {
		case d.grows:
			growing = append(growing, d)
		case len(out) == 0 || t.meet(p):
			out = append(out, d)
		}
	}
	slices.SortStableFunc(growing, func(a, b double) int { // what an event sends beside is drawn rather to be so
		return cmp.Compare(btoi(a.aside), btoi(b.aside))
	})
	return out, growing
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// meet reports whether a token can come to a place that has one, from where only one can be.
func (t *together) meet(place int) bool {
	for _, n := range t.nodes {
		if slices.ContainsFunc(n.ins, func(in int) bool { return t.has(in, in) }) {
			continue
		}
		for _, o := range n.options {
			at := slices.Index(o.out, place)
			if at < 0 {
				continue
			}
			if slices.Contains(o.out[at+1:], place) || !slices.ContainsFunc(n.ins, func(in int) bool { return !t.has(in, place) }) {
				return true
			}
		}
	}
	return false
}

// double follows a pair back to the beginning.
func (t *together) double(x int) double {
	p, _ := t.places(x)
	d := double{el: t.target[p].el, pair: x}
	beside := map[*bpmn.Element]bool{}
	passed := map[*node]bool{}
	for how := t.came[x]; how.via != nil; how = t.came[how.from] {
		d.grows = d.grows || passed[how.via] && len(how.by.out) > 1
		passed[how.via] = true
		if _, other := t.places(int(how.from)); other == t.nowhere() && d.parts == nil {
			d.parts, d.aside = how.via.el, len(how.by.also) > 0
		}
		for _, b := range how.by.also {
			d.reminds = d.reminds || beside[b]
			beside[b] = !b.Event.Interrupting
		}
		d.way = append(d.way, how.via.el.ID)
	}
	slices.Reverse(d.way)
	return d
}

// doubled is the first element that two tokens can reach without having been joined, with the way there, or nil.
func (t *together) doubled() (*bpmn.Element, []string) {
	if all := t.doubles(); len(all) > 0 {
		return all[0].el, all[0].way
	}
	return nil, nil
}

// needed lists the elements whose conditions must turn out in a certain way for
// two tokens to meet: at least one of their other ways leads past that.
func (t *together) needed(d double) []*bpmn.Element {
	doomed := t.before(d.pair)
	var out []*bpmn.Element
	for x := d.pair; t.came[x].via != nil; x = int(t.came[x].from) {
		how := t.came[x]
		if len(how.by.picks) == 0 {
			continue
		}
		leads := map[*option]bool{}
		t.successors(int(how.from), func(p, q int, by *option) { leads[by] = leads[by] || doomed[t.pair(p, q)] })
		for i := range how.via.options {
			if !leads[&how.via.options[i]] {
				out = append(out, how.via.el)
				break
			}
		}
	}
	return out
}

// before marks the pairs that can become a pair.
func (t *together) before(goal int) map[int]bool {
	back := map[int][]int{}
	for _, x := range t.queue {
		t.successors(x, func(p, q int, _ *option) {
			back[t.pair(p, q)] = append(back[t.pair(p, q)], x)
			if q != t.nowhere() {
				back[t.pair(q, p)] = append(back[t.pair(q, p)], x)
			}
		})
	}
	seen := map[int]bool{}
	stack := []int{goal}
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[x] {
			continue
		}
		seen[x] = true
		stack = append(stack, back[x]...)
		if p, q := t.places(x); q != t.nowhere() && !seen[t.pair(q, p)] {
			stack = append(stack, t.pair(q, p))
		}
	}
	return seen
}

// concurrent reports whether two of the elements can be reached by tokens at the same time.
func (t *together) concurrent(elements []*bpmn.Element) bool {
	if t.cut {
		return len(elements) > 1
	}
	at := func(e *bpmn.Element) []int {
		if nd := t.target[t.entry[e]]; nd != nil {
			return nd.ins
		}
		return nil
	}
	for i, a := range elements {
		for _, b := range elements[:i] {
			for _, p := range at(a) {
				if slices.ContainsFunc(at(b), func(q int) bool { return t.has(p, q) }) {
					return true
				}
			}
		}
	}
	return false
}
