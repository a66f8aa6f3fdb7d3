//go:build !external

package temporal

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	pgschema "go.temporal.io/server/schema/postgresql/v12"

	"github.com/quancheng/quancheng/models/modelstest"
)

// A process was killed in the middle of the schema, at its first writing or in
// an upgrade: what it left is no obstacle, and what was stored is kept.
func TestTheSchemaIsWrittenWholeOrNotAtAll(t *testing.T) {
	dsn := modelstest.Postgres(t)
	ctx := context.Background()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Trim(u.Path, "/") + "_temporal"
	admin, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(ctx) }()
	on := func(database string, statements ...string) {
		t.Helper()
		conn, err := beside(ctx, admin, database)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		if err := execAll(ctx, conn, statements...); err != nil {
			t.Fatal(err)
		}
	}
	again := func(what string) {
		t.Helper()
		logger, err := newLogger("")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := prepare(ctx, Options{Postgres: dsn}, logger); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	// A former release left half a first schema, ours half a copy.
	if err := execAll(ctx, admin, "CREATE DATABASE "+quoted(name), "CREATE DATABASE "+quoted(name+"_new")); err != nil {
		t.Fatal(err)
	}
	on(name, "CREATE TABLE executions (half int)")
	on(name+"_new", "CREATE TABLE executions (half int)")
	again("half a schema")
	// What a server has stored outlives an upgrade.
	on(name, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
	again("nothing to do")
	on(name, "SELECT 1 / (SELECT n - 6 FROM kept)")
	on(name, "UPDATE schema_version SET curr_version = '1.18'")
	on(name, "DROP TABLE current_chasm_executions") // which 1.19 has brought
	again("an upgrade")
	on(
		name, "SELECT 1 / (SELECT n - 6 FROM kept)",
		"SELECT 1 / (SELECT count(*) FROM schema_version WHERE db_name = current_database() AND curr_version = '"+pgschema.Version+"')",
	)
	on(name, "UPDATE schema_version SET curr_version = '99.0'")
	if _, err := prepare(ctx, Options{Postgres: dsn}, nil); err == nil || !strings.Contains(err.Error(), "99.0") {
		t.Errorf("a newer schema: %v", err)
	}
	for database, want := range map[string]bool{name: true, name + "_new": false, name + "_old": false} {
		if there, err := exists(ctx, admin, database); err != nil || there != want {
			t.Errorf("%s is there: %v, %v", database, there, err)
		}
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	if n := (Options{}).Connections(); n != 44 {
		t.Errorf("%d: docs/operations.md says 44", n)
	}
}
