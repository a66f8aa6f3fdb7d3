package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// askSecond stores an act on a case that a second person must confirm, as the case
// stands; what could not be done anyhow is refused at once.
func (c *call) askSecond(act caseAct, m move, in wire.CaseRequest, asked process.Task) (any, error) {
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		p, err := c.process(m.Root)
		if err != nil {
			return reply{}, err
		}
		if act.moves {
			if err := c.aim(p, &m.Event, in); err != nil {
				return reply{}, err
			}
		}
		if m.Event.Seen == "" {
			m.Event.Seen = p.state.Standing()
		}
		if err := p.check(m.Event); err != nil {
			return reply{}, err
		}
		return c.ask(tx, p, m, asked)
	})
	if err != nil && asked.Key != 0 {
		return nil, c.withHappened(asked.Key, err)
	}
	return answer, err
}

// ask stores the request, in the place of one that the case has moved on from, and tells who may confirm it.
func (c *call) ask(tx *gorm.DB, p *matter, m move, asked process.Task) (reply, error) {
	earlier, err := process.Confirmations(tx, m.Root, most)
	if err != nil {
		return reply{}, err
	}
	for _, k := range earlier {
		var ev engine.Event
		if err := k.Event.Into(&ev); err != nil {
			return reply{}, err
		}
		if p.movedOn(ev) {
			if err := process.LapseConfirmation(tx, m.Acting, k); err != nil {
				return reply{}, err
			}
		}
	}
	k, err := process.AskSecond(tx, m.Acting, process.Confirmation{
		Root: m.Root, Task: asked.Key, Project: p.root.Project, Operation: m.Name, Event: m.waiting(), Reason: cmp.Or(m.Event.Reason, m.Event.Opinion),
	})
	if err != nil {
		return reply{}, err
	}
	if err := c.tellSeconds(tx, p, k); err != nil {
		return reply{}, err
	}
	out := wire.OperationResult{Event: m.Acting.Event, NextTasks: []wire.NextTask{}, Confirmation: keyText(k.ID)}
	if asked.Key != 0 {
		v, err := c.taskView([]process.Task{asked})
		if err != nil {
			return reply{}, err
		}
		s := v.summary(asked, process.ScopeMine)
		out.Task = &s
	}
	return reply{Status: http.StatusAccepted, Body: out}, nil
}

// movedOn reports whether the case does not stand any more as the actor of an event saw it.
func (p *matter) movedOn(ev engine.Event) bool {
	return !p.root.Open || ev.Seen != "" && ev.Seen != p.state.Standing()
}

// tellSeconds tells everybody who could confirm.
func (c *call) tellSeconds(tx *gorm.DB, p *matter, k process.Confirmation) error {
	var persons []string
	for _, role := range grants[processGovern] {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	if k.Operation == "withdraw" {
		var err error
		if persons, err = process.Holders(tx, k.Task); err != nil {
			return err
		}
	}
	posts, err := c.secondsOf(k)
	if err != nil {
		return err
	}
	if len(posts) > 0 {
		persons = heldBy(p, posts, c.now)
	}
	persons = slices.DeleteFunc(persons, func(id string) bool { return id == k.AskedBy })
	return c.tellOf(tx, "case-confirm", p.root, k, persons...)
}

// tellOf tells persons of a request about a case.
func (c *call) tellOf(tx *gorm.DB, kind office.NotificationKind, root process.RootState, k process.Confirmation, persons ...string) error {
	key := "operation." + k.Operation
	return office.Tell(tx, office.Notification{
		Cause: string(kind) + ":" + keyText(k.ID), Kind: kind, Subject: "case:" + keyText(k.Root), CreatedAt: c.now,
		Args: models.JSONOf(map[string]string{
			"matter": matterOfCase(root), "who": c.who.Person.Name, "whoEn": c.who.Person.NameEn,
			"what": texts.Text(texts.Chinese, key, nil), "whatEn": texts.Text(texts.English, key, nil),
		}),
	}, persons...)
}

// decideConfirmation is the second person's word: what he confirms is done in his name.
func decideConfirmation(c *call) (any, error) {
	var in wire.Decision
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	var named process.Confirmation
	if err := c.db().Where("id = ?", id).Take(&named).Error; errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	} else if err != nil {
		return nil, err
	}
	if err := c.mayConfirm(named); err != nil {
		return nil, err
	}
	if a.Post, err = c.confirmingPost(named); err != nil {
		return nil, err
	}
	a.Event = "u:" + c.who.Person.ID + ":confirmation-" + keyText(id)
	if !in.Accept {
		return wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}, c.settle(a, id, "case-refused", in)
	}
	var asked process.Confirmation
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		asked, err = process.BeginConfirmation(tx, a, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := c.confirmed(asked, a)
	if err != nil {
		return nil, err
	}
	answer, err := c.move(m)
	if err != nil && slices.Contains(overtaken, problemOf(err).Slug) {
		return nil, errors.Join(err, c.lapse(a, asked))
	}
	if err != nil && problemOf(err).Status < http.StatusInternalServerError {
		return nil, errors.Join(err, c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return process.ReleaseConfirmation(tx, asked) }))
	}
	if _, pending := answer.(reply); err != nil || pending {
		return answer, err // asked for again, it is answered from its outcome
	}
	return answer, c.settle(a, id, "case-confirmed", in)
}

// overtaken are refusals that say that what was asked for can never be done as it was asked.
var overtaken = []string{"stale-version", "moved-on", "instance-ended", "task-closed", "no-such-task"}

// settle notes the second person's word, and tells who asked.
func (c *call) settle(a models.Acting, id int64, kind office.NotificationKind, in wire.Decision) error {
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		k, err := process.DecideConfirmation(tx, a, id, in.Accept, in.Reason)
		if err != nil {
			return err
		}
		root, err := process.RootByKey(tx, k.Root)
		if err != nil {
			return err
		}
		return c.tellOf(tx, kind, root, k, k.AskedBy)
	})
}

// lapse ends the wait of a request that the case has moved on from, and tells who asked.
func (c *call) lapse(a models.Acting, k process.Confirmation) error {
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		root, err := process.RootByKey(tx, k.Root)
		if err != nil {
			return err
		}
		if err := process.LapseConfirmation(tx, a, k); err != nil {
			return err
		}
		return c.tellOf(tx, "case-moved-on", root, k, k.AskedBy)
	})
}

// listConfirmations lists what waits for a second person, the person's own requests too.
func listConfirmations(c *call) (any, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.ConfirmationPage{}
	out.Items, err = c.confirmations(d)
	return out, err
}

// confirmations says what waits for a second person in all cases, and what follows from it.
func (c *call) confirmations(d *directory) ([]wire.Confirmation, error) {
	all, err := process.Confirmations(c.db(), 0, most)
	if err != nil {
		return nil, err
	}
	return c.confirmationsOf(d, all)
}

// confirmable says what waits for a second person in a case, as far as the person
// has a word in it: to confirm it, or because he governs cases.
func (c *call) confirmable(d *directory, root int64) ([]wire.Confirmation, error) {
	all, err := process.Confirmations(c.db(), root, most)
	if err != nil {
		return nil, err
	}
	var mine []process.Confirmation
	for _, k := range all {
		err := c.mayConfirm(k)
		if err != nil && problemOf(err).Status >= http.StatusInternalServerError {
			return nil, err
		}
		if err == nil || c.who.may(processGovern) || k.AskedBy == c.who.Person.ID {
			mine = append(mine, k)
		}
	}
	return c.confirmationsOf(d, mine)
}

func (c *call) confirmationsOf(d *directory, all []process.Confirmation) ([]wire.Confirmation, error) {
	out := []wire.Confirmation{}
	for _, k := range all {
		w, err := c.confirmation(d, k)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *call) confirmation(d *directory, k process.Confirmation) (wire.Confirmation, error) {
	w := wire.Confirmation{
		ID: keyText(k.ID), Operation: k.Operation, Label: c.text("operation." + k.Operation), Reason: k.Reason, AskedAt: k.AskedAt.In(models.Zone),
		Mine: k.AskedBy == c.who.Person.ID, Case: keyText(k.Root), Effects: []string{},
	}
	if err := d.know(k.AskedBy); err != nil {
		return w, err
	}
	w.AskedBy = d.ref(k.AskedBy, "")
	p, err := c.process(k.Root)
	if err != nil {
		return w, err
	}
	var ev engine.Event
	if err := k.Event.Into(&ev); err != nil {
		return w, err
	}
	w.Matter, w.Stale = matterOfCase(p.root), p.movedOn(ev)
	if s, waits, err := submissionOf(k); err != nil || waits {
		return c.confirmationOf(w, p, s, err)
	}
	if ev.Element == "" {
		w.Effects, err = c.effects(p, k.Operation)
		return w, err
	}
	places := p.state.Places(p.bundle.Program)
	at := slices.IndexFunc(places, func(at engine.RestingPlace) bool { return ev.Key == at.Key || ev.Key == at.Task })
	if at < 0 {
		w.Target, w.Stale = ev.Element, true
		return w, nil
	}
	w.From, w.Target = c.nameOf(p, places[at].Process, places[at].Element), c.nameOf(p, places[at].Process, ev.Element)
	w.Effects = c.jumpEffects(p, places[at], ev.Element)
	return w, nil
}

// fillConfirmations says what waits for a second person in the case of a task.
func (c *call) fillConfirmations(out *wire.TaskDetail, d *directory, t process.Task) (err error) {
	out.Confirmations, err = c.confirmable(d, t.Root)
	return err
}
