package api_test

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// archive is a zip with files of these names.
func archive(t *testing.T, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, n := range names {
		f, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte("<x/>"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// flood is a document of a few kilobytes that unpacks to 64 MB.
func flood(t *testing.T) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, n := range []string{"[Content_Types].xml", "word/document.xml"} {
		f, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(make([]byte, 32<<20))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// upload sends a document; fields are name, value ….
func (w *town) upload(person, code, file string, content []byte, key string, fields ...string) answer {
	w.t.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for i := 0; i+1 < len(fields); i += 2 {
		w.must(m.WriteField(fields[i], fields[i+1]))
	}
	if file != "" {
		part, err := m.CreateFormFile("file", file)
		w.must(err)
		_, err = part.Write(content)
		w.must(err)
	}
	w.must(m.Close())
	r := httptest.NewRequest(http.MethodPost, "/api/v1/projects/"+code+"/documents", bytes.NewReader(buf.Bytes()))
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+w.signIn(person))
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return w.send(r, buf.Bytes())
}

func TestUploads(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	w := newTown(t, db)
	p := w.draft()
	pdf := []byte("%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n")
	cases := []struct {
		name, file string
		content    []byte
		fields     []string
		status     int
		slug       string
	}{
		{"a program called pdf", "方案.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00"), []string{"kind", "plan"}, 415, "file-disguised"},
		{"a pdf called png", "图.png", pdf, []string{"kind", "plan"}, 415, "file-disguised"},
		{"a page", "页.html", []byte("<!DOCTYPE html><script>alert(1)</script>"), []string{"kind", "plan"}, 415, "file-type-refused"},
		{
			"a drawing with script", "图.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), []string{"kind", "plan"},
			415, "file-type-refused",
		},
		{"an archive", "包.zip", archive(t, "a.txt"), []string{"kind", "plan"}, 415, "file-type-refused"},
		{"an archive called ofd", "文.ofd", archive(t, "a.txt"), []string{"kind", "plan"}, 415, "file-disguised"},
		{
			"a sheet with macros", "表.xlsx", archive(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
			[]string{"kind", "plan"}, 415, "file-active",
		},
		{
			"an archive that leads outside", "文.docx", archive(t, "[Content_Types].xml", "word/document.xml", "../../etc/passwd"),
			[]string{"kind", "plan"}, 415, "file-type-refused",
		},
		{"an archive that unpacks to a flood", "文.docx", flood(t), []string{"kind", "plan"}, 413, "too-large"},
		{
			"a page before a pdf", "方案.pdf", append([]byte("<script>alert(1)</script>\n"), pdf...), []string{"kind", "plan"}, 415,
			"file-disguised",
		},
		{
			"an archive behind a picture", "图.jpg", append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), archive(t, "a.class")...),
			[]string{"kind", "plan"}, 415, "file-disguised",
		},
		{"nothing in it", "空.pdf", nil, []string{"kind", "plan"}, 422, "invalid-input"},
		{"too large", "大.pdf", append(pdf, make([]byte, 51<<20)...), []string{"kind", "plan"}, 413, "too-large"},
		{"no file", "", nil, []string{"kind", "plan"}, 422, "invalid-input"},
		{"unknown kind", "方案.pdf", pdf, []string{"kind", "secret"}, 422, "invalid-input"},
		{"unknown field", "方案.pdf", pdf, []string{"kind", "plan", "admin", "true"}, 422, "invalid-input"},
		{"a day before all offices", "方案.pdf", pdf, []string{"kind", "plan", "businessDate", "0000-01-01"}, 422, "invalid-input"},
		{"a title with a mark of secrecy", "方案.pdf", pdf, []string{"kind", "plan", "title", "机密★方案"}, 422, "file-secret"},
		{"a title that turns around", "方案.pdf", pdf, []string{"kind", "plan", "title", "\u202efdp.exe"}, 422, "invalid-input"},
		{"no such day", "方案.pdf", pdf, []string{"kind", "plan", "businessDate", "2026-02-30"}, 422, "invalid-input"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w.upload("zhou-min", p.Code, c.file, c.content, "", c.fields...).want(c.status, c.slug)
		})
	}
	if n := w.rows("document"); n != 0 {
		t.Errorf("%d refused files were stored", n)
	}
	if left, _ := filepath.Glob(filepath.Join(w.documents, "*")); len(left) > 0 {
		t.Errorf("refused files are on the disk: %v", left)
	}
	w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/documents", `{}`).want(415, "unsupported-media-type")
	w.upload("fang-lei", p.Code, "方案.pdf", pdf, "", "kind", "plan").want(404, "not-found")

	full := func(tx *gorm.DB) error {
		return tx.Exec(
			"INSERT INTO document (id, project, kind, title, size, created_by, created_at) VALUES ('900', ?, 'plan', 'x', ?, ?, ?)", p.Code,
			5000<<20, "fang-lei", time.Now().UTC(),
		).Error
	}
	w.must(db.Tx(t.Context(), full))
	w.upload("zhou-min", p.Code, "方案.pdf", pdf, "", "kind", "plan").want(422, "quota-project")
	w.must(db.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("UPDATE document SET project = 'XM-X', created_by = 'zhou-min'").Error
	}))
	w.upload("zhou-min", p.Code, "方案.pdf", pdf, "", "kind", "plan").want(422, "quota-person")
	w.must(db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("UPDATE document SET size = 1").Error }))

	var d, again wire.Document
	w.upload("zhou-min", p.Code, `C:\tmp\建设方案"1.pdf`, pdf, "u1", "kind", "plan", "title", "建设方案").want(201, "").into(&d)
	w.upload("zhou-min", p.Code, `C:\tmp\建设方案"1.pdf`, pdf, "u1", "kind", "plan", "title", "建设方案").want(201, "").into(&again)
	if d.ID != again.ID || d.ContentType != "application/pdf" || d.Size != int64(len(pdf)) || strings.ContainsAny(d.FileName, `\/`) {
		t.Errorf("document %+v, again %+v", d, again)
	}
	w.upload("zhou-min", p.Code, "方案.pdf", append(pdf, ' '), "u1", "kind", "plan").want(422, "idempotency-key-reused")
	w.upload("zhou-min", p.Code, "文.ofd", archive(t, "OFD.xml", "Doc_0/Document.xml"), "", "kind", "plan").want(201, "")
	got := w.do("zhao-kezhang", "GET", d.Href, nil).want(200, "")
	if !bytes.Equal(got.body, pdf) || got.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(
			got.header.Get("Content-Disposition"), "attachment;",
		) || strings.Contains(got.header.Get("Content-Disposition"), `"`) {
		t.Errorf("download: %q, %v", got.body, got.header)
	}
	w.do("fang-lei", "GET", d.Href, nil).want(404, "not-found")
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/documents/999", nil).want(404, "not-found")
	if _, err := os.Stat(filepath.Join(w.documents, d.Digest[:2], d.Digest)); err != nil {
		t.Error(err)
	}
}
