package dmn

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Warning tells why something evaluated to null: where in the file, which expression, and the cause.
type Warning struct {
	Element   string // id or name of the decision or knowledge model
	Line, Col int
	Expr      string // the sub-expression, or empty
	Message   string
}

// String is the warning on one line.
func (w Warning) String() string {
	s := fmt.Sprintf("%d:%d: [%s] %s", w.Line, w.Col, w.Element, w.Message)
	if w.Expr != "" {
		s += " in " + w.Expr
	}
	return s
}

// run is one evaluation: what is known of the values of inputs and decisions.
type run struct {
	*session
	values []known
	closed bool // inside a decision service: values come from its arguments only
}

// known is the value of an input or decision, once it has been computed.
type known struct {
	feel.Value
	done bool
}

// session is what an evaluation shares with those of the decision services that it calls.
type session struct {
	p        *Program
	call     *feel.Call
	vars     feel.Vars // what the caller gave
	trace    *Trace    // nil: not wanted
	warnings []Warning
	missing  []string
	seen     int // warnings of call that have been taken over
}

func (p *Program) newRun(env feel.Env, vars feel.Vars, trace *Trace) *run {
	if vars == nil {
		vars = feel.MapVars(nil)
	}
	whole := &struct {
		run
		session
	}{session: session{p: p, vars: vars, trace: trace}}
	r := &whole.run
	r.session, r.values = &whole.session, make([]known, p.slots)
	r.call = feel.NewCall(env, r)
	return r
}

// runOf is the run that a function of the program is called in. A function value may outlive its evaluation and
// be called in another one, of another program or of none; there it knows no inputs.
func (p *Program) runOf(call *feel.Call) *run {
	if r, ok := call.Host().(*run); ok && r.p == p {
		return r
	}
	s := &session{p: p, call: call, vars: feel.MapVars(nil), seen: len(call.Warnings())}
	return &run{session: s, values: make([]known, p.slots), closed: true}
}

// inner is the run of a decision service: nothing is known but what its caller passes.
func (r *run) inner() *run {
	return &run{session: r.session, values: make([]known, r.p.slots), closed: true}
}

func (r *run) set(slot int, v feel.Value) { r.values[slot] = known{v, true} }

// value is the value of an element of the graph, computed once.
func (r *run) value(e element) feel.Value {
	switch e := e.(type) {
	case *input:
		if !r.values[e.slot].done {
			r.set(e.slot, r.input(e))
		}
		return r.values[e.slot].Value
	case *decision:
		if !r.values[e.slot].done {
			r.set(e.slot, r.decide(e))
		}
		return r.values[e.slot].Value
	case *knowledge:
		return e.fn
	case *service:
		return e.fn
	}
	return nil
}

func (r *run) decide(d *decision) feel.Value {
	f := d.plan.frame(r, r.around())
	if r.trace == nil {
		return d.logic(r, f)
	}
	r.trace.enter()
	v := d.logic(r, f)
	r.trace.decision(d, f, v)
	return v
}

// input reads what the caller gave for an input.
func (r *run) input(e *input) feel.Value {
	if r.closed {
		return nil
	}
	v, ok := r.given(e.u, e.name())
	if !ok {
		r.warn(e.src.ID, e.src.Place, "no value was given for the input “"+e.src.Name+"”")
	}
	v = r.check(v, e.typ, e.src.ID, e.src.Place)
	if v == nil {
		r.missing = append(r.missing, e.src.Name)
	}
	if r.trace != nil {
		r.trace.input(e, v)
	}
	return v
}

// given looks a value up by name. Those of imported models go by their way of imports, as nested contexts or with
// dots between, of which the beginning may be left out.
func (r *run) given(u *unit, name string) (feel.Value, bool) {
	for i := range u.path {
		if v, ok := nested(r.vars, u.path[i:], name); ok {
			return v, true
		}
		if v, ok := r.vars.Get(strings.Join(u.path[i:], ".") + "." + name); ok {
			return v, true
		}
	}
	return r.vars.Get(name)
}

func nested(vars feel.Vars, path []string, name string) (feel.Value, bool) {
	for _, p := range path {
		v, _ := vars.Get(p)
		c, ok := v.(*feel.Context)
		if !ok {
			return nil, false
		}
		vars = c
	}
	return vars.Get(name)
}

// check converts a value to a type: null with a warning where it does not conform.
func (r *run) check(v feel.Value, t feel.Type, owner string, at Place) feel.Value {
	if t == nil || v == nil {
		return v
	}
	w, ok := feel.Coerce(v, t)
	if !ok {
		r.warn(owner, at, "the value "+short(v)+" is not of type "+t.String())
		return nil
	}
	return w
}

func short(v feel.Value) string {
	s := []rune(feel.Text(v))
	if len(s) > 60 {
		return string(s[:60]) + "…"
	}
	return string(s)
}

// maxWarnings bounds what one evaluation reports; the first ones tell the cause.
const maxWarnings = 200

func (r *run) warn(owner string, at Place, message string) {
	if len(r.warnings) < maxWarnings {
		r.warnings = append(r.warnings, Warning{Element: owner, Line: at.Line, Col: at.Col, Message: message})
	}
}

// takeWarnings moves the warnings of an expression over, with their places in the file.
func (r *run) takeWarnings(owner string, at Place) {
	all := r.call.Warnings()
	if len(all) == r.seen {
		return
	}
	for _, w := range all[r.seen:] {
		line, col := at.inFile(w.Line, w.Col)
		if len(r.warnings) < maxWarnings {
			r.warnings = append(r.warnings, Warning{Element: owner, Line: line, Col: col, Expr: w.Expr, Message: w.Message})
		}
	}
	r.seen = len(all)
}
