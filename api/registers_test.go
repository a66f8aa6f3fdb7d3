package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/spreadsheet"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// withRegisters gives a house the shipped registers, a bureau and a window.
func withRegisters(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("officer", "OFFICE@U0")
	h.seat("clerk", "WINDOW@U1")
	h.seat("other", "WINDOW@U2")
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		t.Fatal(err)
	}
	modelstest.Tx(t, h.db, func(tx *gorm.DB) error {
		if err := tx.Create(&office.UnitFunction{Function: "bureau", Unit: "U0",
			ValidFrom: noon.AddDate(-1, 0, 0).UTC()}).Error; err != nil {
			return err
		}
		return registers.Install(tx, models.Acting{Person: models.System, At: noon}, files)
	})
	for window, unit := range map[string]string{"税务": "U1", "公安": "U2"} {
		h.do("officer", "POST", "/api/v1/registers/windows/entries", entryOf("window", window, "unit", unit, "items", 9, "seats", 2,
			"staff", 2)).
			want(201, "")
	}
	return h
}

func entryOf(pairs ...any) wire.RegisterEntryInput {
	in := wire.RegisterEntryInput{Fields: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		in.Fields[pairs[i].(string)] = pairs[i+1]
	}
	return in
}

func TestRegisterOverHTTP(t *testing.T) {
	h := withRegisters(t)
	duty := "/api/v1/registers/duty"
	var reg wire.Register
	h.do("clerk", "GET", duty, nil).want(200, "").into(&reg)
	if !reg.MayWrite || reg.Fields[0].Options[1].Value == "" {
		t.Errorf("%+v", reg)
	}
	var e wire.RegisterEntry
	h.do("clerk", "POST", duty+"/entries", entryOf("window", "税务", "date", "2026-11-22", "handled", 3, "calls", 4), "Idempotency-Key",
		"k1").
		want(201, "").
		into(&e)
	h.do("clerk", "POST", duty+"/entries", entryOf("window", "税务", "date", "2026-11-22", "handled", 3, "calls", 4), "Idempotency-Key",
		"k1").
		want(201, "")
	var p wire.Problem
	h.do("clerk", "POST", duty+"/entries", entryOf("window", "税务", "date", "2026-11-23", "handled", 3)).want(422, "invalid-data").into(&p)
	if p.Errors[0].Pointer != "/fields/date" {
		t.Errorf("%+v", p)
	}
	h.do("other", "POST", duty+"/entries", entryOf("window", "税务", "date", "2026-11-21", "handled", 3)).want(403, "register-not-yours")
	in := entryOf("window", "税务", "date", "2026-11-22", "handled", 5, "calls", 4)
	in.Revision = 1
	h.do("clerk", "PUT", duty+"/entries/"+e.ID, in).want(200, "").into(&e)
	h.do("officer", "PUT", duty+"/entries/"+e.ID, in).want(409, "stale-version")
	if len(e.Revisions) != 2 || e.Fields["offDuty"] != true {
		t.Errorf("%+v", e)
	}
	var page wire.RegisterEntryPage
	h.do("other", "GET", duty+"/entries?filter[window]=%E7%A8%8E%E5%8A%A1&filter[handled]=%3E4&sort=-handled&limit=1", nil).
		want(200, "").
		into(&page)
	if len(page.Items) != 1 || page.Items[0].MayEdit {
		t.Errorf("%+v", page)
	}
	h.do("other", "GET", duty+"/entries?filter[colour]=red", nil).want(422, "unknown-filter")
	h.do("other", "GET", duty+"/entries?filter[window]=%E5%85%AC%E5%AE%89", nil).want(200, "").into(&page)
	if len(page.Items) != 0 {
		t.Errorf("%+v", page)
	}
	var totals wire.RegisterTotals
	h.do("clerk", "GET", duty+"/totals?from=2026-07-01&to=2026-12-31&by=window", nil).want(200, "").into(&totals)
	for _, k := range totals.Items {
		if k.ID == "duty_items" {
			h.do("clerk", "GET", k.Rows, nil).want(200, "").into(&page)
			if k.Value != "5" || int64(len(page.Items)) != k.Count {
				t.Errorf("%+v with %d rows", k, len(page.Items))
			}
		}
	}
	h.do("clerk", "POST", duty+"/entries/"+e.ID+"/void", wire.RegisterAct{Revision: 2}).want(422, "")
	h.do("clerk", "POST", duty+"/entries/"+e.ID+"/void", wire.RegisterAct{Revision: 2, Reason: "登记错了一天"}).want(200, "").into(&e)
	if e.State != "void" {
		t.Errorf("%+v", e)
	}
	h.do("clerk", "GET", "/api/v1/registers/nothing", nil).want(404, "")
}

// send uploads a sheet.
func (h *house) sheet(person, path, name string, data []byte) answer {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, bytes.NewReader(body.Bytes()))
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	return h.send(r, body.Bytes())
}

func TestASheetIsPreviewedAndTaken(t *testing.T) {
	h := withRegisters(t)
	raw, err := spreadsheet.Write(spreadsheet.Sheet{Name: "值班", Heads: []string{"窗口", "日期", "办件", "电话"}, Rows: [][]any{
		{"税务", "2026-11-21", spreadsheet.Number("3"), spreadsheet.Number("4")},
		{"公安", "2026-11-23", "1", "1"},
		{"公积金", "2026-11-22", "1", "1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var o wire.RegisterImport
	h.sheet("officer", "/api/v1/registers/duty/import?preview=true", "十一月.xlsx", raw).want(200, "").into(&o)
	if !o.Preview || o.ID != "" || o.Added != 1 || o.Refused != 2 || o.Rejected[0].Row != 3 || o.Rejected[0].Column != "B" {
		t.Errorf("%+v", o)
	}
	var page wire.RegisterEntryPage
	h.do("officer", "GET", "/api/v1/registers/duty/entries", nil).want(200, "").into(&page)
	if len(page.Items) != 0 {
		t.Error("a preview has written")
	}
	h.sheet("officer", "/api/v1/registers/duty/import", "十一月.xlsx", raw).want(200, "").into(&o)
	if o.ID == "" || o.Totals[1].After == o.Totals[1].Before {
		t.Errorf("%+v", o)
	}
	got := h.do("officer", "GET", "/api/v1/registers/duty/export", nil)
	rows, err := spreadsheet.Read(got.body)
	if text := unpacked(t, got.body); !strings.Contains(text, "officer") || !strings.Contains(text, "导出") {
		t.Error("the copy does not say whose it is")
	}
	if got.status != 200 || err != nil || len(rows) != 2 {
		t.Errorf("%d %v %v", got.status, rows, err)
	}
	h.sheet("officer", "/api/v1/registers/duty/import", "x.xlsx", []byte("PK\x03\x04broken")).want(422, "sheet-refused")
	if raw, err := json.Marshal(o); err != nil || len(raw) == 0 {
		t.Error(err)
	}
}
