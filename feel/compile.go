package feel

import (
	"errors"
	"fmt"
)

// compiler turns a tree into closures and collects what is wrong with it.
type compiler struct {
	src      string
	scope    Scope
	lib      *library
	camunda  bool
	locals   []local // innermost last
	slots    int     // most slots in use at once
	failed   bool    // there is an error among the faults
	faults   []Diagnostic
	regexes  map[regexKey]*regex
	impure   int            // sub-expressions so far that read a variable, the clock, or the calendar
	known    map[node]Value // values of constants
	resolved map[*typeNode]Type
	budget   int // work that may still be spent on computing constants
}

// foldSteps bounds the work of computing constants when an expression is compiled.
const foldSteps = 20_000

// local is a name bound inside the expression, or the item of a filter whose entries are names.
type local struct {
	name string
	slot int
	item bool // a filter's item: names are first looked for among its entries
}

func compile(e *Expr, s Scope, lib *library) (*Program, []Diagnostic) {
	c := &compiler{src: e.src, scope: s, lib: lib, camunda: e.options.Camunda}
	c.budget = foldSteps
	ev := c.node(e.root)
	c.check(e.root)
	if c.failed {
		return nil, c.faults
	}
	return Program{src: e.src, lib: lib, eval: ev, slots: c.slots, regexes: c.regexes}.withConstant(c, e.root), c.faults
}

// maxFaults bounds the diagnostics of an expression.
const maxFaults = 100

func (c *compiler) report(sev Severity, at span, message, hint string) {
	if len(c.faults) >= maxFaults && (sev == Warn || c.failed) {
		return
	}
	c.failed = c.failed || sev == Error
	d := diagnosticAt(c.src, at.from, message, hint)
	d.Severity = sev
	c.faults = append(c.faults, *d)
}

// bind gives the name a slot until unbind.
func (c *compiler) bind(l local) int {
	l.slot = 0
	if n := len(c.locals); n > 0 {
		l.slot = c.locals[n-1].slot + 1
	}
	c.locals = append(c.locals, l)
	c.slots = max(c.slots, l.slot+1)
	return l.slot
}

func (c *compiler) unbind(n int) { c.locals = c.locals[:len(c.locals)-n] }

func null(*run) Value { return nil }

func constant(v Value) eval { return func(*run) Value { return v } }

// node compiles one node, and computes it once when it is constant.
func (c *compiler) node(n node) eval {
	switch n := n.(type) {
	case *literal:
		return c.constant(n, n.value)
	case *atLiteral:
		if n.value != nil {
			return c.constant(n, n.value)
		}
		c.report(Warn, n.span, quote(shorten(n.text))+" is no date, time, date and time or duration", "")
		return func(r *run) Value { return r.fail(n.span, "%s is no date, time or duration", quote(shorten(n.text))) }
	}
	before := c.impure
	ev := c.compound(n)
	if c.impure == before {
		return c.fold(n, ev)
	}
	return ev
}

func (c *compiler) constant(n node, v Value) eval {
	if c.known == nil {
		c.known = map[node]Value{}
	}
	c.known[n] = v
	return constant(v)
}

// fold evaluates a constant sub-expression. One that fails, or takes too long, is left to run time.
func (c *compiler) fold(n node, ev eval) eval {
	if c.budget <= 0 {
		return ev
	}
	r := runs.Get().(*run)
	defer r.end()
	r.begin(&Program{src: c.src, lib: c.lib, slots: c.slots, regexes: c.regexes}, Env{MaxSteps: c.budget}, nil)
	r.silent = 1
	v := ev(r)
	c.budget = r.left - 1
	if r.troubled || r.stopped {
		return ev
	}
	return c.constant(n, v)
}

// withConstant marks a program whose whole expression is constant.
func (p Program) withConstant(c *compiler, root node) *Program {
	p.value, p.constant = c.known[root]
	return &p
}

// compound compiles a node that has parts.
func (c *compiler) compound(n node) eval {
	switch n := n.(type) {
	case *name:
		return c.name(n)
	case *path:
		return c.path(n)
	case *negation:
		return c.negation(n)
	case *binary:
		return c.binary(n)
	case *between:
		return c.between(n)
	case *in:
		return c.in(n)
	case *instanceOf:
		return c.instanceOf(n)
	case *conditional:
		return c.conditional(n)
	case *loop:
		return c.loop(n)
	case *quantified:
		return c.quantified(n)
	case *list:
		return c.list(n)
	case *contextNode:
		return c.context(n)
	case *rangeNode:
		return c.rangeOf(n)
	case *comparison:
		return c.comparisonRange(n)
	case *filter:
		return c.filter(n)
	case *call:
		return c.call(n)
	case *function:
		return c.function(n)
	case *unaryTests:
		return c.unaryTests(n)
	}
	panic(fmt.Sprintf("feel: no compilation of %T", n))
}

func (c *compiler) nodes(ns []node) []eval {
	evs := make([]eval, len(ns))
	for i, n := range ns {
		evs[i] = c.node(n)
	}
	return evs
}

func (c *compiler) list(n *list) eval {
	items := c.nodes(n.items)
	return func(r *run) Value {
		if !r.step(len(items)) {
			return nil
		}
		l := make(List, len(items))
		for i, item := range items {
			l[i] = item(r)
		}
		return l
	}
}

// context binds each entry for the ones after it; a function may also call itself by its key.
func (c *compiler) context(n *contextNode) eval {
	slots := make([]int, len(n.entries))
	evs := make([]eval, len(n.entries))
	self := make([]bool, len(n.entries))
	for i, e := range n.entries {
		if _, self[i] = e.value.(*function); self[i] {
			slots[i] = c.bind(local{name: e.key})
		}
		evs[i] = c.node(e.value)
		if !self[i] {
			slots[i] = c.bind(local{name: e.key})
		}
	}
	c.unbind(len(n.entries))
	return func(r *run) Value {
		if !r.step(len(evs)) {
			return nil
		}
		v := NewContext(len(evs))
		for i, ev := range evs {
			r.slots[slots[i]] = nil
			x := ev(r)
			if f, ok := x.(*Func); ok && self[i] && f.captured != nil {
				f.captured[slots[i]] = f
			}
			r.slots[slots[i]] = x
			v.Set(n.entries[i].key, x)
		}
		return v
	}
}

func (c *compiler) conditional(n *conditional) eval {
	cond, then, otherwise := c.node(n.cond), c.node(n.then), c.node(n.otherwise)
	at := n.cond.place()
	return func(r *run) Value {
		switch v := cond(r).(type) {
		case bool:
			if v {
				return then(r)
			}
		default:
			r.fail(at, "the condition is %s instead of true or false; else is taken", describe(v))
		}
		return otherwise(r)
	}
}

func (c *compiler) between(n *between) eval {
	x, low, high := c.node(n.x), c.node(n.low), c.node(n.high)
	return func(r *run) Value {
		v := x(r)
		return and3(r.compare(n.span, ">=", v, low(r)), r.compare(n.span, "<=", v, high(r)))
	}
}

func (c *compiler) instanceOf(n *instanceOf) eval {
	x := c.node(n.x)
	if needsArguments(n.typ) && !c.camunda {
		why := "the type " + n.typ.name + " needs arguments, such as list<Any>"
		c.report(Warn, n.typ.span, why+"; this answers null", "")
		return func(r *run) Value { return r.fail(n.span, "%s", why) }
	}
	t := c.typ(n.typ)
	if t == nil {
		return null
	}
	t = unconstrained(t)
	return func(r *run) Value { return InstanceOf(x(r), t) }
}

// needsArguments reports whether the type is no node of the lattice as it stands (DMN 1.5 table 61).
func needsArguments(t *typeNode) bool {
	switch t.name {
	case "list", "context", "range", "function":
		return !t.params
	}
	return false
}

// typ resolves a written type; nil after reporting an unknown one.
func (c *compiler) typ(n *typeNode) Type {
	if n == nil {
		return nil
	}
	args := make([]Type, len(n.args))
	for i, a := range n.args {
		if args[i] = c.typ(a); args[i] == nil {
			return nil
		}
	}
	if n.params {
		switch n.name {
		case "list":
			return &ListType{args[0]}
		case "range":
			return &RangeType{args[0]}
		case "context":
			t := &ContextType{}
			for i, a := range args {
				t.Fields = append(t.Fields, Field{n.fields[i], a})
			}
			return t
		case "function":
			result := c.typ(n.result)
			if result == nil {
				return nil
			}
			return &FunctionType{args, result}
		}
	}
	if t, ok := c.scope.Types[n.name]; ok {
		return t
	}
	if t, ok := TypeByName(n.name); ok {
		return t
	}
	known := make([]string, 0, len(c.scope.Types)+len(basicTypes))
	for k := range c.scope.Types {
		known = append(known, k)
	}
	for k := range basicTypes {
		known = append(known, k)
	}
	c.report(Error, n.span, "unknown type "+n.name, nearest(n.name, known))
	return nil
}

func (c *compiler) function(n *function) eval {
	params := make([]Param, len(n.params))
	base := len(c.locals)
	c.impure++
	first := 0
	if base > 0 {
		first = c.locals[base-1].slot + 1
	}
	for i, p := range n.params {
		params[i] = Param{p.name, c.typ(p.typ)}
		c.note(p.typ, params[i].Type)
		c.bind(local{name: p.name})
	}
	if n.external {
		c.unbind(len(n.params))
		return c.external(n, params)
	}
	saved := c.slots
	c.slots = 0
	body := c.node(n.body)
	size := max(c.slots, first+len(params))
	c.slots = max(saved, size)
	c.unbind(len(n.params))
	return func(r *run) Value {
		captured := make([]Value, first)
		copy(captured, r.slots)
		prog, vars := r.p, r.vars
		return &Func{Params: params, captured: captured, Invoke: func(call *Call, args []Value) Value {
			return call.run.enter(prog, vars, captured, args, size, body)
		}}
	}
}

// note keeps the meaning of a written type for the checks.
func (c *compiler) note(n *typeNode, t Type) {
	if n == nil || t == nil {
		return
	}
	if c.resolved == nil {
		c.resolved = map[*typeNode]Type{}
	}
	c.resolved[n] = t
}

// external leaves the making of the function to the embedder.
func (c *compiler) external(n *function, params []Param) eval {
	build := c.scope.External
	if build == nil {
		c.report(Warn, n.span, "external functions are not run here; the function answers null", "")
		build = func(Value, []Param) (*Func, error) { return nil, errors.New("external functions are not run here") }
	}
	mapping := c.node(n.body)
	return func(r *run) Value {
		f, err := build(mapping(r), params)
		if err != nil {
			return &Func{Params: params, Invoke: func(k *Call, _ []Value) Value {
				k.Warn(err.Error())
				return nil
			}}
		}
		return f
	}
}

// enter evaluates a body in a frame of its own.
func (r *run) enter(p *Program, vars Vars, captured, args []Value, size int, body eval) Value {
	frame := make([]Value, size)
	copy(frame, captured)
	copy(frame[len(captured):], args)
	slots, prog, outer := r.slots, r.p, r.vars
	r.slots, r.p, r.vars = frame, p, vars
	r.at = span{} // a place in the text of the body from here on
	v := body(r)
	r.slots, r.p, r.vars = slots, prog, outer
	return v
}
