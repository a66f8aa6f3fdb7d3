package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// withdrawCase takes a matter back for who began it: an application before it is
// accepted, anything else where a task of it offers that.
func (c *call) withdrawCase(root process.RootState, in wire.CaseRequest) (any, error) {
	if root.Project != "" && root.BusinessKey == root.Project {
		row, err := c.project(root.Project)
		if err != nil {
			return nil, err
		}
		if t, err := c.backFrom(root, row.Project); err == nil {
			return c.operate(t, wire.OperationRequest{Operation: "withdraw", Reason: in.Reason, Post: in.Post, Version: t.Version}, c.event())
		}
		return c.withdraw(row, wire.ProjectAct{Reason: in.Reason, Post: in.Post})
	}
	t, err := c.withdrawable(root.Key)
	if err != nil {
		return c.revoke(root, in, err)
	}
	return c.operate(t, wire.OperationRequest{Operation: "withdraw", Reason: in.Reason, Post: in.Post, Version: t.Version}, c.event())
}

func (c *call) mayWithdrawCase(p *matter, _ caseAct) error {
	if p.root.Project != "" && p.root.BusinessKey == p.root.Project {
		row, err := c.project(p.root.Project)
		if err != nil {
			return err
		}
		a, err := c.acting("", "", "")
		if err == nil && !acts.MayWithdraw(a, row.Project) {
			if _, err := c.backFrom(p.root, row.Project); err == nil {
				return nil
			}
			return models.Refuse("not-withdrawable", "stage", c.text("stage."+string(row.Stage)))
		}
		return err
	}
	_, err := c.withdrawable(p.root.Key)
	if err != nil {
		return c.mayRevoke(p.root, err)
	}
	return nil
}

// backFrom is the open task from which an application that has been accepted goes
// back to who began it, with the consent of who holds that task.
func (c *call) backFrom(root process.RootState, p books.Project) (process.Task, error) {
	a, err := c.acting("", "", "")
	if err != nil || acts.MayWithdraw(a, p) {
		return process.Task{}, cmp.Or(err, error(models.Refuse("nothing-to-withdraw")))
	}
	return c.withdrawable(root.Key)
}

// revoke ends a case for who began it, where no task leads back to him and
// nobody has said anything about it yet.
func (c *call) revoke(root process.RootState, in wire.CaseRequest, why error) (any, error) {
	if err := c.mayRevoke(root, why); err != nil {
		return nil, err
	}
	act, _ := caseActNamed("terminate")
	act.name, act.second = "withdraw", false
	return c.govern(act, root.Key, in, process.Task{})
}

// mayRevoke says why not: as the tasks said, or what has happened since.
func (c *call) mayRevoke(root process.RootState, why error) error {
	begun, found, err := process.BegunOf(c.db(), root.Key)
	if err != nil || !found || begun.Person != c.who.Person.ID {
		return cmp.Or(err, why)
	}
	if !root.Open {
		return models.Refuse("instance-ended")
	}
	acts, err := process.ActsOf(c.db(), root.Key)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(acts, func(a process.TaskAct) bool {
		return a.Person != begun.Person && !a.Void && !quiet[a.Operation] && !slices.Contains(process.Remarks, a.Operation)
	}) {
		return models.Refuse("already-decided")
	}
	return nil
}

// withdrawable is the open task by which the person can take a matter back.
func (c *call) withdrawable(root int64) (process.Task, error) {
	p, err := c.process(root)
	if err != nil {
		return process.Task{}, err
	}
	open, err := process.OpenTasks(c.db(), root)
	if err != nil {
		return process.Task{}, err
	}
	op, _ := operationNamed("withdraw")
	a, err := c.acting("", "", "")
	if err != nil {
		return process.Task{}, err
	}
	for _, t := range open {
		detail, err := t.Details()
		if err != nil {
			return t, err
		}
		if !op.known(t, detail) {
			continue
		}
		err = p.check(c.probe(p, t, op, a))
		var refused *models.Refusal
		if err == nil || errors.As(err, &refused) && refused.Code == "consent-required" {
			return t, nil
		}
	}
	return process.Task{}, models.Refuse("nothing-to-withdraw")
}

// urgeCase asks all who hold an open task to hurry, or the liaison of the bureau whose word is waited for.
func (c *call) urgeCase(root process.RootState, in wire.CaseRequest) (any, error) {
	p, err := c.process(root.Key)
	if err != nil {
		return nil, err
	}
	a, err := c.acting(in.Post, "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		urged, err := c.urgeAll(tx, a, p, in.Reason)
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		next, err := c.nextTasks(d, urged)
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, NextTasks: next}}, err
	})
}

// urgeAll urges what may be urged; where nothing may, it says why.
func (c *call) urgeAll(tx *gorm.DB, a models.Acting, p *matter, text string) ([]process.Task, error) {
	open, err := process.OpenTasks(tx, p.root.Key)
	if err != nil {
		return nil, err
	}
	var urged []process.Task
	var why error = models.Refuse("nobody-to-urge")
	for _, t := range open {
		r := acts.Remark{Task: t, Text: text, Supervises: c.who.may(taskSupervise)}
		err := acts.MayUrge(tx, a, r)
		if err == nil {
			err = acts.Urge(tx, a, r)
			urged = append(urged, t)
		}
		var refused *models.Refusal
		if why = err; err != nil && !errors.As(err, &refused) {
			return nil, err
		}
	}
	if len(open) == 0 {
		for _, bureau := range bureausAtWork(p) {
			if err := acts.UrgeBureau(tx, a, acts.Bureau{Root: p.root, Partner: bureau, Text: text,
				Supervises: c.who.may(taskSupervise)}); err != nil {
				return nil, err
			}
			why = nil
		}
	}
	if len(urged) > 0 {
		return urged, nil
	}
	return nil, why
}

func (c *call) mayUrgeCase(p *matter, _ caseAct) error {
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	open, err := process.OpenTasks(c.db(), p.root.Key)
	if err != nil {
		return err
	}
	why := error(models.Refuse("nobody-to-urge"))
	for _, t := range open {
		if why = acts.MayUrge(c.db(), a, acts.Remark{Task: t, Supervises: c.who.may(taskSupervise)}); why == nil {
			return nil
		}
	}
	if len(open) == 0 && len(bureausAtWork(p)) > 0 {
		return acts.MayUrgeBureau(c.db(), a, acts.Bureau{Root: p.root, Supervises: c.who.may(taskSupervise)})
	}
	return why
}
