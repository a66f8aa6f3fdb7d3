package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// maxUpload is how large a request with a document may be, maxField one of its fields.
const (
	maxUpload = files.Max + 1<<20
	maxField  = 4096
	fileTime  = 15 * time.Minute // 50 MB over half a megabit
)

func (c *call) store() files.Store {
	return files.Store{Dir: c.srv.Documents, Bucket: c.srv.Bucket, Scanner: c.srv.Scanner}
}

func listDocuments(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	out, err := c.documents(p.Code)
	return wire.Documents{Items: out}, err
}

// documents of a project that the person sees, newest first.
func (c *call) documents(code string) ([]wire.Document, error) {
	p, err := books.FindProject(c.db(), code)
	if err != nil {
		return nil, err
	}
	all, err := papers.Documents(c.db(), code)
	if err != nil {
		return nil, err
	}
	if all, err = c.seenPapers(p, all); err != nil {
		return nil, err
	}
	return c.documentsOf(all)
}

// documentsOf shows documents with who filed them.
func (c *call) documentsOf(all []papers.Document) ([]wire.Document, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, doc := range all {
		people = append(people, doc.CreatedBy)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := []wire.Document{}
	for _, doc := range all {
		out = append(out, d.document(doc))
	}
	number(out)
	return out, c.replaceable(out)
}

// number says of each file which version it is, and of a former one which came in its place. A former one that is not
// among them, as it is hidden from who looks, counts all the same.
func number(all []wire.Document) {
	at := map[string]*wire.Document{}
	for i := range all {
		at[all[i].ID] = &all[i]
	}
	for i := range all {
		w := &all[i]
		w.Version = 1
		for id := w.Replaces; id != ""; w.Version++ {
			former := at[id]
			if former == nil {
				w.Version++
				break
			}
			id = former.Replaces
		}
		if former := at[w.Replaces]; former != nil {
			former.ReplacedBy = w.ID
		}
	}
}

func (d *directory) document(doc papers.Document) wire.Document {
	w := wire.Document{
		ID: doc.ID, Kind: doc.Kind, Title: doc.Title, DocNo: string(doc.DocNo), FileName: doc.FileName, ContentType: doc.MediaType,
		Size: doc.Size, Digest: doc.Digest, By: d.maybe(doc.CreatedBy, ""), At: doc.CreatedAt.In(models.Zone),
		BusinessDate: string(doc.Dated), Replaces: doc.Replaces,
	}
	if doc.Template != "" {
		w.Href, w.Paper, w.Void = "/api/v1/documents/"+doc.ID+"?format=pdf", true, doc.VoidedOn != ""
	}
	switch {
	case doc.Digest == "":
	case doc.Matter != 0 || doc.Loose:
		w.Href = "/api/v1/files/" + doc.ID
	case doc.PlanYear != 0:
		w.Href = fmt.Sprintf("/api/v1/plans/%d/documents/%s", doc.PlanYear, doc.ID)
	case doc.Rectification != "":
		w.Href = "/api/v1/rectifications/" + doc.Rectification + "/documents/" + doc.ID
	default:
		w.Href = "/api/v1/projects/" + doc.Project + "/documents/" + doc.ID
	}
	return w
}

// uploadDocument takes a multipart form. The file is on the disk under its
// digest before the row that names it is written.
func uploadDocument(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	if p.Stage == books.Archived {
		return nil, refuse(http.StatusConflict, "project-archived")
	}
	return c.addDocument(papers.Document{Project: p.Code}, models.Notice{Kind: "project", Key: p.Code, Project: p.Code, Dept: p.DeptID})
}

// addDocument files what was uploaded under what it is about, and tells those who look at that.
func (c *call) addDocument(about papers.Document, tell models.Notice) (any, error) {
	up, err := c.form()
	file, fields := up.file, up.fields
	defer file.Discard()
	if err != nil {
		return nil, err
	}
	if files.Secret.MatchString(fields["title"]) {
		return nil, c.refusedFile(files.ErrSecret)
	}
	// What was answered before under the same key is answered again, whatever room there is now.
	if err := c.roomFor(c.db(), about, file.Size); err != nil && c.GetHeader("Idempotency-Key") == "" {
		return nil, err
	}
	if !up.gone {
		if err := file.Keep(); err != nil {
			return nil, err
		}
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	c.body = raw // what is asked, for the Idempotency-Key; an upload's id stands for its content
	if fields["upload"] == "" {
		c.fileDigest = file.Digest
	}
	a, err := c.actingOn("", fields["businessDate"], "") // the day of a paper is its own: it changes no books
	if err != nil {
		return nil, err
	}
	title := fields["title"]
	if title == "" {
		title = strings.TrimSuffix(file.Name, file.Ext)
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := c.roomFor(tx, about, file.Size); err != nil {
			return reply{}, err
		}
		if err := filing(tx, up); err != nil {
			return reply{}, err
		}
		doc := papers.Document{
			Replaces: fields["replaces"], CreatedBy: a.Person,
			Project: about.Project, Rectification: about.Rectification, PlanYear: about.PlanYear, Matter: about.Matter, Loose: about.Loose,
			Kind: fields["kind"], Title: title, DocNo: models.Optional(fields["docNo"]), FileName: file.Name,
			MediaType: file.MediaType, Size: file.Size, Digest: file.Digest, Dated: a.BusinessDate,
		}
		if doc.Replaces != "" {
			if err := c.newer(tx, doc); err != nil {
				return reply{}, err
			}
		}
		err := papers.AddDocument(tx, a, &doc)
		if models.IsUnique(err) && doc.DocNo == "" {
			return reply{}, models.Refuse("file-replaced", "title", doc.Title)
		}
		if models.IsUnique(err) {
			return reply{}, refuse(http.StatusConflict, "document-number-taken").field("/docNo", "document-number-taken")
		}
		if err != nil {
			return reply{}, err
		}
		err = audit.Audit(tx, "r:documents", a, audit.AuditEntry{
			Action: "document.add", Subject: "document:" + doc.ID, Project: doc.Project, Digest: doc.Digest,
			Detail: models.JSONOf(map[string]any{"title": doc.Title, "kind": doc.Kind, "size": doc.Size, "replaces": doc.Replaces}),
		})
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		d.names[c.who.Person.ID] = c.who.Person
		if tell.Kind != "" {
			if err := models.Notify(tx, tell); err != nil {
				return reply{}, err
			}
		}
		w := d.document(doc)
		w.Own = true
		if w.Version, err = papers.VersionOf(tx, doc); err != nil {
			return reply{}, err
		}
		w.Twins, err = twins(tx, doc)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
}

// form reads the parts of an upload: each field once, and one file, or the name of one that came in pieces.
func (c *call) form() (up uploaded, err error) {
	media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return up, refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	c.readWithin(fileTime)
	parts := multipart.NewReader(http.MaxBytesReader(c.Writer, c.Request.Body, maxUpload), params["boundary"])
	p := invalid()
	up.fields = map[string]string{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			c.bodyWasRead()
			break
		}
		if err != nil {
			return up, uploadProblem(err)
		}
		name := part.FormName()
		_, twice := up.fields[name]
		switch {
		case twice || name == "file" && up.file.Digest != "":
			p.field("/"+escape(name), "field.twice")
		case name == "file":
			if up.file, err = c.store().Stage(part.FileName(), part); err != nil {
				return up, c.refusedFile(err)
			}
		default:
			if up.fields[name], err = field(part); err != nil {
				return up, uploadProblem(err)
			}
		}
	}
	switch id := up.fields["upload"]; {
	case id != "" && up.file.Digest != "":
		p.field("/upload", "field.twice")
	case id != "":
		if up.file, up.gone, err = c.assemble(id); err != nil {
			return up, err
		}
	}
	checkFields(p, up)
	if len(p.Fields) > 0 {
		return up, p
	}
	return up, nil
}

func field(r io.Reader) (string, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxField+1))
	if err == nil && len(raw) > maxField {
		err = files.ErrLarge
	}
	return strings.TrimSpace(string(raw)), err
}

// checkFields checks the fields as api/openapi describes them.
func checkFields(p *problem, up uploaded) {
	limits := map[string]int{"kind": 60, "title": 200, "docNo": 100, "businessDate": 10, "upload": 19, "replaces": 19}
	fields := up.fields
	for name, value := range fields {
		limit, ok := limits[name]
		switch {
		case !ok:
			p.field("/"+escape(name), "field.unknown")
		case !clean(value):
			p.field("/"+name, "control-character")
		case len([]rune(value)) > limit:
			p.field("/"+name, "field.maxLength", "limit", strconv.Itoa(limit))
		}
	}
	if !slices.Contains(models.DocumentKinds, fields["kind"]) {
		p.field("/kind", "document-kind-unknown")
	}
	if date := fields["businessDate"]; date != "" {
		if _, err := models.ParseDate(date); err != nil {
			p.field("/businessDate", "field.format")
		}
	}
	if up.file.Digest == "" && !up.gone {
		p.field("/file", "field.required")
	}
}

// refusedFile says why a file is not let in. What is harmful or secret is told to those who watch, and stands in the audit.
func (c *call) refusedFile(err error) error {
	p := uploadProblem(err)
	var said *problem
	if !errors.As(p, &said) {
		return p
	}
	switch said.Slug {
	case "file-active", "file-secret", "file-infected":
		c.srv.Log.Warn(
			"a file was refused", "alarm", true, "person", c.who.Person.ID, "code", said.Slug, "remote", c.ClientIP(), "error", err,
		)
		if err := c.note(audit.AccessTally{Action: audit.FileRefused, Subject: "route:" + c.route.Path, Code: said.Slug}); err != nil {
			return err
		}
	case "scanner-away":
		c.srv.Log.Error("uploads wait for the scanner", "alarm", true, "error", err)
	}
	return p
}

func uploadProblem(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), errors.Is(err, files.ErrLarge):
		return refuse(http.StatusRequestEntityTooLarge, "too-large", "limit", sizeText(files.Max))
	case errors.Is(err, files.ErrEmpty):
		return invalid().field("/file", "file-empty")
	case errors.Is(err, files.ErrType):
		return refuse(http.StatusUnsupportedMediaType, "file-type-refused").field("/file", "file-type-refused")
	case errors.Is(err, files.ErrDisguised):
		return refuse(http.StatusUnsupportedMediaType, "file-disguised").field("/file", "file-disguised")
	case errors.Is(err, files.ErrActive):
		return refuse(http.StatusUnsupportedMediaType, "file-active").field("/file", "file-active")
	case errors.Is(err, files.ErrSecret):
		return refuse(http.StatusUnprocessableEntity, "file-secret").field("/file", "file-secret")
	case errors.Is(err, files.ErrInfected):
		return refuse(http.StatusUnprocessableEntity, "file-infected").field("/file", "file-infected")
	case errors.Is(err, files.ErrScanner):
		p := refuse(http.StatusServiceUnavailable, "scanner-away")
		p.RetryAfter = 30
		return p
	case errors.Is(err, files.ErrStorage):
		return err
	}
	return refuse(http.StatusBadRequest, "body-incomplete")
}

// downloadDocument sends a file, always as an attachment that no browser interprets.
func downloadDocument(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	return c.sendDocument(c.db().Where("project = ?", p.Code))
}

// shownInside are the types of files that a browser may show as they are: none of them runs anything.
var shownInside = []string{"application/pdf", "image/png", "image/jpeg", files.Plain, files.CSV}

// dispose says what a browser does with a file: keep it as an attachment that nothing interprets, or, where ?view=inline asks for
// it and its type runs nothing, show it in a frame of ours.
func (c *call) dispose(doc papers.Document) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	name := "; filename*=UTF-8''" + url.PathEscape(doc.FileName)
	if c.Query("view") != "inline" || !slices.Contains(shownInside, doc.MediaType) {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", "attachment"+name)
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		return
	}
	h.Set("Content-Type", doc.MediaType)
	if files.IsText(doc.MediaType) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	h.Set("Content-Disposition", "inline"+name)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
}

// twins are the titles of files that hold the same.
func twins(tx *gorm.DB, doc papers.Document) ([]string, error) {
	all, err := papers.Twins(tx, doc)
	var out []string
	for _, t := range all {
		out = append(out, t.Title)
	}
	return out, err
}

// sendDocument sends one of some documents.
func (c *call) sendDocument(of *gorm.DB) (any, error) {
	var doc papers.Document
	err := of.Where("id = ? AND digest <> ''", c.Param("id")).Take(&doc).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	if err := c.note(audit.AccessTally{Action: audit.AccessExport, Subject: "read:" + c.Request.URL.Path}); err != nil {
		return nil, err
	}
	f, err := c.store().Open(c.Request.Context(), doc.Digest)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", doc.ID, err)
	}
	defer func() { _ = f.Close() }()
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(fileTime))
	c.dispose(doc)
	content, size := io.Reader(f), doc.Size
	if files.IsText(doc.MediaType) && c.Query("view") == "inline" {
		text, err := files.Read(f)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", doc.ID, err)
		}
		content, size = strings.NewReader(text), int64(len(text))
	}
	h := c.Writer.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	c.Status(http.StatusOK)
	_, err = io.Copy(c.Writer, content)
	if err != nil {
		c.srv.Log.Warn("download broke off", "document", doc.ID, "error", err)
	}
	return written, nil
}
