package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// compiler turns models into a program and collects what is wrong with them.
type compiler struct {
	p      *Program
	r      Resources
	diags  []bpmn.Diagnostic
	byElem map[*bpmn.Element]*element
	m      *bpmn.Model
	filled map[string]bool // variables that something in the process writes by name
}

// Compile checks and compiles a model with its resources; all problems come at
// once, errors and warnings. The program is nil when there is an error.
func Compile(m *bpmn.Model, r Resources) (*Program, []bpmn.Diagnostic) {
	c := &compiler{p: &Program{callables: map[string]*process{}, decisions: r.Decisions}, r: r}
	for _, model := range append([]*bpmn.Model{m}, r.Models...) {
		if model == nil {
			continue
		}
		c.m = model
		for _, e := range model.Processes {
			c.callable(e)
		}
		for _, e := range model.GlobalTasks {
			c.callable(e)
		}
	}
	c.checkCalls()
	if bpmn.HasErrors(c.diags) {
		return nil, c.diags
	}
	return c.p, c.diags
}

// callable compiles a process or global task. A process that is not executable
// is documentation: it is left out.
func (c *compiler) callable(e *bpmn.Element) {
	if e.Process != nil && !e.Process.Executable {
		return
	}
	if was := c.p.callables[e.ID]; was != nil {
		if was.root.src != e {
			c.fail("duplicate-process", e.Pos, e.ID, "the bundle has two processes or global tasks with the id %q", e.ID)
		}
		return
	}
	proc := &process{id: e.ID, name: e.Name, elements: map[string]*element{}}
	c.p.callables[e.ID] = proc
	c.p.order = append(c.p.order, proc)
	c.byElem = map[*bpmn.Element]*element{}
	proc.root = c.element(proc, nil, e)
	if e.Scope == nil { // a global task is a process that holds the task alone
		task := proc.root
		proc.root = &element{
			id: e.ID, name: e.Name, kind: bpmn.KindProcess, src: e, proc: proc, behave: processScope{}, starts: []*element{task},
			startQuantity: 1, completionQuantity: 1,
		}
		task.scope, task.index = proc.root, 0
		proc.elements[e.ID], proc.nodes = task, []*element{task}
	}
	c.connect(proc)
	c.filled = map[string]bool{}
	c.fills(e)
	for _, el := range proc.nodes {
		c.details(el)
	}
	c.scopes(proc)
	for _, el := range proc.nodes {
		c.upstream(el)
	}
	c.concurrency(proc)
}

// element compiles an element and what it holds; references come later.
func (c *compiler) element(proc *process, scope *element, e *bpmn.Element) *element {
	el := &element{id: e.ID, name: e.Name, kind: e.Kind, src: e, proc: proc, scope: scope, behave: behaviours[e.Kind],
		startQuantity: 1, completionQuantity: 1, eventSub: e.EventSubProcess()}
	c.byElem[e] = el
	if el.behave == nil {
		c.fail("unsupported", e.Pos, e.ID, "a %s cannot be executed", e.Kind)
		el.behave = passThrough{}
	}
	if scope != nil {
		el.index = len(proc.nodes)
		proc.nodes = append(proc.nodes, el)
		if e.ID == "" {
			c.fail("no-id", e.Pos, "", "a %s has no id", e.Kind)
		}
		proc.elements[e.ID] = el
	}
	if e.Scope != nil {
		for _, child := range e.Scope.Elements {
			c.element(proc, el, child)
		}
	}
	return el
}

// connect links elements with flows, boundary events and handlers.
func (c *compiler) connect(proc *process) {
	flows := map[*bpmn.Flow]*flow{}
	for _, el := range proc.nodes {
		for _, f := range el.src.Outgoing {
			target := c.byElem[f.Target]
			if target == nil {
				c.fail("reference", f.Pos, f.ID, "the flow %s leads to %q, which is not in this process", f.ID, f.TargetRef)
				continue
			}
			cf := &flow{id: f.ID, src: f, source: el, target: target}
			if f.Condition != nil {
				cf.condition = c.condition(f.ID, f.Condition)
				el.conditional = true
			}
			flows[f] = cf
			el.out = append(el.out, cf)
			if f == el.src.DefaultFlow() {
				el.defaultFlow = cf
				el.conditional = true
			}
		}
	}
	for _, el := range proc.nodes {
		for _, f := range el.src.Incoming {
			if cf := flows[f]; cf != nil {
				cf.slot = len(el.in)
				el.in = append(el.in, cf)
			}
		}
		if a := el.src.Activity; a != nil {
			for _, b := range a.Boundary {
				if be := c.byElem[b]; be != nil && !b.IsCompensationBoundary() {
					el.boundary = append(el.boundary, be)
				}
			}
			for _, h := range a.Handlers {
				if he := c.byElem[h]; he != nil {
					el.handlers = append(el.handlers, he)
				}
			}
		}
	}
}

// scopes finds out how each scope starts and what listens in it.
func (c *compiler) scopes(proc *process) {
	all := append([]*element{proc.root}, proc.nodes...)
	for _, el := range slices.Backward(all) { // inner scopes first
		if el.src.Scope == nil {
			el.recorded = len(el.handlers) > 0
			continue
		}
		c.scope(el)
	}
}

func (c *compiler) scope(el *element) {
	el.recorded = len(el.handlers) > 0
	var implicit []*element
	for _, child := range el.src.Scope.Elements {
		ch := c.byElem[child]
		el.recorded = el.recorded || ch.recorded
		switch {
		case ch.eventSub:
			for _, s := range child.Scope.Starts {
				start := c.byElem[s]
				el.eventSubs = append(el.eventSubs, start)
				el.recorded = el.recorded || start.src.Has(bpmn.CompensateEvent)
			}
		case ch.kind == bpmn.KindStartEvent:
			if len(ch.events) == 0 {
				el.starts = append(el.starts, ch)
			} else {
				el.eventStarts = append(el.eventStarts, ch)
			}
		case ch.kind == bpmn.KindReceiveTask && child.Activity.Instantiate && len(ch.in) == 0:
			el.eventStarts = append(el.eventStarts, ch)
		case ch.kind == bpmn.KindEventBasedGateway && child.Gateway.Instantiate && len(ch.in) == 0:
			for _, f := range ch.out {
				el.eventStarts = append(el.eventStarts, f.target)
			}
		case startsByItself(ch):
			implicit = append(implicit, ch)
		}
	}
	if el.eventSub {
		el.starts = nil // begun at its start event only
		return
	}
	if len(el.starts) == 0 && len(el.eventStarts) == 0 || el.adHoc != nil {
		el.starts = implicit
	}
}

// startsByItself reports whether an element begins with its scope when nothing
// else starts it (BPMN 2.0.2 §13.2: "if there is no start event").
func startsByItself(el *element) bool {
	switch {
	case len(el.in) > 0, el.kind == bpmn.KindBoundaryEvent, el.eventSub, el.src.Activity != nil && el.src.Activity.ForCompensation:
		return false
	case el.kind == bpmn.KindIntermediateCatchEvent && el.src.Has(bpmn.LinkEvent):
		return false
	}
	return true
}

// upstream computes, for a gateway that joins by what can still arrive, from
// which elements each incoming flow can be reached without visiting the gateway.
func (c *compiler) upstream(el *element) {
	if len(el.in) < 2 || el.kind != bpmn.KindInclusiveGateway && el.kind != bpmn.KindComplexGateway {
		return
	}
	before := map[*element][]*element{}
	for _, other := range el.proc.nodes {
		for _, b := range other.boundary {
			before[b] = append(before[b], other)
		}
		if other.linkTo != nil {
			before[other.linkTo] = append(before[other.linkTo], other)
		}
	}
	for _, f := range el.in {
		seen := newBits(len(el.proc.nodes))
		stack := []*element{f.source}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if at == el || seen.has(at.index) {
				continue
			}
			seen.set(at.index)
			for _, in := range at.in {
				stack = append(stack, in.source)
			}
			stack = append(stack, before[at]...)
		}
		el.upstream = append(el.upstream, seen)
	}
}

// checkCalls warns of processes that static call activities name and the bundle lacks.
func (c *compiler) checkCalls() {
	for _, proc := range c.p.order {
		for _, el := range proc.nodes {
			if el.call == nil {
				continue
			}
			if id, fixed := literalText(el.call.process); fixed && id != "" && c.p.callables[id] == nil {
				c.warn("no-such-process", el.src.Pos, el.id, "the bundle has no executable process %q to call", id)
			}
		}
	}
}
