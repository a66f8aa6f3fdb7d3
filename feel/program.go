package feel

// program.go holds what a compiled expression is: closures over a run.

// eval computes a node.
type eval func(r *run) Value

// Eval evaluates the program. Run-time trouble answers null and a Warning, as the specification says.
// vars may be nil.
func (p *Program) Eval(env Env, vars Vars) (Value, []Warning) {
	if p == nil || p.eval == nil {
		return nil, nil
	}
	if p.constant {
		return p.value, nil
	}
	r := &run{p: p, env: env, vars: vars}
	r.left = r.limit()
	if p.slots > 0 {
		r.slots = make([]Value, p.slots)
	}
	v := p.eval(r)
	if r.stopped {
		v = nil
	}
	return v, r.warnings
}
