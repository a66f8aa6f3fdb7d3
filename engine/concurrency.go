package engine

import (
	mathbits "math/bits"
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
	*process
	at     []*element // by place
	dirty  []int      // places whose rows have grown
	queued bits
}

func (c *compiler) concurrency(proc *process) {
	k := &concurrency{process: proc, at: slices.Clone(proc.nodes)}
	for _, el := range proc.nodes {
		if el.joins() {
			el.slots = len(k.at)
			for range el.in {
				k.at = append(k.at, el)
			}
		}
	}
	proc.places = len(k.at)
	proc.beside, k.queued = make([]bits, proc.places), newBits(proc.places)
	for p, el := range k.at {
		next := []int{el.index}
		if p == el.index {
			next = slices.Concat(append(el.ways(), placesOf(el.boundary))...)
		}
		proc.next = append(proc.next, next)
	}
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
	for len(k.dirty) > 0 {
		p := k.dirty[0]
		k.dirty = k.dirty[1:]
		k.queued.unset(p)
		k.advance(p)
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
		case alone, f == el.defaultFlow && el.kind.IsGateway() && el.kind != bpmn.KindParallelGateway:
			out = append(out, []int{f.place()})
		case (f.condition != nil || f == el.defaultFlow) && !el.kind.IsGateway():
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
	if p == q || k.besides(p, q) {
		return
	}
	for _, pair := range [][2]int{{p, q}, {q, p}} {
		if k.beside[pair[0]] == nil {
			k.beside[pair[0]] = newBits(k.places)
		}
		k.beside[pair[0]].set(pair[1])
		k.grown(pair[0])
	}
}

// grown notes that the row of a place has grown. The flows of a parallel join are looked at together.
func (k *concurrency) grown(p int) {
	if el := k.at[p]; p != el.index && el.upstream == nil {
		p = el.slots
	}
	if !k.queued.has(p) {
		k.queued.set(p)
		k.dirty = append(k.dirty, p)
	}
}

// advance moves a token on p, while those beside it stay.
func (k *concurrency) advance(p int) {
	stay := k.staying(p)
	for _, to := range k.next[p] {
		for i, word := range stay {
			if k.beside[to] != nil {
				word &^= k.beside[to][i]
			}
			for ; word != 0; word &= word - 1 {
				k.add(to, i*64+mathbits.TrailingZeros64(word))
			}
		}
	}
}

// staying is the set of places on which a token can stand while one on p moves
// on: of a parallel join all flows must have one, and none of them is beside itself.
func (k *concurrency) staying(p int) bits {
	el := k.at[p]
	switch {
	case p == el.index:
		return slices.Clone(k.beside[p])
	case el.upstream == nil:
		stay := slices.Clone(k.beside[p])
		for slot := range el.in {
			row := k.beside[el.slots+slot]
			if row == nil {
				return nil
			}
			for i := range stay {
				stay[i] &= row[i]
			}
		}
		return stay
	}
	stay := newBits(k.places)
	for q, at := range k.at {
		if k.besides(p, q) && (at != el || q == el.index) && el.passesBeside(p-el.slots, at.index) {
			stay.set(q)
		}
	}
	return stay
}

// passesBeside reports whether an inclusive or complex join can let a token of a flow through while one in another element stays.
func (el *element) passesBeside(slot, other int) bool {
	return el.kind == bpmn.KindComplexGateway || el.upstream[slot].has(other) ||
		!slices.ContainsFunc(el.upstream, func(up bits) bool { return up.has(other) })
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
