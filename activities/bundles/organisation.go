package bundles

import (
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
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
	org := snapshot(version, rows)
	c.org.Store(org)
	return org, nil
}

// snapshot makes intervals of the rows. Units, people and posts have no validity
// of their own yet: who is there has always been there.
func snapshot(version int64, rows office.Organisation) *engine.Org {
	org := &engine.Org{Version: version}
	for _, u := range rows.Units {
		org.Units = append(org.Units, engine.Unit{ID: u.ID, Kind: u.Kind})
	}
	for _, p := range rows.People {
		person := engine.Person{ID: p.ID}
		if p.Active {
			person.Active = []engine.Span{{}}
		}
		org.People = append(org.People, person)
	}
	for _, p := range rows.Posts {
		org.Posts = append(org.Posts, engine.Post{Person: p.PersonID, Role: p.Role, Unit: p.DeptID})
	}
	for _, f := range rows.Functions {
		org.Functions = append(org.Functions, engine.Function{Name: f.Function, Unit: f.Unit, Order: f.Ord, Span: span(f.ValidFrom, f.ValidTo)})
	}
	return org
}

func span(from time.Time, to *time.Time) engine.Span {
	s := engine.Span{From: from.UTC()}
	if to != nil {
		s.To = to.UTC()
	}
	return s
}
