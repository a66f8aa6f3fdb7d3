package feel

// walk visits a node and everything below it.
func walk(n node, visit func(node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, child := range children(n) {
		walk(child, visit)
	}
}

// children are the nodes directly below.
func children(n node) []node {
	switch n := n.(type) {
	case *path:
		return []node{n.x}
	case *negation:
		return []node{n.x}
	case *binary:
		return []node{n.l, n.r}
	case *between:
		return []node{n.x, n.low, n.high}
	case *in:
		return append([]node{n.x}, n.tests...)
	case *instanceOf:
		return []node{n.x}
	case *conditional:
		return []node{n.cond, n.then, n.otherwise}
	case *loop:
		return append(sources(n.iterators), n.body)
	case *quantified:
		return append(sources(n.iterators), n.body)
	case *list:
		return n.items
	case *contextNode:
		ns := make([]node, len(n.entries))
		for i, e := range n.entries {
			ns[i] = e.value
		}
		return ns
	case *rangeNode:
		var bounds []node
		for _, b := range []node{n.low, n.high} {
			if b != nil {
				bounds = append(bounds, b)
			}
		}
		return bounds
	case *comparison:
		return []node{n.x}
	case *filter:
		return []node{n.x, n.cond}
	case *call:
		return append([]node{n.fn}, n.args...)
	case *function:
		return []node{n.body}
	case *unaryTests:
		return n.tests
	}
	return nil
}

func sources(its []iterator) []node {
	var ns []node
	for _, it := range its {
		ns = append(ns, it.from)
		if it.to != nil {
			ns = append(ns, it.to)
		}
	}
	return ns
}
