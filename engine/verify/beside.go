package verify

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// pair is two places that hold a token at the same time; nowhere as the second
// stands for whatever else there is.
type pair struct{ p, q int }

const nowhere = -1

// together is the concurrency relation of a net (Kovalyov and Esparza 1996): the
// pairs of its beginnings, of what a node sends out together, and of what
// becomes of the one token while the other stays. It needs no states, so it sees
// two tokens on one way also where exploring takes a shortcut past them.
type together struct {
	*net
	came  map[pair]step
	queue []pair
	cut   bool // there are too many pairs
}

// maxPairs bounds the pairs that are looked at; a net of some hundred elements has some ten thousand.
const maxPairs = 1 << 20

// step is how a pair came about.
type step struct {
	from pair
	via  *node // nil: a beginning
}

func besides(n *net) *together {
	t := &together{net: n, came: map[pair]step{}}
	for _, start := range n.starts {
		t.all(start, step{})
	}
	for i := 0; i < len(t.queue) && !t.cut; i++ {
		t.advance(t.queue[i])
		t.cut = len(t.queue) > maxPairs
	}
	return t
}

// all notes that tokens stand on all of the places.
func (t *together) all(places []int, how step) {
	for i, p := range places {
		t.add(p, nowhere, how)
		for _, q := range places[:i] {
			t.add(p, q, how)
		}
	}
}

func (t *together) add(p, q int, how step) {
	for _, x := range []pair{{p, q}, {q, p}} {
		if _, known := t.came[x]; !known && x.p != nowhere {
			t.came[x] = how
			t.queue = append(t.queue, x)
		}
	}
}

// advance moves the first token of a pair on. What it sends out is together, too.
func (t *together) advance(x pair) {
	n := t.target[x.p]
	if n == nil || x.p != x.q && slices.Contains(n.ins, x.q) && n.join != joinAny || !t.passes(n, x) {
		return
	}
	for _, o := range n.options {
		if n.effect == clears || n.effect == throws || o.throws {
			continue
		}
		if x.q == nowhere {
			t.all(o.out, step{x, n})
			continue
		}
		for _, to := range o.out {
			t.add(to, x.q, step{x, n})
		}
	}
}

// passes reports whether a node can take the first token while the second stays.
func (t *together) passes(n *node, x pair) bool {
	blocked := func(place int) bool { _, both := t.came[pair{place, x.q}]; return !both }
	switch n.join {
	case joinAll:
		return !slices.ContainsFunc(n.ins, blocked)
	case joinInclusive:
		at := slices.Index(n.ins, x.p)
		return n.upstream[at][x.q] || !slices.ContainsFunc(n.upstream, func(up map[int]bool) bool { return up[x.q] })
	}
	return true
}

// doubled is the first element that two tokens can reach without having been joined, with the way there, or nil.
func (t *together) doubled() (*bpmn.Element, []string) {
	for _, x := range t.queue {
		n := t.target[x.p]
		if n == nil || n.need > 1 || x.p != x.q && (n.join != joinAny || !slices.Contains(n.ins, x.q)) {
			continue
		}
		var way []string
		for how := t.came[x]; how.via != nil; how = t.came[how.from] {
			way = append(way, how.via.el.ID)
		}
		slices.Reverse(way)
		return n.el, way
	}
	return nil, nil
}
