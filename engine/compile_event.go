package engine

import (
	"strings"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// event compiles an event definition of an element.
func (c *compiler) event(el *element, d *bpmn.EventDefinition) *event {
	e := &event{kind: d.Kind, wait: d.WaitForCompletion}
	switch d.Kind {
	case bpmn.MessageEvent:
		m := d.Message
		if m == nil && d.Operation != nil {
			m = d.Operation.InMessage
		}
		if m == nil {
			if !el.hasJob() {
				c.warn("no-message", d.Pos, el.id, "%s names no message", el.id)
			}
			return e
		}
		named := c.message(el, m, el.src.Ext.CorrelationKey)
		e.name, e.correlation = named.name, named.correlation
	case bpmn.SignalEvent:
		if d.Signal == nil {
			c.warn("no-signal", d.Pos, el.id, "%s names no signal", el.id)
			return e
		}
		e.name = c.expr(el.id, d.Pos, orID(d.Signal.Name, d.Signal.ID))
	case bpmn.ErrorEvent:
		if d.Error != nil {
			e.code = c.code(el, d.Pos, orID(d.Error.Code, d.Error.ID))
		}
	case bpmn.EscalationEvent:
		if d.Escalation != nil {
			e.code = c.code(el, d.Pos, orID(d.Escalation.Code, d.Escalation.ID))
		}
	case bpmn.TimerEvent:
		e.timer = c.timer(el, d)
	case bpmn.ConditionalEvent:
		if e.condition = c.condition(el.id, d.Condition); e.condition == nil {
			c.fail("condition", d.Pos, el.id, "the conditional event %s has no condition", el.id)
		}
	case bpmn.CompensateEvent:
		if d.Ref != "" {
			if e.activity = c.byElem[d.Activity]; e.activity == nil {
				c.fail("reference", d.Pos, el.id, "%s compensates %q, which is not in this process", el.id, d.Ref)
			}
		}
	}
	return e
}

// hasJob reports whether a worker does what the element throws.
func (el *element) hasJob() bool { return el.src.Ext.TaskDefinition != nil }

// message compiles a message's name and correlation key.
func (c *compiler) message(el *element, m *bpmn.Message, key string) *event {
	if key == "" {
		key = m.CorrelationKey
	}
	return &event{kind: bpmn.MessageEvent, name: c.expr(el.id, m.Pos, orID(m.Name, m.ID)), correlation: c.expr(el.id, m.Pos, key)}
}

// code compiles an error or escalation code. A catcher's code is a literal.
func (c *compiler) code(el *element, pos bpmn.Pos, text string) *expr {
	x := c.expr(el.id, pos, text)
	if x != nil && x.program != nil && !el.kind.IsThrow() && el.kind.IsEvent() {
		c.fail("code", pos, el.id, "the code that %s catches must be a text, not an expression", el.id)
	}
	return x
}

// timer compiles a timer. A literal that cannot be read is the author's mistake.
func (c *compiler) timer(el *element, d *bpmn.EventDefinition) *timer {
	t := &timer{kind: timerDate}
	source := d.TimeDate
	switch {
	case d.TimeDuration != nil:
		t.kind, source = timerDuration, d.TimeDuration
	case d.TimeCycle != nil:
		t.kind, source = timerCycle, d.TimeCycle
	}
	if t.expr = c.expression(el.id, source); t.expr == nil {
		c.fail("timer", d.Pos, el.id, "the timer of %s has no time", el.id)
		t.expr = literal(nil)
		return t
	}
	if text, ok := t.expr.value.(string); ok && t.expr.program == nil {
		if _, _, ok := t.first(feel.Value(text), Input{Now: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Zone: defaultZone}); !ok {
			c.fail(
				"timer", source.Pos, el.id, "the timer of %s says %q, which is not a %s", el.id, text,
				[...]string{"date and time", "duration", "cycle"}[t.kind],
			)
		}
	}
	return t
}

// link finds the catch event of a link throw event: the same name in the same scope.
func (c *compiler) link(el *element) {
	d := el.src.Definition(bpmn.LinkEvent)
	if d == nil || el.kind != bpmn.KindIntermediateThrowEvent {
		return
	}
	for _, other := range el.src.Parent.Scope.Elements {
		if other.Kind != bpmn.KindIntermediateCatchEvent {
			continue
		}
		if t := other.Definition(bpmn.LinkEvent); t != nil && strings.TrimSpace(t.LinkName) == strings.TrimSpace(d.LinkName) {
			el.linkTo = c.byElem[other]
			return
		}
	}
	c.fail("link", d.Pos, el.id, "no link catch event named %q stands in the scope of %s", d.LinkName, el.id)
}
