package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/running"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// runProjects runs the command as the shell does, and reads what it prints.
func runProjects(t *testing.T, args ...string) (out projectsResult, err error) {
	t.Helper()
	var printed bytes.Buffer
	c := projectsCommand()
	c.SetOut(&printed)
	c.SetErr(&printed)
	c.SetArgs(append(args, "--json"))
	c.SilenceUsage, c.SilenceErrors = true, true
	if err = c.Execute(); printed.Len() > 0 && printed.Bytes()[0] == '{' {
		if wrong := json.Unmarshal(printed.Bytes(), &out); wrong != nil {
			t.Fatalf("%v: %s", wrong, printed.String())
		}
	}
	return out, err
}

// TestProjectsAreTakenInByCommand: thirty at once, of which three do not add up and are left out. A preview writes nothing, a batch waits for a second person, the
// demonstration has one at hand; the same again changes nothing, and what is no workbook is refused.
func TestProjectsAreTakenInByCommand(t *testing.T) {
	dir := t.TempDir()
	raw, err := os.ReadFile("../../models/running/testdata/county.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string][]map[string]string
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := running.Write(&book, rows); err != nil {
		t.Fatal(err)
	}
	file, dsn := filepath.Join(dir, "存量.xlsx"), "sqlite:"+filepath.Join(dir, "q.db")
	if err := os.WriteFile(file, book.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	shipped, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: time.Now().UTC()}
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		_, _, err := bundles.Deploy(tx, a, shipped)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	count := func() (n int64) {
		if err := db.Read(context.Background()).Model(&books.Project{}).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}

	look, err := runProjects(t, "import", file, "--database", dsn, "--dry-run")
	takes := look.OK + look.Heed
	if err != nil || look.State != "dry-run" || takes != 27 || look.Refused != 3 || count() != 0 {
		t.Fatalf("preview: %v, %s, takes %d, refuses %d, %d projects", err, look.State, takes, look.Refused, count())
	}
	for _, p := range look.Projects {
		if (p.State == running.StateRefused) != (len(p.Wrong) > 0) {
			t.Errorf("row %d is %s, against it stands %+v", p.Line, p.State, p.Wrong)
		}
	}
	done, err := runProjects(t, "import", file, "--database", dsn, "--reason", "移交在建项目")
	if err != nil || done.State != running.Accepted || len(done.Taken) != takes || count() != int64(len(done.Taken)) {
		t.Fatalf("taken in: %v, %s, %d of %d", err, done.State, len(done.Taken), count())
	}
	again, err := runProjects(t, "import", file, "--database", dsn)
	if err != nil || again.ID != done.ID || again.Same != len(done.Taken) || count() != int64(len(done.Taken)) {
		t.Errorf("again: %v, %+v", err, again)
	}
	bad := filepath.Join(dir, "bad.xlsx")
	if err := os.WriteFile(bad, []byte("no workbook"), 0o600); err != nil {
		t.Fatal(err)
	}
	var status *exits
	if _, err := runProjects(t, "import", bad, "--database", dsn); !errors.As(err, &status) || status.status != exitRefused {
		t.Errorf("no workbook: %v", err)
	}
	if _, err := runProjects(t, "import", file, "--database", dsn, "--as", "fang-lei"); !errors.As(err, &status) || status.status != exitRefused {
		t.Errorf("asked by who may not: %v", err)
	}
}
