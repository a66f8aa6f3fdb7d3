package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// searchAudit lists entries of all chains, newest first.
func searchAudit(c *call) (any, error) {
	q := c.db().Order("at DESC, chain || '#' || seq DESC").Limit(c.limit() + 1)
	for _, f := range []struct{ column, value string }{{"project", c.Query("project")}, {"actor", c.Query("actor")}, {"action", c.Query("action")}} {
		if f.value != "" {
			q = q.Where(f.column+" = ?", f.value)
		}
	}
	if cursor := c.Query("cursor"); cursor != "" {
		at, key, err := models.ReadCursor(cursor)
		if err != nil {
			return nil, err
		}
		q = q.Where("(at < ? OR (at = ? AND chain || '#' || seq < ?))", at, at, key)
	}
	var rows []audit.AuditEntry
	if err := q.Find(&rows).Error; err != nil {
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
	rows, next := pageOf(rows, c.limit(), func(e audit.AuditEntry) string { return models.Cursor(e.At, e.Chain+"#"+keyText(e.Seq)) })
	out := wire.AuditPage{Items: []wire.AuditEntry{}, Next: next}
	for _, r := range rows {
		w := wire.AuditEntry{
			Chain: r.Chain, Seq: r.Seq, At: r.At.In(models.Zone), Actor: d.maybe(r.Actor, r.Post), Action: r.Action, Object: r.Subject,
			Project: r.Project, Reason: r.Reason, BusinessDate: string(r.BusinessDate), Hash: r.Hash,
		}
		if err := r.Detail.Into(&w.Detail); err != nil {
			w.Detail = nil // a detail that is not an object is still in the chain
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}
