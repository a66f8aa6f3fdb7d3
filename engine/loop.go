package engine

import (
	"github.com/quancheng/quancheng/feel"
)

// multiState counts the iterations of a loop body.
type multiState struct {
	Total      int  `json:"t,omitempty"`
	Created    int  `json:"c,omitempty"`
	Completed  int  `json:"d,omitempty"`
	Terminated int  `json:"x,omitempty"`
	Thrown     bool `json:"th,omitempty"` // behaviour One has thrown
	Data       Vars `json:"v,omitempty"`  // "in": items still needed; "out": results
}

// counters are the attributes of a multi-instance that its conditions can see (BPMN 2.0.2 table 10.30).
func (m *multiState) counters() feel.MapVars {
	number := func(i int) feel.Value { return feel.Int(int64(i)) }
	return feel.MapVars{
		"numberOfInstances":           number(m.Total),
		"numberOfActiveInstances":     number(m.Created - m.Completed - m.Terminated),
		"numberOfCompletedInstances":  number(m.Completed),
		"numberOfTerminatedInstances": number(m.Terminated),
	}
}

func (el *element) looping() bool { return el.loop != nil || el.multi != nil }

// item is the name of the variable that holds an iteration's item.
func (el *element) item() string {
	if el.multi == nil {
		return ""
	}
	return el.multi.item
}

// activateLoop begins the body of a loop. Boundary events belong to the body;
// listening says that they are open already.
func (x *exec) activateLoop(n *node, listening bool) error {
	if !listening {
		if done, err := x.listen(n, n.el.boundary); done || err != nil {
			return err
		}
	}
	n.Multi = &multiState{}
	if n.el.multi != nil {
		return x.beginMulti(n)
	}
	return x.nextLoop(n)
}

// nextLoop begins the next iteration of a standard loop, or ends it (BPMN 2.0.2 §10.3.8, §13.3.6).
func (x *exec) nextLoop(body *node) error {
	l, m := body.el.loop, body.Multi
	if l.maximum != nil {
		limit, err := x.count(body, "loopMaximum", l.maximum, 0)
		if err != nil {
			return err
		}
		if m.Created >= limit {
			x.complete(body)
			return nil
		}
	}
	if m.Created > 0 || l.testBefore {
		again := l.condition == nil && (m.Created == 0 || l.maximum != nil)
		if l.condition != nil {
			var err error
			if again, err = x.truth(body, "the loop condition", l.condition,
				feel.MapVars{"loopCounter": feel.Int(int64(m.Created))}); err != nil {
				return err
			}
		}
		if !again {
			x.complete(body)
			return nil
		}
	}
	x.beginIteration(body)
	return nil
}

// beginMulti begins a multi-instance activity (BPMN 2.0.2 §10.3.8, §13.3.7).
func (x *exec) beginMulti(body *node) error {
	mi, m := body.el.multi, body.Multi
	m.Data = Vars{}
	if mi.collection != nil {
		v, why := x.eval(body, mi.collection, nil)
		items, ok := v.(feel.List)
		if !ok {
			return wrong("collection", "the input collection", mi.collection, v, why)
		}
		s, err := stored(items)
		if err != nil {
			return err
		}
		m.Total, m.Data["in"] = len(items), s
	} else {
		total, err := x.count(body, "the number of instances", mi.cardinality, 0)
		if err != nil {
			return err
		}
		m.Total = total
	}
	if m.Total > maxActivations {
		return faultf("too-many-steps", "%d instances are more than the %d that one step may begin", m.Total, maxActivations)
	}
	if mi.output != nil {
		m.Data["out"] = make(feel.List, m.Total)
	}
	if m.Total == 0 {
		return x.endMulti(body)
	}
	for !body.gone && m.Created < m.Total {
		x.beginIteration(body)
		if mi.sequential {
			return nil
		}
	}
	if !body.gone {
		delete(m.Data, "in")
	}
	return nil
}

// beginIteration makes the next iteration of a loop.
func (x *exec) beginIteration(body *node) {
	m := body.Multi
	m.Created++
	n := x.add(body, body.el, m.Created)
	n.Vars = Vars{}
	_ = x.setLocal(n, "loopCounter", feel.Int(int64(m.Created)))
	if mi := body.el.multi; mi != nil && mi.own != "" {
		_ = x.setLocal(n, mi.own, nil)
	}
	if items, ok := m.Data["in"].(feel.List); ok && body.el.item() != "" {
		_ = x.setLocal(n, body.el.item(), items[m.Created-1]) // stored before
	}
	x.activate(n)
}

// iterated ends one iteration and decides how the loop goes on.
func (x *exec) iterated(n *node) error {
	body := n.parent
	if body.el.multi == nil {
		x.endIteration(n)
		x.iterate(body)
		return nil
	}
	return x.instanceCompleted(n)
}

func (x *exec) endIteration(n *node) {
	x.remember(n)
	x.detach(n, Completed)
	n.parent.Multi.Completed++
}

// instanceCompleted ends one instance of a multi-instance: its output, its
// events, and the completion condition.
func (x *exec) instanceCompleted(n *node) error {
	body := n.parent
	mi, m := body.el.multi, body.Multi
	if mi.output != nil {
		v, _ := x.eval(n, mi.output, nil)
		v, err := stored(v)
		if err != nil {
			return err
		}
		if out, ok := m.Data["out"].(feel.List); ok && n.Loop <= len(out) {
			out[n.Loop-1] = v // nobody else holds this list
		}
	}
	after := *m
	after.Completed++
	done := false
	if mi.completion != nil {
		var err error
		if done, err = x.truth(n, "the completion condition", mi.completion, after.counters()); err != nil {
			return err
		}
	}
	events, err := x.behaviourEvents(n, after.counters())
	if err != nil {
		return err
	}
	x.endIteration(n)
	for _, e := range events {
		if err := x.throw(body, e); err != nil {
			x.stop(body, phaseIterating, err)
		}
		if body.gone {
			return nil
		}
	}
	if done {
		m.Terminated += len(body.children)
		x.terminateChildren(body, nil)
		if err := x.endMulti(body); err != nil {
			x.stop(body, phaseIterating, err)
		}
		return nil
	}
	x.iterate(body)
	return nil
}

// behaviourEvents are the events that a completed instance throws.
func (x *exec) behaviourEvents(n *node, counters feel.MapVars) ([]*event, error) {
	mi, m := n.el.multi, n.parent.Multi
	switch mi.behaviour {
	case "None":
		if mi.none != nil {
			return []*event{mi.none}, nil
		}
	case "One":
		if mi.one != nil && !m.Thrown {
			m.Thrown = true
			return []*event{mi.one}, nil
		}
	case "Complex":
		var out []*event
		for _, c := range mi.complex {
			holds, err := x.truth(n, "the behaviour condition", c.condition, counters)
			if err != nil {
				return nil, err
			}
			if holds {
				out = append(out, c.events...)
			}
		}
		return out, nil
	}
	return nil, nil
}

// iterate goes on with a loop whose last iteration has ended, or with an ad-hoc
// sub-process whose condition could not be evaluated.
func (x *exec) iterate(body *node) {
	if body.gone {
		return
	}
	if body.el.adHoc != nil && body.Multi == nil {
		x.adHocLeft(body)
		x.settle(body)
		return
	}
	var err error
	m := body.Multi
	switch mi := body.el.multi; {
	case mi == nil:
		if len(body.children) == 0 {
			err = x.nextLoop(body)
		}
	case m.Completed+m.Terminated >= m.Total:
		err = x.endMulti(body)
	case mi.sequential && len(body.children) == 0:
		x.beginIteration(body)
	}
	if err != nil {
		x.stop(body, phaseIterating, err)
	}
}

// endMulti hands over the output collection and completes the body.
func (x *exec) endMulti(body *node) error {
	if mi := body.el.multi; mi.output != nil && mi.outputTo != "" {
		if err := x.propagate(body.parent, mi.outputTo, body.Multi.Data["out"]); err != nil {
			return err
		}
		if x.checkConditions(); body.gone {
			return nil
		}
	}
	x.complete(body)
	return nil
}
