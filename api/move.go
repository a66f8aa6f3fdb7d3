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
	"github.com/quancheng/quancheng/models/books"
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
	task   *process.Task  // that the event is about, where it was read already
}

// about is the task that an event is about, or ErrNotFound.
func (c *call) about(m move) (process.Task, error) {
	if m.task != nil {
		return *m.task, nil
	}
	return process.TaskByKey(c.db(), m.Event.Key)
}

// move checks an event on the stored state, sends it, and answers with what it
// led to. What cannot be accepted is refused here and leaves no history; a
// repetition is answered from its outcome.
func (c *call) move(m move) (any, error) {
	event := m.Acting.Event
	before, err := c.beforeEvent(m.Root, event)
	if err != nil {
		return nil, err
	}
	known := before.Outcome.Event != ""
	r, err := m.request(event, c.digest())
	if err != nil {
		return nil, err
	}
	if known && before.Outcome.Digest != r.Digest { // the workflow, which knows the event, would not look at the body
		return nil, keyReuse()
	}
	if !known {
		if err := c.precheck(m, before.Root); err != nil {
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
	return c.outcome(m.Event.Key, m.Root, out)
}

// precheck asks the engine whether an event would be accepted, and holds the
// answers against the form, from what is stored. It writes and locks nothing;
// what the command of the task says to them is for Commit.
func (c *call) precheck(m move, root process.RootState) error {
	if root.Key == 0 {
		return notFound()
	}
	p, err := c.matter(root, models.DateOf(c.now))
	if err != nil {
		return err
	}
	if m.Data == nil {
		return c.withHappened(m.Event.Key, p.check(m.Event))
	}
	t, err := c.about(m)
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

// outcome answers with what an event of a root led to: the next tasks and the project, as they are now.
func (c *call) outcome(task, root int64, out contract.Outcome) (any, error) {
	switch out.Verdict {
	case contract.Refused:
		return nil, c.withHappened(task, refusalOf(out.Code, out.Refusal))
	case contract.Defect:
		return nil, defect()
	}
	return c.result(root, out)
}

// result shows what an event that was applied left behind: the tasks that it
// opened, as far as they are still open, and the matter as it is now.
func (c *call) result(root int64, o contract.Outcome) (any, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	left, err := process.LeftBehind(c.db(), root, o.Task)
	if err != nil {
		return nil, err
	}
	d.named(left.Names)
	acted, opened := left.Acted, slices.DeleteFunc(left.Open, func(t process.Task) bool { return !slices.Contains(o.Opened, t.Key) })
	out := wire.OperationResult{Event: o.Event}
	out.NextTasks, err = c.nextTasksOf(d, opened, left.Holders)
	if err != nil {
		return nil, err
	}
	project, err := c.projectOf(root, acted, o)
	if err != nil {
		return nil, err
	}
	var rows []books.ProjectRow
	if project != "" {
		p, err := c.project(project)
		var hidden *models.Refusal
		if err != nil && !errors.As(err, &hidden) {
			return nil, err
		}
		if err == nil {
			s := c.summary(d, p)
			out.Project, rows = &s, []books.ProjectRow{p}
		}
	}
	if acted == nil {
		return out, nil
	}
	v, err := c.taskViewWith(d, []process.Task{*acted}, rows...)
	if err != nil {
		return nil, err
	}
	s := v.summary(*acted, process.ScopeMine)
	out.Task = &s
	return out, nil
}

// projectOf is the project of a root: its tasks and outcomes name it, where there are any.
func (c *call) projectOf(root int64, acted *process.Task, o contract.Outcome) (string, error) {
	if acted != nil {
		return acted.Project, nil
	}
	if o.Summary.Project != "" {
		return o.Summary.Project, nil
	}
	row, err := process.RootByKey(c.db(), root)
	return row.Project, err
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
	return c.outcome(0, row.Root, out)
}
