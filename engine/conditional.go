package engine

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// checkConditions looks at the open conditional events after variables changed.
// A condition fires when a change makes it true: it must have been false before
// (BPMN 2.0.2 §10.5.5, "Conditional").
func (x *exec) checkConditions() {
	for x.dirty {
		x.dirty = false
		x.feed()
		if x.s.conditional == 0 {
			continue
		}
		for _, n := range x.s.nodes { // gone ones have no waits; new ones look for themselves
			for _, w := range slices.Clone(n.Waits) {
				if w.Kind != waitCondition || w.gone || n.gone {
					continue
				}
				if err := x.look(n, w); err != nil {
					x.stop(n, phaseOutside, err)
				}
			}
		}
	}
}

// look evaluates one condition. What cannot be evaluated yet is not true yet.
func (x *exec) look(host *node, w *wait) error {
	v, _ := x.eval(host, w.el.events[w.Def].condition, nil)
	holds, _ := v.(bool)
	was := w.Held
	w.Held = holds
	if !holds || was {
		return nil
	}
	if x.depth++; x.depth > maxDepth {
		x.depth--
		return faultf("too-many-steps", "the condition of %s keeps becoming true", w.el.id)
	}
	defer func() { x.depth-- }()
	return x.trigger(host, w, nil)
}

// mayBegin refuses to begin an instance at a conditional start event whose
// condition is not true of the data that the Start event brings. There is no
// data outside instances: who begins one says what has changed (BPMN 2.0.2
// §10.5.2: the condition must not refer to data of the process).
func (x *exec) mayBegin(at *element, vs Vars) error {
	if x.ev.Definition >= len(at.events) {
		return nil // a receive task
	}
	e := at.events[x.ev.Definition]
	if e.kind != bpmn.ConditionalEvent {
		return nil
	}
	v, why := x.eval(nil, e.condition, x.brought(vs))
	if holds, _ := v.(bool); holds {
		return nil
	}
	if why != "" {
		why = ": " + why
	}
	return refuse("condition-not-met", "the condition %s of the start event %s is not true%s", e.condition.text, at.id, why)
}
