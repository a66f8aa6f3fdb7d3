package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/partner/exchange"
	"github.com/quancheng/quancheng/webhook"
)

// listExchange are the files of the bureaus that were taken in.
func listExchange(c *call) (any, error) {
	rows, err := exchange.Files(c.db(), most)
	if err != nil {
		return nil, err
	}
	out := wire.ExchangeFiles{Items: []wire.ExchangeFile{}}
	for _, r := range rows {
		out.Items = append(out.Items, exchangeFile(r, false))
	}
	return out, nil
}

func exchangeFile(r exchange.Taken, again bool) wire.ExchangeFile {
	return wire.ExchangeFile{
		ID: keyText(r.ID), Partner: r.Source, Name: r.Name, Digest: r.Digest, Events: r.Events, Fresh: r.Fresh, Amount: r.Amount.String(),
		At: r.At.In(models.Zone), Again: again,
	}
}

// takeExchange takes in a file of events that a bureau gave by hand, with its digest and signature.
func takeExchange(c *call) (any, error) {
	name, parts, err := c.exchangeParts()
	if err != nil {
		return nil, err
	}
	f, err := exchange.Read(name, parts["file"], string(parts["digest"]), string(parts["signature"]), c.keysOfFile(name))
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", name)
	if err != nil {
		return nil, err
	}
	if !a.HasRole(liaisonOf[f.Source]) {
		return nil, models.Refuse("not-the-liaison", "partner", c.text("partner."+f.Source))
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		row, again, err := exchange.Take(tx, a, f)
		if err != nil {
			return reply{}, err
		}
		status := http.StatusCreated
		if again {
			status = http.StatusOK
		}
		return reply{Status: status, Body: exchangeFile(row, again)}, nil
	})
}

// liaisonOf is the role that speaks with a bureau.
var liaisonOf = map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}

// keysOfFile are the keys of the bureau that a file's name says; none where it says none.
func (c *call) keysOfFile(name string) []webhook.Key {
	for source, keys := range c.srv.Keys {
		if len(name) > len("EVT_")+len(source) && name[4:4+len(source)] == source {
			return keys
		}
	}
	return nil
}

// exchangeParts reads the three files of an exchange: the events, .sm3 and .sig.
func (c *call) exchangeParts() (name string, parts map[string][]byte, err error) {
	media, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	c.readWithin(fileTime)
	parts = map[string][]byte{}
	read := multipart.NewReader(http.MaxBytesReader(c.Writer, c.Request.Body, exchange.MaxSize+1<<16), params["boundary"])
	for {
		part, err := read.NextPart()
		if errors.Is(err, io.EOF) {
			c.bodyWasRead()
			break
		}
		if err != nil {
			return "", nil, sheetProblem(err)
		}
		key := part.FormName()
		if key != "file" && key != "digest" && key != "signature" {
			return "", nil, invalid().field("/"+escape(key), "field.unknown")
		}
		if _, twice := parts[key]; twice {
			return "", nil, invalid().field("/"+key, "field.twice")
		}
		if parts[key], err = io.ReadAll(part); err != nil {
			return "", nil, sheetProblem(err)
		}
		if key == "file" {
			name = part.FileName()
		}
	}
	p := invalid()
	for _, key := range []string{"file", "digest", "signature"} {
		if len(parts[key]) == 0 {
			p.field("/"+key, "field.required")
		}
	}
	if len(p.Fields) > 0 {
		return "", nil, p
	}
	c.body = parts["file"] // what is asked, for the Idempotency-Key
	return name, parts, nil
}

// giveExchange is what we told a bureau on a day as a file, with its digest and
// signature, for a bureau that no line leads to.
func giveExchange(c *call) (any, error) {
	to := c.Param("partner")
	day, err := models.ParseDate(c.Param("date"))
	if err != nil || len(c.srv.Keys[to]) == 0 {
		return nil, notFound()
	}
	var rows []outbox.Outgoing
	err = c.db().Where("kind = ? AND target = ? AND created_at >= ? AND created_at < ?", outbox.OutPartner, to, day.Start().UTC(),
		day.AddDays(1).Start().UTC()).Order("created_at, id").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	events := make([]webhook.Envelope, len(rows))
	for i, r := range rows {
		events[i] = partnerlink.Envelope(r)
	}
	name := exchange.NameOf("quancheng", day, 1)
	body, digest, signature, err := exchange.Write(name, events, c.srv.Keys[to][0])
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, part := range []struct {
		name string
		body []byte
	}{{name, body}, {name + ".sm3", []byte(digest + "  " + name + "\n")}, {name + ".sig", []byte(signature + "\n")}} {
		w, err := z.Create(part.name)
		if err == nil {
			_, err = w.Write(part.body)
		}
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("file %s: %w", name, err)
	}
	c.Header("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name+".zip"))
	c.Data(http.StatusOK, "application/zip", buf.Bytes())
	return written, nil
}
