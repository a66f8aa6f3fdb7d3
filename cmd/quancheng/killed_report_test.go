package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// killed is an act during which the platform is killed: how it is called, how many
// rows it makes where it is through, and what the rows are in the database.
type killed struct {
	name string
	call func(v *victim, key string) (*http.Request, error)
	rows string // SQL of one number
	all  int    // when it was done once
}

// importRows is how many rows a sheet brings: enough for the database to write before the end.
const importRows = 1500

var killings = []killed{
	{
		name: "a sheet of items", all: importRows, rows: "SELECT COUNT(*) FROM service_item WHERE code LIKE 'K-%'",
		call: func(v *victim, key string) (*http.Request, error) {
			var b strings.Builder
			b.WriteString("事项编码,事项名称,实施单位,类别,法定时限,承诺时限,生效日期\n")
			for n := range importRows {
				fmt.Fprintf(&b, "K-%04d,事项%d,DP22,行政许可,20,5,2022-01-01\n", n, n)
			}
			return v.sheet("/api/v1/service-items/import", key, b.String())
		},
	},
	{
		name: "a sheet of a register", all: importRows + 1,
		rows: "SELECT (SELECT COUNT(*) FROM register_entry WHERE register = 'licences') + (SELECT COUNT(*) FROM register_import WHERE register = 'licences')",
		call: func(v *victim, key string) (*http.Request, error) {
			var b strings.Builder
			b.WriteString("证照编码,证照名称,发证单位,国家目录内,纳入日期\n")
			for n := range importRows {
				fmt.Fprintf(&b, "Z-%04d,证照%d,DP22,是,2022-03-01\n", n, n)
			}
			return v.sheet("/api/v1/registers/licences/import", key, b.String())
		},
	},
	{
		name: "a snapshot", all: 1, rows: "SELECT COUNT(*) FROM report_snapshot",
		call: func(v *victim, key string) (*http.Request, error) {
			raw, err := json.Marshal(wire.ReportInput{From: "2022-01-01", To: "2022-06-30"})
			if err != nil {
				return nil, err
			}
			return v.request(http.MethodPost, "/api/v1/reports", key, "application/json", raw)
		},
	},
}

// victim is a platform that is killed, and somebody who calls it.
type victim struct {
	*platformProcess
	token string
}

func (v *victim) request(method, path, key, contentType string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+v.token)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Idempotency-Key", key)
	return r, nil
}

func (v *victim) sheet(path, key, csv string) (*http.Request, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.SetBoundary("one-and-the-same-for-the-same-key"); err != nil {
		return nil, err
	}
	part, err := w.CreateFormFile("file", "rows.csv")
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(part, csv); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return v.request(http.MethodPost, path, key, w.FormDataContentType(), body.Bytes())
}

// begin starts it and signs somebody of the office in.
func (v *victim) begin() {
	v.t.Helper()
	v.start(v.t.Context())
	raw := []byte(fmt.Sprintf(`{"person":%q}`, personOf(v.t, v.platformProcess, "OFFICE")))
	resp, err := http.Post(v.url()+"/api/v1/session", "application/json", bytes.NewReader(raw))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var s wire.Session
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil || s.Token == "" {
		v.t.Fatalf("signed in: %d, %v", resp.StatusCode, err)
	}
	v.token = s.Token
}

// personOf is a demo person of a role.
func personOf(t testing.TB, p *platformProcess, role string) string {
	t.Helper()
	resp, err := http.Get(p.url() + "/api/v1/people")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var people wire.People
	if err := json.NewDecoder(resp.Body).Decode(&people); err != nil {
		t.Fatal(err)
	}
	for _, q := range people.People {
		for _, post := range q.Posts {
			if strings.HasPrefix(post.ID, role+"@") {
				return q.ID
			}
		}
	}
	t.Fatalf("nobody is %s", role)
	return ""
}

// do sends a request; a platform that dies under it gives an error.
func do(r *http.Request) (int, []byte, error) {
	resp, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, raw, err
}

// books reads the database of a platform that does not run.
func (v *victim) books(read func(tx *gorm.DB)) {
	v.t.Helper()
	db, err := models.Open("sqlite:" + filepath.Join(v.dir, "quancheng.db"))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Snapshot(context.Background(), func(tx *gorm.DB) error { read(tx); return nil }); err != nil {
		v.t.Fatal(err)
	}
}

// whole: the rows of an act are there all or not at all, and the audit names them.
func (v *victim) whole(k killed) (done bool) {
	v.t.Helper()
	v.books(func(tx *gorm.DB) {
		var n int
		if err := tx.Raw(k.rows).Scan(&n).Error; err != nil {
			v.t.Fatal(err)
		}
		if n != 0 && n != k.all {
			v.t.Errorf("%s: %d rows after a kill, neither none nor %d", k.name, n, k.all)
		}
		done = n == k.all
		r, err := audit.VerifyAudit(tx, "")
		if err != nil || r.Break != nil {
			v.t.Errorf("%s: the audit does not hold: %+v, %v", k.name, r.Break, err)
		}
		var torn int
		err = tx.Raw(`SELECT COUNT(*) FROM report_figure f WHERE f.rows_count <> (SELECT COUNT(*) FROM report_row r
			WHERE r.snapshot = f.snapshot AND r.figure = f.id)`).Scan(&torn).Error
		if err != nil || torn > 0 {
			v.t.Errorf("%s: %d figures have not their rows, %v", k.name, torn, err)
		}
	})
	return done
}

// moments are when the platform is killed after it was called. Whatever falls together with them, the rows are whole.
var moments = []time.Duration{0, 60 * time.Millisecond, 300 * time.Millisecond}

// TestKilledInTheMiddle kills the platform while it takes in a sheet of items, a sheet of a register and a snapshot,
// and while it renders: after each kill the rows are there all or not at all, and the same call under the same key
// makes them once.
func TestKilledInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole platform")
	}
	v := &victim{platformProcess: newProcess(t, "", t.TempDir(), "--seed=false")}
	v.begin()
	for _, k := range killings {
		done := false
		for n, after := range moments {
			key := fmt.Sprintf("killed-%s-%d", strings.ReplaceAll(k.name, " ", "-"), 0)
			r, err := k.call(v, key)
			if err != nil {
				t.Fatal(err)
			}
			answered := make(chan int, 1)
			go func() { status, _, _ := do(r); answered <- status }()
			time.Sleep(after)
			v.kill()
			status := <-answered
			was := done
			if done = v.whole(k); was && !done {
				t.Errorf("%s: what was done is gone after kill %d", k.name, n+1)
			}
			if status >= 200 && status < 300 && !done {
				t.Errorf("%s: answered %d, and nothing is there", k.name, status)
			}
			v.begin()
		}
		r, err := k.call(v, fmt.Sprintf("killed-%s-%d", strings.ReplaceAll(k.name, " ", "-"), 0))
		if err != nil {
			t.Fatal(err)
		}
		status, raw, err := do(r)
		if err != nil || status < 200 || status >= 300 {
			t.Fatalf("%s, called again: %d %s %v", k.name, status, raw, err)
		}
		v.kill()
		if !v.whole(k) {
			t.Errorf("%s: called again, its rows are not there", k.name)
		}
		v.begin()
	}
	v.rendered()
}

// rendered kills it while it renders the report: what stands in the store is whole, and the same paper comes out.
func (v *victim) rendered() {
	v.t.Helper()
	const paper = "/api/v1/reports/half-year/paper?snapshot=1&format="
	first := map[string][]byte{}
	for n, format := range []string{"docx", "pdf"} {
		r, err := v.request(http.MethodGet, paper+format, "", "", nil)
		if err != nil {
			v.t.Fatal(err)
		}
		gone := make(chan struct{})
		go func() { defer close(gone); _, _, _ = do(r) }()
		time.Sleep(moments[n+1])
		v.kill()
		<-gone
		v.begin()
	}
	for range 2 {
		for _, format := range []string{"docx", "pdf"} {
			r, err := v.request(http.MethodGet, paper+format, "", "", nil)
			if err != nil {
				v.t.Fatal(err)
			}
			status, raw, err := do(r)
			if err != nil || status != http.StatusOK || len(raw) < 1000 {
				v.t.Fatalf("%s after the kill: %d, %d bytes, %v", format, status, len(raw), err)
			}
			if was := first[format]; was != nil && !bytes.Equal(was, raw) {
				v.t.Errorf("%s: other bytes the second time", format)
			}
			first[format] = raw
		}
	}
	v.kill()
	err := filepath.WalkDir(filepath.Join(v.dir, "documents"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		raw, err := os.ReadFile(path)
		if sum := sm3.Sum(raw); err == nil && hex.EncodeToString(sum[:]) != d.Name() {
			v.t.Errorf("%s holds something else", path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		v.t.Error(err)
	}
}
