package api

import (
	"errors"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// withdrawTask lets the initiator take a matter back. Once somebody has decided,
// the holder of the task is asked for his consent, and nothing changes yet.
func (c *call) withdrawTask(t process.Task, m move) (any, error) {
	p, err := c.process(t.Root)
	if err != nil {
		return nil, err
	}
	err = engine.Check(p.bundle.Program, p.state, m.Event, p.world.Input)
	var refused *engine.Refusal
	if !errors.As(err, &refused) || refused.Code != "consent-required" {
		return c.move(m)
	}
	m.Event.Asked, m.Event.Seen = m.Acting.Person, p.state.Standing()
	return c.once(func(tx *gorm.DB) (reply, error) {
		return c.ask(tx, p, m, t)
	})
}

// mayConfirm refuses who has no say in a request: consent is the holder's,
// everything else is for those whom the table or the model names.
func (c *call) mayConfirm(k process.Confirmation) error {
	posts, asked, err := c.secondsOf(k)
	if err != nil {
		return err
	}
	if asked {
		if !slices.ContainsFunc(c.who.postIDs(), func(p string) bool { return contains(posts, p) }) && k.AskedBy != c.who.Person.ID {
			return refuse(http.StatusForbidden, "forbidden")
		}
		return nil
	}
	holds, err := c.holdsTask(k.Task)
	if err == nil && !holds {
		err = refuse(http.StatusForbidden, "not-your-task")
	}
	return err
}

// holdsTask reports whether a task lies in the person's inbox.
func (c *call) holdsTask(key int64) (bool, error) {
	principals, err := process.Candidates(c.db(), key)
	for _, p := range principals {
		if p == c.who.Person.ID || contains(c.who.postIDs(), p) {
			return true, err
		}
	}
	return false, err
}

// confirmingPost is the post in which a person confirms: of a consent that in which he has the task.
func (c *call) confirmingPost(k process.Confirmation) (string, error) {
	posts, asked, err := c.secondsOf(k)
	if err != nil {
		return "", err
	}
	if asked {
		if i := slices.IndexFunc(c.who.postIDs(), func(p string) bool { return contains(posts, p) }); i >= 0 {
			return c.who.postIDs()[i], nil
		}
		return c.who.postWith(processGovern), nil
	}
	t, err := process.TaskByKey(c.db(), k.Task)
	if errors.Is(err, process.ErrNotFound) {
		return "", models.Refuse("no-such-task")
	}
	return c.postFor(t), err
}
