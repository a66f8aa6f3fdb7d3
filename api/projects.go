package api

import (
	"net/http"
	"strconv"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// projectFilter is what the address asks of the list of projects.
func (c *call) projectFilter() books.ProjectFilter {
	f := books.ProjectFilter{Viewer: c.who.viewer(), Query: c.Query("q"), Dept: c.Query("dept"), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit()}
	for _, s := range c.QueryArray("stage") {
		f.Stages = append(f.Stages, books.Stage(s))
	}
	f.Year, _ = strconv.Atoi(c.Query("year")) // api/openapi says it is a number
	return f
}

func listProjects(c *call) (any, error) {
	rows, next, err := books.Projects(c.db(), c.projectFilter())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.ProjectPage{Items: []wire.ProjectSummary{}, Next: next}
	for _, r := range rows {
		out.Items = append(out.Items, c.summary(d, r))
	}
	return out, nil
}

func getProject(c *call) (any, error) {
	p, err := c.page(c.Param("code"))
	if err != nil {
		return nil, err
	}
	return reply{Status: http.StatusOK, Header: map[string]string{"ETag": etag(p.Version)}, Body: p}, nil
}

func projectLedger(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	entries, err := books.Ledger(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	breaches, err := books.Breaches(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	out := wire.Ledger{Totals: totals(p.Totals), Entries: []wire.LedgerEntry{}, Breaches: c.breaches(breaches)}
	for _, e := range entries {
		out.Entries = append(out.Entries, wire.LedgerEntry{
			ID: keyText(e.ID), Kind: string(e.Kind), Amount: e.Amount.String(), BusinessDate: string(e.BusinessDate),
			RecordedAt: e.RecordedAt.In(models.Zone), Source: e.Source, Ref: e.Ref, Note: string(e.Reason),
		})
	}
	return out, nil
}
