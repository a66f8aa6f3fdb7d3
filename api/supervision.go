package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
)

// superviseCase sets a leader's tighter clock on the open tasks of a case (督办), or ends it.
func (c *call) superviseCase(root process.RootState, in wire.CaseRequest) (any, error) {
	a, err := c.acting(in.Post, "", in.Reason)
	if err != nil {
		return nil, err
	}
	ends := c.Param("act") == "unsupervise"
	last := models.Date(in.Until)
	switch {
	case ends:
	case !root.Open:
		return nil, models.Refuse("nothing-to-supervise")
	case in.Until == "":
		return nil, invalid().field("/until", "field.required")
	case last < models.DateOf(c.now):
		return nil, invalid().field("/until", "supervise-past")
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if ends {
			err = c.unsupervise(tx, a, root)
		} else {
			_, err = sla.Supervise(tx, a, root, last)
		}
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}}, err
	})
}

func (c *call) unsupervise(tx *gorm.DB, a models.Acting, root process.RootState) error {
	had, err := process.EndSupervision(tx, root.Key, a.Person, a.At)
	if err != nil || !had {
		return orElse(err, models.Refuse("not-supervised"))
	}
	return audit.Audit(tx, "i:"+keyText(root.Key), a, audit.AuditEntry{
		Action: "case.unsupervised", Subject: "instance:" + keyText(root.Key), Project: root.Project, Reason: a.Reason,
	})
}

// maySuperviseCase offers a leader what he can do: set the clock while something
// is open, end it while he has one.
func (c *call) maySuperviseCase(p *matter, act caseAct) error {
	all, err := process.SupervisionsOf(c.db(), p.root.Key)
	if err != nil {
		return err
	}
	mine := false
	for _, s := range all {
		mine = mine || s.Person == c.who.Person.ID
	}
	if act.name == "unsupervise" && !mine {
		return models.Refuse("not-supervised")
	}
	if open, err := process.OpenTasks(c.db(), p.root.Key); err != nil || act.name == "supervise" && len(open) == 0 {
		return orElse(err, models.Refuse("nothing-to-supervise"))
	}
	return nil
}

// listSupervisions is what a leader has an eye on.
func listSupervisions(c *call) (any, error) {
	all, err := process.SupervisedBy(c.db(), c.who.Person.ID, c.now)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.SupervisionPage{Items: []wire.Supervision{}}
	for _, s := range all {
		w, err := c.supervisedRow(d, s)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) supervisedRow(d *directory, s process.Supervised) (wire.Supervision, error) {
	w := wire.Supervision{
		ID: keyText(s.ID), Case: keyText(s.Root), Task: keyText(s.Task), TaskName: s.TaskName, Due: s.DueAt.In(models.Zone),
		TaskDue: local(s.TaskDue), Reason: s.Reason, At: s.At.In(models.Zone), DoneAt: local(s.ClosedAt), State: "open",
	}
	done := s.TaskState == process.TaskClosed
	switch {
	case done && s.ClosedAt != nil && s.ClosedAt.After(s.DueAt):
		w.State = "doneLate"
	case done:
		w.State = "done"
	case c.now.After(s.DueAt):
		w.State = "late"
	}
	root, err := process.RootByKey(c.db(), s.Root)
	if err != nil {
		return w, err
	}
	name := wire.Case{}
	if err := c.fillMatterOfCase(&name, root); err != nil {
		return w, err
	}
	w.Matter, w.MatterName = matterOfCase(root), name.MatterName
	if done {
		return w, nil
	}
	t, err := process.TaskByKey(c.db(), s.Task)
	if err != nil {
		return w, err
	}
	next, err := c.nextTasks(d, []process.Task{t})
	if err == nil {
		w.Holders = next[0].Holders
	}
	return w, err
}

// supervised is the tightest day that a leader has set for an open task.
func (c *call) supervised(out *wire.TaskDetail, d *directory, t process.Task) error {
	all, err := process.SupervisionsOf(c.db(), t.Root)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Task != t.Key {
			continue
		}
		if err := d.know(s.Person); err != nil {
			return err
		}
		out.Supervised = &wire.SupervisedTask{By: d.ref(s.Person, ""), Due: s.DueAt.In(models.Zone), Reason: s.Reason}
		return nil
	}
	return nil
}
