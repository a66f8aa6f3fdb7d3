package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/spreadsheet"
)

// maxSheet is how large a sheet may be that is imported.
const maxSheet = 20 << 20

// errPreview ends the transaction of a preview: nothing of it stays.
var errPreview = errors.New("preview")

// upload reads the one file of an upload into memory; sheets are parsed, never stored as they are.
func (c *call) upload() (name string, data []byte, err error) {
	media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	c.readWithin(fileTime)
	parts := multipart.NewReader(http.MaxBytesReader(c.Writer, c.Request.Body, maxSheet+1<<16), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			c.bodyWasRead()
			break
		}
		if err != nil {
			return "", nil, sheetProblem(err)
		}
		switch {
		case part.FormName() != "file":
			return "", nil, invalid().field("/"+escape(part.FormName()), "field.unknown")
		case data != nil:
			return "", nil, invalid().field("/file", "field.twice")
		}
		if data, err = io.ReadAll(part); err != nil {
			return "", nil, sheetProblem(err)
		}
		name = part.FileName()
	}
	if len(data) == 0 {
		return "", nil, invalid().field("/file", "file-empty")
	}
	if !clean(name) || len(name) > 200 {
		name = "sheet"
	}
	sum := sha256.Sum256(data)
	c.body, c.fileDigest = []byte("{}"), hex.EncodeToString(sum[:])
	return name, data, nil
}

func sheetProblem(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return refuse(http.StatusRequestEntityTooLarge, "too-large", "limit", sizeText(maxSheet))
	}
	return refuse(http.StatusBadRequest, "body-incomplete")
}

// importEntries takes a sheet in. With ?preview=true nothing is written, and the
// answer says what would be, with the totals before and after.
func importEntries(c *call) (any, error) {
	if _, _, err := c.register(); err != nil {
		return nil, err
	}
	name, data, err := c.upload()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	if c.Query("preview") != "true" {
		return c.once(func(tx *gorm.DB) (reply, error) {
			out, err := c.takeSheet(tx, a, name, data)
			return reply{Status: http.StatusOK, Body: out}, err
		})
	}
	return c.preview(func(tx *gorm.DB) (wire.RegisterImport, error) { return c.takeSheet(tx, a, name, data) })
}

// preview takes a sheet in and lets nothing of it stay.
func (c *call) preview(take func(*gorm.DB) (wire.RegisterImport, error)) (any, error) {
	var out wire.RegisterImport
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		var err error
		if out, err = take(tx); err != nil {
			return err
		}
		return errPreview
	})
	if !errors.Is(err, errPreview) {
		return nil, err
	}
	out.ID, out.Preview = "", true
	return out, nil
}

func (c *call) takeSheet(tx *gorm.DB, a models.Acting, name string, data []byte) (wire.RegisterImport, error) {
	d, err := registers.Newest(tx, c.Param("id"))
	if err != nil {
		return wire.RegisterImport{}, err
	}
	s := registers.See(tx, a, d)
	before, err := registers.Totals(tx, s, registers.Period{}, time.Time{}, "")
	if err != nil {
		return wire.RegisterImport{}, err
	}
	o, err := registers.Import(tx, a, d, name, data, false)
	if err != nil {
		return wire.RegisterImport{}, err
	}
	after, err := registers.Totals(tx, s, registers.Period{}, time.Time{}, "")
	if err != nil {
		return wire.RegisterImport{}, err
	}
	out := c.importOf(o)
	for i, t := range after {
		out.Totals = append(
			out.Totals, wire.ImportTotal{ID: t.ID, Label: t.Def.Label.In(string(c.lang)), Before: before[i].Value, After: t.Value},
		)
	}
	return out, nil
}

func (c *call) importOf(o registers.Outcome) wire.RegisterImport {
	out := wire.RegisterImport{
		FileName: o.FileName, Digest: o.Digest, Rows: o.Rows, Added: o.Added, Changed: o.Changed, Same: o.Same, Refused: o.Refused,
		Rejected: []wire.RejectedCell{},
	}
	if o.ID != 0 {
		out.ID = keyText(o.ID)
	}
	for _, r := range o.Rejected {
		detail := c.textOf(r.Code, r.Args)
		if own := r.Args[string(c.lang)]; r.Code == formField && own != "" {
			detail = own
		}
		out.Rejected = append(out.Rejected, wire.RejectedCell{Row: r.Row, Column: r.Column, Head: r.Head, Field: r.Field, Detail: detail})
	}
	for _, k := range o.Changes {
		out.Changes = append(
			out.Changes, wire.RegisterChange{Row: k.Row, Entry: keyText(k.Entry), Field: k.Field, Before: k.Before, After: k.After},
		)
	}
	return out
}

// exportEntries sends what the list shows as an .xlsx; ?template=true the empty sheet that an import takes.
func exportEntries(c *call) (any, error) {
	d, s, err := c.register()
	if err != nil {
		return nil, err
	}
	sheet := d.Template(string(c.lang))
	if c.Query("template") != "true" {
		q, err := c.entryQuery()
		if err != nil {
			return nil, err
		}
		if sheet, err = registers.Export(c.db(), s, q, string(c.lang)); err != nil {
			return nil, err
		}
	}
	return c.download(sheet, d.Name.In(string(c.lang))+".xlsx")
}

// download sends a sheet as an attachment, marked as the reader's copy; what it says can be brought in again.
func (c *call) download(sheet spreadsheet.Sheet, name string) (any, error) {
	sheet.Mark = c.watermark()
	raw, err := spreadsheet.Write(sheet)
	if err != nil {
		return nil, err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", workbookType)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(strings.ReplaceAll(name, "/", "-")))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	c.Status(http.StatusOK)
	if _, err := c.Writer.Write(raw); err != nil {
		c.srv.Log.Warn("download broke off", "sheet", name, "error", err)
	}
	return written, nil
}
