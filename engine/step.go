package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// maxActivations bounds the elements that one step may enter: a model that
// loops without waiting stops with an incident instead of for ever.
const maxActivations = 10_000

// maxDepth bounds how deep scopes may nest: a process that calls itself stops with an incident.
const maxDepth = 250

// exec is one step in progress.
type exec struct {
	p       *Program
	s       *State
	in      Input
	ev      *Event
	effects []Effect

	queue   []move // tokens on their way
	later   []move // tokens at throwing events: catching ones of this step go first
	entered int
	dirty   bool // a variable changed since conditions were looked at
	params  *feel.Context
	org     *feel.Context
	depth   int

	decision *decided    // an approval that this step has ended
	reseat   *recallable // a recall: the seats that its task gets back
	negative bool        // the approval was not agreed
}

// move is a token on its way to an element.
type move struct {
	scope *node
	el    *element
	via   *flow
	into  *entry // a call activity begins in the middle
}

// Step applies one event. On error the state must not be used again. A *Refusal
// is the caller's fault; any other error is a defect.
func Step(p *Program, s *State, ev Event, in Input) ([]Effect, error) {
	if p == nil || s == nil {
		return nil, errors.New("engine: a step needs a program and a state")
	}
	if in.Zone == nil {
		in.Zone = defaultZone
	}
	if s.owners == nil {
		s.owners = map[int64]*node{}
	}
	if s.version == 0 {
		s.version = semantics
	}
	if err := s.bind(p); err != nil {
		return nil, err
	}
	x := &exec{p: p, s: s, in: in, ev: &ev}
	handle := handlers[ev.Type]
	if handle == nil {
		return nil, refuse("unknown-event", "there is no event %q", ev.Type)
	}
	if err := x.open(); err != nil {
		return nil, err
	}
	if err := handle(x); err != nil {
		var f *fault
		if errors.As(err, &f) {
			return nil, refuse(f.code, "%s", f.message)
		}
		return nil, err
	}
	x.run()
	x.noteDecision()
	if 2*s.swept > len(s.nodes) { // often enough to stay linear
		s.sweep()
	}
	if s.counter >= 1<<counterBits {
		return nil, fmt.Errorf("engine: instance %d has used up its keys", s.key)
	}
	return x.effects, nil
}

var defaultZone = time.FixedZone("+08:00", 8*60*60)

// handlers says what each event does.
var handlers map[EventType]func(*exec) error

func init() {
	handlers = map[EventType]func(*exec) error{
		Start: (*exec).start, Operate: (*exec).operate, CompleteJob: (*exec).completeJob, FailJob: (*exec).failJob,
		ThrowError: (*exec).throwJobError, FireTimer: (*exec).fireTimer, CorrelateMessage: (*exec).correlate,
		BroadcastSignal: (*exec).broadcast, SetVariables: (*exec).setVariables, Cancel: (*exec).cancel,
		ResolveIncident: (*exec).resolveIncident, RaiseIncident: (*exec).raiseOutside, Suspend: (*exec).suspend, Resume: (*exec).resume,
		Reseat: (*exec).reseatAll,
	}
}

// Check reports whether Step would accept the event; the state is untouched.
func Check(p *Program, s *State, ev Event, in Input) error {
	_, err := s.After(p, ev, in)
	return err
}

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (x *exec) emit(e Effect) { x.effects = append(x.effects, e) }

// nextKey gives out a key of the instance.
func (x *exec) nextKey() int64 {
	x.s.counter++
	return x.s.key<<counterBits + x.s.counter
}

// open checks what holds for every event: the instance runs, and is not suspended.
func (x *exec) open() error {
	s, ev := x.s, x.ev
	if ev.Type == Start {
		if s.began {
			return refuse("already-started", "instance %d has begun", s.key)
		}
		return nil
	}
	if !s.began {
		return refuse("not-started", "instance %d has not begun", s.key)
	}
	if s.ended && ev.Type == Operate && ev.Operation != "jump" {
		_, err := x.taskNode() // closed, or never there
		return err
	}
	if s.ended {
		return refuse("instance-ended", "instance %d has ended", s.key)
	}
	switch ev.Type {
	case Cancel, Resume, SetVariables, BroadcastSignal, RaiseIncident, Suspend, Reseat:
		return nil
	}
	if n := s.owners[ev.Key]; n != nil && n.suspended() {
		return refuse("suspended", "the instance is suspended")
	}
	return nil
}

// run moves tokens until all of them rest. Joins that depend on what can still
// arrive are decided when nothing else moves.
func (x *exec) run() {
	for {
		switch {
		case len(x.queue) > 0:
			m := x.queue[0]
			x.queue = x.queue[1:]
			x.arrive(m)
		case len(x.later) > 0:
			m := x.later[0]
			x.later = x.later[1:]
			x.arrive(m)
		case x.s.joins > 0 && x.settleJoins():
		default:
			return
		}
		x.checkConditions()
	}
}

// start begins the root instance.
func (x *exec) start() error {
	ev := x.ev
	proc := x.p.find(ev.Process)
	if proc == nil || proc.root.src.Kind != bpmn.KindProcess {
		return refuse("no-such-process", "the bundle has no executable process %q", ev.Process)
	}
	if ev.Key != 0 && ev.Key != x.s.key {
		return refuse("wrong-key", "the start event is for instance %d, the state for %d", ev.Key, x.s.key)
	}
	vs, err := storedAll(ev.Variables)
	if err != nil {
		return err
	}
	var at *element
	if ev.Element != "" {
		if at = proc.elements[ev.Element]; at == nil || !contains(proc.root.eventStarts, at) && !contains(proc.root.starts, at) {
			return refuse("no-such-start", "process %q does not start at %q", ev.Process, ev.Element)
		}
		if ev.Definition < 0 || ev.Definition > 0 && ev.Definition >= len(at.events) {
			return refuse("no-such-start", "%q has no event definition %d", ev.Element, ev.Definition)
		}
		if err := x.mayBegin(at, vs); err != nil {
			return err
		}
		if vs, err = x.chosen(at, vs); err != nil {
			return err
		}
	} else if len(proc.root.starts) == 0 {
		return refuse("no-start", "process %q starts only by an event", ev.Process)
	}
	var into *entry
	if ev.Into != "" {
		if el := proc.elements[ev.Into]; el == nil || el.user == nil || el.scope != proc.root || el.looping() {
			return refuse("no-such-target", "process %q cannot begin at %q", ev.Process, ev.Into)
		}
		into = entryAt([]string{ev.Into}, nil)
	}
	x.s.began = true
	x.beginInstance(instance{proc: proc, key: x.s.key, businessKey: ev.BusinessKey, vars: vs, at: at, definition: ev.Definition, into: into})
	return nil
}

func contains(list []*element, el *element) bool {
	for _, e := range list {
		if e == el {
			return true
		}
	}
	return false
}

// cancel ends the root instance.
func (x *exec) cancel() error {
	if err := x.administers(); err != nil {
		return err
	}
	if x.ev.Key != 0 && x.ev.Key != x.s.key {
		return refuse("not-a-root", "only the root instance %d can be cancelled", x.s.key)
	}
	if err := x.asSeen(); err != nil {
		return err
	}
	root := x.s.owners[x.s.key]
	x.terminate(root)
	x.s.ended = true
	return nil
}

func (x *exec) setVariables() error {
	n := x.s.owners[x.ev.Key]
	if n == nil || n.Key != x.ev.Key {
		return refuse("no-such-scope", "no instance or element instance %d is running", x.ev.Key)
	}
	if err := x.setAll(n, x.ev.Variables); err != nil {
		return err
	}
	x.checkConditions()
	return nil
}

func (x *exec) suspend() error { return x.setSuspended(true) }
func (x *exec) resume() error  { return x.setSuspended(false) }

// administers refuses a person who does not administer the process; the system may.
func (x *exec) administers() error {
	if a := x.ev.Actor; a != nil && !a.Admin {
		return refuse("admin-only", "only a process administrator can do that")
	}
	return nil
}

func (x *exec) setSuspended(on bool) error {
	if err := x.administers(); err != nil {
		return err
	}
	n := x.s.owners[x.ev.Key]
	switch {
	case n == nil || n.Key != x.ev.Key || n.Process == "":
		return refuse("no-such-instance", "no instance %d is running", x.ev.Key)
	case n.Suspended && on:
		return refuse("suspended", "the instance is suspended already")
	case !n.Suspended && !on:
		return refuse("not-suspended", "the instance is not suspended")
	}
	if n.Suspended = on; on {
		n.Paused = x.in.Now.UTC()
		return nil
	}
	x.shift(n, n.Paused)
	n.Paused = time.Time{}
	return nil
}
