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
	r := runs.Get().(*run)
	r.begin(p, env, vars)
	v, warnings := p.eval(r), r.warnings
	if r.stopped {
		v = nil
	}
	r.end()
	return v, warnings
}
