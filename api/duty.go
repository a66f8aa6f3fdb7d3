package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/sla"
	"github.com/quancheng/quancheng/texts"
)

// listDuties lists duty records (履职记录), newest first.
func listDuties(c *call) (any, error) {
	before, err := c.before()
	if err != nil {
		return nil, err
	}
	rows, err := sla.Duties(c.db(), c.Query("project"), before, c.limit()+1)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.DutyPage{Items: []wire.Duty{}}
	rows, out.Next = pageOf(rows, c.limit(), func(r sla.Duty) string { return keyText(r.ID) })
	for _, r := range rows {
		var holders []string
		if err := r.Holders.Into(&holders); err != nil {
			return nil, err
		}
		if err := d.know(append(holders, r.ClosedBy)...); err != nil {
			return nil, err
		}
		w := wire.Duty{
			ID: keyText(r.ID), Task: keyText(r.Task), Name: r.Name, Project: r.Project, Matter: r.Matter, Holders: []wire.PersonRef{},
			DueAt: r.DueAt.In(
				models.Zone,
			), Limit: r.DueWorkdays, RecordedAt: r.RecordedAt.In(models.Zone), ClosedAt: local(r.ClosedAt),
			ClosedBy: d.maybe(r.ClosedBy, ""),
		}
		if c.lang == texts.English && r.NameEn != "" {
			w.Name = r.NameEn
		}
		for _, h := range holders {
			w.Holders = append(w.Holders, d.ref(h, ""))
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}
