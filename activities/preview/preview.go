// Package preview foretells what somebody's act would do, from the state of the
// matter and the books as they are. It only reads: the engine moves the tokens
// of a copy, and commands say what they would return (package commands). Where a
// command cannot say, the preview goes no further and names what may follow.
package preview

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
)

// Case is a root instance as it stands, and the world of the moment.
type Case struct {
	Root   process.RootState
	Bundle *bundles.Bundle
	State  *engine.State
	World  bundles.World
}

// Act is what somebody would do.
type Act struct {
	Event  engine.Event
	Acting models.Acting
	Task   process.Task // the one that the event is about; zero: the whole matter
	Data   []byte       // JSON of what its form would submit
}

// Outlook is what an act would lead to.
type Outlook struct {
	engine.Consequences
	Does     []engine.Place // what the system does at once, in order: work that writes, and where the matter ends
	Possible []engine.Place // tasks of which some may open: it depends on what nobody knows yet
}

// maxCommands is how many commands a preview follows.
const maxCommands = 100

// Of foretells an act. A refusal of the engine's, of the form's or of a command
// that can be foretold is an *engine.Refusal or *models.Refusal.
func Of(tx *gorm.DB, c Case, a Act) (Outlook, error) {
	p := &pass{tx: tx, c: c, a: a}
	var err error
	if p.next, err = engine.NewOutlook(c.Bundle.Program, c.State, c.World.Input); err != nil {
		return p.out, err
	}
	if err := p.submit(); err != nil {
		return p.out, err
	}
	if !p.unknown {
		if err := p.follow(); err != nil {
			return p.out, err
		}
	}
	p.conclude()
	return p.out, nil
}

// pass is one preview.
type pass struct {
	tx   *gorm.DB
	c    Case
	a    Act
	next *engine.Outlook
	out  Outlook

	told    []commands.Foretold
	silent  map[int64]bool // commands that write nothing, by element instance
	unknown bool           // what the task's own command returns is not known
}

// submit readies the event as Commit does, with what the command of the task would return.
func (p *pass) submit() error {
	t, ev := p.a.Task, p.a.Event
	if ev.Type == engine.Operate && ev.Operation == "recall" {
		return process.Recallable(p.tx, t, p.a.Acting.Person)
	}
	if ev.Type != engine.Operate || !bundles.Submits(ev.Operation, t.Form, t.Command) {
		return nil
	}
	clean, scope, err := p.c.Bundle.Submit(p.c.State, p.c.World.Input, bundles.Submission{Event: ev, Form: t.Form, Data: p.a.Data})
	if err != nil {
		return err
	}
	result := clean
	if t.Command != "" && ev.Operation == "complete" {
		d, err := t.Details()
		if err != nil {
			return err
		}
		f, err := p.foretell(commands.Call{
			Name: t.Command, Task: t.Key, Element: t.Element, Vars: scope, Headers: d.Headers, Data: json.RawMessage(models.JSONOf(clean)),
		})
		if errors.Is(err, commands.ErrUndecided) {
			p.unknown = true
			p.out.Possible = p.next.Possible(t.Key)
			return nil
		}
		if err != nil {
			return err
		}
		result = f.Result
	}
	p.a.Event.Variables, err = bundles.Variables(result)
	return err
}

func (p *pass) foretell(call commands.Call) (commands.Foretold, error) {
	call.Acting, call.Root, call.Params, call.Workday = p.a.Acting, p.c.Root.Key, p.c.World.Params, p.c.World.Workday
	f, err := commands.Foretell(p.tx, call, p.told)
	if err == nil {
		p.told = append(p.told, f)
	}
	return f, err
}

const commandPrefix = "command:"

// follow takes the event and goes on through the commands behind it.
func (p *pass) follow() error {
	jobs, err := p.step(p.a.Event, nil)
	if err != nil {
		return err
	}
	p.silent = map[int64]bool{}
	for n := 0; len(jobs) > 0 && n < maxCommands; n++ {
		job := jobs[0]
		jobs = jobs[1:]
		vars, err := bundles.Plain(job.Variables)
		if err != nil {
			return err
		}
		f, err := p.foretell(
			commands.Call{Name: strings.TrimPrefix(job.Type, commandPrefix), Element: job.Element, Vars: vars, Headers: job.Headers},
		)
		if errors.Is(err, commands.ErrUndecided) {
			p.out.Possible = append(p.out.Possible, p.next.Possible(job.ElementKey)...)
			continue
		}
		if err != nil {
			return err
		}
		p.silent[job.ElementKey] = !f.Writes
		done := engine.Event{ID: fmt.Sprintf("j:%d:1", job.Key), Type: engine.CompleteJob, Key: job.Key}
		if done.Variables, err = bundles.Variables(f.Result); err != nil {
			return err
		}
		if jobs, err = p.step(done, jobs); err != nil {
			return err
		}
	}
	return nil
}

// step moves the copy and returns the commands that wait then.
func (p *pass) step(ev engine.Event, jobs []engine.JobOpened) ([]engine.JobOpened, error) {
	effects, err := p.next.Step(ev)
	if err != nil {
		return nil, err
	}
	for _, e := range effects {
		switch e := e.(type) {
		case engine.JobOpened:
			if strings.HasPrefix(e.Type, commandPrefix) {
				jobs = append(jobs, e)
			}
		case engine.JobClosed:
			jobs = slices.DeleteFunc(jobs, func(j engine.JobOpened) bool { return j.Key == e.Key })
		}
	}
	return jobs, nil
}

// conclude says what the system does on the way.
func (p *pass) conclude() {
	p.out.Consequences = p.next.Consequences()
	if p.unknown {
		p.out.Ends = []engine.Task{{Key: p.a.Task.Key}}
	}
	for _, at := range p.out.Enters {
		switch at.Kind {
		case "serviceTask", "sendTask":
			if !p.silent[at.Key] {
				p.out.Does = append(p.out.Does, at)
			}
		case "endEvent":
			if at.Root && p.out.Completes {
				p.out.Does = append(p.out.Does, at)
			}
		}
	}
	var distinct []engine.Place
	for _, at := range p.out.Possible {
		if !slices.ContainsFunc(distinct, func(o engine.Place) bool { return o.Process == at.Process && o.Element == at.Element }) {
			distinct = append(distinct, at)
		}
	}
	p.out.Possible = distinct
}
