package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// boundBooks holds a desk's books against its audit: every row that is bound says what it
// said, none was written without an entry, and the command says so.
func boundBooks(t *testing.T, dir string) {
	t.Helper()
	dsn := "sqlite:" + filepath.Join(dir, "quancheng.db")
	v, out := verified(t, dsn)
	if v.State != "holds" || v.Rows < 100 || !v.Signed {
		t.Errorf("audit verify: %s", out)
	}
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	modelstest.RecordExits(t, db)
	var unnamed []string
	read := db.Read(context.Background())
	err = read.Raw("SELECT r.kind || ':' || r.key FROM audit_row r JOIN audit a ON a.chain = r.chain AND a.seq = r.seq WHERE a.action = 'books.bound' AND a.reason = ''").
		Scan(&unnamed).
		Error
	if err != nil || len(unnamed) > 0 {
		t.Errorf("written beside no entry: %q (%v)", unnamed, err)
	}
	var kinds []string
	if err := read.Raw("SELECT DISTINCT kind FROM audit_row ORDER BY kind").Scan(&kinds).Error; err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows of %q", v.Rows, kinds)
}

func verified(t *testing.T, dsn string) (v auditVerdict, said string) {
	t.Helper()
	var out bytes.Buffer
	c := auditCommand()
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs([]string{"verify", "--json", "--database", dsn})
	c.SilenceErrors, c.SilenceUsage = true, true
	_ = c.Execute() // its status is in the state
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatalf("%s: %v", out.String(), err)
	}
	return v, out.String()
}

// TestAuditVerifySaysWhatItFound: holds, broken and nothing are three answers, of everything and of one row.
func TestAuditVerifySaysWhatItFound(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "quancheng.db")
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	said := func(want string, status int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		c := auditCommand()
		c.SetOut(&out)
		c.SetErr(&out)
		c.SetArgs(append(args, "--database", dsn))
		c.SilenceErrors, c.SilenceUsage = true, true
		err := c.Execute()
		got := 0
		switch {
		case errors.Is(err, errUndecided):
			got = 2
		case err != nil:
			got = 1
		}
		if got != status || !strings.Contains(out.String(), want) {
			t.Errorf("%v: status %d, %s (%v); want %d, %q", args, got, out.String(), err, status, want)
		}
	}
	said("proves nothing", 2, "verify")
	said(`"state": "nothing"`, 2, "verify", "--json", "--full")
	if err := bindBooks(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	said("every link holds", 0, "verify")
	said(`"state": "holds"`, 0, "verify", "--json", "--new")
	said("nothing is new", 0, "verify", "--new")
	said("r:books#1 is as system wrote it", 0, "verify", "--row", "r:books#1")
	said("no entry binds ledger:7", 2, "verify", "--row", "ledger:7")
	said("", 1, "verify", "r:books", "--row", "r:books#1")
	t.Setenv(mediumVariable, filepath.Join(t.TempDir(), "gone"))
	said("second medium does not answer", 2, "verify")
	said("", 1, "anchor")
	t.Setenv(mediumVariable, t.TempDir())
	said("0 seals were brought", 0, "anchor")
	err = db.Tx(t.Context(), func(tx *gorm.DB) error { _, err := audit.SealAudit(tx, time.Now(), nil); return err })
	if err != nil {
		t.Fatal(err)
	}
	said("1 seals were brought", 0, "anchor")
	said("1 seals are the same on the second medium", 0, "verify")
	err = db.Tx(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM audit_head").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	said("the end of the chain", 1, "verify")
	said(`"state": "broken"`, 1, "verify", "--new", "--json") // it stands
}
