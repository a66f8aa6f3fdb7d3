package verify

import (
	"encoding/binary"
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// reduce makes a smaller net that ends, or gets stuck, exactly if the net does
// (after Berthelot, and Sadiq and Orlowska). Of a sound block structure only the
// beginning is left, whatever its size. It does not keep which tokens are together
// at a time: that is asked of the whole net (see besides).
//
// A node that needs one token and can always move it is taken into those that
// bring the token; ways with the same result become one; a way that leads back to
// its own beginning is dropped where there is another; a join whose tokens all
// come at once is entered at once.
func reduce(n *net) *net {
	r := &reducer{net: &net{scope: n.scope, places: n.places + 1, flows: n.flows, entry: n.entry, ends: n.ends}, fused: map[*node]int{}}
	r.target = append(slices.Clone(n.target), nil)
	root := &node{ins: []int{n.places}, need: 1}
	for _, start := range n.starts {
		root.options = append(root.options, option{out: slices.Sorted(slices.Values(start))})
	}
	r.target[n.places] = root
	r.nodes = []*node{root}
	copies := map[*node]*node{}
	for _, nd := range n.nodes {
		c := *nd
		c.options = slices.Clone(nd.options)
		for i := range c.options {
			c.options[i].out = slices.Sorted(slices.Values(c.options[i].out))
		}
		copies[nd] = &c
		r.nodes = append(r.nodes, &c)
	}
	for p, nd := range r.target {
		if c := copies[nd]; c != nil {
			r.target[p] = c
		}
	}
	r.starts = [][]int{{n.places}}
	r.run()
	r.findUpstreams()
	return r.net
}

type reducer struct {
	*net
	fused map[*node]int // the place at which a join is entered as one
}

// maxOptions bounds the ways of a node that takes others in.
const maxOptions = 64

func (r *reducer) run() {
	for {
		for r.round() {
		}
		if !r.branch() {
			return
		}
	}
}

// round applies every rule that makes the net smaller, and reports whether one did.
func (r *reducer) round() bool {
	changed := r.drop()
	for _, nd := range r.nodes {
		changed = r.tidy(nd) || changed
	}
	for _, nd := range slices.Clone(r.nodes) {
		if r.simple(nd) && len(nd.options) == 1 {
			r.takeIn(nd)
			changed = true
		}
	}
	for _, j := range slices.Clone(r.nodes) {
		switch j.join {
		case joinAll:
			changed = r.fuseAll(j) || changed
		case joinInclusive:
			changed = r.fuseInclusive(j) || changed
		}
	}
	return changed
}

// branch takes one node with several ways into those before it, the smallest first.
func (r *reducer) branch() bool {
	grown := make([]int, r.places) // ways that the largest node before a place would have
	for _, by := range r.nodes {
		uses := map[int]int{}
		for _, o := range by.options {
			for _, p := range o.out {
				uses[p]++
			}
		}
		for p, times := range uses {
			if nd := r.target[p]; nd != nil {
				grown[p] = max(grown[p], len(by.options)+times*(len(nd.options)-1))
			}
		}
	}
	var best *node
	least := maxOptions + 1
	for _, nd := range r.nodes {
		if r.simple(nd) && grown[nd.ins[0]] < least {
			best, least = nd, grown[nd.ins[0]]
		}
	}
	if best == nil {
		return false
	}
	r.takeIn(best)
	return true
}

// simple reports whether a node can be taken into those before it.
func (r *reducer) simple(nd *node) bool {
	if nd.el == nil || nd.join != joinAny || nd.need != 1 || nd.effect != moves && nd.effect != ends || len(nd.options) == 0 {
		return false
	}
	return !slices.ContainsFunc(nd.options, func(o option) bool { return o.throws || slices.Contains(o.out, nd.ins[0]) })
}

// takeIn replaces the place of a node by what the node makes of its tokens.
func (r *reducer) takeIn(nd *node) {
	p := nd.ins[0]
	for _, by := range r.nodes {
		if by == nd || !slices.ContainsFunc(by.options, func(o option) bool { return slices.Contains(o.out, p) }) {
			continue
		}
		var options []option
		for i := 0; i < len(by.options); i++ {
			o := by.options[i]
			at := slices.Index(o.out, p)
			if at < 0 {
				options = append(options, o)
				continue
			}
			for _, next := range nd.options {
				through := joined(o, nd, next)
				through.out = slices.Sorted(slices.Values(slices.Concat(o.out[:at], o.out[at+1:], next.out)))
				by.options = append(by.options, through) // the place may be there twice
			}
		}
		by.options = options
		r.tidy(by)
	}
	r.nodes = slices.DeleteFunc(r.nodes, func(o *node) bool { return o == nd })
}

// joined is a way that goes on by another.
func joined(o option, nd *node, next option) option {
	return option{
		also: slices.Concat(o.also, next.also), throws: o.throws,
		via:   append(append(slices.Clip(o.via), nd.el), next.via...),
		picks: append(slices.Clip(o.picks), next.picks...),
	}
}

// tidy makes one of ways with the same result, and drops a way back to where it began.
func (r *reducer) tidy(nd *node) bool {
	was := len(nd.options)
	if r.simpleLoop(nd) {
		nd.options = slices.DeleteFunc(nd.options, func(o option) bool { return back(nd, o) })
	}
	at := map[string]int{}
	var options []option
	for _, o := range nd.options {
		key := keyOf(o)
		i, known := at[key]
		if !known {
			at[key] = len(options)
			options = append(options, o)
			continue
		}
		kept := &options[i]
		kept.picks = slices.DeleteFunc(slices.Clone(kept.picks), func(p pick) bool { return !slices.Contains(o.picks, p) })
		if len(o.via) < len(kept.via) {
			kept.via = o.via
		}
	}
	nd.options = options
	return len(options) < was
}

func keyOf(o option) string {
	var key []byte
	if o.throws {
		key = append(key, 't')
	}
	for _, p := range o.out {
		key = binary.AppendUvarint(key, uint64(p))
	}
	return string(key)
}

func back(nd *node, o option) bool {
	return !o.throws && len(o.out) == 1 && o.out[0] == nd.ins[0]
}

// simpleLoop reports whether a node has a way back to itself beside others.
func (r *reducer) simpleLoop(nd *node) bool {
	ways := 0
	for _, o := range nd.options {
		if back(nd, o) {
			ways++
		}
	}
	return nd.join == joinAny && nd.need == 1 && ways > 0 && ways < len(nd.options)
}

// drop removes nodes to which nothing leads.
func (r *reducer) drop() bool {
	fed := make([]bool, r.places)
	for _, nd := range r.nodes {
		for _, o := range nd.options {
			for _, p := range o.out {
				fed[p] = true
			}
		}
	}
	was := len(r.nodes)
	r.nodes = slices.DeleteFunc(r.nodes, func(nd *node) bool {
		return nd.el != nil && !slices.ContainsFunc(nd.ins, func(p int) bool { return fed[p] })
	})
	return len(r.nodes) < was
}

// entrance is the place at which a join is entered by all its tokens as one.
func (r *reducer) entrance(j *node) int {
	if p, ok := r.fused[j]; ok {
		return p
	}
	p := r.places
	r.places++
	whole := &node{el: j.el, ins: []int{p}, need: 1, effect: j.effect, options: slices.Clone(j.options), choice: j.choice}
	r.target, r.nodes, r.fused[j] = append(r.target, whole), append(r.nodes, whole), p
	return p
}

// fuseAll lets ways that bring every token of a join enter it at once.
func (r *reducer) fuseAll(j *node) bool {
	changed := false
	for _, by := range slices.Clone(r.nodes) {
		for i := range by.options {
			o := &by.options[i]
			if o.throws || slices.ContainsFunc(j.ins, func(p int) bool { return !slices.Contains(o.out, p) }) {
				continue
			}
			o.out = r.enter(j, o.out)
			changed = true
		}
	}
	return changed
}

// enter replaces one token on each place of a join that has one by a token at its entrance.
func (r *reducer) enter(j *node, out []int) []int {
	out = slices.Clone(out)
	for _, p := range j.ins {
		if at := slices.Index(out, p); at >= 0 {
			out = slices.Delete(out, at, at+1)
		}
	}
	return slices.Sorted(slices.Values(append(out, r.entrance(j))))
}

// fuseInclusive does so for a join that takes what comes, when all that can come
// comes from one node and nothing that it sends out beside can follow.
func (r *reducer) fuseInclusive(j *node) bool {
	var from *node
	for _, by := range r.nodes {
		for _, o := range by.options {
			if slices.ContainsFunc(o.out, func(p int) bool { return slices.Contains(j.ins, p) }) {
				if from != nil && from != by || by == j || o.throws {
					return false
				}
				from = by
			}
		}
	}
	if from == nil {
		return false
	}
	before := r.before(j)
	for _, o := range from.options {
		taken, follows, last := false, false, -1
		for _, p := range o.out {
			in := slices.Contains(j.ins, p)
			if in && p == last {
				return false // two tokens on one flow
			}
			taken, follows, last = taken || in, follows || !in && before[p], p
		}
		if taken && follows {
			return false
		}
	}
	for i := range from.options {
		o := &from.options[i]
		if slices.ContainsFunc(o.out, func(p int) bool { return slices.Contains(j.ins, p) }) {
			o.out = r.enter(j, o.out)
		}
	}
	return true
}

// before are the places from which a token can come to a join without passing it.
func (r *reducer) before(j *node) map[int]bool {
	seen := map[int]bool{}
	for _, p := range j.ins {
		seen[p] = true
	}
	for changed := true; changed; {
		changed = false
		for _, nd := range r.nodes {
			if nd == j || slices.ContainsFunc(nd.ins, func(p int) bool { return seen[p] }) {
				continue
			}
			if slices.ContainsFunc(
				nd.options, func(o option) bool { return slices.ContainsFunc(o.out, func(p int) bool { return seen[p] }) },
			) {
				for _, p := range nd.ins {
					seen[p] = true
				}
				changed = true
			}
		}
	}
	return seen
}

// reachable marks the elements to which a token can come, each join passed by what comes to all its places.
func (n *net) reachable() map[*bpmn.Element]bool {
	visited, marked := map[*bpmn.Element]bool{}, make([]bool, n.places)
	for _, start := range n.starts {
		for _, p := range start {
			marked[p] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for _, nd := range n.nodes {
			missing := func(p int) bool { return !marked[p] }
			if visited[nd.el] || nd.join == joinAll && slices.ContainsFunc(nd.ins, missing) ||
				!slices.ContainsFunc(nd.ins, func(p int) bool { return marked[p] }) {
				continue
			}
			visited[nd.el], changed = true, true
			for _, o := range nd.options {
				for _, b := range o.also {
					visited[b] = true
				}
				for _, p := range o.out {
					marked[p] = true
				}
			}
		}
	}
	return visited
}
