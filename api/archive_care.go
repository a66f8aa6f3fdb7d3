package api

import (
	"fmt"
	"net/http"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// getArchive shows the records of an archived project, the versions after the hand-over, and holds.
func getArchive(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	out := wire.Archive{Records: []wire.ArchiveRecord{}, Corrections: []wire.ArchiveCorrection{}, Holds: []wire.ArchiveHold{}}
	items, err := books.ArchiveItems(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		out.Records = append(out.Records, wire.ArchiveRecord{No: it.No, Stage: it.Stage, Category: it.Category, Title: it.Title, DocNo: it.DocNo})
	}
	corrections, err := books.Corrections(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	holds, err := books.Holds(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	who, err := c.directory()
	if err != nil {
		return nil, err
	}
	for _, k := range corrections {
		w, err := c.archiveCorrection(who, k)
		if err != nil {
			return nil, err
		}
		out.Corrections = append(out.Corrections, w)
	}
	for _, h := range holds {
		w, err := c.archiveHold(who, h)
		if err != nil {
			return nil, err
		}
		out.Holds = append(out.Holds, w)
	}
	archived := p.Stage == books.Archived
	out.MayCorrect = archived && c.who.may(archiveCorrect)
	return out, nil
}

func (c *call) archiveCorrection(who *directory, k books.ArchiveCorrection) (wire.ArchiveCorrection, error) {
	if err := who.know(k.AskedBy, string(k.DecidedBy)); err != nil {
		return wire.ArchiveCorrection{}, err
	}
	w := wire.ArchiveCorrection{
		Version: k.Version, Item: k.Item, Title: k.Title, Note: k.Note, State: k.State, OldDigest: k.OldDigest, NewDigest: k.NewDigest,
		AskedBy: who.ref(k.AskedBy, ""), AskedAt: k.AskedAt.In(models.Zone), DecidedBy: who.maybe(string(k.DecidedBy), ""),
		DecidedAt: local(k.DecidedAt), Reason: k.DecidedWhy,
		MayDecide: k.State == books.CorrectionWaiting && k.AskedBy != c.who.Person.ID && c.who.may(archiveDecide),
		Documents: []string{},
	}
	return w, k.Documents.Into(&w.Documents)
}

func (c *call) archiveHold(who *directory, h books.ArchiveHold) (wire.ArchiveHold, error) {
	if err := who.know(h.PlacedBy, string(h.LiftedBy)); err != nil {
		return wire.ArchiveHold{}, err
	}
	return wire.ArchiveHold{
		ID: keyText(h.ID), Basis: h.Basis, Reason: h.Reason, PlacedBy: who.ref(h.PlacedBy, ""), PlacedAt: h.PlacedAt.In(models.Zone),
		LiftedBy: who.maybe(string(h.LiftedBy), ""), LiftedAt: local(h.LiftedAt), LiftedWhy: h.LiftedWhy,
		MayLift: h.LiftedAt == nil && h.PlacedBy != c.who.Person.ID && c.who.may(archiveDecide),
	}, nil
}

// askCorrection asks to put an archive right.
func askCorrection(c *call) (any, error) {
	var in wire.ArchiveCorrectionInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.cared(in.Note, http.StatusAccepted, func(tx *gorm.DB, a models.Acting, code string) (any, error) {
		k, err := books.AskCorrection(tx, a, books.ArchiveCorrection{Project: code, Item: in.Item, Title: in.Title, Note: in.Note}, in.Documents)
		return c.told(err, func(who *directory) (any, error) { return c.archiveCorrection(who, k) })
	})
}

// decideCorrection is the second person's word.
func decideCorrection(c *call) (any, error) {
	var in wire.Verification
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	version, err := strconv.Atoi(c.Param("version"))
	if err != nil {
		return nil, notFound()
	}
	return c.cared(in.Reason, http.StatusOK, func(tx *gorm.DB, a models.Acting, code string) (any, error) {
		k, err := books.DecideCorrection(tx, a, code, version, in.Accept)
		return c.told(err, func(who *directory) (any, error) { return c.archiveCorrection(who, k) })
	})
}

// uploadCorrection takes a file that puts an archive right; nothing else is filed with an archived project.
func uploadCorrection(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	if p.Stage != books.Archived {
		return nil, models.Refuse("not-archived", "project", p.Code)
	}
	return c.addDocument(papers.Document{Project: p.Code}, models.Notice{Kind: "project", Key: p.Code, Project: p.Code, Dept: p.DeptID})
}

// placeHold keeps an archive as it is.
func placeHold(c *call) (any, error) {
	var in wire.ArchiveHoldInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.cared(in.Reason, http.StatusCreated, func(tx *gorm.DB, a models.Acting, code string) (any, error) {
		h, err := books.PlaceHold(tx, a, code, in.Basis)
		return c.told(err, func(who *directory) (any, error) { return c.archiveHold(who, h) })
	})
}

// liftHold ends a hold.
func liftHold(c *call) (any, error) {
	var in wire.Reason
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	return c.cared(in.Reason, http.StatusOK, func(tx *gorm.DB, a models.Acting, code string) (any, error) {
		h, err := books.LiftHold(tx, a, code, id)
		return c.told(err, func(who *directory) (any, error) { return c.archiveHold(who, h) })
	})
}

// cared does something to the archive of a project that the caller sees.
func (c *call) cared(reason string, status int, do func(*gorm.DB, models.Acting, string) (any, error)) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		body, err := do(tx, a, p.Code)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: status, Body: body}, models.Notify(tx, models.Notice{Kind: "project", Key: p.Code, Project: p.Code, Dept: p.DeptID})
	})
}

func (c *call) told(err error, body func(*directory) (any, error)) (any, error) {
	if err != nil {
		return nil, err
	}
	who, err := c.directory()
	if err != nil {
		return nil, err
	}
	return body(who)
}

// corrections puts the versions of an archive that count into its package.
func (c *call) corrections(b *bundle, put map[string]string, project string) ([]archiveVersion, error) {
	all, err := books.Corrections(c.db(), project)
	if err != nil {
		return nil, err
	}
	var out []archiveVersion
	for _, k := range all {
		if k.State != books.CorrectionAccepted {
			continue
		}
		v := archiveVersion{Version: k.Version, Record: k.Item, Title: k.Title, Note: k.Note, Before: k.OldDigest, After: k.NewDigest}
		var ids []string
		if err := k.Documents.Into(&ids); err != nil {
			return nil, fmt.Errorf("version %d of the archive of %s: %w", k.Version, project, err)
		}
		for _, id := range ids {
			f, err := c.putDocument(b, put, id)
			if err != nil {
				return nil, err
			}
			v.Files = append(v.Files, f)
		}
		out = append(out, v)
	}
	return out, nil
}
