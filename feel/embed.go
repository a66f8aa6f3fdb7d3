package feel

// embed.go is for embedders that evaluate many programs as one evaluation, as a decision model does: the bound
// on work, the warnings and the depth of calls are shared.

// NewCall begins an evaluation. host is the embedder's own state, which its functions find again with Host.
// A Call must not be used by two goroutines at once.
func NewCall(env Env, host any) *Call {
	r := &run{host: host}
	r.begin(noProgram, env, nil)
	return &r.self
}

// noProgram is what runs before the first program; it has no text.
var noProgram = &Program{}

// Host is the embedder's state of the evaluation.
func (c *Call) Host() any { return c.run.host }

// SetHost replaces the embedder's state and returns what it was.
func (c *Call) SetHost(host any) (old any) {
	old, c.run.host = c.run.host, host
	return old
}

// Warnings are those of the evaluation so far, oldest first. The slice must not be changed.
func (c *Call) Warnings() []Warning { return c.run.warnings }

// Eval evaluates a program as part of the evaluation; vars may be nil.
func (c *Call) Eval(p *Program, vars Vars) Value {
	if p == nil || p.eval == nil {
		return nil
	}
	if p.constant {
		return p.value
	}
	r := c.run
	if r.stopped {
		return nil
	}
	prog, outer, slots, at := r.p, r.vars, r.slots, r.at
	r.p, r.vars, r.slots, r.at = p, vars, nil, span{}
	if p.slots > 0 {
		r.slots = make([]Value, p.slots)
	}
	v := p.eval(r)
	r.p, r.vars, r.slots, r.at = prog, outer, slots, at
	if r.stopped {
		return nil
	}
	return v
}

// InvokeNamed runs a function value with named arguments in any order; parameters that are not named are null.
func (c *Call) InvokeNamed(f *Func, names []string, args []Value) Value {
	ordered, ok := f.reorder(names, args)
	if !ok {
		return c.run.fail(c.run.at, "the names of the arguments are not those of the parameters")
	}
	return c.run.apply(f, ordered)
}
