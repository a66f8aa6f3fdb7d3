package api

import (
	"sync"

	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
)

// standing keeps what changes a few times a year and is asked for by nearly every
// request: units, who is an expert, the newest processes. It is safe for
// concurrent use; what it gives out is not changed.
type standing struct {
	mu        sync.Mutex
	org       int64 // the version of the organisation of which these are
	depts     map[string]office.Dept
	experts   map[string]bool
	deployed  int64 // how many definitions there were
	processes map[string]process.Definition
}

// edition says whether anything came since, in one statement: every change of a
// unit or a post moves the version of the organisation (by triggers), definitions
// are added only.
type edition struct {
	sla.Edition
	Org      int64
	Deployed int64
}

// edition is read once per call, and anew with its directory.
func (c *call) edition() (edition, error) {
	if c.stood != nil {
		return *c.stood, nil
	}
	var now edition
	err := c.srv.DB.Read(c.Request.Context()).Raw("SELECT " + sla.Editions +
		", (SELECT version FROM org_version) AS org, (SELECT count(*) FROM definition) AS deployed").Scan(&now).Error
	if err == nil {
		c.stood = &now
	}
	return now, err
}

// organisation is the units by id, and the persons who are experts.
func (c *call) organisation() (map[string]office.Dept, map[string]bool, error) {
	now, err := c.edition()
	if err != nil {
		return nil, nil, err
	}
	s := &c.srv.stands
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.depts != nil && s.org == now.Org {
		return s.depts, s.experts, nil
	}
	db := c.srv.DB.Read(c.Request.Context())
	var units []office.Dept
	var people []string
	err = db.Find(&units).Error
	if err == nil {
		err = db.Raw("SELECT DISTINCT person_id FROM post WHERE role = ?", expertRole).Scan(&people).Error
	}
	if err != nil {
		return nil, nil, err
	}
	depts, experts := make(map[string]office.Dept, len(units)), make(map[string]bool, len(people))
	for _, d := range units {
		depts[d.ID] = d
	}
	for _, p := range people {
		experts[p] = true
	}
	s.org, s.depts, s.experts = now.Org, depts, experts
	return depts, experts, nil
}

// definitions are the newest of each process.
func (c *call) definitions() (map[string]process.Definition, error) {
	now, err := c.edition()
	if err != nil {
		return nil, err
	}
	s := &c.srv.stands
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.processes != nil && s.deployed == now.Deployed {
		return s.processes, nil
	}
	var all []process.Definition
	if err := c.srv.DB.Read(c.Request.Context()).Order("version").Find(&all).Error; err != nil {
		return nil, err
	}
	out := make(map[string]process.Definition, len(all))
	for _, d := range all {
		out[d.Process] = d
	}
	s.deployed, s.processes = now.Deployed, out
	return out, nil
}
