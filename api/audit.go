package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
)

// searchAudit lists the entries that the person may read, newest first.
func searchAudit(c *call) (any, error) {
	rows, next, err := c.auditRows(c.Query("cursor"), c.limit())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, r := range rows {
		people = append(people, r.Actor)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := wire.AuditPage{Items: []wire.AuditEntry{}, Next: next}
	for _, r := range rows {
		w := wire.AuditEntry{
			Chain: r.Chain, Seq: r.Seq, At: r.At.In(models.Zone), Actor: d.maybe(r.Actor, r.Post), Action: r.Action, Object: r.Subject,
			Project: r.Project, Reason: r.Reason, BusinessDate: string(r.BusinessDate), Hash: r.Hash,
		}
		if c.contentHidden() {
			w.Reason = ""
		} else if err := r.Detail.Into(&w.Detail); err != nil {
			w.Detail = nil // a detail that is not an object is still in the chain
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}
