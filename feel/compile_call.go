package feel

import "slices"

// call compiles an invocation. Built-ins that nothing hides are bound at once.
func (c *compiler) call(n *call) eval {
	args := c.nodes(n.args)
	if b := c.builtinOf(n.fn); b != nil {
		if b.Group == "Working days" || b.Name == "now" || b.Name == "today" {
			c.impure++
		}
		if n.names != nil {
			return c.namedBuiltin(n, b, args)
		}
		c.checkArity(n, b)
		c.pattern(n, b)
		return positional(n, b, args)
	}
	fn := c.node(n.fn)
	return func(r *run) Value {
		f, ok := fn(r).(*Func)
		if !ok {
			return r.fail(n.fn.place(), "this is no function")
		}
		values := make([]Value, len(args))
		for i, a := range args {
			values[i] = a(r)
		}
		at := r.at
		r.at = n.span
		defer func() { r.at = at }()
		if n.names != nil {
			if values, ok = f.reorder(n.names, values); !ok {
				return r.fail(n.span, "the names of the arguments are not those of the parameters")
			}
		}
		return r.apply(f, values)
	}
}

// positional calls a built-in with its arguments on the stack of the run.
func positional(n *call, b *Builtin, args []eval) eval {
	only := &b.signatures[0]
	simple := len(b.signatures) == 1 && !b.spread && !only.variadic && len(args) == len(only.params)
	return func(r *run) Value {
		base, at, exact := len(r.stack), r.at, simple
		r.silent += b.quiet
		for i, a := range args {
			v := a(r)
			r.stack = append(r.stack, v)
			exact = exact && only.kinds[i] == kindOf(v)
		}
		r.silent -= b.quiet
		r.at = n.span
		var v Value
		given := r.stack[base:len(r.stack):len(r.stack)]
		if exact && r.step(1) {
			v = only.run(&r.self, given)
		} else {
			v = b.call(r, given)
		}
		r.at = at
		r.stack = r.stack[:base]
		return v
	}
}

// builtinOf is the built-in that the name means, unless something in scope hides it.
func (c *compiler) builtinOf(n node) *Builtin {
	id, ok := n.(*name)
	if !ok || c.isLocal(id.id) {
		return nil
	}
	if _, hidden := c.scope.Names[id.id]; hidden {
		return nil
	}
	return c.lib.functions[id.id]
}

// pattern compiles the regular expression of a call once when it is a literal.
func (c *compiler) pattern(n *call, b *Builtin) {
	flagsAt, ok := patternCalls[b.Name]
	if !ok || len(n.args) < 2 {
		return
	}
	var key regexKey
	if key.pattern, ok = literalString(n.args[1]); !ok {
		return
	}
	if len(n.args) > flagsAt {
		if key.flags, ok = literalString(n.args[flagsAt]); !ok {
			return
		}
	}
	r, err := compileRegex(key)
	if err != nil {
		c.report(Warn, n.args[1].place(), "the pattern "+quote(shorten(key.pattern))+": "+err.Error(), "")
		return
	}
	if c.regexes == nil {
		c.regexes = map[regexKey]*regex{}
	}
	c.regexes[key] = r
}

// patternCalls are the functions whose second argument is a pattern, with the place of their flags.
var patternCalls = map[string]int{"matches": 2, "replace": 3, "split": 2, "extract": 2}

func literalString(n node) (string, bool) {
	if l, ok := n.(*literal); ok {
		s, ok := l.value.(string)
		return s, ok
	}
	return "", false
}

// checkArity warns of calls that can only answer null.
func (c *compiler) checkArity(n *call, b *Builtin) {
	if b.spread && len(n.args) > 0 {
		return
	}
	if b.accepts(len(n.args)) {
		return
	}
	c.report(Warn, n.span, b.Name+" takes "+b.signatures[0].arity()+"; this call answers null", "")
}

// accepts reports whether a signature takes so many arguments.
func (b *Builtin) accepts(args int) bool {
	return slices.ContainsFunc(b.signatures, func(s signature) bool {
		return args >= s.needed && (args <= len(s.params) || s.variadic)
	})
}

// namedBuiltin calls the first signature that has these parameter names and takes the values.
func (c *compiler) namedBuiltin(n *call, b *Builtin, args []eval) eval {
	type candidate struct {
		*signature
		places []int
	}
	var candidates []candidate
	for i := range b.signatures {
		if places, ok := b.signatures[i].order(n.names); ok {
			candidates = append(candidates, candidate{&b.signatures[i], places})
		}
	}
	if candidates == nil {
		c.report(Warn, n.span, b.Name+" has no parameters of these names; this call answers null", "")
		return func(r *run) Value { return r.fail(n.span, "%s has no parameters of these names", b.Name) }
	}
	return func(r *run) Value {
		given := make([]Value, len(args))
		r.silent += b.quiet
		for i, a := range args {
			given[i] = a(r)
		}
		r.silent -= b.quiet
		at := r.at
		r.at = n.span
		defer func() { r.at = at }()
		var why string
		for _, s := range candidates {
			values, problem := s.fitNamed(given, s.places)
			if problem == "" {
				return s.run(&r.self, values)
			}
			if why == "" {
				why = problem
			}
		}
		return r.fail(n.span, "%s: %s", b.Name, why)
	}
}

// fitNamed brings named arguments into order and converts them; one left out is null without complaint.
func (s *signature) fitNamed(given []Value, places []int) ([]Value, string) {
	out := make([]Value, len(places))
	for i, p := range places {
		if p < 0 {
			continue
		}
		one := signature{params: s.params[i : i+1], needed: 1, nullable: s.nullable[i : i+1], kinds: s.kinds[i : i+1]}
		v, problem := one.fit(given[p : p+1])
		if problem != "" {
			return nil, problem
		}
		out[i] = v[0]
	}
	return out, ""
}

// reorder brings named arguments into the order of the parameters.
func (f *Func) reorder(names []string, values []Value) ([]Value, bool) {
	if f.builtin != nil {
		for i := range f.builtin.signatures {
			places, ok := f.builtin.signatures[i].order(names)
			if !ok {
				continue
			}
			out := make([]Value, 0, len(places))
			for _, p := range places {
				if p >= 0 {
					out = append(out, values[p])
				}
			}
			return out, true
		}
		return nil, false
	}
	out := make([]Value, len(f.Params)) // parameters that are not named are null
	used := 0
	for i, p := range f.Params {
		if at := slices.Index(names, p.Name); at >= 0 {
			out[i] = values[at]
			used++
		}
	}
	return out, used == len(names)
}
