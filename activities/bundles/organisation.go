package bundles

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models/office"
)

// organisation is the snapshot of a version; the tables are read again only when
// there is another one. The version moves with every change of them, in the same transaction.
func (c *Cache) organisation(tx *gorm.DB, version int64) (*engine.Org, error) {
	if known := c.org.Load(); known != nil && known.Version == version {
		return known, nil
	}
	rows, err := office.ReadOrganisation(tx)
	if err != nil {
		return nil, err
	}
	org, err := snapshot(version, rows)
	if err != nil {
		return nil, err
	}
	c.org.Store(org)
	return org, nil
}

// snapshot makes intervals of the rows. A person has no validity of his own: who
// is active has always been there.
func snapshot(version int64, rows office.Organisation) (*engine.Org, error) {
	org := &engine.Org{Version: version}
	for _, u := range rows.Units {
		org.Units = append(
			org.Units, engine.Unit{ID: u.ID, Kind: u.Kind, Parent: u.Parent, Successor: u.Successor, Span: span(u.ValidFrom, u.ValidTo)},
		)
	}
	admins := map[string]bool{}
	for _, p := range rows.Posts {
		org.Posts = append(
			org.Posts, engine.Post{Person: p.PersonID, Role: p.Role, Unit: p.DeptID, Rank: p.Rank, Span: span(p.ValidFrom, p.ValidTo)},
		)
		admins[p.PersonID] = admins[p.PersonID] || slices.Contains(office.Administrators, p.Role)
	}
	for _, p := range rows.People {
		person := engine.Person{ID: p.ID, Unit: p.EmployerUnit, Admin: admins[p.ID]}
		if p.Active {
			person.Active = []engine.Span{{}}
		}
		org.People = append(org.People, person)
	}
	for _, f := range rows.Functions {
		org.Functions = append(
			org.Functions, engine.Function{Name: f.Function, Unit: f.Unit, Order: f.Ord, Span: span(f.ValidFrom, f.ValidTo)},
		)
	}
	for _, d := range rows.Proxies {
		proxy, err := proxyOf(d)
		if err != nil {
			return nil, err
		}
		org.Proxies = append(org.Proxies, proxy)
	}
	return org, nil
}

func proxyOf(d office.Deputyship) (engine.Proxy, error) {
	until := d.Until()
	p := engine.Proxy{ID: d.ID, Principal: d.Principal, Deputy: d.Deputy, Span: span(d.ValidFrom, &until)}
	if err := errors.Join(d.Roles.Into(&p.Roles), d.Processes.Into(&p.Processes)); err != nil {
		return p, fmt.Errorf("deputyship %d: %w", d.ID, err)
	}
	if d.Cap != nil {
		limit, err := feel.ParseNumber(d.Cap.String())
		if err != nil {
			return p, fmt.Errorf("deputyship %d: %w", d.ID, err)
		}
		p.Cap = &limit
	}
	return p, nil
}

func span(from time.Time, to *time.Time) engine.Span {
	s := engine.Span{From: from.UTC()}
	if to != nil {
		s.To = to.UTC()
	}
	return s
}
