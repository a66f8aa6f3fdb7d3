package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
)

func getMe(c *call) (any, error) { return c.me() }

func (c *call) me() (wire.Me, error) {
	d, err := c.directory()
	if err != nil {
		return wire.Me{}, err
	}
	counts, err := c.counts()
	if err != nil {
		return wire.Me{}, err
	}
	var pending []string
	for _, step := range c.who.Session.Steps() {
		pending = append(pending, string(step))
	}
	return wire.Me{
		Person: d.person(c.who.Person, c.who.Posts), Permissions: c.who.permissions(), Counts: counts,
		Dev: c.srv.Dev != nil, Pending: pending, Now: c.now.In(models.Zone),
	}, nil
}
