package api

import (
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
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
	if out.UnreadAsks, err = c.unreadOf(office.ToDo); err != nil {
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
	for _, n := range []struct {
		into  **int
		needs permission
		table string
		where string
		args  []any
	}{
		{&out.Incidents, incidentRead, "incident", "resolved_at IS NULL", nil},
		{&out.Stuck, incidentRead, "stuck_root", "root IS NOT NULL", nil},
		{&out.Parked, partnerRead, "partner_inbox", "state = ?", []any{partner.InboxParked}},
		{&out.Held, partnerRead, "partner_inbox", "state = ?", []any{partner.InboxHeld}},
		{&out.Gaps, partnerRead, "stream_gap", "alarmed_at IS NOT NULL", nil},
		{&out.Confirm, processGovern, "confirmation", "state = 'waiting' AND asked_by <> ?", []any{c.who.Person.ID}},
	} {
		if !c.who.may(n.needs) {
			continue
		}
		count, err := countUpTo(db.Table(n.table).Where(n.where, n.args...))
		if err != nil {
			return out, err
		}
		*n.into = &count
	}
	return out, nil
}
