package api

import (
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
)

const (
	reopenAct    = "reopen"
	reopenWithin = 30 // calendar days after its end (domain: approval.md §2, 38)
)

// reopenable refuses what is not taken up again: an open case, one that ended too
// long ago, one that goes on elsewhere already, and one whose steps write into the
// books: what has begun there since cannot be undone by a token.
func (c *call) reopenable(p *matter) error {
	if p.root.Open {
		return models.Refuse("not-ended")
	}
	i, err := process.InstanceByKey(c.db(), p.root.Key)
	if err != nil {
		return err
	}
	if i.EndedAt == nil || models.DateOf(c.now) > models.DateOf(*i.EndedAt).AddDays(reopenWithin) {
		return models.Refuse("reopen-too-late")
	}
	if _, again, err := process.ReopenedOf(c.db(), p.root.Key); err != nil || again {
		return orElse(err, models.Refuse("reopened-already"))
	}
	_, begun, err := process.BegunOf(c.db(), p.root.Key)
	if err != nil {
		return err
	}
	if !begun || p.root.Project != "" || writesBooks(p.bundle.Process(p.root.Process)) {
		return models.Refuse("not-reopened")
	}
	return nil
}

// writesBooks reports whether a process does more than ask people: a command, outside work, a call.
func writesBooks(root *bpmn.Element) bool {
	writes := root == nil
	if root != nil {
		root.Walk(func(e *bpmn.Element) {
			writes = writes || e.Ext.Command != "" || e.Kind == bpmn.KindServiceTask || e.Kind == bpmn.KindSendTask ||
				e.Kind == bpmn.KindCallActivity
		})
	}
	return writes
}

// reopenTargets are the tasks that a case has come by, at which it can go on.
func (c *call) reopenTargets(p *matter) ([]wire.Target, error) {
	var visited []string
	err := c.db().Model(&process.ElementInstance{}).Where("root = ? AND instance = ?", p.root.Key, p.root.Key).Order("key").
		Pluck("element", &visited).Error
	out := []wire.Target{}
	for _, id := range visited {
		ev := engine.Event{ID: "probe", Type: engine.Start, Process: p.root.Process, BusinessKey: "probe", Into: id}
		if slices.ContainsFunc(out, func(t wire.Target) bool { return t.ID == id }) ||
			engine.Check(p.bundle.Program, engine.NewState(1), ev, p.world.Input) != nil {
			continue
		}
		out = append(out, wire.Target{ID: id, Name: c.nameOf(p, p.root.Process, id)})
	}
	return out, err
}

func (c *call) mayReopenCase(p *matter, _ caseAct) error { return c.reopenable(p) }

// reopenCase asks a second person to take up an ended case again (唤醒).
func (c *call) reopenCase(root process.RootState, in wire.CaseRequest) (any, error) {
	a, err := c.acting(in.Post, "", strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	m := move{Root: root.Key, Name: reopenAct, Acting: a, Event: engine.Event{
		Type: engine.Start, Key: root.Key, Actor: c.actor(a), Reason: a.Reason, Process: root.Process, Into: in.Target,
	}}
	return c.once(func(tx *gorm.DB) (reply, error) {
		p, err := c.process(root.Key)
		if err != nil {
			return reply{}, err
		}
		if err := c.mayBegin(p, reopenAct); err != nil {
			return reply{}, err
		}
		if err := c.reopenable(p); err != nil {
			return reply{}, err
		}
		targets, err := c.reopenTargets(p)
		if err != nil {
			return reply{}, err
		}
		if !slices.ContainsFunc(targets, func(t wire.Target) bool { return t.ID == in.Target }) {
			return reply{}, models.Refuse("no-such-target")
		}
		return c.ask(tx, p, m, process.Task{})
	})
}

// reopened does what a second person has confirmed: the case that goes on is
// another one, each knows of the other, and who began the first is told.
func (c *call) reopened(a models.Acting, k process.Confirmation, in wire.Decision) (any, error) {
	var ev engine.Event
	if err := k.Event.Into(&ev); err != nil {
		return nil, err
	}
	p, err := c.process(k.Root)
	if err != nil {
		return nil, err
	}
	out := wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}
	var number string
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if number, err = models.NextCode(tx, seriesMatter, c.now.In(models.Zone).Year()); err != nil {
			return err
		}
		a.Reason = k.Reason
		r := process.Reopened{IntoElement: ev.Into, AskedBy: k.AskedBy, ConfirmedBy: a.Person}
		root, err := process.Reopen(tx, a, p.root, r, number)
		if err != nil {
			return err
		}
		out.Case = keyText(root)
		for key, detail := range map[int64]map[string]any{
			k.Root: {"again": keyText(root), "into": ev.Into}, root: {"from": keyText(k.Root), "into": ev.Into},
		} {
			entry := audit.AuditEntry{
				Action: "case.reopen", Subject: "instance:" + keyText(key), Reason: k.Reason, Detail: models.JSONOf(detail),
			}
			if err := audit.Audit(tx, "i:"+keyText(key), a, entry); err != nil {
				return err
			}
		}
		begun, _, err := process.BegunOf(tx, root)
		if err != nil {
			return err
		}
		again, err := process.RootByKey(tx, root)
		if err != nil {
			return err
		}
		return c.tellOf(tx, "case-reopened", again, k, begun.Person)
	})
	if err != nil {
		return nil, err
	}
	if err := c.settle(a, k.ID, "case-confirmed", in); err != nil {
		return nil, err
	}
	c.hurry(process.StartEntry(p.root.Process, number))
	return out, nil
}

// fillReopened says on the page of a case which one it goes on for, and which goes on for it.
func (c *call) fillReopened(out *wire.Case, root int64) error {
	later, found, err := process.ReopenedOf(c.db(), root)
	if err != nil {
		return err
	}
	if found {
		out.ReopenedAs = keyText(later.Again)
	}
	earlier, found, err := process.ReopenedFrom(c.db(), root)
	if found {
		out.ReopenedFrom = keyText(earlier.Root)
	}
	return err
}
