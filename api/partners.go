package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/webhook"
)

func partnerInbox(c *call) (any, error) {
	return c.events(c.eventFilter(c.Query("cursor"), c.limit()))
}

func (c *call) eventFilter(cursor string, limit int) partner.EventFilter {
	return partner.EventFilter{
		Source: c.Query("partner"), State: c.Query("state"), Project: c.Query("project"), Sort: c.Query("sort"), Cursor: cursor, Limit: limit,
	}
}

func (c *call) events(f partner.EventFilter) (out wire.InboxPage, err error) {
	out.Items = []wire.InboxItem{}
	rows, next, err := partner.PartnerEvents(c.db(), f)
	if err != nil {
		return out, err
	}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	for _, e := range rows {
		item, err := c.inboxItem(d, e)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, item)
	}
	out.Next = next
	return out, nil
}

func (c *call) inboxItem(d *directory, e partner.PartnerEvent) (w wire.InboxItem, err error) {
	w = wire.InboxItem{
		ID: keyText(
			e.ID,
		), Partner: e.Source, EventID: e.EventID, EventType: e.EventType, State: e.State, Project: e.Project, Amount: money(e.Amount),
		ReceivedAt: e.ReceivedAt.In(
			models.Zone,
		), OccurredAt: local(&e.OccurredAt), ProcessedAt: local(e.ProcessedAt), Receipts: e.Receipts, Offline: e.Offline,
		Note: e.Note,
	}
	if e.ParkedReason != "" {
		w.ParkedReason = c.text("parked." + e.ParkedReason)
	}
	if e.HeldFor != "" {
		w.Note = c.text("held." + e.HeldFor)
	} else if e.Note != "" {
		w.Note = c.text(e.Note)
	}
	if e.State == partner.InboxParked {
		w.Candidates = c.suggestions(e)
		if w.Proposal, err = c.proposal(e); err != nil {
			return w, err
		}
	}
	var env webhook.Envelope
	if json.Unmarshal(e.Body, &env) == nil {
		_ = models.JSON(env.Data).Into(&w.Data) // as it was sent; what is no object is not shown
		if w.Project == "" {
			w.Project = env.Correlation.ProjectCode
		}
	}
	w.Decision, err = c.decision(d, e)
	return w, err
}

func partnerOutbox(c *call) (any, error) { return c.outboxPage(c.Query("cursor"), c.limit()) }

// outboxSorting is by when an event was to leave.
var outboxSorting = models.Sorting[outbox.Outgoing]{
	Usual: "-createdAt",
	Key:   models.Place[outbox.Outgoing]{Column: "id", Of: func(o outbox.Outgoing) any { return o.ID }},
	Places: map[string]models.Place[outbox.Outgoing]{
		"createdAt": {Column: "created_at", Of: func(o outbox.Outgoing) any { return o.CreatedAt }},
	},
}

func (c *call) outboxPage(cursor string, limit int) (out wire.OutboxPage, err error) {
	out.Items = []wire.OutboxItem{}
	order, err := outboxSorting.Pick(c.Query("sort"))
	if err != nil {
		return out, err
	}
	q := c.db().Model(&outbox.Outgoing{}).Where("kind = ?", outbox.OutPartner)
	if p := c.Query("partner"); p != "" {
		q = q.Where("target = ?", p)
	}
	if s := c.Query("state"); s != "" {
		q = q.Where("state = ?", s)
	}
	rows, next, err := order.Page(q, cursor, limit)
	if err != nil {
		return out, err
	}
	out.Next = next
	for _, o := range rows {
		out.Items = append(out.Items, outboxItem(o))
	}
	return out, nil
}

func outboxItem(o outbox.Outgoing) wire.OutboxItem {
	w := wire.OutboxItem{
		ID: o.ID, Partner: o.Target, EventID: o.ID, EventType: o.EventType, State: o.State, Project: o.Project, Attempts: o.Attempts,
		DeliveredAt: local(o.DeliveredAt), LastError: o.LastError, CreatedAt: o.CreatedAt.In(models.Zone),
	}
	if o.State == outbox.OutPending {
		w.NextAttemptAt = local(&o.NextAt)
	}
	_ = o.Payload.Into(&w.Data) // ours: always an object
	return w
}

// retryOutbox sends a dead or waiting event again now, under the same event id.
func retryOutbox(c *call) (any, error) {
	var in wire.Reason
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		var o outbox.Outgoing
		err := tx.Where("id = ? AND kind = ?", c.Param("id"), outbox.OutPartner).Take(&o).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return reply{}, notFound()
		}
		if err != nil {
			return reply{}, err
		}
		if o.State == outbox.OutDelivered {
			return reply{}, refuse(http.StatusConflict, "delivered-already")
		}
		o.State, o.Attempts, o.NextAt = outbox.OutPending, 0, c.now.UTC()
		if err := tx.Save(&o).Error; err != nil {
			return reply{}, err
		}
		e := audit.AuditEntry{
			Action: "outbox.retry", Subject: "outbox:" + o.ID, Project: o.Project,
			Detail: models.JSONOf(map[string]any{"lastError": o.LastError}),
		}
		if err := audit.Audit(tx, "r:partners", a, e); err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusOK, Body: outboxItem(o)}, models.Notify(tx, models.Notice{Kind: "partner", Key: o.ID})
	})
}
