package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// move is something that moves tokens: it goes through the workflow.
type move struct {
	Root   int64
	Name   string // of the Temporal Update
	Event  engine.Event
	Acting models.Acting
	Data   map[string]any // what the task's form submitted
}

// move checks an event on the stored state, sends it, and answers with what it
// led to. What cannot be accepted is refused here and leaves no history; a
// repetition is answered from its outcome.
func (c *call) move(m move) (any, error) {
	event := m.Acting.Event
	if err := c.unusedByRegisters(event); err != nil {
		return nil, err
	}
	before, known, err := process.OutcomeOf(c.db(), event)
	if err != nil {
		return nil, err
	}
	r, err := m.request(event, c.digest())
	if err != nil {
		return nil, err
	}
	if known && before.Digest != r.Digest { // the workflow, which knows the event, would not look at the body
		return nil, keyReuse()
	}
	if !known {
		if err := c.precheck(m); err != nil {
			return nil, err
		}
		if err := c.foreseeLikes(m); err != nil {
			return nil, err
		}
	}
	out, err := c.srv.Sender.Send(c.Request.Context(), r)
	switch {
	case errors.Is(err, contract.ErrPending):
		return c.accepted(event), nil
	case errors.Is(err, context.Canceled), errors.As(err, new(*contract.Distrust)):
		return nil, err
	case err != nil:
		c.srv.Log.Warn("the shell did not answer", "request", c.id, "event", event, "error", err)
		return nil, unavailable()
	}
	return c.outcome(m.Event.Key, out)
}

// precheck asks the engine whether an event would be accepted, and holds the
// answers against the form, from what is stored. It writes and locks nothing;
// what the command of the task says to them is for Commit.
func (c *call) precheck(m move) error {
	p, err := c.process(m.Root)
	if err != nil {
		return err
	}
	if m.Data == nil {
		return c.withHappened(m.Event.Key, p.check(m.Event))
	}
	t, err := process.TaskByKey(c.db(), m.Event.Key)
	if err == nil && t.Form == "" && len(m.Data) > 0 {
		return models.Refuse("no-form")
	}
	if errors.Is(err, process.ErrNotFound) || err == nil && !bundles.Submits(m.Event.Operation, t.Form, t.Command) {
		return c.withHappened(m.Event.Key, p.check(m.Event))
	}
	if err != nil {
		return err
	}
	data, err := json.Marshal(m.Data)
	if err != nil {
		return err
	}
	_, _, err = p.bundle.Submit(p.state, p.world.Input, bundles.Submission{Event: m.Event, Form: t.Form, Data: data})
	return c.withHappened(m.Event.Key, refusalOfEngine(err))
}

// withHappened adds to a conflict who has won the race for the task that an event was about.
func (c *call) withHappened(task int64, err error) error {
	if err == nil {
		return nil
	}
	p := problemOf(err)
	if p.Status != http.StatusConflict {
		return err
	}
	c.happened(task, p)
	return p
}

func (m move) request(event, digest string) (contract.Request, error) {
	m.Event.ID = event
	raw, err := json.Marshal(m.Event)
	if err != nil {
		return contract.Request{}, err
	}
	acting, err := json.Marshal(m.Acting)
	if err != nil {
		return contract.Request{}, err
	}
	r := contract.Request{Root: m.Root, ID: event, Name: m.Name, Event: raw, Acting: acting, Digest: digest}
	if m.Data != nil {
		r.Data, err = json.Marshal(m.Data)
	}
	return r, err
}

// accepted says where to ask for the outcome.
func (c *call) accepted(event string) reply {
	at := "/api/v1/outcomes/" + event
	return reply{
		Status: http.StatusAccepted, Header: map[string]string{"Location": at, "Retry-After": "1"},
		Body: wire.Accepted{Event: event, Location: at},
	}
}

// outcome answers with what an event led to: the next tasks and the project, as they are now.
func (c *call) outcome(task int64, out contract.Outcome) (any, error) {
	switch out.Verdict {
	case contract.Refused:
		return nil, c.withHappened(task, refusalOf(out.Code, out.Refusal))
	case contract.Defect:
		return nil, defect()
	}
	return c.result(out)
}

// result shows what an event that was applied left behind: the tasks that it
// opened, as far as they are still open, and the matter as it is now.
func (c *call) result(o contract.Outcome) (any, error) {
	row, found, err := process.OutcomeOf(c.db(), o.Event)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, notFound()
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.OperationResult{Event: o.Event}
	if out.NextTasks, err = c.stillOpen(d, row.Root, o.Opened); err != nil {
		return nil, err
	}
	if out.Task, err = c.actedTask(o.Task); err != nil {
		return nil, err
	}
	root, err := process.RootByKey(c.db(), row.Root)
	if err != nil || root.Project == "" {
		return out, err
	}
	p, err := c.project(root.Project)
	var hidden *models.Refusal
	if errors.As(err, &hidden) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	s := c.summary(d, p)
	out.Project = &s
	return out, nil
}

// stillOpen are the open tasks of a root among those that an event opened.
func (c *call) stillOpen(d *directory, root int64, opened []int64) ([]wire.NextTask, error) {
	open, err := process.OpenTasks(c.db(), root)
	if err != nil {
		return nil, err
	}
	return c.nextTasks(d, slices.DeleteFunc(open, func(t process.Task) bool { return !slices.Contains(opened, t.Key) }))
}

// actedTask is the task that an event was about, as it is now; nil when there is none.
func (c *call) actedTask(key int64) (*wire.TaskSummary, error) {
	if key == 0 {
		return nil, nil
	}
	t, err := process.TaskByKey(c.db(), key)
	if errors.Is(err, process.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := c.taskView([]process.Task{t})
	if err != nil {
		return nil, err
	}
	s := v.summary(t, process.ScopeMine)
	return &s, nil
}

// happened tells the loser of a race who has won it.
func (c *call) happened(task int64, p *problem) {
	act, err := process.LastAct(c.db(), task)
	if err != nil {
		return
	}
	d, err := c.directory()
	if err != nil || d.know(act.Person) != nil {
		return
	}
	t, err := process.TaskByKey(c.db(), task)
	if err != nil {
		return
	}
	p.Happened = &wire.Happened{Operation: act.Operation, Actor: d.maybe(act.Person, act.Post), At: local(&act.At), Version: t.Version}
}

// getOutcome tells what became of an event of the person's own.
func getOutcome(c *call) (any, error) {
	event := c.Param("event")
	if !strings.HasPrefix(event, "u:"+c.who.Person.ID+":") {
		return nil, notFound()
	}
	row, found, err := process.OutcomeOf(c.db(), event)
	if err != nil {
		return nil, err
	}
	if !found {
		return c.accepted(event), nil
	}
	var out contract.Outcome
	if err := row.Body.Into(&out); err != nil {
		return nil, err
	}
	out.Event = event
	return c.outcome(0, out)
}
