package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
)

// piece sends a part of a file.
func (w *town) piece(person, id string, at int, body string) answer {
	w.t.Helper()
	r := httptest.NewRequest("PATCH", "/api/v1/uploads/"+id, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	r.Header.Set("Upload-Offset", fmt.Sprint(at))
	r.Header.Set("Authorization", "Bearer "+w.signIn(person))
	return w.send(r, []byte(body))
}

// filed makes a document of what was uploaded before; fields are name, value ….
func (w *town) filed(person, path, key string, fields ...string) answer {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		w.must(m.WriteField(fields[i], fields[i+1]))
	}
	w.must(m.Close())
	raw := body.Bytes()
	r := httptest.NewRequest("POST", path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+w.signIn(person))
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return w.send(r, raw)
}

func TestAFileInPieces(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		const files, uploads = "/api/v1/files", "/api/v1/uploads"
		content := pdf + strings.Repeat("%\n", 600_000) // two pieces, and a bit
		start := wire.UploadStart{FileName: `C:\行程.pdf`, Size: int64(len(content))}
		var u, now wire.Upload
		w.do("zhou-min", "POST", uploads, start, "Idempotency-Key", "o1").want(201, "").into(&u)
		w.do("zhou-min", "POST", uploads, start, "Idempotency-Key", "o1").want(201, "").into(&now)
		if u.ID != now.ID || u.FileName != "行程.pdf" || u.Received != 0 {
			t.Errorf("begun: %+v, again %+v", u, now)
		}
		at := uploads + "/" + u.ID
		n := int(u.Piece)
		w.piece("zhou-min", u.ID, 0, content[:n]).want(200, "").into(&now)
		w.piece("zhou-min", u.ID, 0, content[:n]).want(409, "upload-offset") // its answer was lost
		w.piece("zhou-min", u.ID, n+1, "x").want(409, "upload-offset")
		w.do("zhou-min", "GET", at, nil).want(200, "").into(&now)
		if now.Received != int64(n) {
			t.Errorf("here: %+v", now)
		}
		w.do("he-guangming", "GET", at, nil).want(404, "not-found")
		w.piece("he-guangming", u.ID, n, "x").want(404, "not-found")
		w.filed("zhou-min", files, "", "kind", "attachment", "upload", u.ID).want(409, "upload-incomplete")
		w.piece("zhou-min", u.ID, n, content[n:]+"x").want(422, "upload-too-long")
		w.piece("zhou-min", u.ID, n, strings.Repeat("x", n+1)).want(413, "too-large")
		w.piece("zhou-min", u.ID, n, "").want(422, "invalid-input")
		w.piece("zhou-min", u.ID, n, content[n:]).want(200, "").into(&now)
		w.filed("he-guangming", files, "", "kind", "attachment", "upload", u.ID).want(404, "upload-gone") // another's
		w.filed("zhou-min", files, "", "kind", "secret", "upload", u.ID).want(422, "invalid-input")
		var d, again wire.Document
		w.filed("zhou-min", files, "f1", "kind", "attachment", "upload", u.ID).want(201, "").into(&d)
		w.filed("zhou-min", files, "f1", "kind", "attachment", "upload", u.ID).want(201, "").into(&again)
		w.filed("zhou-min", files, "f2", "kind", "attachment", "upload", u.ID).want(404, "upload-gone")
		if d.ID != again.ID || d.Size != int64(len(content)) || d.Title != "行程" || d.Version != 1 {
			t.Errorf("filed: %+v, again %+v", d, again)
		}
		if got := w.do("zhou-min", "GET", d.Href, nil).want(200, "").body; string(got) != content {
			t.Errorf("%d bytes of %d", len(got), len(content))
		}
		if n := w.rows("upload") + w.rows("upload_piece"); n != 0 {
			t.Errorf("%d rows of what was filed are left", n)
		}

		// Whole in one request holds the same, and is told.
		w.files("zhou-min", files, "又一份.pdf", content).want(201, "").into(&again)
		if again.Digest != d.Digest || len(again.Twins) != 1 {
			t.Errorf("a duplicate: %+v", again)
		}
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.exe", Size: 1}).want(415, "file-type-refused")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "机密★.pdf", Size: 1}).want(422, "file-secret")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.pdf", Size: 51 << 20}).want(413, "too-large")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.pdf", Size: 0}).want(422, "invalid-input")

		// What lies is refused when it is whole, and may be given up; what was left goes by itself.
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.pdf", Size: 3}).want(201, "").into(&u)
		w.piece("zhou-min", u.ID, 0, "MZ\x90").want(200, "")
		w.filed("zhou-min", files, "", "kind", "attachment", "upload", u.ID).want(415, "file-disguised")
		w.do("zhou-min", "DELETE", uploads+"/"+u.ID, nil).want(204, "")
		w.do("zhou-min", "GET", uploads+"/"+u.ID, nil).want(404, "not-found")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "b.pdf", Size: 9}).want(201, "").into(&u)
		w.must(db.Tx(t.Context(), func(tx *gorm.DB) error {
			for i := range papers.UploadsOpen - 1 {
				left := papers.Upload{
					ID: fmt.Sprint("9", i), Person: "zhou-min", Size: 9, CreatedAt: w.now.UTC(), ExpiresAt: w.now.UTC().Add(time.Hour),
				}
				if err := tx.Create(&left).Error; err != nil {
					return err
				}
			}
			return nil
		}))
		w.piece("zhou-min", u.ID, 0, "%PDF-").want(200, "")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.pdf", Size: 3}).want(422, "too-many-uploads")
		w.must(db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("UPDATE upload SET expires_at = ?", w.now.UTC()).Error }))
		w.do("zhou-min", "GET", uploads+"/"+u.ID, nil).want(404, "not-found")
		w.do("zhou-min", "POST", uploads, wire.UploadStart{FileName: "a.pdf", Size: 3}).want(201, "")
		if a, b := w.rows("upload"), w.rows("upload_piece"); a != 1 || b != 0 {
			t.Errorf("%d uploads, %d pieces are left", a, b)
		}
	})
}

func TestVersionsOfFiles(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var one, two, three wire.Document
	w.files("zhou-min", "/api/v1/files", "行程.pdf", pdf).want(201, "").into(&one)
	next := func(person, path, content string, of wire.Document) answer {
		var u wire.Upload
		w.do(person, "POST", "/api/v1/uploads", wire.UploadStart{FileName: "行程改.pdf", Size: int64(len(content))}).want(201, "").into(&u)
		w.piece(person, u.ID, 0, content).want(200, "")
		return w.filed(person, path, "", "kind", "attachment", "upload", u.ID, "replaces", of.ID)
	}
	next("zhou-min", "/api/v1/files", pdf+"%2\n", one).want(201, "").into(&two)
	next("zhou-min", "/api/v1/files", pdf+"%3\n", one).want(409, "file-replaced") // the second time
	next("zhou-min", "/api/v1/files", pdf+"%2\n", two).want(422, "file-unchanged")
	next("he-guangming", "/api/v1/files", pdf+"%4\n", two).want(422, "file-not-here") // not his
	if two.Version != 2 || two.Replaces != one.ID || two.Digest == one.Digest {
		t.Errorf("second: %+v", two)
	}

	w.deploy("leave2", func(s string) string {
		return strings.ReplaceAll(s, `{"id": "c_car", "type": "checkbox", "key": "car", "label": "用公车"}`,
			`{"id": "c_scan", "type": "filepicker", "key": "scan", "label": "附件"}`)
	}, "begin.bpmn", "begin.form")
	b := w.begins("zhou-min", wire.BeginRequest{Data: map[string]any{"where": "省城", "days": 1.5, "scan": []any{two.ID}}})
	at := "/api/v1/instances/" + b.Key + "/files"
	next("he-guangming", at, pdf+"%3\n", two).want(201, "").into(&three) // a colleague
	var all wire.Documents
	w.do("he-guangming", "GET", at, nil).want(200, "").into(&all)
	got := map[string]string{}
	for _, d := range all.Items {
		got[d.ID] = fmt.Sprint(d.Version, d.Replaces, ">", d.ReplacedBy)
		w.do("he-guangming", "GET", d.Href, nil).want(200, "") // former versions stay to be read
	}
	want := map[string]string{
		one.ID: fmt.Sprint(1, "", ">", two.ID), two.ID: fmt.Sprint(2, one.ID, ">", three.ID), three.ID: fmt.Sprint(3, two.ID, ">", ""),
	}
	if len(got) != 3 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("versions %v, want %v", got, want)
	}

	// Begun again from it: the new matter has copies of its own, and the draft's page shows them.
	var draft wire.StartDraft
	w.do("zhou-min", "POST", leave+"/drafts", wire.StartDraftInput{Data: map[string]any{"where": "1", "scan": []any{two.ID, "999"}}}).
		want(201, "").
		into(&draft)
	files, _ := draft.Data["scan"].([]any)
	if len(files) != 2 || files[0] == two.ID || files[1] != "999" || draft.Data["where"] != "1" {
		t.Errorf("taken along: %v", draft.Data)
	}
	w.do("zhou-min", "GET", "/api/v1/files", nil).want(200, "").into(&all)
	if len(all.Items) != 1 || all.Items[0].ID != files[0] || all.Items[0].Digest != two.Digest {
		t.Errorf("brought: %+v", all.Items)
	}
	w.do("fang-lei", "GET", "/api/v1/files", nil).want(200, "").into(&all)
	if len(all.Items) != 0 {
		t.Errorf("another's: %+v", all.Items)
	}

	p := w.submitted()
	var plan wire.Document
	docs := "/api/v1/projects/" + p.Code + "/documents"
	w.files("zhou-min", docs, "方案.pdf", pdf+"%6\n").want(201, "").into(&plan)
	var same, newer wire.Document
	w.files("zhou-min", docs, "方案再交.pdf", pdf+"%6\n").want(201, "").into(&same)
	if len(same.Twins) != 1 || same.Twins[0] != plan.Title || same.Digest != plan.Digest {
		t.Errorf("the same file of a project again: %+v", same)
	}
	next("zhou-min", docs, pdf+"%8\n", same).want(201, "").into(&newer)
	if newer.Version != 2 || newer.Replaces != same.ID || len(newer.Twins) != 0 {
		t.Errorf("a new version of a project's file: %+v", newer)
	}
	next("zhao-kezhang", docs, pdf+"%7\n", plan).want(403, "not-your-file") // sees it, and is of another unit
	next("zhou-min", docs, pdf+"%7\n", one).want(422, "file-not-here")      // kept elsewhere

	var text wire.Document
	w.files("zhou-min", at, "说明.txt", "\xbd\xa8\xc9\xe8<b>").want(201, "").into(&text) // GBK
	shown := w.do("he-guangming", "GET", text.Href+"?view=inline", nil).want(200, "")
	if shown.header.Get("Content-Type") != "text/plain; charset=utf-8" || string(shown.body) != "建设<b>" {
		t.Errorf("shown: %v %q", shown.header, shown.body)
	}
	if kept := w.do("he-guangming", "GET", text.Href, nil).want(200, ""); string(kept.body) != "\xbd\xa8\xc9\xe8<b>" {
		t.Errorf("kept: %q", kept.body)
	}
}
