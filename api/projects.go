package api

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/running"
)

// projectFilter is what the address asks of the list of projects.
func (c *call) projectFilter() books.ProjectFilter {
	f := books.ProjectFilter{
		Viewer: c.who.viewer(), Query: c.Query("q"), Dept: c.Query("dept"), Sort: c.Query("sort"), Cursor: c.Query("cursor"),
		Limit: c.limit(),
	}
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
	with, err := c.projectsWith(d, rows)
	if err != nil {
		return nil, err
	}
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	taken, err := running.TakenAmong(c.db(), codes...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		w, err := c.listedProject(d, r)
		if err != nil {
			return nil, err
		}
		w.With, w.Backfilled = with[r.Code], taken[r.Code]
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// listedProject is a row of the list and of the sheet, with the sums that the person sees.
func (c *call) listedProject(d *directory, r books.ProjectRow) (wire.ProjectSummary, error) {
	w := c.summary(d, r)
	var err error
	w.Totals, err = c.sumsOf(r.Project, r.Totals)
	return w, err
}

// sumsOf are the sums of a project that the person sees now.
func (c *call) sumsOf(p books.Project, t books.Totals) (wire.Totals, error) {
	if c.seesSums(p) {
		return totals(t), nil
	}
	sight, err := c.sightOf(p)
	if err != nil {
		return wire.Totals{}, err
	}
	return sight.totals(t), nil
}

// projectsWith says who has each project now: people and posts to who sees all, to the others units only, since the
// step in which somebody stands would tell them more than the stage does.
func (c *call) projectsWith(d *directory, rows []books.ProjectRow) (map[string][]string, error) {
	out := map[string][]string{}
	if len(rows) == 0 {
		return out, nil
	}
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	var open []struct{ Project, Principal, Unit string }
	err := c.db().
		Raw(`SELECT t.project, n.principal, COALESCE((SELECT MIN(o.dept_id) FROM post_now o WHERE o.person_id = n.principal), '') AS unit
		FROM task t JOIN task_candidate n ON n.key = t.key WHERE t.project IN ? AND t.state = 'open' ORDER BY t.key, n.principal`, codes).
		Scan(&open).
		Error
	if err != nil {
		return nil, err
	}
	var people []string
	for _, o := range open {
		people = append(people, o.Principal)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	shown, err := c.sealed(people)
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		if !slices.Contains(shown, o.Principal) {
			continue
		}
		name := d.ref(o.Principal, "").Name
		if c.who.sees != seesAll {
			if _, dept := models.SplitPost(o.Principal); dept != "" {
				o.Unit = dept
			}
			name = d.dept(o.Unit)
		}
		if name != "" && !slices.Contains(out[o.Project], name) {
			out[o.Project] = append(out[o.Project], name)
		}
	}
	return out, nil
}

// getPortfolio sums up the projects that the list shows under its filters.
func getPortfolio(c *call) (any, error) {
	all, err := books.PortfolioOf(c.db(), c.projectFilter())
	if err != nil {
		return nil, err
	}
	out := wire.Portfolio{Count: all.Count, Uncounted: all.Uncounted, Totals: totals(all.Totals), Stages: []wire.StageShare{}}
	for _, s := range all.Stages {
		out.Stages = append(out.Stages, wire.StageShare{Stage: string(s.Stage), Name: c.text("stage." + string(s.Stage)), Count: s.Count})
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
	sight, err := c.sightOf(p.Project)
	if err != nil {
		return nil, err
	}
	out := wire.Ledger{Totals: sight.totals(p.Totals), Entries: []wire.LedgerEntry{}, Breaches: c.breaches(breaches)}
	for _, e := range entries {
		if !sight.posts(e.Kind) {
			continue
		}
		out.Entries = append(out.Entries, wire.LedgerEntry{
			ID: keyText(e.ID), Kind: string(e.Kind), Amount: e.Amount.String(), BusinessDate: string(e.BusinessDate),
			RecordedAt: e.RecordedAt.In(models.Zone), Source: e.Source, Ref: e.Ref, Note: string(e.Reason),
		})
	}
	return out, nil
}
