package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// stood is a token that was put on a join again.
type stood struct {
	Join string `json:"j"`
	Slot int    `json:"s"`
}

// place is where the tokens of an arrival stand.
func (a *arrival) place(slot int) int {
	if a.el.joins() {
		return a.el.slots + slot
	}
	return a.el.index
}

// standAgain puts tokens on the parallel joins that a token at the target will
// wait at for branches beside it whose tokens are used up. The joins are those
// that wait for the target's branch; a branch is used up when none of the scope's
// tokens can come to the join while the target's stands still.
func (x *exec) standAgain(scope *node, target *element) []stood {
	beside := target.proc.beside[target.index]
	if beside == nil {
		return nil
	}
	var out []stood
	coming := x.coming(scope, beside)
	for _, join := range target.proc.nodes {
		if join.kind != bpmn.KindParallelGateway || !join.joins() || beside.has(join.index) {
			continue
		}
		for slot := range join.in {
			if place := join.slots + slot; beside.has(place) && !coming.has(place) {
				x.arrival(scope, join, slot)
				out = append(out, stood{join.id, slot})
			}
		}
	}
	return out
}

// standNoMore takes such tokens away again.
func (x *exec) standNoMore(scope *node, tokens []stood) {
	for _, t := range tokens {
		i := slices.IndexFunc(scope.Arrived, func(a *arrival) bool { return a.Element == t.Join })
		if i < 0 || scope.Arrived[i].Tokens[t.Slot] == 0 {
			continue
		}
		a := scope.Arrived[i]
		if a.Tokens[t.Slot]--; !slices.ContainsFunc(a.Tokens, func(n int) bool { return n > 0 }) {
			x.forget(scope, a)
		}
	}
}

// coming is the set of places, of those allowed, to which tokens of the scope can come or at which they stand.
func (x *exec) coming(scope *node, allowed bits) bits {
	var stack []int
	for _, c := range scope.children {
		if !c.el.eventSub {
			stack = append(stack, c.el.index)
		}
	}
	for _, a := range scope.Arrived {
		for slot, tokens := range a.Tokens {
			if tokens > 0 {
				stack = append(stack, a.place(slot))
			}
		}
	}
	for _, m := range slices.Concat(x.queue, x.later) {
		if m.scope == scope {
			stack = append(stack, m.place())
		}
	}
	proc := scope.el.proc
	seen := newBits(proc.places)
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !allowed.has(p) || seen.has(p) {
			continue
		}
		seen.set(p)
		stack = append(stack, proc.next[p]...)
	}
	return seen
}

// place is where a token on its way is going to rest.
func (m move) place() int {
	if m.via != nil {
		return m.via.place()
	}
	return m.el.index
}
