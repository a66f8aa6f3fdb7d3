package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner/reconcile"
)

// listDifferences lists where our books and the partners' differ (对账).
func listDifferences(c *call) (any, error) {
	before, err := c.before()
	if err != nil {
		return nil, err
	}
	rows, err := reconcile.Items(c.db(), reconcile.Filter{State: c.Query("state"), Before: before, Limit: c.limit() + 1})
	if err != nil {
		return nil, err
	}
	out := wire.DifferencePage{Items: []wire.Difference{}}
	rows, out.Next = pageOf(rows, c.limit(), func(i reconcile.Item) string { return keyText(i.ID) })
	for _, i := range rows {
		out.Items = append(out.Items, c.difference(i))
	}
	return out, nil
}

func (c *call) difference(i reconcile.Item) wire.Difference {
	return wire.Difference{
		ID: keyText(
			i.ID,
		), Partner: i.Partner, EventType: i.EventType, NaturalKey: i.NaturalKey, Class: i.Class, ClassName: c.text("reconcile." + i.Class),
		Project: i.Project,
		OurAmount: money(
			i.OurAmount,
		), TheirAmount: money(i.TheirAmount), OurDate: string(i.OurDate), TheirDate: string(i.TheirDate), Owner: i.Owner,
		Rectification: i.Rectification, FoundAt: i.FoundAt.In(models.Zone), AgeDays: int(c.now.Sub(i.FoundAt).Hours() / 24),
		State: i.State, Resolution: i.Resolution, Reason: i.Reason, ClosedAt: local(i.ClosedAt),
	}
}

// resolveDifference is a person's word on a difference.
func resolveDifference(c *call) (any, error) {
	var in wire.DifferenceResolution
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
		i, err := reconcile.Resolve(tx, a, id, in.Resolution)
		if err != nil {
			return reply{}, err
		}
		return reply{
				Status: http.StatusOK, Body: c.difference(i),
			}, models.Notify(
				tx, models.Notice{Kind: "partner", Key: i.NaturalKey, Project: i.Project},
			)
	})
}
