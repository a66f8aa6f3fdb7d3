package api

import (
	"errors"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/partner/inbox"
)

// listParked lists what matched nothing (待关联).
func listParked(c *call) (any, error) {
	f := partner.EventFilter{State: partner.InboxParked, Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit()}
	return c.events(f)
}

// linkParked decides where a parked event belongs.
func linkParked(c *call) (any, error) {
	var in wire.Link
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.onParked(in.Reason, func(tx *gorm.DB, a models.Acting, id int64) (partner.PartnerEvent, error) {
		return inbox.Link(tx, a, id, in.Project)
	})
}

// correctParked decides what the amount of a parked event should be.
func correctParked(c *call) (any, error) {
	var in wire.ParkedCorrection
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	amount, err := models.ParseMoney(in.Amount)
	if err != nil {
		return nil, models.Refuse("invalid-data").Field("/amount", "money-format")
	}
	return c.onParked(in.Reason, func(tx *gorm.DB, a models.Acting, id int64) (partner.PartnerEvent, error) {
		return inbox.Correct(tx, a, id, in.Project, amount)
	})
}

// proposal is what the amount of a parked event was probably meant to be.
func (c *call) proposal(e partner.PartnerEvent) (*wire.Proposal, error) {
	p, ok, err := inbox.ProposalFor(c.db(), e)
	if err != nil || !ok {
		return nil, err
	}
	return &wire.Proposal{
		Amount: p.Meant.String(), Expected: p.Expected.String(), Against: c.text("against."+p.Against, "term", p.Term),
	}, nil
}

// dismissParked decides that a parked event has no effect.
func dismissParked(c *call) (any, error) {
	var in wire.Reason
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.onParked(in.Reason, inbox.Dismiss)
}

// confirmParked is the second person's word.
func confirmParked(c *call) (any, error) {
	var in wire.Verification
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.onParked(in.Reason, func(tx *gorm.DB, a models.Acting, id int64) (partner.PartnerEvent, error) {
		return inbox.Confirm(tx, a, id, in.Accept)
	})
}

func (c *call) onParked(reason string, act func(*gorm.DB, models.Acting, int64) (partner.PartnerEvent, error)) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		row, err := act(tx, a, id)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return reply{}, notFound()
		}
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		item, err := c.inboxItem(d, row)
		return reply{Status: http.StatusOK, Body: item}, err
	})
}

// decision shows what was decided about a parked event.
func (c *call) decision(d *directory, e partner.PartnerEvent) (*wire.ParkedDecision, error) {
	if e.Decision == "" {
		return nil, nil
	}
	if err := d.know(e.LinkedBy, string(e.ConfirmedBy)); err != nil {
		return nil, err
	}
	kind := e.Decision
	if e.Corrected != nil {
		kind = "correct"
	}
	return &wire.ParkedDecision{
		Kind: kind, Project: e.LinkedProject, Amount: money(e.Corrected), By: d.ref(e.LinkedBy, ""), At: e.LinkedAt.In(models.Zone),
		Reason: e.LinkedReason,
		ConfirmedBy: d.maybe(
			string(e.ConfirmedBy), "",
		), MayConfirm: e.State == partner.InboxParked && e.LinkedBy != c.who.Person.ID && c.who.may(partnerVerify),
	}, nil
}

// suggestions are the projects that a parked event might belong to, with reasons in words.
func (c *call) suggestions(e partner.PartnerEvent) []wire.Suggestion {
	var all []facts.Suggestion
	_ = e.Candidates.Into(&all) // a list, or nothing to choose from
	out := make([]wire.Suggestion, len(all))
	for i, s := range all {
		out[i].Project = s.Project
		c.db().Model(&books.Project{}).Where("code = ?", s.Project).Pluck("name", &out[i].Name)
		for _, r := range s.Reasons {
			out[i].Reasons = append(out[i].Reasons, c.text("suggest."+r))
		}
	}
	return out
}
