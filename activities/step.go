package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// step is one event on its way through the transaction.
type step struct {
	c      *Committer
	req    contract.Request
	ev     engine.Event
	acting models.Acting
	now    time.Time

	root    process.RootState
	answers models.JSON // to the form of the task, as they were taken
	bundle  *bundles.Bundle
	state   *engine.State
	world   bundles.World

	task    *process.Task      // the operated one, as it stood before
	jobs    []engine.JobOpened // commands that wait to be run
	commits int                // commands that ran
	opened  []int64            // tasks
	closed  int                // how many tasks
	left    []int64            // element instances
	gains   []gain             // tasks that have come to somebody
	raised  []int64            // incidents
	keep    models.JSON        // the refused event that an incident keeps for its retry
	sent    int                // messages and signals

	trail     trail
	tasks     map[int64]*process.Task // as they stand in this event
	instances map[int64]process.Instance
}

// maxCommands bounds the commands of one event: a model that loops over service tasks stops.
const maxCommands = 1_000

// begin loads what the event is about. A *models.Refusal says that there is no such thing.
func (c *Committer) begin(ctx context.Context, tx *gorm.DB, r contract.Request, root process.RootState) (*step, error) {
	if root.Key == 0 {
		return nil, models.Refuse("no-such-instance", "key", fmt.Sprint(r.Root))
	}
	s := &step{c: c, req: r, now: c.now(), root: root}
	if err := json.Unmarshal(r.Event, &s.ev); err != nil {
		return nil, models.Refuse("bad-event", "message", err.Error())
	}
	s.acting = models.Acting{Person: models.System}
	if len(r.Acting) > 0 {
		if err := json.Unmarshal(r.Acting, &s.acting); err != nil {
			return nil, models.Refuse("bad-event", "message", err.Error())
		}
	}
	s.ev.ID, s.acting.Event, s.acting.At = r.ID, r.ID, s.now
	if s.acting.BusinessDate == "" {
		s.acting.BusinessDate = models.DateOf(s.now)
	}
	return s, s.load(ctx, tx)
}

// load reads what step n left, and the world of the next one.
func (s *step) load(ctx context.Context, tx *gorm.DB) error {
	var err error
	if s.bundle, err = s.c.Bundles.Load(ctx, s.root.Bundle); err != nil {
		return err
	}
	s.state = engine.NewState(s.root.Key)
	if len(s.root.State) > 0 {
		if err := json.Unmarshal(s.root.State, s.state); err != nil {
			return fmt.Errorf("state of %d: %w", s.root.Key, err)
		}
	}
	for _, i := range s.state.Instances() {
		s.remember(process.Instance{Key: i.Key, Process: i.Process, BusinessKey: i.BusinessKey})
	}
	s.world, err = s.c.Bundles.World(
		tx, bundles.About{Now: s.now, On: s.acting.BusinessDate, Project: s.root.Project, Root: s.root.Key, Hold: true},
	)
	return err
}

// apply moves books and tokens; everything it does lies behind one savepoint.
func (s *step) apply(tx *gorm.DB) error {
	if err := s.happen(tx); err != nil {
		return err
	}
	return s.trail.write(tx)
}

func (s *step) happen(tx *gorm.DB) error {
	switch s.ev.Type {
	case engine.Operate:
		if err := s.prepare(tx); err != nil {
			return err
		}
		if err := s.bundle.Strands(s.state, s.ev, s.world.Input); err != nil {
			return err
		}
	case engine.ResolveIncident:
		return s.resolve(tx)
	case engine.Cancel:
		return s.terminate(tx)
	}
	return s.move(tx, s.ev)
}

// move lets the engine take the event, then runs the commands that it asks for,
// until no token waits for one.
func (s *step) move(tx *gorm.DB, ev engine.Event) error {
	if err := s.turn(tx, ev); err != nil {
		return err
	}
	for len(s.jobs) > 0 {
		job := s.jobs[0]
		s.jobs = s.jobs[1:]
		if s.commits++; s.commits > maxCommands {
			return fmt.Errorf("one event ran %d commands: the model loops at %s", maxCommands, job.Element)
		}
		vars, err := s.command(tx, job)
		if err != nil {
			return err
		}
		done := engine.Event{ID: fmt.Sprintf("j:%d:1", job.Key), Type: engine.CompleteJob, Key: job.Key, Variables: vars}
		if err := s.turn(tx, done); err != nil {
			return err
		}
	}
	return nil
}

// turn is one engine.Step with its effects.
func (s *step) turn(tx *gorm.DB, ev engine.Event) error {
	effects, err := engine.Step(s.bundle.Program, s.state, ev, s.world.Input)
	if err != nil {
		return err
	}
	for _, e := range effects {
		if err := s.project(tx, e); err != nil {
			return err
		}
	}
	return s.projectEvent(tx, ev)
}

const commandPrefix = "command:"

// command runs the domain command of a service task.
func (s *step) command(tx *gorm.DB, job engine.JobOpened) (engine.Vars, error) {
	vars, err := bundles.Plain(job.Variables)
	if err != nil {
		return nil, err
	}
	return s.run(tx, commands.Call{
		Name: strings.TrimPrefix(job.Type, commandPrefix), Element: job.Element, Vars: vars, Headers: job.Headers,
	})
}

// run runs a command for the actor of the event and reads what it returns as variables.
func (s *step) run(tx *gorm.DB, call commands.Call) (engine.Vars, error) {
	call.Acting, call.Root, call.Params, call.Workday = s.acting, s.root.Key, s.world.Params, s.world.Workday
	result, err := commands.Run(tx, call)
	if err != nil {
		return nil, fmt.Errorf("command %s: %w", call.Name, err)
	}
	issue, _ := call.Vars["issueNo"].(string)
	if made, ok := result["issueNo"].(string); ok {
		issue = made
	}
	if err := s.gate(tx, call.Headers, issue); err != nil {
		return nil, err
	}
	return bundles.Variables(result)
}

// gate holds the county's rules against the books as the command has left them,
// where the model makes the act a check point.
func (s *step) gate(tx *gorm.DB, headers map[string]string, issue string) error {
	return commands.Gate(tx, s.acting, commands.Act{Headers: headers, Project: s.root.Project, Issue: issue, Root: s.root.Key})
}
