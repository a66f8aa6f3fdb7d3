package api

import (
	"errors"
	"net/http"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// listStartDrafts are the drafts of the person.
func listStartDrafts(c *call) (any, error) {
	all, err := process.StartDraftsOf(c.db(), c.who.Person.ID)
	if err != nil {
		return nil, err
	}
	out := wire.StartDraftPage{Items: []wire.StartDraft{}}
	for _, d := range all {
		w, err := c.startDraftView(d)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// startDraft reads a draft of the person; others' do not exist for him.
func (c *call) startDraft(tx *gorm.DB, id string) (process.StartDraft, error) {
	key, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return process.StartDraft{}, notFound()
	}
	d, err := process.StartDraftOf(tx, c.who.Person.ID, key)
	if errors.Is(err, process.ErrNotFound) {
		return d, notFound()
	}
	return d, err
}

func getStartDraft(c *call) (any, error) {
	d, err := c.startDraft(c.db(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	return c.draftReply(http.StatusOK, d)
}

// createStartDraft keeps what is filled in of a start form for the first time.
func createStartDraft(c *call) (any, error) {
	var in wire.StartDraftInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, err := c.startable(c.Param("id"))
	if err != nil {
		return nil, err
	}
	if len(s.posts) == 0 {
		return nil, refuse(http.StatusForbidden, "may-not-begin", "process", c.definitionName(s.Definition))
	}
	version, err := c.versionOf(s.Process, in.Version, s.Version)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := c.takeFiles(tx, s, in.Data); err != nil {
			return reply{}, err
		}
		d, err := process.NewStartDraft(tx, process.StartDraft{
			Person: c.who.Person.ID, Process: s.Process, Version: version, Data: models.JSONOf(in.Data), SavedAt: c.now.UTC(),
		})
		if err != nil {
			return reply{}, err
		}
		return c.draftReply(http.StatusCreated, d)
	})
}

// versionOf is the version that a draft is filled in for; one that never was is refused.
func (c *call) versionOf(id string, named, newest int) (int, error) {
	if named == 0 || named == newest {
		return newest, nil
	}
	_, err := process.DefinitionAt(c.db(), id, named)
	if errors.Is(err, process.ErrNotFound) {
		return 0, invalid().field("/version", "field.format")
	}
	return named, err
}

// saveStartDraft stores a draft over the revision that the browser has seen.
func saveStartDraft(c *call) (any, error) {
	var in wire.StartDraftInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	seen, err := c.version()
	if err != nil {
		return nil, err
	}
	d, err := c.startDraft(c.db(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	if d.Version, err = c.versionOf(d.Process, in.Version, d.Version); err != nil {
		return nil, err
	}
	d.Data, d.SavedAt = models.JSONOf(in.Data), c.now.UTC()
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		d, err = process.SaveStartDraft(tx, d, seen)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.draftReply(http.StatusOK, d)
}

func dropStartDraft(c *call) (any, error) {
	d, err := c.startDraft(c.db(), c.Param("id"))
	if err != nil {
		return nil, err
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		_, err := process.DropStartDraft(tx, d.Person, d.ID)
		return err
	})
	return reply{Status: http.StatusNoContent}, err
}

func (c *call) draftReply(status int, d process.StartDraft) (reply, error) {
	w, err := c.startDraftView(d)
	return reply{Status: status, Header: map[string]string{"ETag": etag(d.Revision)}, Body: w}, err
}

// startDraftView shows a draft in the newest form: where that has changed since,
// answers go to the fields that took their place, and what has none is told.
func (c *call) startDraftView(d process.StartDraft) (wire.StartDraft, error) {
	w := wire.StartDraft{
		ID: keyText(d.ID), Process: d.Process, ProcessName: d.Process, Version: d.Version, Title: d.Process, Data: map[string]any{},
		Revision: d.Revision, SavedAt: d.SavedAt.In(models.Zone),
	}
	if err := d.Data.Into(&w.Data); err != nil {
		return w, err
	}
	s, err := c.startable(d.Process)
	var p *problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		return w, nil // nobody begins it any more; what was typed is still his
	}
	if err != nil {
		return w, err
	}
	w.ProcessName, w.Newest = c.definitionName(s.Definition), s.Version
	if err := c.carry(&w, s); err != nil {
		return w, err
	}
	w.Title = title(s, w.Data)
	return w, nil
}

// carry brings a draft into the newest start form.
func (c *call) carry(w *wire.StartDraft, s startable) error {
	old, err := process.DefinitionAt(c.db(), w.Process, w.Version)
	if err != nil {
		return err
	}
	b, err := c.srv.Bundles.Load(c.Request.Context(), old.Bundle)
	if err != nil {
		return err
	}
	form := s.bundle.Forms[s.bundle.StartForm(w.Process)]
	if form == nil {
		return nil
	}
	data, moved, left := form.Carry(b.Forms[b.StartForm(w.Process)], w.Data)
	w.Data = data
	for _, m := range moved {
		w.Moved = append(w.Moved, wire.FieldMoved{From: m.From, To: m.To, Label: m.Label})
	}
	for _, l := range left {
		w.Left = append(w.Left, wire.FieldLeft{Key: l.Key, Label: l.Label, Value: l.Value})
	}
	return nil
}
