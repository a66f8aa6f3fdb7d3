package api

import (
	"strconv"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// listRevisions are the revisions of an application and the differences of two of them: what was asked for, else
// the last two. Whoever may not read a part of the application does not read what changed in it either.
func listRevisions(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	sight, err := c.sightOf(p.Project)
	if err != nil {
		return nil, err
	}
	all, err := books.Revisions(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Revisions{Items: []wire.Revision{}, Changes: []wire.RevisionChange{}}
	money := sight.whole("lines.declared")
	for _, r := range all {
		if err := d.know(r.SubmittedBy); err != nil {
			return nil, err
		}
		w := wire.Revision{
			No: r.RevisionNo, Digest: r.Digest, By: d.maybe(r.SubmittedBy, ""), At: r.SubmittedAt.In(models.Zone), On: string(r.BusinessDate),
		}
		if money {
			w.Declared = r.Declared.String()
		}
		out.Items, out.From, out.To = append(out.Items, w), out.To, r.RevisionNo
	}
	if n, err := strconv.Atoi(c.Query("to")); err == nil { // api/openapi says it is a number
		out.To, out.From = n, n-1
	}
	if n, err := strconv.Atoi(c.Query("from")); err == nil {
		out.From = n
	}
	if out.From < 1 || out.To < 1 {
		return out, nil
	}
	out.Changes, err = c.revisionChanges(p.Code, sight, out.From, out.To)
	return out, err
}

func (c *call) revisionChanges(code string, sight *caseSight, from, to int) ([]wire.RevisionChange, error) {
	before, err := books.RevisionOf(c.db(), code, from)
	if err != nil {
		return nil, err
	}
	after, err := books.RevisionOf(c.db(), code, to)
	if err != nil {
		return nil, err
	}
	before.Form, after.Form = sight.form(before.Form), sight.form(after.Form)
	if !sight.whole("lines.declared") {
		before.Lines, after.Lines = nil, nil
	}
	out := []wire.RevisionChange{}
	for _, x := range after.Compare(before) {
		out = append(out, wire.RevisionChange(x))
	}
	return out, nil
}
