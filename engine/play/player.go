package play

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quancheng/quancheng/engine"
)

// epoch is where the virtual clock starts.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// maxSends bounds what one scenario may do: a model that never rests is a failure, not a hang.
const maxSends = 20_000

// Player plays steps on a driver.
type Player struct {
	// Observe, when set, is told of every effect.
	Observe func(engine.Effect)

	*projection
	driver   Driver
	read     Reader // of models
	feature  string // the rule that a faulty model breaks
	workers  map[string]Worker
	now      time.Time
	aliases  map[string]int64 // 0: the start was refused
	triggers []engine.StartTrigger
	thrown   []thrown // messages and signals on their way
	tokens   []string
	sends    int
	tolerant bool // the scenario expects an incident somewhere
	over     bool // it ended early, and passed
}

// NewPlayer is a player at the beginning of time. It takes the models that steps name from read; workers answer their jobs by themselves.
func NewPlayer(d Driver, read Reader, workers map[string]Worker) *Player {
	return &Player{projection: newProjection(), driver: d, read: read, workers: workers, now: epoch, aliases: map[string]int64{}}
}

// thrown is a message or signal that an instance threw.
type thrown struct {
	root    int64 // of the thrower
	message *engine.MessageThrown
	signal  *engine.SignalThrown
}

// Run plays a scenario on a fresh driver. The error says the first difference.
func Run(s *Scenario, d Driver) error { return RunFrom(epoch, s, d) }

// RunFrom plays a scenario whose virtual clock starts at another moment than the format's.
func RunFrom(begin time.Time, s *Scenario, d Driver) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	p := NewPlayer(d, s.Read, s.Workers)
	p.now, p.feature = begin, s.Feature
	for _, step := range s.Steps {
		for _, e := range step.Expect {
			p.tolerant = p.tolerant || e.IncidentOrFailed != nil
		}
	}
	for i := range s.Steps {
		if err := p.Do(&s.Steps[i]); err != nil {
			return fmt.Errorf("step %d %s: %w", i+1, label(&s.Steps[i]), err)
		}
		if p.over {
			return nil
		}
	}
	return nil
}

func label(s *Step) string {
	if s.Do == "" {
		return "expect"
	}
	return s.Do
}

// Do takes one step: the rules on refusals and incidents hold.
func (p *Player) Do(s *Step) error {
	if s.Do == "" {
		for i := range s.Expect {
			if err := p.expect(&s.Expect[i]); err != nil {
				return err
			}
		}
		return nil
	}
	do := actions[s.Do]
	if do == nil {
		return errors.New("the format has no such step")
	}
	raised := p.raised
	err := do(p, s)
	if err == nil {
		err = p.settle()
	}
	return p.judge(s, err, p.raised-raised)
}

// errLost says that a message correlated to nothing.
var errLost = errors.New("the message correlates to nothing")

// judge applies the rules on refusals and incidents.
func (p *Player) judge(s *Step, err error, raised int) error {
	var refusal *engine.Refusal
	refused := errors.As(err, &refusal) || errors.Is(err, errLost)
	switch {
	case s.MustFail && (refused || err == nil && raised > 0):
		return nil
	case s.MustFail && err == nil:
		return errors.New("it must fail, but nothing is wrong")
	case refused && s.Do == "start" && p.tolerant:
		return nil
	case err != nil:
		return err
	case raised > 0 && !p.tolerant:
		return fmt.Errorf("unexpected incident: %s", p.newestIncident())
	}
	return nil
}

func (p *Player) newestIncident() string {
	newest := engine.IncidentRaised{}
	for _, i := range p.incidents {
		if i.Key > newest.Key {
			newest = i
		}
	}
	return fmt.Sprintf("%s at %s: %s", newest.Code, newest.Element, newest.Message)
}

// send applies an event to the root instance of an instance and follows its effects.
func (p *Player) send(root int64, ev engine.Event) error {
	if err := p.identify(&ev); err != nil {
		return err
	}
	effects, err := p.driver.Send(root, ev, p.now)
	if err != nil {
		return err
	}
	p.follow(root, effects)
	return nil
}

// start begins a root instance.
func (p *Player) start(ev engine.Event) (int64, error) {
	ev.Type = engine.Start
	if err := p.identify(&ev); err != nil {
		return 0, err
	}
	root, effects, err := p.driver.Start(ev, p.now)
	if err != nil {
		return 0, err
	}
	p.follow(root, effects)
	return root, nil
}

// identify gives an event its id.
func (p *Player) identify(ev *engine.Event) error {
	if p.sends++; p.sends > maxSends {
		return fmt.Errorf("it does not come to rest: %d events were sent", maxSends)
	}
	ev.ID = fmt.Sprintf("c:%d", p.sends)
	return nil
}

func (p *Player) follow(root int64, effects []engine.Effect) {
	for _, e := range effects {
		p.apply(e, p.now)
		if p.Observe != nil {
			p.Observe(e)
		}
		switch e := e.(type) {
		case engine.MessageThrown:
			p.thrown = append(p.thrown, thrown{root: root, message: &e})
		case engine.SignalThrown:
			p.thrown = append(p.thrown, thrown{root: root, signal: &e})
		}
	}
}

// settle goes on until everything rests: what was thrown arrives, and automatic
// workers answer the jobs that are due. Timers fire only when the clock is moved.
func (p *Player) settle() error {
	for {
		moved, err := p.settleOne()
		if err != nil || !moved {
			return err
		}
	}
}

func (p *Player) settleOne() (bool, error) {
	if len(p.thrown) > 0 {
		t := p.thrown[0]
		p.thrown = p.thrown[1:]
		if t.signal != nil {
			return true, p.broadcast(t.signal.Name, t.signal.Variables, t.root)
		}
		// A message nobody waits for is lost: nothing is buffered here.
		_, err := p.publish(t.message.Name, t.message.CorrelationKey, t.message.Variables)
		if errors.Is(err, errLost) {
			err = nil
		}
		return true, err
	}
	for _, j := range p.jobs {
		if due, ok := p.answerAt(j); ok && !due.After(p.now) {
			return true, p.answer(j)
		}
	}
	return false, nil
}

// alarm is an armed timer of an instance, or of a start event.
type alarm struct {
	due     time.Time
	key     int64 // of a timer
	root    int64
	trigger int // index of a start trigger
}

// nextTimer is the earliest armed timer.
func (p *Player) nextTimer() (alarm, bool) {
	var all []alarm
	for _, t := range p.timers {
		all = append(all, alarm{due: t.Due, key: t.Key, root: p.rootOf(t.Instance)})
	}
	for i, t := range p.triggers {
		if t.Kind == "timer" {
			all = append(all, alarm{due: t.Due, trigger: i})
		}
	}
	if len(all) == 0 {
		return alarm{}, false
	}
	return slices.MinFunc(all, func(a, b alarm) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.key, b.key)) }), true
}

func (p *Player) fire(a alarm) error {
	if a.key != 0 {
		return p.send(a.root, engine.Event{Type: engine.FireTimer, Key: a.key})
	}
	t := p.triggers[a.trigger]
	if _, err := p.start(engine.Event{Process: t.Process, Element: t.Element, Definition: t.Definition}); err != nil {
		return err
	}
	if next, ok := p.driver.NextStart(t, p.now); ok {
		p.triggers[a.trigger] = next
	} else {
		p.triggers = slices.Delete(p.triggers, a.trigger, a.trigger+1)
	}
	return nil
}

// publish correlates a message to one open subscription, or starts an instance
// at a message start. It says the key of a started root.
func (p *Player) publish(name, key string, vars engine.Vars) (int64, error) {
	for _, w := range p.waits {
		if w.Kind == "message" && w.Name == name && w.CorrelationKey == key {
			return 0, p.send(
				p.rootOf(w.Instance),
				engine.Event{Type: engine.CorrelateMessage, Key: w.Key, Name: name, CorrelationKey: key, Variables: vars},
			)
		}
	}
	for _, t := range p.triggers {
		if t.Kind == "message" && t.Name == name {
			return p.start(
				engine.Event{
					Process: t.Process, Element: t.Element, Definition: t.Definition, Name: name, CorrelationKey: key, Variables: vars,
				},
			)
		}
	}
	return 0, errLost
}

// broadcast triggers every open signal subscription and every signal start of
// that name. The instance that threw it has heard it already. Where an instance
// has begun at the same start and waits for just this signal, the signal is for
// that instance and begins no other.
func (p *Player) broadcast(name string, vars engine.Vars, thrower int64) error {
	var roots []int64
	begun := map[[2]string]bool{} // by process and start event
	for _, w := range p.waits {
		if w.Kind == "signal" && w.Name == name {
			begun[[2]string{p.instances[w.Instance].process, w.Element}] = true
		}
		if r := p.rootOf(w.Instance); w.Kind == "signal" && w.Name == name && r != thrower && !slices.Contains(roots, r) {
			roots = append(roots, r)
		}
	}
	for _, r := range roots {
		if err := p.send(r, engine.Event{Type: engine.BroadcastSignal, Name: name, Variables: vars}); err != nil {
			return err
		}
	}
	for _, t := range slices.Clone(p.triggers) {
		if t.Kind != "signal" || t.Name != name || begun[[2]string{t.Process, t.Element}] {
			continue
		}
		if _, err := p.start(engine.Event{Process: t.Process, Element: t.Element, Definition: t.Definition, Name: name,
			Variables: vars}); err != nil {
			return err
		}
	}
	return nil
}

// readFiles reads models of the scenario.
func (p *Player) readFiles(names []string) ([]File, error) {
	var out []File
	for _, name := range names {
		data, err := p.read(name)
		if err != nil {
			return nil, err
		}
		out = append(out, File{Name: name, Data: data})
	}
	return out, nil
}

func readVars(raw json.RawMessage) (engine.Vars, error) {
	var v engine.Vars
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, fmt.Errorf("read vars: %w", err)
	}
	return v, nil
}

// Now is the virtual time.
func (p *Player) Now() time.Time { return p.now }

// Tasks lists the open user tasks, in the order in which they opened.
func (p *Player) Tasks() []engine.Task { return slices.Clone(p.tasks) }

// Running reports whether the instance with an alias has begun and is not over.
func (p *Player) Running(alias string) bool {
	i := p.instances[p.aliases[alias]]
	return i != nil && i.outcome == ""
}

// Tolerate lets incidents pass: the caller looks at them himself.
func (p *Player) Tolerate() { p.tolerant = true }

// Resolve tries every open incident again, oldest first.
func (p *Player) Resolve() error {
	for _, key := range slices.Sorted(maps.Keys(p.incidents)) {
		if err := p.send(p.rootOf(p.incidents[key].Instance), engine.Event{Type: engine.ResolveIncident, Key: key}); err != nil {
			return err
		}
	}
	return p.settle()
}
