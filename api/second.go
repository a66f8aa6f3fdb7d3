package api

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
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
	if d, err := t.Details(); err != nil || d.Appended { // a step of this case, of which the model says nothing
		return nil, err
	}
	if e := b.Element(t.Process, t.Element); e != nil && e.Ext.Task != nil {
		return e.Ext.Task.Second, nil
	}
	return nil, nil
}

// confirmers are the roles whose holders confirm a request, and how long they have:
// of a submission as the model of its task says, of an act on a case by the table
// of access.md §5. None: it is the holder's consent that is asked.
func (c *call) confirmers(p *matter, k process.Confirmation) (roles []string, within string, err error) {
	s, waits, err := submissionOf(k)
	if err != nil {
		return nil, "", err
	}
	if !waits {
		row, known := engine.SecondActOf(k.Operation)
		if !known || p.world.Input.Org == nil {
			return nil, "", nil
		}
		pair, _ := row.Between(p.world.Input.Org.At(c.now), k.AskedBy, true)
		return pair.Second, row.Within, nil
	}
	t, err := process.TaskByKey(c.db(), k.Task)
	if errors.Is(err, process.ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if e := p.bundle.Element(t.Process, t.Element); e != nil && e.Ext.Task != nil && len(e.Ext.Task.Second) > 0 {
		return e.Ext.Task.Second, cmp.Or(e.Ext.Task.SecondWithin, engine.SecondWithin), nil
	}
	if row, _ := engine.SecondActOf(backRegisterAct); s.backdated() {
		return row.Pairs[0].Second, row.Within, nil
	}
	return nil, "", nil
}

// secondsOf are the posts whose holders may confirm a request; not asked: it is
// for the holder of the task.
func (c *call) secondsOf(k process.Confirmation) (posts []string, asked bool, err error) {
	p, err := c.process(k.Root)
	if err != nil {
		return nil, false, err
	}
	roles, _, err := c.confirmers(p, k)
	if err != nil || len(roles) == 0 {
		return nil, false, err
	}
	return p.world.Input.Org.At(c.now).Seconds(roles, k.AskedBy), true, nil
}

// until is when the time of a second person is over: the end of the last working day, or after some hours.
func (c *call) until(tx *gorm.DB, within string) (time.Time, error) {
	days, hours, err := engine.ParseWithin(within)
	if err != nil || days == 0 {
		return c.now.Add(hours), err
	}
	clock, err := sla.Load(tx, models.DateOf(c.now))
	return clock.Due(c.now, days, nil), err
}

// mayBegin refuses who may not ask for an act that a second person confirms. Who
// governs a case by its own model, and not by a post of the house, may.
func (c *call) mayBegin(p *matter, act string) error {
	row, known := engine.SecondActOf(act)
	if !known || p.world.Input.Org == nil {
		return nil
	}
	if _, may := row.Between(p.world.Input.Org.At(c.now), c.who.Person.ID, !c.who.may(processGovern)); !may {
		return refuse(http.StatusForbidden, "forbidden")
	}
	return nil
}

// bySecond is the act of the table that an operation on a seat is, if a second
// person confirms it: a statutory signature goes to somebody else, a seat that the
// model has made is taken away.
func (c *call) bySecond(t process.Task, m move) (bool, error) {
	row, known := engine.SecondActOf(m.Name)
	if !known || row.On != "seat" || m.Name == lateSign {
		return false, nil
	}
	p, err := c.process(t.Root)
	if err != nil || p.world.Input.Org == nil {
		return false, err
	}
	e := p.bundle.Element(t.Process, t.Element)
	statutory := e != nil && e.Ext.Task != nil && e.Ext.Task.Statutory
	if m.Name != "removeSign" {
		return statutory, nil
	}
	d, err := t.Details()
	if err != nil || m.Event.Seat < 1 || m.Event.Seat > len(d.Seats) {
		return false, err
	}
	return !statutory && d.Seats[m.Event.Seat-1].AddedBy == "", nil
}

// askSeat keeps an act on a seat until a second person has confirmed it. What
// would be refused is refused at once.
func (c *call) askSeat(t process.Task, m move) (any, error) {
	return c.once(func(tx *gorm.DB) (reply, error) {
		p, err := c.process(t.Root)
		if err != nil {
			return reply{}, err
		}
		if err := c.mayBegin(p, m.Name); err != nil {
			return reply{}, err
		}
		if err := p.check(m.Event); err != nil {
			return reply{}, c.withHappened(t.Key, err)
		}
		return c.ask(tx, p, m, t)
	})
}

// askedFor is the digest of what a request asks for: the same is not asked again
// once it was refused.
func askedFor(m move) (string, error) {
	ev := m.Event
	ev.ID, ev.Actor = "", nil
	raw, err := json.Marshal([]any{m.Name, ev, m.Data, m.Acting.BusinessDate, m.Acting.Reason})
	sum := sm3.Sum(raw)
	return hex.EncodeToString(sum[:]), err
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
	if s.backdated() {
		lines, err := c.backLines(s.Acting.BusinessDate)
		if err != nil {
			return w, err
		}
		w.Effects = append(w.Effects, c.sentences(lines)...)
	}
	w.Effects = append(w.Effects, c.text("case.effect.submit", "who", w.AskedBy.Name))
	return w, nil
}
