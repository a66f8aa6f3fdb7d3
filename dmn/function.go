package dmn

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// define compiles the logic of a unit's elements.
func (c *compiler) define(u *unit) {
	for _, e := range u.elements {
		switch e := e.(type) {
		case *decision:
			c.defineDecision(e)
		case *knowledge:
			c.defineKnowledge(e)
		case *service:
			c.defineService(e)
		}
	}
}

func (c *compiler) defineDecision(d *decision) {
	if d.src.Logic == nil {
		c.warn("logic-missing", d.u, d.src.Place, d.src.ID, "the decision %q has no logic and gives null", d.src.Name)
		d.logic = null
		return
	}
	d.plan = d.needs.plan()
	d.logic = c.convertedFrom(d.src.Logic, c.compileLogic(d.src.Logic, c.scopeOf(d.u, d.src.ID, d.needs)), d.typ, d.src.ID, d.src.Place)
}

// around are the names outside the requirements: in Camunda's dialect the caller's variables.
func (r *run) around() feel.Vars {
	if r.p.camunda {
		return r.vars
	}
	return nil
}

// parameters resolves formal parameters.
func (c *compiler) parameters(f *FunctionDefinition, s scope) ([]feel.Param, scope) {
	params := make([]feel.Param, len(f.Parameters))
	for i, p := range f.Parameters {
		params[i] = feel.Param{Name: p.Name, Type: s.u.types.ref(p.TypeRef, p.Place, s.owner)}
		s = s.with(p.Name, params[i].Type)
	}
	return params, s
}

func paramNames(params []feel.Param) []string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return names
}

// body compiles a function's body.
func (c *compiler) body(f *FunctionDefinition, params []feel.Param, s scope) logic {
	if f.Kind != "FEEL" {
		return c.result(c.externalBody(f, params, s), f, s)
	}
	if f.Body == nil {
		c.warn("logic-missing", s.u, f.Place, s.owner, "the function has no body and gives null")
		return null
	}
	return c.result(c.compileLogic(f.Body, s), f, s)
}

// result converts what a function gives to the type that its definition names: as its own type a function type,
// in older files that of the result.
func (c *compiler) result(body logic, f *FunctionDefinition, s scope) logic {
	return c.converted(body, resultType(s.u.types.ref(f.TypeRef, f.Place, s.owner)), s.owner, f.Place)
}

// convertedFrom converts the value of an expression to the type of its variable. For a function definition older
// files name the type of the result there, which a function value must not be converted to.
func (c *compiler) convertedFrom(e Expression, l logic, t feel.Type, owner string, at Place) logic {
	_, isFunction := e.(*FunctionDefinition)
	if _, isFunctionType := t.(*feel.FunctionType); isFunction && !isFunctionType {
		return l
	}
	return c.converted(l, t, owner, at)
}

// externalBody calls what the embedder has for the mapping in the body. The core itself runs nothing it does not
// know, so without an embedder's list external functions are refused.
func (c *compiler) externalBody(f *FunctionDefinition, params []feel.Param, s scope) logic {
	if c.external == nil || f.Body == nil {
		c.fail("external-function", s.u, f.Place, s.owner, "functions of kind %s are not run; write the function in FEEL", f.Kind)
		return func(r *run, _ feel.Vars) feel.Value {
			r.warn(s.owner, f.Place, "functions of kind "+f.Kind+" are not run")
			return nil
		}
	}
	mapping, kind := c.compileLogic(f.Body, s), strings.ToLower(f.Kind)
	names := paramNames(params)
	return func(r *run, vars feel.Vars) feel.Value {
		fn, err := c.external(feel.NewContext(1).Set(kind, mapping(r, vars)), params)
		if err != nil {
			r.warn(s.owner, f.Place, err.Error())
			return nil
		}
		args := make([]feel.Value, len(names))
		for i, name := range names {
			args[i], _ = vars.Get(name)
		}
		return r.call.Invoke(fn, args...)
	}
}

// functionValue is a boxed function definition: a closure over the names around it.
func (c *compiler) functionValue(f *FunctionDefinition, s scope) logic {
	params, inner := c.parameters(f, s)
	names, body := paramNames(params), c.body(f, params, inner)
	return func(_ *run, vars feel.Vars) feel.Value {
		return &feel.Func{Params: params, Invoke: func(call *feel.Call, args []feel.Value) feel.Value {
			return body(c.program.runOf(call), bound(names, args, vars))
		}}
	}
}

// bound is the frame of a function's parameters.
func bound(names []string, args []feel.Value, outer feel.Vars) *frame {
	return &frame{names: names, values: append([]feel.Value(nil), args...), outer: outer}
}

// resultOf is the type that a function's definition or body gives for its result.
func (c *compiler) resultOf(f *FunctionDefinition, u *unit, owner string) feel.Type {
	box := f.Box
	if box.TypeRef == "" && f.Body != nil {
		box = f.Body.box()
	}
	return resultType(u.types.ref(box.TypeRef, box.Place, owner))
}

func (c *compiler) defineKnowledge(k *knowledge) {
	typ := resultType(k.u.types.ref(k.src.Variable.TypeRef, k.src.Variable.Place, k.src.ID))
	if typ == nil && k.src.Logic != nil {
		typ = c.resultOf(k.src.Logic, k.u, k.src.ID)
	}
	k.fn.Result = typ
	s := c.scopeOf(k.u, k.src.ID, k.needs)
	s.names[k.name()] = feel.Any // it may call itself
	if k.src.Logic == nil {
		c.warn("logic-missing", k.u, k.src.Place, k.src.ID, "the business knowledge model %q has no logic and gives null", k.src.Name)
		k.fn.Invoke = func(*feel.Call, []feel.Value) feel.Value { return nil }
		return
	}
	params, inner := c.parameters(k.src.Logic, s)
	k.fn.Params = params
	names, body := paramNames(params), c.body(k.src.Logic, params, inner)
	p := append(needs{{element: k}}, k.needs...).plan()
	k.fn.Invoke = func(call *feel.Call, args []feel.Value) feel.Value {
		r := c.program.runOf(call)
		f := bound(names, args, p.frame(r, r.around()))
		if r.trace == nil {
			return body(r, f)
		}
		r.trace.enter()
		v := body(r, f)
		r.trace.knowledge(k, f, v)
		return v
	}
}

// defineService makes the service callable: its decisions see only what is passed (DMN 1.5 §10.4).
func (c *compiler) defineService(s *service) {
	for _, e := range s.params {
		s.fn.Params = append(s.fn.Params, feel.Param{Name: e.name(), Type: e.static()})
	}
	s.fn.Result = s.result
	s.fn.Invoke = func(call *feel.Call, args []feel.Value) feel.Value {
		outer := c.program.runOf(call)
		r := outer.inner()
		defer call.SetHost(call.SetHost(r))
		for i, e := range s.params {
			r.set(slotOf(e), args[i])
		}
		return s.value(r)
	}
	c.checkService(s)
}

func slotOf(e element) int {
	if in, ok := e.(*input); ok {
		return in.slot
	}
	return e.(*decision).slot
}

// value is the single output, or a context of the outputs.
func (s *service) value(r *run) feel.Value {
	if len(s.outputs) == 1 {
		return r.value(s.outputs[0])
	}
	c := feel.NewContext(len(s.outputs))
	for _, d := range s.outputs {
		c.Set(d.name(), r.value(d))
	}
	return c
}

// checkService warns of inputs that the service's decisions need and its caller cannot pass.
func (c *compiler) checkService(s *service) {
	given := map[element]bool{}
	for _, e := range s.params {
		given[e] = true
	}
	var visit func(d *decision)
	visit = func(d *decision) {
		for _, n := range d.needs {
			if given[n.element] {
				continue
			}
			given[n.element] = true
			switch e := n.element.(type) {
			case *input:
				c.warn("service-input", s.u, s.src.Place, s.src.ID,
					"the decision %q needs the input %q, which the service %q does not list",
					d.src.Name, e.src.Name, s.src.Name)
			case *decision:
				visit(e)
			}
		}
	}
	for _, d := range s.outputs {
		visit(d)
	}
}

// invocation calls a function with bindings by name; a parameter without binding is null.
func (c *compiler) invocation(e Invocation, s scope) logic {
	callee := c.compileLogic(e.Callee, s)
	values := make([]logic, len(e.Bindings))
	for i, b := range e.Bindings {
		typ := s.u.types.ref(b.Parameter.TypeRef, b.Parameter.Place, s.owner)
		values[i] = c.converted(c.compileLogic(b.Value, s), typ, s.owner, b.Parameter.Place)
	}
	names := make([]string, len(e.Bindings))
	for i, b := range e.Bindings {
		names[i] = b.Parameter.Name
	}
	return func(r *run, vars feel.Vars) feel.Value {
		f, ok := callee(r, vars).(*feel.Func)
		if !ok {
			r.warn(s.owner, e.Callee.at(), "what is invoked is no function")
			return nil
		}
		given, args := slices.Clip(names), make([]feel.Value, len(values), len(values)+len(f.Params))
		for i, value := range values {
			args[i] = value(r, vars)
		}
		for _, p := range f.Params {
			if !slices.Contains(names, p.Name) {
				given, args = append(given, p.Name), append(args, nil)
			}
		}
		v := r.call.InvokeNamed(f, given, args)
		r.takeWarnings(s.owner, e.Place)
		return v
	}
}
