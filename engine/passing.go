package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// What a model says of jumps past a task.
const (
	jumpedNever  = "never"
	jumpedSecond = "second"
)

// guarded reports whether no jump may pass an element while nobody has signed it
// in this round: an approval, unless the model lets two persons pass it, and a
// task that the model guards; of a scope or a called process, anything in it.
func (x *exec) guarded(el *element, depth int) bool {
	if depth > maxDepth {
		return false
	}
	if u := el.user; u != nil {
		return u.jumped == jumpedNever || u.jumped != jumpedSecond && (u.approval != nil || u.statutory)
	}
	inner := el.proc.nodes
	within := func(o *element) bool { return o.scope == el }
	if el.call != nil {
		id, _ := el.call.process.value.(string)
		called := x.p.find(id)
		if called == nil {
			return false
		}
		inner, within = called.nodes, func(o *element) bool { return o.scope == called.root }
	}
	return slices.ContainsFunc(inner, func(o *element) bool { return o != el && within(o) && !o.eventSub && x.guarded(o, depth+1) })
}

// unsigned is a guarded element that the way from a token to an element demands,
// its own included, and that is not signed in this round; nil: none.
func (x *exec) unsigned(n *node, target *element) *element {
	for _, el := range x.demanded(n, target) {
		if x.guarded(el, 0) && !n.parent.signedThisRound(el) {
			return el
		}
	}
	return nil
}

// signedThisRound reports whether an element has been signed, and no return has
// voided that since.
func (scope *node) signedThisRound(el *element) bool {
	return slices.ContainsFunc(scope.Signed, func(s signed) bool { return s.Element == el.id })
}

// demanded are the elements on the ways that the token could go from its place to
// another one, itself included. Of a choice whose conditions can be told already
// only the way that it takes counts.
func (x *exec) demanded(n *node, target *element) []*element {
	proc := n.el.proc
	from, seen := []*element{n.el}, newBits(len(proc.nodes))
	seen.set(n.el.index)
	var out []*element
	for len(from) > 0 {
		at := from[len(from)-1]
		from = from[:len(from)-1]
		if at == target {
			continue
		}
		if at.kind.IsActivity() && (at == n.el || reachable(at).has(target.index)) {
			out = append(out, at)
		}
		for _, next := range x.waysOn(n, at) {
			if !seen.has(next.index) {
				seen.set(next.index)
				from = append(from, next)
			}
		}
	}
	slices.SortFunc(out, func(a, b *element) int { return a.index - b.index })
	return out
}

// waysOn are where a token goes on from an element.
func (x *exec) waysOn(n *node, at *element) []*element {
	var out []*element
	if at.linkTo != nil {
		out = append(out, at.linkTo)
	}
	open := true
	if at.kind == bpmn.KindExclusiveGateway {
		var otherwise *element
		for _, f := range at.out {
			if f.condition == nil {
				otherwise = f.target
				continue
			}
			v, _ := x.eval(n.parent, f.condition, nil)
			switch {
			case v == feel.Value(true):
				return append(out, f.target)
			case v != feel.Value(false):
				out, open = append(out, f.target), false
			}
		}
		if open && otherwise != nil {
			return append(out, otherwise)
		}
	}
	if at.kind != bpmn.KindExclusiveGateway || !open {
		for _, f := range at.out {
			if !slices.Contains(out, f.target) {
				out = append(out, f.target)
			}
		}
	}
	return out
}
