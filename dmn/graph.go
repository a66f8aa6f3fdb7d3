package dmn

import (
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// element is a node of the decision requirements graph: *input, *decision, *knowledge or *service.
type element interface {
	// name is that of the variable by which others refer to it.
	name() string
	static() feel.Type
}

// input is an input data element.
type input struct {
	src  *InputData
	u    *unit
	typ  feel.Type // nil: any
	slot int
}

// decision is a decision with its compiled logic.
type decision struct {
	src   *Decision
	u     *unit
	typ   feel.Type
	slot  int
	needs needs
	plan  plan // of needs
	logic logic
}

// knowledge is a business knowledge model: a function.
type knowledge struct {
	src   *BusinessKnowledgeModel
	u     *unit
	needs needs
	fn    *feel.Func
}

// service is a decision service: a function, and a thing to evaluate.
type service struct {
	src     *DecisionService
	u       *unit
	params  []element // *input and *decision, input data first (DMN 1.5 §10.4)
	outputs []*decision
	result  feel.Type
	fn      *feel.Func
}

func (e *input) name() string     { return e.src.Variable.Name }
func (e *decision) name() string  { return e.src.Variable.Name }
func (e *knowledge) name() string { return e.src.Variable.Name }
func (e *service) name() string   { return e.src.Variable.Name }

func (e *input) static() feel.Type     { return orAny(e.typ) }
func (e *decision) static() feel.Type  { return orAny(e.typ) }
func (e *knowledge) static() feel.Type { return feel.Any }
func (e *service) static() feel.Type   { return feel.Any }

// need is a requirement: an element under the name by which the logic sees it.
type need struct {
	imported string // name of the import the element comes from, or empty
	element  element
}

type needs []need

// declare makes the elements of a unit.
func (c *compiler) declare(u *unit) {
	u.named = u.types.all()
	for _, d := range u.model.Inputs {
		c.add(
			u, d.ID, d.Name, d.Place, &input{src: d, u: u, typ: u.types.ref(d.Variable.TypeRef, d.Variable.Place, d.Name), slot: c.slot()},
		)
	}
	for _, d := range u.model.Decisions {
		c.add(
			u, d.ID, d.Name, d.Place,
			&decision{src: d, u: u, typ: u.types.ref(d.Variable.TypeRef, d.Variable.Place, d.Name), slot: c.slot()},
		)
	}
	for _, d := range u.model.Knowledge {
		c.add(u, d.ID, d.Name, d.Place, &knowledge{src: d, u: u, fn: &feel.Func{Name: d.Variable.Name}})
	}
	for _, d := range u.model.Services {
		c.add(u, d.ID, d.Name, d.Place, &service{src: d, u: u, fn: &feel.Func{Name: d.Variable.Name}})
	}
}

func (c *compiler) slot() int {
	c.program.slots++
	return c.program.slots - 1
}

func (c *compiler) add(u *unit, id, name string, at Place, e element) {
	u.elements = append(u.elements, e)
	if id != "" {
		if u.byID[id] != nil {
			c.fail("duplicate-id", u, at, id, "the id %q is used twice", id)
		}
		u.byID[id] = e
	}
	if u.byName[name] != nil {
		c.fail("duplicate-name", u, at, id, "the name %q is used twice", name)
		return
	}
	u.byName[name] = e
}

// link resolves the requirements of a unit's elements.
func (c *compiler) link(u *unit) {
	for _, e := range u.elements {
		switch e := e.(type) {
		case *decision:
			e.needs = c.requirements(u, e.src.Requires, e.src.ID)
		case *knowledge:
			e.needs = c.requirements(u, e.src.Requires, e.src.ID)
		case *service:
			c.linkService(e)
		}
	}
}

func (c *compiler) requirements(u *unit, q Requirements, owner string) needs {
	var out needs
	for _, refs := range [][]Ref{q.Inputs, q.Decisions, q.Knowledge} {
		for _, ref := range refs {
			if n, ok := c.resolve(u, ref, owner); ok {
				out = append(out, n)
			}
		}
	}
	return out
}

// resolve finds the element of an href: "#id", "namespace#id", or an id alone.
func (c *compiler) resolve(u *unit, ref Ref, owner string) (need, bool) {
	space, id, ok := strings.Cut(ref.Href, "#")
	if !ok {
		space, id = "", ref.Href
	}
	if space == "" || space == u.model.Namespace {
		if e := u.byID[id]; e != nil {
			return need{element: e}, true
		}
	}
	for _, imp := range u.imports {
		if imp.unit.model.Namespace == space {
			if e := imp.unit.byID[id]; e != nil {
				return need{imported: imp.name, element: e}, true
			}
		}
	}
	c.fail("ref-unresolved", u, ref.Place, owner, "the reference %q leads nowhere", ref.Href)
	return need{}, false
}

func (c *compiler) linkService(s *service) {
	for _, refs := range [][]Ref{s.src.InputData, s.src.InputDecisions} {
		for _, ref := range refs {
			if n, ok := c.resolve(s.u, ref, s.src.ID); ok {
				s.params = append(s.params, n.element)
			}
		}
	}
	for _, ref := range s.src.OutputDecisions {
		n, ok := c.resolve(s.u, ref, s.src.ID)
		if !ok {
			continue
		}
		if d, ok := n.element.(*decision); ok {
			s.outputs = append(s.outputs, d)
			continue
		}
		c.fail("ref-kind", s.u, ref.Place, s.src.ID, "an output of a decision service must be a decision; %q is none", ref.Href)
	}
	if len(s.outputs) == 0 {
		c.fail("service-empty", s.u, s.src.Place, s.src.ID, "the decision service has no output decision")
	}
	s.result = resultType(s.u.types.ref(s.src.Variable.TypeRef, s.src.Variable.Place, s.src.ID))
}

// resultType is what a function variable's type says of the result: older files name it directly.
func resultType(t feel.Type) feel.Type {
	if f, ok := t.(*feel.FunctionType); ok {
		return f.Result
	}
	return t
}

// breakCycles reports decisions that require themselves and cuts the requirement that closes the circle.
// Knowledge models may call each other.
func (c *compiler) breakCycles() {
	const (
		visiting = 1
		done     = 2
	)
	state := map[*decision]int{}
	var visit func(d *decision)
	visit = func(d *decision) {
		state[d] = visiting
		kept := d.needs[:0:0]
		for _, n := range d.needs {
			if to, ok := n.element.(*decision); ok {
				if state[to] == visiting {
					c.fail(
						"requirement-cycle", d.u, d.src.Place, d.src.ID, "the decision %q requires itself by way of %q", to.src.Name,
						d.src.Name,
					)
					continue
				}
				if state[to] == 0 {
					visit(to)
				}
			}
			kept = append(kept, n)
		}
		d.needs = kept
		state[d] = done
	}
	for _, u := range c.program.units {
		for _, e := range u.elements {
			if d, ok := e.(*decision); ok && state[d] == 0 {
				visit(d)
			}
		}
	}
}
