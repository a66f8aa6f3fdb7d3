package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/partner/inbox"
)

func listOffline(c *call) (any, error) {
	before, err := c.before()
	if err != nil {
		return nil, err
	}
	rows, err := inbox.Offlines(c.db(), inbox.OfflineFilter{Project: c.Query("project"), Before: before, Limit: c.limit() + 1})
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.OfflinePage{Items: []wire.Offline{}}
	rows, out.Next = pageOf(rows, c.limit(), func(o books.Offline) string { return keyText(o.ID) })
	for _, o := range rows {
		w, err := c.offline(d, o)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) offline(d *directory, o books.Offline) (wire.Offline, error) {
	w := wire.Offline{
		ID: keyText(o.ID), Partner: o.Partner, EventType: o.EventType, Project: o.Project, OccurredOn: string(o.OccurredOn), State: o.State,
		Reason: o.Reason, Evidence: o.Evidence, RegisteredAt: o.RegisteredAt.In(models.Zone), VerifiedAt: local(o.VerifiedAt),
		MayVerify: o.State == books.OfflineWaiting && o.RegisteredBy != c.who.Person.ID && c.who.may(partnerVerify),
	}
	if err := d.know(o.RegisteredBy, string(o.VerifiedBy)); err != nil {
		return w, err
	}
	w.RegisteredBy, w.VerifiedBy = d.ref(o.RegisteredBy, ""), d.maybe(string(o.VerifiedBy), "")
	return w, o.Data.Into(&w.Data)
}

// registerOffline registers a partner's fact by hand (线下登记).
func registerOffline(c *call) (any, error) {
	var in wire.OfflineInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		o, err := inbox.RegisterOffline(tx, a, inbox.OfflineFact{
			Partner: in.Partner, EventType: in.EventType, Project: in.Project, OccurredOn: models.Date(in.OccurredOn),
			Data: []byte(models.JSONOf(in.Data)), Evidence: in.Evidence, Reason: in.Reason,
		})
		if err != nil {
			return reply{}, err
		}
		return c.offlineReply(http.StatusCreated, o)
	})
}

// verifyOffline is the second person's check; accepted, the fact is in the books at once.
func verifyOffline(c *call) (any, error) {
	var in wire.Verification
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		o, err := inbox.Verify(tx, a, id, in.Accept, in.Reason)
		if err != nil {
			return reply{}, err
		}
		return c.offlineReply(http.StatusOK, o)
	})
}

func (c *call) offlineReply(status int, o books.Offline) (reply, error) {
	d, err := c.directory()
	if err != nil {
		return reply{}, err
	}
	w, err := c.offline(d, o)
	if err != nil {
		return reply{}, err
	}
	return reply{Status: status, Body: w}, models.Notify(c.tx, models.Notice{Kind: "partner", Key: o.EventID, Project: o.Project})
}
