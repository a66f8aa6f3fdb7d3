package engine

import (
	"maps"
	"slices"

	"github.com/quancheng/quancheng/feel"
)

// stored is the value as a variable keeps it. Variables are JSON, so dates,
// times, durations and ranges become their texts; functions cannot be stored.
func stored(v feel.Value) (feel.Value, error) {
	switch v := v.(type) {
	case nil, bool, string, feel.Number:
		return v, nil
	case feel.List:
		out := make(feel.List, len(v))
		for i, item := range v {
			s, err := stored(item)
			if err != nil {
				return nil, err
			}
			out[i] = s
		}
		return out, nil
	case *feel.Context:
		out := feel.NewContext(v.Len())
		for i := range v.Len() {
			key, item := v.Entry(i)
			s, err := stored(item)
			if err != nil {
				return nil, err
			}
			out.Set(key, s)
		}
		return out, nil
	case *feel.Func:
		return nil, faultf("variable", "a function cannot be a variable")
	}
	plain, err := feel.FromGo(v)
	if err != nil {
		return nil, faultf("variable", "%v", err)
	}
	switch plain.(type) {
	case bool, string, feel.Number:
		return plain, nil
	case feel.List, *feel.Context:
		return stored(plain)
	}
	return feel.Text(plain), nil
}

func storedAll(vs Vars) (Vars, error) {
	out := make(Vars, len(vs))
	for name, v := range vs {
		s, err := stored(v)
		if err != nil {
			return nil, err
		}
		out[name] = s
	}
	return out, nil
}

// setLocal sets a variable in the node's own scope.
func (x *exec) setLocal(n *node, name string, v feel.Value) error {
	v, err := stored(v)
	if err != nil {
		return err
	}
	if n.Vars == nil {
		n.Vars = Vars{}
	}
	n.Vars[name] = v
	x.dirty = true
	x.emit(VariableSet{Scope: n.Key, Instance: n.instance().Key, Name: name, Value: v})
	return nil
}

// propagate sets a variable in the nearest scope that has it, from the node
// outwards; where none has it, in the process instance.
func (x *exec) propagate(n *node, name string, v feel.Value) error {
	for at := n; ; at = at.parent {
		if _, has := at.Vars[name]; has || at.Process != "" {
			return x.setLocal(at, name, v)
		}
	}
}

// merge propagates several variables, in the order of their names.
func (x *exec) merge(n *node, vs Vars) error {
	for _, name := range sortedNames(vs) {
		if err := x.propagate(n, name, vs[name]); err != nil {
			return err
		}
	}
	return nil
}

func (x *exec) setAll(n *node, vs Vars) error {
	for _, name := range sortedNames(vs) {
		if err := x.setLocal(n, name, vs[name]); err != nil {
			return err
		}
	}
	return nil
}

// visible lists every variable that expressions at the node can see.
func visible(n *node) Vars {
	out := Vars{}
	for ; n != nil; n = n.parent {
		for name, v := range n.Vars {
			if _, shadowed := out[name]; !shadowed {
				out[name] = v
			}
		}
		if n.Process != "" {
			break
		}
	}
	return out
}

// AmountOf is the amount in 元 that an open task decides about, nil when it is not known.
func (s *State) AmountOf(task int64) *feel.Number {
	if n := s.owners[task]; n != nil && n.Task != nil && n.Task.Key == task {
		return n.Task.Amount
	}
	return nil
}

// Visible lists the variables that expressions see at the element instance,
// task, job, timer or subscription with a key; nil when there is none.
func (s *State) Visible(key int64) Vars {
	n := s.owners[key]
	if n == nil {
		return nil
	}
	return visible(n)
}

func contextOf(vs Vars) *feel.Context {
	c := feel.NewContext(len(vs))
	for _, name := range sortedNames(vs) {
		c.Set(name, vs[name])
	}
	return c
}

// mapInputs makes the local variables of zeebe:input.
func (x *exec) mapInputs(n *node) error { return x.mapInputsBeside(n, nil) }

// mapInputsBeside does so for an event sub-process, which sees what the event
// that begins it brings.
func (x *exec) mapInputsBeside(n *node, event Vars) error {
	brought := feel.MapVars(maps.Clone(event))
	if err := x.moveData(n, n, n.el.dataIn, x.setLocal); err != nil {
		return err
	}
	for _, m := range n.el.inputs {
		v, _ := x.eval(n, m.source, brought)
		if err := x.put(n, m.target, v, x.setLocal); err != nil {
			return err
		}
		delete(brought, m.target[0]) // from here on it is the local variable
	}
	return nil
}

// mapOutputs propagates what zeebe:output names; nothing else leaves an element with output mappings.
func (x *exec) mapOutputs(n *node) error {
	to := n.parent
	if n.iteration() && n.el.multi != nil {
		to = n // an instance of a multi-instance has its result among its own variables
	}
	if err := x.moveData(n, to, n.el.dataOut, x.propagate); err != nil {
		return err
	}
	for _, m := range n.el.outputs {
		v, _ := x.eval(n, m.source, nil)
		if err := x.put(to, m.target, v, x.propagate); err != nil {
			return err
		}
	}
	return nil
}

// put sets a variable or, for a path like a.b, an entry of a context.
func (x *exec) put(to *node, path []string, v feel.Value, set func(*node, string, feel.Value) error) error {
	if len(path) == 1 {
		return set(to, path[0], v)
	}
	old, _ := vars{x: x, n: to}.Get(path[0])
	return set(to, path[0], within(old, path[1:], v))
}

// within is the context with the entry at the path replaced.
func within(old feel.Value, path []string, v feel.Value) feel.Value {
	if len(path) == 0 {
		return v
	}
	c := feel.NewContext(1)
	if was, ok := old.(*feel.Context); ok {
		c = was.Clone()
	}
	inner, _ := c.Get(path[0])
	return c.Set(path[0], within(inner, path[1:], v))
}

// deliver gives a node the variables of the event that moved it: local where
// output mappings choose what leaves, else propagated.
func (x *exec) deliver(n *node, vs Vars) error {
	if len(vs) == 0 {
		return nil
	}
	if len(n.el.outputs) > 0 {
		return x.setAll(n, vs)
	}
	if len(n.el.produced) == 0 {
		return x.merge(n, vs)
	}
	for _, name := range sortedNames(vs) {
		set := x.propagate
		if slices.Contains(n.el.produced, name) {
			set = x.setLocal
		}
		if err := set(n, name, vs[name]); err != nil {
			return err
		}
	}
	return nil
}

func sortedNames(vs Vars) []string { return slices.Sorted(maps.Keys(vs)) }
