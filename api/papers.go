package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/papers"
)

// issued finds a numbered paper that the person may read: by the project's rules,
// and by what its kind says of who may read it when (domain/papers.md §1).
func (c *call) issued(id string) (papers.Document, error) {
	var docs []papers.Document
	if err := c.db().Where("id = ? AND template <> ''", id).Limit(1).Find(&docs).Error; err != nil {
		return papers.Document{}, err
	}
	if len(docs) == 0 {
		return papers.Document{}, notFound()
	}
	d := docs[0]
	if slices.Contains(publishedPapers, d.Template) && c.who.may(planRead) {
		return d, nil
	}
	if d.Project == "" {
		return d, c.seesLoosePaper(d)
	}
	p, err := c.project(d.Project)
	if err != nil {
		return d, err
	}
	seen, err := c.seenPapers(p.Project, []papers.Document{d})
	if err != nil {
		return d, err
	}
	if len(seen) == 0 {
		return d, notFound()
	}
	return seen[0], nil
}

// seesLoosePaper refuses a paper of no project to whoever sees not all of the house: that about a finding is
// open to who sees the finding, the record of a walk to who sees the walk, that about an entry of the pool to its unit.
func (c *call) seesLoosePaper(d papers.Document) error {
	if c.who.sees == seesAll {
		return nil
	}
	if d.Rectification != "" && c.who.may(rectRead) {
		_, err := c.seen(d.Rectification)
		return err
	}
	if d.PlanYear != 0 {
		return c.seesPlanPaper(d)
	}
	unit, err := campaign.UnitOfPaper(c.db(), d.ID)
	if err != nil {
		return err
	}
	if unit == "" || !c.who.may(campaignRead) || !c.seesWalksOf(unit) {
		return notFound()
	}
	return nil
}

// showPaper answers what is known of a paper, or the paper itself in a format.
func showPaper(c *call) (any, error) {
	d, err := c.issued(c.Param("id"))
	if err != nil {
		return nil, err
	}
	format := c.Query("format")
	switch {
	case format == "ofd":
		return nil, refuse(http.StatusUnprocessableEntity, "paper-ofd-reserved").field("/format", "paper-ofd-reserved")
	case format == "":
		return c.paper(d)
	}
	return c.sendPaper(d, format)
}

func (c *call) paper(d papers.Document) (wire.Paper, error) {
	doc, _, err := d.Paper()
	if err != nil {
		return wire.Paper{}, err
	}
	signature, err := papers.Signed(c.db(), d)
	if err != nil {
		return wire.Paper{}, err
	}
	dir, err := c.directory()
	if err != nil {
		return wire.Paper{}, err
	}
	if err := dir.know(d.CreatedBy, d.VoidedBy, d.VoidAskedBy); err != nil {
		return wire.Paper{}, err
	}
	out := wire.Paper{
		ID: d.ID, Kind: d.Template, Name: doc.Meta.Name, NameEn: doc.Meta.NameEn, Number: string(d.DocNo), Title: d.Title,
		Date:   string(d.Dated),
		Issuer: doc.Meta.House, To: doc.Meta.To, Cc: append([]string{}, doc.Meta.Cc...), Project: d.Project, By: dir.maybe(d.CreatedBy, ""),
		At:     d.CreatedAt.In(models.Zone),
		Digest: d.DocDigest, Template: d.TemplateDigest, SignedBy: d.SignedBy, Signature: signature, Verify: "/verify/" + d.VerifyToken,
		Formats: []string{"html", "docx", "pdf"}, MayVoid: c.who.may(paperVoid) && d.VoidedOn == "",
	}
	if d.Project != "" {
		p, err := c.project(d.Project)
		if err != nil {
			return out, err
		}
		out.ProjectName = p.Name
	}
	shelf, err := papers.ShelfOf(c.db())
	if err != nil {
		return out, err
	}
	if t, ok := shelf.Kind(d.Template); ok {
		out.Retention = t.Retention
	}
	if d.VoidAskedBy == "" {
		return out, nil
	}
	v := &wire.PaperVoid{
		On: string(d.VoidedOn), Reason: d.VoidReason, By: dir.maybe(d.VoidedBy, ""), AskedBy: dir.maybe(d.VoidAskedBy, ""),
		ReplacedBy: d.ReplacedBy,
	}
	if d.ReplacedBy != "" {
		if err := c.db().Model(&papers.Document{}).Where("id = ?", d.ReplacedBy).Pluck("doc_no", &v.Number).Error; err != nil {
			return out, err
		}
	}
	if d.VoidedOn != "" {
		out.Void = v
	} else {
		out.Asked = v
	}
	return out, nil
}

// twin is a paper in a format: stored by the hash of its content, rendered from
// its tree where it is not stored yet or its file is gone.
func (c *call) twin(d papers.Document, format string) (papers.File, []byte, error) {
	doc, ok, err := d.Paper()
	if err != nil || !ok {
		return papers.File{}, nil, err
	}
	f := papers.File{Document: d.ID, Format: format}
	if doc.Void != "" {
		f.Format += "-void"
	}
	var kept []papers.File
	if err := c.db().Where("document = ? AND format = ?", f.Document, f.Format).Limit(1).Find(&kept).Error; err != nil {
		return f, nil, err
	}
	if len(kept) > 0 {
		raw, err := c.fileOf(kept[0].Sha)
		if err == nil {
			return kept[0], raw, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return f, nil, fmt.Errorf("paper %s: %w", d.ID, err)
		}
	}
	raw, err := doc.Render(format)
	if err != nil {
		return f, nil, err
	}
	if f.Sha, err = c.store().Put(raw); err != nil {
		return f, nil, err
	}
	f.Size = int64(len(raw))
	return f, raw, c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&f).Error
	})
}

func (c *call) fileOf(digest string) ([]byte, error) {
	f, err := c.store().Open(c.Request.Context(), digest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func (c *call) sendPaper(d papers.Document, format string) (any, error) {
	f, raw, err := c.twin(d, format)
	if err != nil {
		return nil, err
	}
	c.Writer.Header().Set("ETag", `"`+f.Sha+`"`)
	return c.show(string(d.DocNo)+" "+d.Title, format, raw)
}

// show sends a rendered document: a page to be looked at inside of another one, or a file.
func (c *call) show(title, format string, raw []byte) (any, error) {
	how := "attachment"
	if format == "html" {
		how = "inline"
	}
	h := c.Writer.Header()
	h.Set("Content-Type", papers.MediaType(format))
	h.Set("Content-Disposition", how+"; filename*=UTF-8''"+url.PathEscape(title+"."+format))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN") // the page of the paper shows it
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	c.Status(http.StatusOK)
	if _, err := c.Writer.Write(raw); err != nil {
		c.srv.Log.Warn("download broke off", "document", title, "error", err)
	}
	return written, nil
}

// voidPaper asks that a paper be void, or confirms what another person has asked for.
func voidPaper(c *call) (any, error) {
	var in wire.VoidRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	d, err := c.issued(c.Param("id"))
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if in.Confirm {
			a.Reason = d.VoidReason
			err = papers.ConfirmVoid(tx, a, &d)
		} else {
			err = papers.AskVoid(tx, a, &d, in.ReplacedBy)
		}
		if err != nil {
			return reply{}, err
		}
		if d.Project != "" {
			if err := models.Notify(tx, models.Notice{Kind: "project", Key: d.Project, Project: d.Project}); err != nil {
				return reply{}, err
			}
		}
		body, err := c.paper(d)
		return reply{Status: http.StatusOK, Body: body}, err
	})
}
