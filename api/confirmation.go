package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
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
		if err := c.mayBegin(p, act.name); err != nil {
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

// ask stores the request, in the place of one that the case has moved on from or whose time is over, and tells who may confirm it.
func (c *call) ask(tx *gorm.DB, p *matter, m move, asked process.Task) (reply, error) {
	earlier, err := process.Confirmations(tx, m.Root, most)
	if err != nil {
		return reply{}, err
	}
	for _, k := range earlier {
		if err := c.clear(tx, p, m, k); err != nil {
			return reply{}, err
		}
	}
	k, err := c.request(tx, p, m, asked)
	if err != nil {
		return reply{}, err
	}
	if k, err = process.AskSecond(tx, m.Acting, k); err != nil {
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

// request is what is stored of a request: who it is for, and until when.
func (c *call) request(tx *gorm.DB, p *matter, m move, asked process.Task) (k process.Confirmation, err error) {
	k = process.Confirmation{
		Root: m.Root, Task: asked.Key, Project: p.root.Project, Operation: m.Name, Event: m.waiting(),
		Reason:  cmp.Or(m.Event.Reason, m.Event.Opinion),
		AskedBy: m.Acting.Person, Benefits: strings.Join(slices.DeleteFunc(append([]string{m.Event.To}, m.Event.Persons...),
			func(id string) bool { return id == "" }), ","),
	}
	if row, known := engine.SecondActOf(m.Name); m.Data != nil || known && row.On == "seat" {
		k.Scope = asked.Key
	}
	if k.Digest, err = askedFor(m); err != nil {
		return k, err
	}
	roles, within, err := c.confirmers(p, k)
	if err != nil || len(roles) == 0 {
		return k, err
	}
	at := p.world.Input.Org.At(c.now)
	if !slices.ContainsFunc(at.Seconds(roles, k.AskedBy), func(post string) bool {
		return slices.ContainsFunc(
			at.Holders(post), func(id string) bool { return id != k.AskedBy && !slices.Contains(strings.Split(k.Benefits, ","), id) },
		)
	}) {
		names := make([]string, len(roles))
		for i, entry := range roles {
			role, _, _ := strings.Cut(entry, "@")
			names[i] = c.text("role." + role)
		}
		return k, models.Refuse("no-second-person", "roles", strings.Join(names, c.text("list.separator")))
	}
	until, err := c.until(tx, within)
	k.ExpiresAt = new(models.Stamp(until))
	return k, err
}

// clear ends the wait of an earlier request that cannot be done any more.
func (c *call) clear(tx *gorm.DB, p *matter, m move, k process.Confirmation) error {
	var ev engine.Event
	if err := k.Event.Into(&ev); err != nil {
		return err
	}
	over := p.movedOn(ev)
	if !over && k.Scope != 0 {
		t, err := process.TaskByKey(tx, k.Scope)
		if err != nil {
			return err
		}
		over = t.State == process.TaskClosed || ev.Version != 0 && t.Version != ev.Version
	}
	switch {
	case over:
		return process.LapseConfirmation(tx, m.Acting, k)
	case k.Over(c.now):
		return sla.Expire(tx, k, c.now)
	}
	return nil
}

// movedOn reports whether the case does not stand any more as the actor of an event saw it.
func (p *matter) movedOn(ev engine.Event) bool {
	return ev.Into == "" && !p.root.Open || ev.Seen != "" && ev.Seen != p.state.Standing()
}

// tellSeconds tells everybody who could confirm.
func (c *call) tellSeconds(tx *gorm.DB, p *matter, k process.Confirmation) error {
	posts, asked, err := c.secondsOf(k)
	if err != nil {
		return err
	}
	persons := heldBy(p, posts, c.now)
	if !asked {
		if persons, err = process.Holders(tx, k.Task); err != nil {
			return err
		}
	}
	persons = slices.DeleteFunc(persons, func(id string) bool { return id == k.AskedBy })
	return c.tellOf(tx, office.CaseConfirm, p.root, k, persons...)
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
	in, id, a, err := c.secondWord()
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
	if asked.Operation == reopenAct {
		answer, err := c.reopened(a, asked, in)
		if err != nil && problemOf(err).Slug == "reopened-already" {
			return nil, errors.Join(err, c.lapse(a, asked))
		}
		return answer, err
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
		return nil, errors.Join(
			err, c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return process.ReleaseConfirmation(tx, asked) }),
		)
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
		if err := c.tellOf(tx, kind, root, k, k.AskedBy); err != nil || in.Accept {
			return err
		}
		return c.tellOfRefusals(tx, root, k)
	})
}

// superior is told when an act was refused again and again.
const superior = "BUREAU_DEPUTY"

// tellOfRefusals tells the superior when an act was refused for the third time.
func (c *call) tellOfRefusals(tx *gorm.DB, root process.RootState, k process.Confirmation) error {
	often, err := process.RefusedOften(tx, k)
	if err != nil || !often {
		return err
	}
	persons, err := office.InRole(tx, superior)
	if err != nil {
		return err
	}
	return c.tellOf(tx, "case-refused-often", root, k, persons...)
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

// listConfirmations lists what the person may confirm, his own requests, and of
// who governs cases all that waits.
func listConfirmations(c *call) (any, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.ConfirmationPage{}
	out.Items, err = c.confirmable(d, 0)
	return out, err
}

// confirmable says what waits for a second person in a case (0: in all), as far as the person
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
		ID: keyText(
			k.ID,
		), Operation: k.Operation, Label: c.text("operation." + k.Operation), Reason: k.Reason, AskedAt: k.AskedAt.In(models.Zone),
		Mine: k.AskedBy == c.who.Person.ID, Case: keyText(k.Root), Effects: []string{}, ExpiresAt: local(k.ExpiresAt),
	}
	if err := d.know(k.AskedBy); err != nil {
		return w, err
	}
	w.AskedBy = d.ref(k.AskedBy, "")
	switch err := c.mayConfirm(k); {
	case err == nil:
		w.MayConfirm = !w.Mine && !slices.Contains(strings.Split(k.Benefits, ","), c.who.Person.ID)
	case problemOf(err).Status >= http.StatusInternalServerError:
		return w, err
	}
	earlier, err := process.RefusedEarlier(c.db(), k)
	if err != nil {
		return w, err
	}
	for _, e := range earlier {
		if err := d.know(e.DecidedBy); err != nil {
			return w, err
		}
		w.Refusals = append(w.Refusals, wire.Refusal{By: d.ref(e.DecidedBy, ""), At: local(e.DecidedAt), Reason: e.Note})
	}
	p, err := c.process(k.Root)
	if err != nil {
		return w, err
	}
	var ev engine.Event
	if err := k.Event.Into(&ev); err != nil {
		return w, err
	}
	w.Matter, w.Stale = matterOfCase(p.root), p.movedOn(ev) || k.Over(c.now)
	if s, waits, err := submissionOf(k); err != nil || waits {
		return c.confirmationOf(w, p, s, err)
	}
	if row, known := engine.SecondActOf(k.Operation); known && row.On == "seat" {
		return c.seatConfirmation(w, d, k, ev)
	}
	if ev.Into != "" {
		w.Target = c.nameOf(p, p.root.Process, ev.Into)
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

// seatConfirmation says whose seat goes to whom.
func (c *call) seatConfirmation(w wire.Confirmation, d *directory, k process.Confirmation, ev engine.Event) (wire.Confirmation, error) {
	t, err := process.TaskByKey(c.db(), k.Scope)
	if err != nil {
		return w, err
	}
	detail, err := t.Details()
	if err != nil {
		return w, err
	}
	w.From, w.Stale = t.Name, w.Stale || t.State == process.TaskClosed
	if k.Operation == lateSign {
		return c.lateConfirmation(w, d, t, ev)
	}
	from := t.Assignee
	if ev.Seat > 0 && ev.Seat <= len(detail.Seats) {
		from = cmp.Or(detail.Seats[ev.Seat-1].Actor, detail.Seats[ev.Seat-1].Principal)
	}
	if err := d.know(from, ev.To); err != nil {
		return w, err
	}
	who := func(id string) string {
		if p := d.maybe(id, ""); p != nil {
			return p.Name
		}
		return c.text("case.effect.seat.nobody")
	}
	if ev.To == "" {
		w.Effects = []string{c.text("case.effect.seat.removed", "task", t.Name, "from", who(from))}
		return w, nil
	}
	w.Effects = []string{c.text("case.effect.seat.given", "task", t.Name, "from", who(from), "to", who(ev.To))}
	return w, nil
}

// fillConfirmations says what waits for a second person in the case of a task.
func (c *call) fillConfirmations(out *wire.TaskDetail, d *directory, t process.Task) (err error) {
	out.Confirmations, err = c.confirmable(d, t.Root)
	return err
}
