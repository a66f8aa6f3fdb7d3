package feel

import (
	"maps"
	"slices"
)

// FreeNames are the names that the expression reads from its scope, each once, in the order they occur. Names
// of functions it calls are among them, those that it binds itself are not.
func (e *Expr) FreeNames() []string {
	var names []string
	visitFree(e.root, nil, func(n node) {
		if x, ok := n.(*name); ok && !slices.Contains(names, x.id) {
			names = append(names, x.id)
		}
	})
	return names
}

// FieldsOf are the fields that the expression reads of a name of its scope
// ("bureau" of org in org.bureau), each once, in the order they occur.
func (e *Expr) FieldsOf(of string) []string {
	var fields []string
	visitFree(e.root, nil, func(n node) {
		if p, ok := n.(*path); ok && !slices.Contains(fields, p.field) {
			if x, ok := p.x.(*name); ok && x.id == of {
				fields = append(fields, p.field)
			}
		}
	})
	return fields
}

// visitFree shows a tree, parents first, without the names that it binds itself and what is read of them.
func visitFree(n node, bound []string, see func(node)) {
	if n == nil {
		return
	}
	if x, ok := n.(*name); ok {
		if !slices.Contains(bound, x.id) {
			see(n)
		}
		return
	}
	if p, ok := n.(*path); !ok || !isBound(p.x, bound) {
		see(n)
	}
	bound = append(slices.Clip(bound), binds(n)...)
	for _, child := range children(n) {
		visitFree(child, bound, see)
	}
}

func isBound(n node, bound []string) bool {
	x, ok := n.(*name)
	return ok && slices.Contains(bound, x.id)
}

// binds are the names that a node gives to what is below it.
func binds(n node) []string {
	var names []string
	switch n := n.(type) {
	case *loop:
		names = append(names, "partial")
		for _, it := range n.iterators {
			names = append(names, it.name)
		}
	case *quantified:
		for _, it := range n.iterators {
			names = append(names, it.name)
		}
	case *contextNode:
		for _, entry := range n.entries {
			names = append(names, entry.key)
		}
	case *function:
		for _, p := range n.params {
			names = append(names, p.name)
		}
	case *filter:
		names = append(names, "item")
	case *unaryTests, *in:
		names = append(names, "?")
	}
	return names
}

// UnknownFunction is a call of something that is neither a built-in function nor
// bound by the expression.
type UnknownFunction struct {
	Name    string
	Nearest []string // built-in functions with a similar name, the nearest first; at most three
}

// UnknownFunctions lists the functions that an expression calls and that do not
// exist, each once. Where variables cannot be functions, such a call is always null.
func (e *Expr) UnknownFunctions() []UnknownFunction {
	called := map[*name]bool{}
	walk(e.root, func(n node) {
		if c, ok := n.(*call); ok {
			if f, ok := c.fn.(*name); ok {
				called[f] = true
			}
		}
	})
	lib := libraryOf(e.options)
	var out []UnknownFunction
	visitFree(e.root, nil, func(n node) {
		f, ok := n.(*name)
		if !ok || !called[f] || lib.functions[f.id] != nil ||
			slices.ContainsFunc(out, func(u UnknownFunction) bool { return u.Name == f.id }) {
			return
		}
		out = append(out, UnknownFunction{Name: f.id, Nearest: nearestOf(f.id, slices.Collect(maps.Keys(lib.functions)))})
	})
	return out
}
