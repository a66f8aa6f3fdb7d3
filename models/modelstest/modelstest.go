// Package modelstest opens migrated databases for tests: SQLite always, and
// PostgreSQL from its binaries, started once per test process.
package modelstest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/localpg"
	"github.com/quancheng/quancheng/notrun"
)

// Each runs a test once on a fresh SQLite and once on a fresh PostgreSQL database.
func Each(t *testing.T, f func(t *testing.T, db *models.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, Open(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { f(t, Open(t, Postgres(t))) })
}

// Open opens and migrates a database and closes it with the test.
func Open(t testing.TB, dsn string) *models.DB {
	t.Helper()
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		RecordExits(t, db)
		_ = db.Close()
	})
	if _, err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

// SQLite is the DSN of a new database file.
func SQLite(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "quancheng.db") }

// Postgres is the DSN of a new database on a server that this process started.
// Without binaries the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	dsn, err := localpg.Database()
	if errors.Is(err, localpg.ErrAbsent) {
		notrun.Skip(t, "%v", err)
	}
	if err != nil { // installed and broken is not absent: a silent skip would hide half the tests
		t.Fatal(err)
	}
	return dsn
}

// Cut does something again and again, cut off before its first statement, then
// before its second, and so on, as if the process died there; cut is called after
// each. It ends with the time that was not cut off, and returns how many were.
func Cut(t testing.TB, do func(ctx context.Context) error, cut func(statement int)) int {
	t.Helper()
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(context.Background())
		left, died := n, false
		err := do(models.WithProbe(ctx, func() error {
			if left--; left > 0 {
				return nil
			}
			died = true
			cancel()
			return context.Canceled
		}))
		cancel()
		switch {
		case !died && err != nil:
			t.Fatalf("not cut off: %v", err)
		case !died:
			return n - 1
		}
		cut(n)
	}
}

// Main runs the tests of a package and stops the server that they started:
// func TestMain(m *testing.M) { modelstest.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	localpg.Stop()
	os.Exit(code)
}

// Tx runs f in a transaction; trouble ends the test.
func Tx(t testing.TB, db *models.DB, f func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Tx(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}
