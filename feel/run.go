package feel

import (
	"fmt"
	"sync"
)

const (
	defaultSteps = 1_000_000
	maxCalls     = 2_000 // functions calling functions
	maxWarnings  = 200   // the first ones tell the cause
)

// run is one evaluation: its environment, the variables, the warnings so far, and the work done.
type run struct {
	p        *Program
	env      Env
	vars     Vars
	slots    []Value // local names, by the depth the compiler gave them
	stack    []Value // arguments of built-ins that are running
	warnings []Warning
	left     int // steps that may still be taken
	stopped  bool
	troubled bool
	silent   int // functions that run on purpose with what may be missing
	calls    int
	at       span // the call that is running, for warnings of built-ins
	host     any  // the embedder's state, see embed.go
	self     Call // what functions see of the run
	inline   [8]Value
}

// runs are run again: an evaluation costs no allocation of its own.
var runs = sync.Pool{New: func() any { return new(run) }}

// begin makes the run ready; a run must not move in memory afterwards.
func (r *run) begin(p *Program, env Env, vars Vars) {
	r.p, r.env, r.vars = p, env, vars
	r.self.run = r
	r.left = r.limit()
	r.slots = r.inline[:]
	if p.slots > len(r.inline) {
		r.slots = make([]Value, p.slots)
	}
}

// end gives the run back without keeping anything alive.
func (r *run) end() {
	stack := r.stack[:cap(r.stack)]
	clear(stack)
	*r = run{stack: stack[:0]}
	runs.Put(r)
}

// fail records why the node answers null, and gives that null.
func (r *run) fail(at span, format string, args ...any) Value {
	if r.muted() {
		return nil
	}
	r.warn(at, fmt.Sprintf(format, args...))
	return nil
}

// muted notes that there is trouble and reports whether its warning is dropped, so that nobody need word it.
func (r *run) muted() bool {
	r.troubled = true
	return r.silent > 0 || r.stopped || len(r.warnings) >= maxWarnings
}

func (r *run) warn(at span, message string) {
	src := r.p.src
	if at.to > len(src) { // a place in another text: better none than a wrong one
		at = span{}
	}
	line, col := position(src, at.from)
	r.warnings = append(r.warnings, Warning{Line: line, Col: col, Expr: shorten(src[at.from:at.to]), Message: message})
}

// step takes n steps of work; false when the evaluation must end.
func (r *run) step(n int) bool {
	if r.left -= n; r.left >= 0 && !r.stopped {
		return true
	}
	if !r.stopped {
		r.warn(r.at, fmt.Sprintf("stopped after %d steps of work", r.limit()))
		r.stopped = true
	}
	return false
}

func (r *run) limit() int {
	if r.env.MaxSteps > 0 {
		return r.env.MaxSteps
	}
	return defaultSteps
}

// size charges for text that was built: a step for each 64 bytes.
func (r *run) size(bytes int) bool { return bytes < 64 || r.step(bytes/64) }

// same is Equal at the price of a step for each comparison beyond the first.
func (r *run) same(a, b Value) Value {
	switch a.(type) {
	case List, *Context:
	default:
		return Equal(a, b)
	}
	e := equality{left: r.left + 1}
	v := e.equal(a, b)
	r.step(max(r.left-e.left, 0))
	return v
}

// invoke runs a function value with positional arguments that fit its parameters.
func (r *run) invoke(f *Func, args []Value) Value {
	if !r.step(1) {
		return nil
	}
	if r.calls++; r.calls > maxCalls {
		r.calls--
		return r.fail(r.at, "functions call each other more than %d deep", maxCalls)
	}
	at := r.at
	v := f.Invoke(&r.self, args)
	r.at = at
	r.calls--
	if r.stopped {
		return nil
	}
	return v
}

// apply checks and converts the arguments, then invokes.
func (r *run) apply(f *Func, args []Value) Value {
	if f.builtin != nil {
		return f.builtin.call(r, args)
	}
	args, ok := r.fit(f, args)
	if !ok {
		return nil
	}
	v := r.invoke(f, args)
	if f.Result == nil {
		return v
	}
	w, ok := Coerce(v, f.Result)
	if !ok {
		return r.fail(r.at, "the function gives a %s instead of a %s", describe(v), f.Result)
	}
	return w
}

// fit converts arguments to the types of the parameters.
func (r *run) fit(f *Func, args []Value) ([]Value, bool) {
	if len(args) != len(f.Params) && !(f.Variadic && len(args) >= len(f.Params)-1) {
		r.fail(r.at, "the function takes %d arguments, not %d", len(f.Params), len(args))
		return nil, false
	}
	copied := false
	for i := range args {
		param := f.Params[min(i, len(f.Params)-1)]
		if param.Type == nil || param.Type.Contains(args[i]) {
			continue
		}
		v, ok := Coerce(args[i], param.Type)
		if !ok {
			r.fail(r.at, "argument %s is %s instead of a %s", param.Name, describe(args[i]), param.Type)
			return nil, false
		}
		if !copied {
			args, copied = append([]Value(nil), args...), true
		}
		args[i] = v
	}
	return args, true
}

// describe names a value for messages: its type, and the value when it is short.
func describe(v Value) string {
	if v == nil {
		return "null"
	}
	switch v.(type) {
	case List, *Context, *Func:
		return "a " + kindOf(v).String()
	}
	return "the " + kindOf(v).String() + " " + shorten(literalText(v))
}

func literalText(v Value) string {
	if s, ok := v.(string); ok {
		return quote(s)
	}
	return Text(v)
}
