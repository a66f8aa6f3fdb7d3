package models

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// words are the column types and the moment that differ between the dialects, and the bodies of
// triggers that refuse a change, or move the version of the organisation
// ($REFUSER and $ORG_MOVER prepare them, once). A migration is
// written once, with these words in $CAPITALS.
var words = map[string]*strings.Replacer{
	NameSQLite: strings.NewReplacer("$MONEY", "INTEGER", "$TIME", "DATETIME", "$DATE", "TEXT", "$JSON", "TEXT", "$BYTES", "BLOB", "$BOOL", "BOOLEAN", "$SERIAL", "INTEGER PRIMARY KEY AUTOINCREMENT", "$QTY", "TEXT", "$NOW", "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')",
		"$REFUSER", "SELECT 1;", "$REFUSE", "BEGIN SELECT RAISE(ABORT, 'append-only'); END",
		"$ORG_MOVER", "SELECT 1;", "$MOVE_ORG", "BEGIN UPDATE org_version SET version = version + 1; END"),
	postgresName: strings.NewReplacer("$MONEY", "NUMERIC(18,2)", "$TIME", "TIMESTAMPTZ", "$DATE", "DATE", "$JSON", "JSONB", "$BYTES", "BYTEA", "$BOOL", "BOOLEAN", "$SERIAL", "BIGSERIAL PRIMARY KEY", "$QTY", "NUMERIC(18,4)", "$NOW", "CURRENT_TIMESTAMP",
		"$REFUSER", "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''append-only''; END';",
		"$REFUSE", "FOR EACH ROW EXECUTE FUNCTION append_only()",
		"$ORG_MOVER", "CREATE FUNCTION move_org() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE org_version SET version = version + 1; RETURN NULL; END';",
		"$MOVE_ORG", "FOR EACH ROW EXECUTE FUNCTION move_org()"),
}

// Migrate brings the schema up to date and returns the versions that it applied.
// Published migrations never change. Rooms have ranges of numbers (CONTRIBUTING.md),
// so that one with a lower number than the newest may come later: it is applied then.
func (db *DB) Migrate(ctx context.Context) ([]int64, error) {
	return db.migrate(ctx, migrations)
}

func (db *DB) migrate(ctx context.Context, files fs.FS) ([]int64, error) {
	dialect, name := goose.DialectSQLite3, NameSQLite
	if !db.SQLite() {
		dialect, name = goose.DialectPostgres, postgresName
	}
	rendered, err := render(files, words[name])
	if err != nil {
		return nil, err
	}
	sql, err := db.write.DB()
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	p, err := goose.NewProvider(dialect, sql, rendered, goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("models: migrate: %w", err)
	}
	var applied []int64
	for _, r := range results {
		applied = append(applied, r.Source.Version)
	}
	return applied, nil
}

func render(files fs.FS, dialect *strings.Replacer) (fs.FS, error) {
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(files, "migrations")
	if err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	for _, e := range entries {
		raw, err := fs.ReadFile(files, "migrations/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("models: migrations: %w", err)
		}
		out[e.Name()] = &fstest.MapFile{Data: []byte(dialect.Replace(string(raw)))}
	}
	return out, nil
}
