package models_test

import (
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// ranges of migration numbers, by their hundreds: people who work in different
// rooms never take the same number.
var ranges = map[int]string{
	0: "the house", 1: "office", 2: "rules", 3: "contracts", 4: "service, registers, papers, report", 5: "cases", 6: "the rest",
}

func TestMigrationsAreNumberedByRoom(t *testing.T) {
	names, err := fs.Glob(models.Migrations, "migrations/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("migrations: %v", err)
	}
	taken := map[int]string{}
	for _, name := range names {
		m := regexp.MustCompile(`^migrations/(\d{4})_[a-z0-9_]+\.sql$`).FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%s: a migration is called NNNN_name.sql", name)
			continue
		}
		n, _ := strconv.Atoi(m[1]) // four digits
		if first, twice := taken[n]; twice {
			t.Errorf("%s has the number of %s", name, first)
		}
		if taken[n] = name; n == 0 || ranges[n/100] == "" {
			t.Errorf("%s is in no room's range: %v", name, ranges)
		}
	}
}

// migrations are those of release 6b780a7 and others beside them.
func migrations(t *testing.T, others ...string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(models.Migrations, "migrations/00*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name >= "migrations/0018" {
			continue
		}
		raw, err := fs.ReadFile(models.Migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: raw}
	}
	for _, name := range others {
		out["migrations/"+name+"_late.sql"] = &fstest.MapFile{
			Data: []byte("-- +goose Up\nCREATE TABLE late_" + name + " (id $SERIAL, at $TIME NOT NULL);\n"),
		}
	}
	return out
}

// tables lists tables, columns and types.
func tables(t *testing.T, db *models.DB) []string {
	t.Helper()
	query := `SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1`
	if !db.SQLite() {
		query = `SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1`
	}
	var out []string
	if err := db.Read(context.Background()).Raw(query).Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAMigrationOfAnotherRoomComesLate: a database that has the contracts' 0301
// takes the rules' 0201 when it comes, and is then like one that got all at once.
func TestAMigrationOfAnotherRoomComesLate(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			late, whole := opened(t, dsn(t)), opened(t, dsn(t))
			apply(t, late, migrations(t, "0301"), 18, 301)
			apply(t, late, migrations(t, "0201", "0301"), 1, 201)
			apply(t, late, migrations(t, "0201", "0301"), 0, 0)
			apply(t, whole, migrations(t, "0201", "0301"), 19, 301)
			if a, b := tables(t, late), tables(t, whole); !slices.Equal(a, b) ||
				!slices.ContainsFunc(a, func(s string) bool { return strings.HasPrefix(s, "late_0201.") }) {
				t.Errorf("the databases differ:\n%v\n%v", a, b)
			}
		})
	}
}

func opened(t *testing.T, dsn string) *models.DB {
	t.Helper()
	db, err := models.Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// apply migrates, and holds how many migrations that takes and which is the last.
func apply(t *testing.T, db *models.DB, files fs.FS, n int, last int64) {
	t.Helper()
	applied, err := db.MigrateFrom(context.Background(), files)
	if err != nil {
		t.Fatal(err)
	}
	if len(applied) != n || n > 0 && applied[n-1] != last {
		t.Errorf("applied %v, want %d with %d last", applied, n, last)
	}
}
