package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/partner/reconcile"
	"github.com/quancheng/quancheng/models/partner/watch"
)

// partnerHealth says how it stands with each bureau: a light, and until when its data go (FT37).
func partnerHealth(c *call) (any, error) {
	days, err := calendar.Newest(c.db())
	if err != nil {
		return nil, err
	}
	states, err := watch.States(c.db(), days, c.now, "finance", "procurement")
	if err != nil {
		return nil, err
	}
	out := wire.PartnerHealth{Items: []wire.PartnerState{}}
	for _, s := range states {
		out.Items = append(out.Items, wire.PartnerState{
			Partner: s.Source, PartnerName: c.text("partner." + s.Source), Light: string(s.Light), HeardAt: local(s.HeardAt),
			SilentDays: s.SilentDays, DataUntil: local(s.DataUntil), DriftSeconds: int(s.Drift.Seconds()), Stream: s.Stream, Epoch: s.Epoch,
			Seq: s.Seq, Refused: int(s.Refused), Waiting: int(s.Waiting), WaitsSince: local(s.WaitsSince),
		})
	}
	return out, nil
}

// listRefusals are messages that were not believed. What they said is not shown: nobody shall take it for true.
func listRefusals(c *call) (any, error) {
	rows, err := watch.Refusals(c.db(), most)
	if err != nil {
		return nil, err
	}
	out := wire.Refusals{Items: []wire.RefusedMessage{}}
	for _, r := range rows {
		out.Items = append(out.Items, wire.RefusedMessage{
			ID: keyText(r.ID), Partner: r.Source, EventID: r.EventID, Why: c.text(r.Why), Remote: r.Remote, Digest: r.Digest, Size: r.Size,
			At: r.At.In(models.Zone),
		})
	}
	return out, nil
}

// listMonths are the months that were compared whole.
func listMonths(c *call) (any, error) {
	months, err := reconcile.Months(c.db())
	if err != nil {
		return nil, err
	}
	who, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.ReconciledMonths{Items: []wire.ReconciledMonth{}}
	for _, m := range months {
		w := wire.ReconciledMonth{
			Partner: m.Partner, Month: m.Month, At: m.At.In(models.Zone), Matched: m.Matched, Differences: m.Differences, Open: m.Open,
		}
		if k := m.Closed; k != nil {
			if err := who.know(k.ClosedBy); err != nil {
				return nil, err
			}
			by := who.ref(k.ClosedBy, "")
			w.ClosedBy, w.ClosedAt, w.Reason, w.Explained = &by, local(&k.ClosedAt), k.Reason, k.Explained
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// closeMonth closes a month with a bureau, by its liaison.
func closeMonth(c *call) (any, error) {
	var in wire.MonthClose
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	if !a.HasRole(liaisonOf[in.Partner]) {
		return nil, models.Refuse("not-the-liaison", "partner", c.text("partner."+in.Partner))
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		m, err := reconcile.Close(tx, a, in.Partner, in.Month)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusCreated, Body: wire.ReconciledMonth{
			Partner: m.Partner, Month: m.Month, At: m.ClosedAt.In(models.Zone), Matched: m.Matched, Explained: m.Explained,
			ClosedAt: local(&m.ClosedAt), Reason: m.Reason,
		}}, models.Notify(tx, models.Notice{Kind: "partner", Key: in.Partner})
	})
}
