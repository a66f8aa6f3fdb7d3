package play

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sosodev/duration"

	"github.com/quancheng/quancheng/engine"
)

// actions says what each step does.
var actions = map[string]func(*Player, *Step) error{
	"deploy": (*Player).deploy, "start": (*Player).doStart, "complete": (*Player).complete, "complete_all": (*Player).completeAll,
	"assign": (*Player).assign, "complete_job": (*Player).completeJob, "fail_job": (*Player).failJob, "throw_error": (*Player).throwError,
	"message": (*Player).message, "signal": (*Player).signal, "advance": (*Player).advance, "drain": (*Player).drain,
	"set_vars": (*Player).setVars, "cancel": (*Player).cancel, "restart": (*Player).restart,
}

func (p *Player) deploy(s *Step) error {
	files, err := p.readFiles(s.Models)
	if err != nil {
		return err
	}
	triggers, err := p.driver.Deploy(files, p.now)
	var rejected *Rejected
	switch refused := errors.As(err, &rejected); {
	case refused && s.Result != "ok":
		p.over = true
		return nil
	case err != nil:
		return err
	case s.Result == "rejected":
		return fmt.Errorf("the faulty model was let in (rule %s)", p.feature)
	}
	p.triggers = slices.DeleteFunc(p.triggers, func(old engine.StartTrigger) bool {
		return slices.ContainsFunc(triggers, func(t engine.StartTrigger) bool { return t.Process == old.Process })
	})
	p.triggers = append(p.triggers, triggers...)
	return nil
}

func (p *Player) doStart(s *Step) error {
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	p.aliases[s.Instance], err = p.start(engine.Event{Process: s.Process, Element: s.Element, Variables: vars})
	return err
}

func (p *Player) operate(t engine.Task, ev engine.Event) error {
	ev.Type, ev.Key = engine.Operate, t.Key
	return p.send(p.rootOf(t.Instance), ev)
}

func (p *Player) complete(s *Step) error {
	t, err := p.selectTask(s.Task)
	if err != nil {
		return err
	}
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	return p.operate(t, engine.Event{Operation: "complete", Variables: vars})
}

func (p *Player) completeAll(s *Step) error {
	match, err := p.matcher(s.Where)
	if err != nil {
		return err
	}
	for _, t := range slices.Clone(p.tasks) {
		if !match(t) {
			continue
		}
		if !slices.ContainsFunc(p.tasks, func(o engine.Task) bool { return o.Key == t.Key }) {
			return fmt.Errorf("task %s is no longer open at its turn", t.Element)
		}
		if err := p.operate(t, engine.Event{Operation: "complete"}); err != nil {
			return err
		}
		if err := p.settle(); err != nil {
			return err
		}
	}
	return nil
}

func (p *Player) assign(s *Step) error {
	t, err := p.selectTask(s.Task)
	if err != nil {
		return err
	}
	return p.operate(t, engine.Event{Operation: "reassign", To: s.Assignee})
}

func (p *Player) completeJob(s *Step) error {
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	return p.answerJob(s, engine.Event{Type: engine.CompleteJob, Variables: vars})
}

func (p *Player) failJob(s *Step) error {
	return p.answerJob(s, engine.Event{Type: engine.FailJob, Retries: s.Retries, Message: s.Message})
}

func (p *Player) throwError(s *Step) error {
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	return p.answerJob(s, engine.Event{Type: engine.ThrowError, Name: s.Code, Message: s.Message, Variables: vars})
}

// answerJob answers the oldest waiting job of a type, and of an element if one is given.
func (p *Player) answerJob(s *Step, ev engine.Event) error {
	for _, j := range p.jobs {
		if j.Type == s.Type && (s.Element == "" || j.Element == s.Element) && !j.NotBefore.After(p.now) {
			ev.Key = j.Key
			return p.send(p.rootOf(j.Instance), ev)
		}
	}
	return fmt.Errorf("no job of type %q waits at element %q", s.Type, s.Element)
}

func (p *Player) message(s *Step) error {
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	started, err := p.publish(s.Name, s.Key, vars)
	if err != nil {
		return err
	}
	if s.Starts != "" {
		if started == 0 {
			return errors.New("the message started no instance")
		}
		p.aliases[s.Starts] = started
	}
	return nil
}

func (p *Player) signal(s *Step) error {
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	return p.broadcast(s.Name, vars, 0)
}

func (p *Player) setVars(s *Step) error {
	key, err := p.instanceOf(s)
	if err != nil {
		return err
	}
	vars, err := readVars(s.Vars)
	if err != nil {
		return err
	}
	return p.send(p.rootOf(key), engine.Event{Type: engine.SetVariables, Key: key, Variables: vars})
}

func (p *Player) instanceOf(s *Step) (int64, error) {
	if s.Task != nil {
		t, err := p.selectTask(s.Task)
		return t.Instance, err
	}
	return p.alias(s.Instance)
}

func (p *Player) cancel(s *Step) error {
	key, err := p.alias(s.Instance)
	if err != nil {
		return err
	}
	return p.send(p.rootOf(key), engine.Event{Type: engine.Cancel, Key: key})
}

func (p *Player) restart(*Step) error { return p.driver.Restart() }

// advance moves the clock by a duration, or to the next timer.
func (p *Player) advance(s *Step) error {
	if s.To == "next_timer" {
		t, ok := p.nextTimer()
		if !ok {
			return errors.New("no timer is armed")
		}
		return p.moveTo(t.due)
	}
	d, err := duration.Parse(s.By)
	if err != nil || s.To != "" {
		return fmt.Errorf("advance by %q to %q is not understood", s.By, s.To)
	}
	return p.moveTo(p.now.Add(d.ToTimeDuration()))
}

// drain moves the clock until nothing is due any more.
func (p *Player) drain(*Step) error {
	for range 1_000 {
		due, ok := p.nextDue()
		if !ok {
			return nil
		}
		if err := p.moveTo(due); err != nil {
			return err
		}
	}
	return nil
}

// moveTo moves the clock from one due moment to the next; at each, all that is due happens.
func (p *Player) moveTo(target time.Time) error {
	for {
		due, ok := p.nextDue()
		if !ok || due.After(target) {
			break
		}
		if due.After(p.now) {
			p.now = due
		}
		if err := p.settle(); err != nil {
			return err
		}
		if err := p.fireDue(); err != nil {
			return err
		}
	}
	if target.After(p.now) {
		p.now = target
	}
	return p.settle()
}

// fireDue fires one timer that is due, and lets everything come to rest.
func (p *Player) fireDue() error {
	t, ok := p.nextTimer()
	if !ok || t.due.After(p.now) {
		return nil
	}
	if err := p.fire(t); err != nil {
		return err
	}
	return p.settle()
}

// nextDue is the next moment at which a timer fires or a worker answers.
func (p *Player) nextDue() (time.Time, bool) {
	var next time.Time
	found := false
	if t, ok := p.nextTimer(); ok {
		next, found = t.due, true
	}
	for _, j := range p.jobs {
		if due, ok := p.answerAt(j); ok && (!found || due.Before(next)) {
			next, found = due, true
		}
	}
	return next, found
}
