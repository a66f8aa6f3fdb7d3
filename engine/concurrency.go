package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// A place is where a token of a scope can rest: in an element, or at a join on
// one of its incoming flows. Elements have the places of their indexes, the
// flows of joins those that follow.

// joins reports whether tokens wait at the element for others.
func (el *element) joins() bool {
	_, ok := el.behave.(joining)
	return ok && len(el.in) > 1
}

// place is where a token rests that takes the flow.
func (f *flow) place() int {
	if f.target.joins() {
		return f.target.slots + f.slot
	}
	return f.target.index
}

// concurrency fills process.beside: which places can hold tokens at the same
// time. It is the concurrency relation of free-choice nets (Kovalyov and
// Esparza 1996): what a fork sends out together is concurrent, and what is
// concurrent with a token stays so while either of the two moves on. So it also
// tells the branches of a fork apart from what comes after them where a loop
// leads from everywhere to everywhere.
type concurrency struct {
	proc  *process
	at    []*element // by place
	queue [][2]int
}

func (c *compiler) concurrency(proc *process) {
	k := &concurrency{proc: proc, at: slices.Clone(proc.nodes)}
	for _, el := range proc.nodes {
		if el.joins() {
			el.slots = len(k.at)
			for range el.in {
				k.at = append(k.at, el)
			}
		}
	}
	proc.places = len(k.at)
	proc.beside = make([]bits, proc.places)
	for _, el := range append([]*element{proc.root}, proc.nodes...) {
		k.together(placesOf(el.starts))
		for _, out := range el.ways() {
			k.together(out)
		}
		for _, b := range el.boundary {
			if !b.interrupting {
				k.add(el.index, b.index)
			}
		}
	}
	for p, el := range k.at {
		next := []int{el.index}
		if p == el.index {
			next = slices.Concat(append(el.ways(), placesOf(el.boundary))...)
		}
		proc.next = append(proc.next, next)
	}
	for len(k.queue) > 0 {
		pair := k.queue[0]
		k.queue = k.queue[1:]
		k.advance(pair[0], pair[1])
		k.advance(pair[1], pair[0])
	}
}

func placesOf(els []*element) []int {
	var out []int
	for _, el := range els {
		out = append(out, el.index)
	}
	return out
}

// ways lists the sets of places to which tokens go together that leave the
// element. Conditions at an activity or event are taken for alternatives: people
// draw them so, and without a gateway nothing joins them.
func (el *element) ways() [][]int {
	if el.linkTo != nil {
		return [][]int{{el.linkTo.index}}
	}
	alone := el.kind == bpmn.KindExclusiveGateway || el.kind == bpmn.KindEventBasedGateway && !el.src.Gateway.Parallel
	var always []int
	var out, sometimes [][]int
	for _, f := range el.out {
		switch {
		case alone, f == el.defaultFlow && el.kind != bpmn.KindParallelGateway:
			out = append(out, []int{f.place()})
		case f.condition != nil && !el.kind.IsGateway():
			sometimes = append(sometimes, []int{f.place()})
		default:
			always = append(always, f.place())
		}
	}
	for _, s := range sometimes {
		out = append(out, append(s, always...))
	}
	return append(out, always)
}

// together notes that all of the places get a token at once.
func (k *concurrency) together(places []int) {
	for i, p := range places {
		for _, q := range places[:i] {
			k.add(p, q)
		}
	}
}

func (k *concurrency) add(p, q int) {
	if p == q || k.proc.besides(p, q) {
		return
	}
	for _, pair := range [][2]int{{p, q}, {q, p}} {
		if k.proc.beside[pair[0]] == nil {
			k.proc.beside[pair[0]] = newBits(k.proc.places)
		}
		k.proc.beside[pair[0]].set(pair[1])
	}
	k.queue = append(k.queue, [2]int{p, q})
}

// advance moves the token on p, while the one on q stays.
func (k *concurrency) advance(p, q int) {
	el := k.at[p]
	if p != el.index && (k.at[q] == el && q != el.index || !k.passes(el, p, q)) {
		return
	}
	for _, to := range k.proc.next[p] {
		k.add(to, q)
	}
}

// passes reports whether a join can let the token on p through, while the one on q stays.
func (k *concurrency) passes(join *element, p, q int) bool {
	if join.upstream == nil { // parallel: it needs all
		for slot := range join.in {
			if !k.proc.besides(join.slots+slot, q) {
				return false
			}
		}
		return true
	}
	if join.kind == bpmn.KindComplexGateway || join.upstream[p-join.slots].has(k.at[q].index) {
		return true
	}
	return !slices.ContainsFunc(join.upstream, func(up bits) bool { return up.has(k.at[q].index) })
}

// besides reports whether two places can hold tokens at the same time.
func (p *process) besides(a, b int) bool { return p.beside[a] != nil && p.beside[a].has(b) }

// behind is the set of places of tokens that have passed the element, or are in
// it: those that it can reach, but not those that can be reached beside it.
func behind(el *element) bits {
	out, after := newBits(el.proc.places), reachable(el)
	for _, at := range el.proc.nodes {
		if !after.has(at.index) {
			continue
		}
		for _, place := range append(slices.Concat(at.ways()...), at.index) {
			if !el.proc.besides(el.index, place) {
				out.set(place)
			}
		}
	}
	return out
}
