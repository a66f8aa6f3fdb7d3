package api

import (
	"net/http"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// followCase lets the person follow a case, or no longer: it is in a list of his own.
func (c *call) followCase(root process.RootState, in wire.CaseRequest) (any, error) {
	a, err := c.acting(in.Post, "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		err := process.Follow(tx, root.Key, a.Person, a.At, c.Param("act") == "follow")
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}}, err
	})
}

// mayFollowCase offers one of the two.
func (c *call) mayFollowCase(p *matter, act caseAct) error {
	follows, err := process.Follows(c.db(), p.root.Key, c.who.Person.ID)
	if err == nil && follows == (act.name == "follow") {
		err = models.Refuse("follow-is-so")
	}
	return err
}

// copyCase gives a case to others to read (抄送).
func (c *call) copyCase(root process.RootState, in wire.CaseRequest) (any, error) {
	a, err := c.acting(in.Post, "", in.Reason)
	if err != nil {
		return nil, err
	}
	if err := c.mayCopyMatter(root); err != nil {
		return nil, err
	}
	for i, p := range in.Persons {
		who, err := c.srv.identity(c, p, office.Session{})
		if err != nil {
			return nil, err
		}
		if who == nil {
			continue // said with the other mistakes of the list
		}
		why, err := c.unseen(p, process.Task{Dept: root.Dept}, a.Post)
		if err != nil {
			return nil, err
		}
		if why != "" { // a copy never widens what somebody sees (domain/access.md S9)
			wrong := notEligible(p, why)
			wrong.Fields = []fieldProblem{{Pointer: "/persons/" + strconv.Itoa(i), Code: "receiver." + why}}
			return nil, wrong
		}
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		err := acts.CopyCase(tx, a, acts.CaseReading{Root: root, Text: in.Reason, Persons: in.Persons})
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}}}, err
	})
}

func (c *call) mayCopyCase(p *matter, _ caseAct) error { return c.mayCopyMatter(p.root) }

// mayCopyMatter refuses who has no part in a case, or one of a project: its tasks are copied where they are decided.
func (c *call) mayCopyMatter(root process.RootState) error {
	finding, err := c.isRectification(root)
	if err != nil {
		return err
	}
	if root.Project != "" || finding {
		return models.Refuse("copy-the-task")
	}
	has, err := process.HasPart(c.db(), root.Key, c.who.Person.ID, c.who.postIDs())
	if err != nil || has {
		return err
	}
	governs, err := c.governsCase(root)
	if err == nil && !governs {
		err = models.Refuse("forbidden")
	}
	return err
}
