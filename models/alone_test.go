package models_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

var dialects = map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres}

// Four processes that start at once on an empty database: one migrates, nobody fails.
func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	for name, dsn := range dialects {
		t.Run(name, func(t *testing.T) {
			at := dsn(t)
			var (
				wg    sync.WaitGroup
				mu    sync.Mutex
				total int
			)
			for range 4 {
				wg.Go(func() {
					db, err := models.Open(at)
					if err != nil {
						t.Error(err)
						return
					}
					defer func() { _ = db.Close() }()
					applied, err := db.Migrate(context.Background())
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					total += len(applied)
					mu.Unlock()
				})
			}
			wg.Wait()
			db := opened(t, at)
			all, err := db.Applied(context.Background())
			if err != nil || total != len(all) || total == 0 {
				t.Errorf("%d migrations were applied, %d are known: %v", total, len(all), err)
			}
			if pending, err := db.Pending(context.Background()); err != nil || len(pending) > 0 {
				t.Errorf("pending %v, %v", pending, err)
			}
		})
	}
}

// An older program finds a schema that a newer one has written: it refuses, and writes nothing.
func TestAnOlderProgramRefusesANewerSchema(t *testing.T) {
	for name, dsn := range dialects {
		t.Run(name, func(t *testing.T) {
			db := opened(t, dsn(t))
			apply(t, db, migrations(t, "0301", "0302"), 19, 302)
			before := tables(t, db)
			_, err := db.MigrateFrom(context.Background(), migrations(t, "0301", "0303"))
			if !errors.Is(err, models.ErrNewer) || !strings.Contains(err.Error(), "[302]") {
				t.Errorf("an older program answers %v", err)
			}
			if after := tables(t, db); strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Error("it has changed the schema before it refused")
			}
		})
	}
}

// A store that takes nothing just now is trouble that passes, not a defect.
func TestAStoreThatTakesNothingIsTransient(t *testing.T) {
	write := func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO stuff (body) VALUES (?)", strings.Repeat("x", 1<<20)).Error
	}
	for name, c := range map[string]struct {
		dsn  func(testing.TB) string
		full string
	}{
		"SQLite's disk is full":   {modelstest.SQLite, "PRAGMA max_page_count = 3"},
		"SQLite is read only":     {modelstest.SQLite, "PRAGMA query_only = 1"},
		"PostgreSQL is a standby": {modelstest.Postgres, "SET TRANSACTION READ ONLY"},
	} {
		t.Run(name, func(t *testing.T) {
			db := modelstest.Open(t, c.dsn(t))
			modelstest.Tx(t, db, func(tx *gorm.DB) error { return tx.Exec("CREATE TABLE stuff (body TEXT)").Error })
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				if err := tx.Exec(c.full).Error; err != nil {
					t.Fatal(err)
				}
				return write(tx)
			})
			if err == nil || !models.IsTransient(err) {
				t.Errorf("it is %v", err)
			}
		})
	}
}

func TestOneHoldsAFileAndIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "serving")
	release, err := models.HoldFile(file, "a long name of the first")
	if err != nil {
		t.Fatal(err)
	}
	var other *models.Held
	if _, err := models.HoldFile(file, "the second"); !errors.As(err, &other) || other.By != "a long name of the first" {
		t.Errorf("the second got %v", err)
	}
	if who := models.Holder(file); who != "a long name of the first" {
		t.Errorf("the holder is %q", who)
	}
	release()
	if who := models.Holder(file); who != "" {
		t.Errorf("nobody holds it, and %q is named", who)
	}
	if release, err = models.HoldFile(file, "short"); err != nil {
		t.Fatal(err)
	}
	defer release()
	if who := models.Holder(file); who != "short" {
		t.Errorf("the holder is %q", who)
	}
}

func TestOneEmbedsTemporalOnADatabaseAndIsNamed(t *testing.T) {
	dsn := modelstest.Postgres(t)
	ctx := context.Background()
	release, _, err := models.HoldDatabase(ctx, dsn, "host:1")
	if err != nil {
		t.Fatal(err)
	}
	var other *models.Held
	if _, _, err := models.HoldDatabase(ctx, dsn, "host:2"); !errors.As(err, &other) || !strings.HasPrefix(other.By, "host:1 (") {
		t.Errorf("the second got %v", err)
	}
	elsewhere, _, err := models.HoldDatabase(ctx, modelstest.Postgres(t), "host:3")
	if err != nil {
		t.Fatalf("another database is another place: %v", err)
	}
	elsewhere()
	release()
	if who := models.DatabaseHolder(ctx, dsn); who != "" {
		t.Errorf("nobody holds it, and %q is named", who)
	}
}

func TestThePoolIsASetting(t *testing.T) {
	for text, want := range map[string]int{"": 16, "4": 4, "40": 40, "3": 0, "many": 0, "-1": 0} {
		t.Setenv(models.PoolVariable, text)
		if n, err := models.PoolSize(); n != want || (err != nil) != (want == 0) {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
}
