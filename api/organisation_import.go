package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/roster"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// importOrganisation compares a list with the organisation, and asks for what it
// would change: 202 with the request and its preview, or with dryRun=true 200
// with the preview alone.
func importOrganisation(c *call) (any, error) {
	name, raw, fields, err := c.listFile()
	if err != nil {
		return nil, err
	}
	rows, err := roster.Read(raw)
	if err != nil {
		return nil, err
	}
	if fields["dryRun"] == "true" {
		plan, _, err := roster.Make(c.db(), rows, c.now, c.srv.Cipher)
		return c.importPreview(name, plan), err
	}
	reason := fields["reason"]
	if reason == "" {
		reason = "导入名册 " + name
	}
	a, err := c.acting("", "", reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		r, plan, err := roster.Ask(tx, a, name, rows, c.srv.Cipher)
		if err != nil {
			return reply{}, err
		}
		out := c.importPreview(name, plan)
		all, err := c.requests(r)
		if err != nil {
			return reply{}, err
		}
		out.Request = &all[0]
		return reply{
			Status: http.StatusAccepted, Header: map[string]string{"Location": "/api/v1/requests/" + keyText(r.ID)}, Body: out,
		}, nil
	})
}

// listFile reads the list, and the fields beside it, of a multipart form.
func (c *call) listFile() (name string, raw []byte, fields map[string]string, err error) {
	media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return "", nil, nil, refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	fields = map[string]string{}
	parts := multipart.NewReader(http.MaxBytesReader(c.Writer, c.Request.Body, roster.MaxBytes+1<<16), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", nil, nil, uploadProblem(err)
		}
		switch key := part.FormName(); key {
		case "file":
			name = clip(part.FileName(), 200)
			if raw, err = io.ReadAll(part); err != nil {
				return "", nil, nil, uploadProblem(err)
			}
		case "dryRun", "reason":
			if fields[key], err = field(part); err != nil {
				return "", nil, nil, uploadProblem(err)
			}
		default:
			return "", nil, nil, invalid().field("/"+escape(key), "field.unknown")
		}
	}
	if raw == nil {
		return "", nil, nil, invalid().field("/file", "field.required")
	}
	c.body = raw // what is asked, for the Idempotency-Key
	return name, raw, fields, nil
}

func (c *call) importPreview(file string, p roster.Plan) wire.ImportPreview {
	out := wire.ImportPreview{
		File: file, Rows: p.Rows, Same: p.Same, Units: changes(p.Units), New: changes(p.New), Changed: changes(p.Changed),
		Leaving: changes(p.Leaving), Refused: []wire.RefusedRow{},
	}
	for _, r := range p.Refused {
		out.Refused = append(out.Refused, wire.RefusedRow{
			Line: r.Line, Column: roster.ColumnName(r.Column, c.lang == "en"), Code: r.Code,
			Detail: c.textOf(r.Code, inWords(c.lang, r.Args)),
		})
	}
	return out
}

func changes(all []roster.Change) []wire.ImportChange {
	out := []wire.ImportChange{}
	for _, k := range all {
		w := wire.ImportChange{Line: k.Line, ID: k.ID, Name: k.Name, Unit: k.Unit, Posts: k.Posts, Ends: k.Ends}
		for _, f := range k.Fields {
			w.Fields = append(w.Fields, wire.FieldChange(f))
		}
		out = append(out, w)
	}
	return out
}

func organisationTemplate(c *call) (any, error) {
	var b bytes.Buffer
	if err := roster.Template(&b); err != nil {
		return nil, err
	}
	return c.workbook("organisation-template.xlsx", b.Bytes())
}

func exportOrganisation(c *call) (any, error) {
	var b bytes.Buffer
	if err := roster.Export(c.db(), &b, c.now, c.srv.Cipher, c.watermark()); err != nil {
		return nil, err
	}
	return c.workbook("organisation.xlsx", b.Bytes())
}

func (c *call) workbook(name string, raw []byte) (any, error) {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header("Content-Length", strconv.Itoa(len(raw)))
	c.Data(http.StatusOK, workbookType, raw)
	return written, nil
}
