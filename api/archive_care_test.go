package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestArchiveIsPutRight: after the hand-over nothing is changed; a version beside it is asked for by the
// archivist and accepted by the head, is in the package with both digests, and waits while a hold stands.
func TestArchiveIsPutRight(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.draft()
	at := "/api/v1/projects/" + p.Code + "/archive"
	correction := wire.ArchiveCorrectionInput{Item: 1, Title: "验收报告（更正）", Note: "扫描件缺第 3 页，补全", Documents: []string{}}
	w.do("mo-dangan", "POST", at+"/corrections", correction).want(422, "not-archived")
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		it := books.ArchiveItem{
			Project: p.Code, No: 1, Stage: "P9", Category: "验收", Title: "验收报告", Dated: "2026-11-20", Documents: models.JSON("[]"),
		}
		if err := tx.Create(&it).Error; err != nil {
			return err
		}
		row, err := books.FindProject(tx, p.Code)
		if err != nil {
			return err
		}
		return books.SetStage(tx, models.Acting{Person: models.System, At: time.Now()}, &row, books.Archived)
	}))
	file := func(person string) answer {
		var form bytes.Buffer
		m := multipart.NewWriter(&form)
		_ = m.WriteField("kind", "evidence")
		_ = m.WriteField("title", "第 3 页")
		part, err := m.CreateFormFile("file", "page3.txt")
		w.must(err)
		_, _ = part.Write([]byte("第三页"))
		w.must(m.Close())
		r := httptest.NewRequestWithContext(ctx(), http.MethodPost, at+"/documents", bytes.NewReader(form.Bytes()))
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.Header.Set("Authorization", "Bearer "+w.signIn(person))
		return w.send(r, form.Bytes())
	}
	var doc wire.Document
	w.upload("zhou-min", p.Code, "late.txt", []byte("later"), "late-1").want(409, "project-archived")
	file("zhou-min").want(403, "forbidden")
	file("mo-dangan").want(201, "").into(&doc)
	w.do("mo-dangan", "POST", at+"/corrections", correction).want(422, "invalid-data") // no file
	correction.Documents = []string{doc.ID}
	correction.Item = 9
	w.do("mo-dangan", "POST", at+"/corrections", correction).want(422, "invalid-data") // no such record
	correction.Item = 1
	var k wire.ArchiveCorrection
	w.do("zhao-kezhang", "POST", at+"/corrections", correction).want(403, "forbidden")
	w.do("mo-dangan", "POST", at+"/corrections", correction).want(202, "").into(&k)
	if k.Version != 2 || k.State != "waiting" || k.OldDigest == k.NewDigest || k.MayDecide {
		t.Errorf("asked: %+v", k)
	}
	w.do("mo-dangan", "POST", at+"/corrections", correction).want(409, "correction-waits")
	inPackage := func() bool {
		got := w.do("mo-dangan", "GET", "/api/v1/projects/"+p.Code+"/archive-package", nil).want(200, "")
		z, err := zip.NewReader(bytes.NewReader(got.body), int64(len(got.body)))
		w.must(err)
		for _, f := range z.File {
			if f.Name == "metadata.xml" {
				r, err := f.Open()
				w.must(err)
				raw, _ := io.ReadAll(r)
				return strings.Contains(string(raw), k.NewDigest) && strings.Contains(string(raw), doc.ID)
			}
		}
		return false
	}
	if inPackage() {
		t.Error("a version counts before it was accepted")
	}
	hold := json.RawMessage(`{"basis":"县纪委〔2026〕8号","reason":"调查期间保全"}`)
	var h wire.ArchiveHold
	w.do("mo-dangan", "POST", at+"/holds", hold).want(201, "").into(&h)
	w.do("mo-dangan", "POST", at+"/holds", hold).want(409, "archive-held")
	decide := at + "/corrections/2/decide"
	w.do("mo-dangan", "POST", decide, wire.Verification{Accept: true}).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", decide, wire.Verification{Accept: true}).want(409, "archive-held")
	lift := at + "/holds/" + h.ID + "/lift"
	w.do("mo-dangan", "POST", lift, wire.Reason{Reason: "调查已经结束"}).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", lift, wire.Reason{Reason: "调查已经结束"}).want(200, "")
	w.do("zhao-kezhang", "POST", lift, wire.Reason{Reason: "调查已经结束"}).want(409, "request-decided")
	w.do("zhao-kezhang", "POST", decide, wire.Verification{}).want(422, "invalid-data")
	w.do("zhao-kezhang", "POST", decide, wire.Verification{Accept: true}).want(200, "").into(&k)
	w.do("zhao-kezhang", "POST", decide, wire.Verification{Accept: true}).want(409, "request-decided")
	if k.State != "accepted" || k.DecidedBy == nil || !inPackage() {
		t.Errorf("accepted: %+v", k)
	}
	var shown wire.Archive
	w.do("yan-shenji", "GET", at, nil).want(200, "").into(&shown)
	if len(shown.Records) != 1 || len(shown.Corrections) != 1 || len(shown.Holds) != 1 || shown.Holds[0].LiftedBy == nil {
		t.Errorf("shown: %+v", shown)
	}
}
