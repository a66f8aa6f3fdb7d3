package play

import (
	"slices"
	"time"

	"github.com/quancheng/quancheng/engine"
)

// projection is what effects said so far, as a shell would keep it in tables.
type projection struct {
	instances map[int64]*instance
	elements  map[int64]*element
	completed []*element
	tasks     []engine.Task          // open ones, in the order in which they opened
	opened    map[string]engine.Task // the newest of each element, open or not
	jobs      []*job                 // open ones, oldest first
	waits     []engine.SubscriptionOpened
	timers    []engine.TimerArmed
	incidents map[int64]engine.IncidentRaised
	raised    int // incidents ever raised
}

type instance struct {
	key, root, parent int64
	process           string
	outcome           engine.Outcome // empty while it runs
	vars              map[string]any // root scope
}

type element struct {
	id       string
	instance int64
	body     bool // of a loop: its iterations are counted, not it
}

type job struct {
	engine.JobOpened
	created time.Time
}

func newProjection() *projection {
	return &projection{
		instances: map[int64]*instance{}, elements: map[int64]*element{}, incidents: map[int64]engine.IncidentRaised{},
		opened: map[string]engine.Task{},
	}
}

// apply follows one effect.
func (p *projection) apply(e engine.Effect, now time.Time) {
	switch e := e.(type) {
	case engine.InstanceStarted:
		p.instances[e.Key] = &instance{key: e.Key, root: e.Root, parent: e.Parent, process: e.Process, vars: map[string]any{}}
	case engine.InstanceEnded:
		p.endInstance(e)
	case engine.ElementEntered:
		p.enter(e)
	case engine.ElementLeft:
		p.leave(e)
	case engine.VariableSet:
		if i := p.instances[e.Scope]; i != nil {
			i.vars[e.Name] = e.Value
		}
	case engine.TaskOpened:
		p.tasks = append(p.tasks, e.Task)
		p.opened[e.Task.Element] = e.Task
	case engine.TaskChanged:
		if i := slices.IndexFunc(p.tasks, func(t engine.Task) bool { return t.Key == e.Task.Key }); i >= 0 {
			p.tasks[i] = e.Task
		}
	case engine.TaskClosed:
		p.tasks = slices.DeleteFunc(p.tasks, func(t engine.Task) bool { return t.Key == e.Key })
	default:
		p.applyWait(e, now)
	}
}

// applyWait follows an effect about what instances wait for.
func (p *projection) applyWait(e engine.Effect, now time.Time) {
	switch e := e.(type) {
	case engine.JobOpened:
		p.closeJob(e.Key)
		p.jobs = append(p.jobs, &job{e, now})
	case engine.JobClosed:
		p.closeJob(e.Key)
	case engine.SubscriptionOpened:
		p.waits = append(p.waits, e)
	case engine.SubscriptionClosed:
		p.waits = slices.DeleteFunc(p.waits, func(w engine.SubscriptionOpened) bool { return w.Key == e.Key })
	case engine.TimerArmed:
		p.clearTimer(e.Key)
		p.timers = append(p.timers, e)
	case engine.TimerCleared:
		p.clearTimer(e.Key)
	case engine.IncidentRaised:
		p.incidents[e.Key] = e
		p.raised++
	case engine.IncidentResolved:
		delete(p.incidents, e.Key)
	}
}

func (p *projection) enter(e engine.ElementEntered) {
	p.elements[e.Key] = &element{id: e.Element, instance: e.Instance, body: e.Body}
}

func (p *projection) leave(e engine.ElementLeft) {
	el := p.elements[e.Key]
	if el == nil {
		return
	}
	delete(p.elements, e.Key)
	if e.Outcome == engine.Completed && !el.body {
		p.completed = append(p.completed, el)
	}
	for key, i := range p.incidents {
		if i.ElementKey == e.Key {
			delete(p.incidents, key)
		}
	}
}

func (p *projection) endInstance(e engine.InstanceEnded) {
	if i := p.instances[e.Key]; i != nil {
		i.outcome = e.Outcome
	}
	for key, i := range p.incidents {
		if i.Instance == e.Key {
			delete(p.incidents, key)
		}
	}
}

func (p *projection) closeJob(key int64) {
	p.jobs = slices.DeleteFunc(p.jobs, func(j *job) bool { return j.Key == key })
}

func (p *projection) clearTimer(key int64) {
	p.timers = slices.DeleteFunc(p.timers, func(t engine.TimerArmed) bool { return t.Key == key })
}

// rootOf is the root instance of an instance.
func (p *projection) rootOf(key int64) int64 {
	if i := p.instances[key]; i != nil {
		return i.root
	}
	return 0
}

// within reports whether an instance is the other one, or called by it.
func (p *projection) within(key, outer int64) bool {
	for key != 0 && key != outer {
		i := p.instances[key]
		if i == nil {
			return false
		}
		key = i.parent
	}
	return key == outer
}
