package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// askSecond stores an operation that a second person must confirm; what could
// not be done anyhow is refused at once.
func (c *call) askSecond(t process.Task, m move) (any, error) {
	p, err := c.process(m.Root)
	if err != nil {
		return nil, err
	}
	if err := p.check(m.Event); err != nil {
		return nil, c.withHappened(t.Key, err)
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		asked, err := process.AskSecond(tx, m.Acting, process.Confirmation{
			Root: m.Root, Task: t.Key, Project: t.Project, Operation: m.Name, Event: models.JSONOf(m.Event), Reason: m.Event.Reason,
		})
		if err != nil {
			return reply{}, err
		}
		if err := c.tellSeconds(tx, t, m); err != nil {
			return reply{}, err
		}
		v, err := c.taskView([]process.Task{t})
		if err != nil {
			return reply{}, err
		}
		s := v.summary(t, process.ScopeMine)
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: m.Acting.Event, Task: &s, NextTasks: []wire.NextTask{}, Confirmation: keyText(asked.ID)}}, nil
	})
}

// tellSeconds tells everybody who could confirm.
func (c *call) tellSeconds(tx *gorm.DB, t process.Task, m move) error {
	var persons []string
	for _, role := range grants[processGovern] {
		var held []string
		if err := tx.Raw(`SELECT DISTINCT q.id FROM post p JOIN person q ON q.id = p.person_id WHERE p.role = ? AND q.active AND q.id <> ? ORDER BY q.id`, role, m.Acting.Person).Scan(&held).Error; err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	return office.Tell(tx, office.Notification{
		Cause: "confirm:" + m.Acting.Event, Kind: "task-confirm", Subject: "task:" + keyText(t.Key), CreatedAt: c.now,
		Args: models.JSONOf(map[string]string{"task": t.Name, "taskEn": t.NameEn, "matter": matterOf(t), "who": c.who.Person.Name, "whoEn": c.who.Person.NameEn}),
	}, persons...)
}

func matterOf(t process.Task) string {
	if t.Project != "" {
		return t.Project
	}
	return t.BusinessKey
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
	a.Event = "u:" + c.who.Person.ID + ":confirmation-" + keyText(id)
	decide := func() error {
		return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
			_, err := process.DecideConfirmation(tx, a, id, in.Accept, in.Reason)
			return err
		})
	}
	if !in.Accept {
		return wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}, decide()
	}
	asked, err := process.ConfirmationToDecide(c.db(), a, id)
	if err != nil {
		return nil, err
	}
	m := move{Root: asked.Root, Name: asked.Operation, Acting: a}
	if err := asked.Event.Into(&m.Event); err != nil {
		return nil, err
	}
	m.Event.Actor, m.Event.Version = c.actor(a), 0
	m.Acting.Reason = asked.Reason
	answer, err := c.move(m)
	if _, pending := answer.(reply); err != nil || pending {
		return answer, err // asked for again, it is answered from its outcome
	}
	return answer, decide()
}

// fillConfirmations says what waits for a second person.
func (c *call) fillConfirmations(out *wire.TaskDetail, d *directory, p *matter, t process.Task) error {
	if !c.who.may(processGovern) {
		return nil
	}
	all, err := process.Confirmations(c.db(), t.Key)
	if err != nil {
		return err
	}
	for _, k := range all {
		if err := d.know(k.AskedBy); err != nil {
			return err
		}
		var ev engine.Event
		if err := k.Event.Into(&ev); err != nil {
			return err
		}
		w := wire.Confirmation{
			ID: keyText(k.ID), Operation: k.Operation, Label: c.text("operation." + k.Operation), Reason: k.Reason, AskedBy: d.ref(k.AskedBy, ""),
			AskedAt: k.AskedAt.In(models.Zone), Mine: k.AskedBy == c.who.Person.ID,
		}
		if ev.Element != "" {
			w.Target = c.target(p, t, ev.Element).Name
		}
		out.Confirmations = append(out.Confirmations, w)
	}
	return nil
}
