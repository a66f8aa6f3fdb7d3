package api

import (
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/process"
)

// most is where counts stop: 100 is shown as 99+.
const most = 100

// counts of the person's inboxes.
func (c *call) counts() (wire.Counts, error) {
	db := c.srv.DB.Read(c.Request.Context())
	var out wire.Counts
	var err error
	if out.Unread, err = c.unread(); err != nil {
		return out, err
	}
	if c.who.may(taskRead) {
		for _, n := range []struct {
			into  *int
			scope process.Scope
			until time.Time // due before; zero: whenever
		}{
			{&out.Mine, process.ScopeMine, time.Time{}},
			{&out.Claimable, process.ScopeClaimable, time.Time{}},
			{&out.Overdue, process.ScopeOpen, c.now},
		} {
			*n.into, err = process.CountInbox(db, process.InboxQuery{
				Person: c.who.Person.ID, Posts: c.who.postIDs(), Scope: n.scope, DueBefore: n.until,
			}, most)
			if err != nil {
				return out, err
			}
		}
	}
	if c.who.may(incidentRead) {
		n, err := countUpTo(db.Table("incident").Where("resolved_at IS NULL"))
		if err != nil {
			return out, err
		}
		out.Incidents = &n
	}
	if c.who.may(partnerRead) {
		n, err := countUpTo(db.Table("partner_inbox").Where("state = ?", partner.InboxParked))
		if err != nil {
			return out, err
		}
		out.Parked = &n
	}
	return out, nil
}
