package api

import (
	"cmp"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// submission is what somebody has submitted to a task and a second person
// confirms before it counts (domain: access.md §5). It stands in the place of the
// event of a request, whose fields are its own.
type submission struct {
	engine.Event
	Acting *models.Acting `json:"acting,omitempty"`
	Data   map[string]any `json:"data,omitempty"`
}

// waiting is how a move is stored while a second person is asked.
func (m move) waiting() models.JSON {
	if m.Data == nil {
		return models.JSONOf(m.Event)
	}
	return models.JSONOf(submission{m.Event, &m.Acting, m.Data})
}

// submissionOf is the submission that waits, if the request is one.
func submissionOf(k process.Confirmation) (s submission, waits bool, err error) {
	err = k.Event.Into(&s)
	return s, s.Acting != nil, err
}

// seconds are the roles whose holders confirm what is submitted to a task.
func (c *call) seconds(t process.Task) ([]string, error) {
	b, err := c.srv.Bundles.Load(c.Request.Context(), t.Bundle)
	if err != nil {
		return nil, err
	}
	if e := b.Element(t.Process, t.Element); e != nil && e.Ext.Task != nil {
		return e.Ext.Task.Second, nil
	}
	return nil, nil
}

// secondsOf are the posts whose holders may confirm a request; none: it is for
// those who govern cases, or for the holder of the task.
func (c *call) secondsOf(k process.Confirmation) ([]string, error) {
	if _, waits, err := submissionOf(k); err != nil || !waits {
		return nil, err
	}
	t, err := process.TaskByKey(c.db(), k.Task)
	if errors.Is(err, process.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	roles, err := c.seconds(t)
	if err != nil {
		return nil, err
	}
	p, err := c.process(k.Root)
	if err != nil || p.world.Input.Org == nil {
		return nil, err
	}
	return p.world.Input.Org.At(c.now).Seconds(roles, k.AskedBy), nil
}

// heldBy are the holders of some posts.
func heldBy(p *matter, posts []string, now time.Time) (persons []string) {
	at := p.world.Input.Org.At(now)
	for _, post := range posts {
		persons = append(persons, at.Holders(post)...)
	}
	return persons
}

// askSubmission keeps what was submitted until a second person has confirmed it.
// What would be refused is refused at once.
func (c *call) askSubmission(t process.Task, m move, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	if m.Data == nil {
		m.Data = map[string]any{}
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if _, err := c.foresee(t, m); err != nil {
			return reply{}, c.withHappened(t.Key, err)
		}
		p, err := c.process(t.Root)
		if err != nil {
			return reply{}, err
		}
		return c.ask(tx, p, m, t)
	})
}

// confirmed is the move that a second person has confirmed: of a submission in
// the name of who has submitted it, else in his own.
func (c *call) confirmed(k process.Confirmation, a models.Acting) (move, error) {
	s, waits, err := submissionOf(k)
	m := move{Root: k.Root, Name: k.Operation, Event: s.Event, Acting: a}
	if waits {
		m.Acting, m.Data = *s.Acting, s.Data
		m.Acting.Event, m.Acting.At = a.Event, a.At
		if m.Data == nil {
			m.Data = map[string]any{}
		}
		return m, err
	}
	m.Event.Actor, m.Event.Version = c.actor(a), 0
	m.Acting.Reason = k.Reason
	return m, err
}

// confirmationOf says what a submission is about: what was filled in.
func (c *call) confirmationOf(w wire.Confirmation, p *matter, s submission, err error) (wire.Confirmation, error) {
	if err != nil {
		return w, err
	}
	t, err := process.TaskByKey(c.db(), s.Key)
	if err != nil {
		return w, err
	}
	w.From, w.Stale = t.Name, w.Stale || t.State == process.TaskClosed || s.Version != 0 && t.Version != s.Version
	if form := p.bundle.Forms[t.Form]; form != nil {
		for _, a := range form.Answers(s.Data) {
			label := a.Label
			if c.lang == texts.English {
				label = cmp.Or(a.English, a.Label)
			}
			w.Effects = append(w.Effects, c.text("case.effect.submit.field", "label", label, "value", a.Value))
		}
	}
	w.Effects = append(w.Effects, c.text("case.effect.submit", "who", w.AskedBy.Name))
	return w, nil
}
