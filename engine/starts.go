package engine

import (
	"fmt"
	"time"

	"github.com/quancheng/quancheng/bpmn"
)

// StartTrigger is an event that starts a new root instance of a deployed
// process. The shell keeps it as a subscription or a schedule, and answers it
// with a Start event that repeats Element and Definition.
type StartTrigger struct {
	Process string
	Element string

	// Definition is the index of the event definition, in document order, among those of the element.
	Definition int

	Kind  string    // "message", "signal", "timer", "conditional"
	Name  string    // message or signal name
	Due   time.Time // timer: the next moment; see Program.NextStart
	Count int       // timer: starts that already happened
	Begun time.Time // timer: when it was armed; a cycle without a start of its own is counted from there
}

// Starts lists the event starts of every process of the program. Names and
// timers are evaluated with Input only: no instance exists yet. An expression
// that fails is an error that names the element. Each definition of a parallel
// multiple start event can begin an instance, which then waits for the others.
func (p *Program) Starts(in Input) ([]StartTrigger, error) {
	if in.Zone == nil {
		in.Zone = defaultZone
	}
	x := &exec{p: p, in: in}
	var out []StartTrigger
	for _, proc := range p.order {
		for _, el := range proc.root.eventStarts {
			for i := range el.events {
				t, ok, err := x.startTrigger(proc, el, i)
				if err != nil {
					return nil, fmt.Errorf("start event %s of process %s: %w", el.id, proc.id, err)
				}
				if ok {
					out = append(out, t)
				}
			}
		}
	}
	return out, nil
}

func (x *exec) startTrigger(proc *process, el *element, definition int) (t StartTrigger, ok bool, err error) {
	t = StartTrigger{Process: proc.id, Element: el.id, Definition: definition}
	e := el.events[definition]
	switch e.kind {
	case bpmn.MessageEvent:
		t.Kind = "message"
		t.Name, err = x.name(nil, "the message name", e.name)
	case bpmn.SignalEvent:
		t.Kind = "signal"
		t.Name, err = x.name(nil, "the signal name", e.name)
	case bpmn.TimerEvent:
		t.Kind = "timer"
		t.Begun = x.in.Now
		t.Due, _, err = x.firstDue(nil, e.timer)
	case bpmn.ConditionalEvent:
		t.Kind = "conditional"
	default:
		return t, false, nil
	}
	return t, err == nil, err
}

// NextStart is the trigger after t fired, or false when its cycle is over.
func (p *Program) NextStart(t StartTrigger, in Input) (StartTrigger, bool) {
	e := p.startEvent(t)
	if e == nil || e.kind != bpmn.TimerEvent || e.timer.kind != timerCycle {
		return StartTrigger{}, false
	}
	if in.Zone == nil {
		in.Zone = defaultZone
	}
	x := &exec{p: p, in: in}
	_, left, err := x.firstDue(nil, e.timer)
	if err != nil || left >= 0 && t.Count >= left {
		return StartTrigger{}, false
	}
	next, ok := x.nextDue(nil, e.timer, t.Begun, t.Due)
	t.Due, t.Count = next, t.Count+1
	return t, ok
}

// startEvent is the event definition a trigger is about, or nil.
func (p *Program) startEvent(t StartTrigger) *event {
	proc := p.find(t.Process)
	if proc == nil || proc.elements[t.Element] == nil {
		return nil
	}
	events := proc.elements[t.Element].events
	if t.Definition < 0 || t.Definition >= len(events) {
		return nil
	}
	return events[t.Definition]
}
