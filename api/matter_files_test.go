package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

// files sends a file as a person.
func (w *town) files(person, path, name, content string, headers ...string) answer {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	f, err := m.CreateFormFile("file", name)
	w.must(err)
	_, err = f.Write([]byte(content))
	w.must(err)
	w.must(m.WriteField("kind", "attachment"))
	w.must(m.Close())
	raw := body.Bytes()
	r := httptest.NewRequest("POST", path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+w.signIn(person))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.send(r, raw)
}

func TestFilesOfMatters(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var d, twin wire.Document
	w.files("zhou-min", "/api/v1/files", "行程.pdf", pdf).want(201, "").into(&d)
	w.do("zhou-min", "GET", d.Href, nil).want(200, "")
	w.do("he-guangming", "GET", d.Href, nil).want(404, "not-found") // before it has begun, nobody else's
	w.files("zhou-min", "/api/v1/files", "又一份.pdf", pdf).want(201, "").into(&twin)
	if len(twin.Twins) != 1 || twin.Twins[0] != "行程" {
		t.Errorf("a duplicate is not told: %+v", twin)
	}
	w.files("zhou-min", "/api/v1/files", "宏.pdf", "MZ not a paper").want(415, "")
	w.files("kang-xitong", "/api/v1/files", "x.pdf", pdf).want(403, "forbidden")

	data := map[string]any{"where": twin.ID, "days": 1.5, "car": false, "scan": []any{d.ID}} // a number in a text is no file
	b := w.begins("zhou-min", wire.BeginRequest{Data: data})
	other := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	at := "/api/v1/instances/" + b.Key
	w.do("he-guangming", "GET", d.Href, nil).want(200, "") // holds the case
	w.do("jin-yusuan", "GET", d.Href, nil).want(404, "not-found")
	w.do("he-guangming", "GET", twin.Href, nil).want(404, "not-found") // not named
	var all wire.Documents
	w.do("he-guangming", "GET", at+"/files", nil).want(200, "").into(&all)
	if len(all.Items) != 1 || all.Items[0].ID != d.ID {
		t.Errorf("files: %+v", all)
	}
	var m wire.MatterDetail
	w.do("zhou-min", "GET", at+"/matter", nil).want(200, "").into(&m)
	if len(m.Documents) != 1 {
		t.Errorf("the page: %+v", m.Documents)
	}
	w.files("he-guangming", at+"/files", "批注.pdf", pdf, "Idempotency-Key", "f1").want(201, "").into(&twin)
	w.files("he-guangming", at+"/files", "批注.pdf", pdf, "Idempotency-Key", "f1").want(201, "")
	w.do("zhou-min", "GET", at+"/files", nil).want(200, "").into(&all)
	if len(all.Items) != 2 || len(twin.Twins) != 1 {
		t.Errorf("two files, told as the same: %+v, %+v", all, twin)
	}
	w.files("jin-yusuan", at+"/files", "x.pdf", pdf).want(404, "not-found")
	w.files("zhao-kezhang", at+"/files", "x.pdf", pdf).want(403, "forbidden") // governs, has no part
	w.do("zhou-min", "GET", "/api/v1/instances/"+other.Key+"/files", nil).want(200, "").into(&all)
	if len(all.Items) != 0 {
		t.Errorf("another matter's: %+v", all)
	}

	inside := w.do("he-guangming", "GET", d.Href+"?view=inline", nil).want(200, "")
	if inside.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(inside.header.Get("Content-Disposition"), "inline") ||
		!strings.Contains(inside.header.Get("Content-Security-Policy"), "frame-ancestors 'self'") {
		t.Errorf("inside: %v", inside.header)
	}
	kept := w.do("he-guangming", "GET", d.Href, nil).want(200, "")
	if kept.header.Get("Content-Type") != "application/octet-stream" ||
		!strings.Contains(kept.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("kept: %v", kept.header)
	}
	if _, got := w.found("zhou-min", "行程"); !strings.Contains(got, "document:行程") {
		t.Errorf("its bringer finds: %s", got)
	}
	if _, got := w.found("jin-yusuan", "行程"); strings.Contains(got, "document:") {
		t.Errorf("a stranger finds: %s", got)
	}
}
