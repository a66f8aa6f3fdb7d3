package models

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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
	NameSQLite: strings.NewReplacer(
		"$MONEY", "INTEGER", "$TIME", "DATETIME", "$DATE", "TEXT", "$JSON", "TEXT", "$BYTES", "BLOB", "$BOOL", "BOOLEAN", "$SERIAL",
		"INTEGER PRIMARY KEY AUTOINCREMENT", "$QTY", "TEXT", "$NOW", "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')", "$REFUSER", "SELECT 1;",
		"$REFUSE", "BEGIN SELECT RAISE(ABORT, 'append-only'); END", "$ORG_MOVER", "SELECT 1;", "$MOVE_ORG",
		"BEGIN UPDATE org_version SET version = version + 1; END",
	),
	postgresName: strings.NewReplacer(
		"$MONEY", "NUMERIC(18,2)", "$TIME", "TIMESTAMPTZ", "$DATE", "DATE", "$JSON", "JSONB", "$BYTES", "BYTEA", "$BOOL", "BOOLEAN",
		"$SERIAL", "BIGSERIAL PRIMARY KEY", "$QTY", "NUMERIC(18,4)", "$NOW", "CURRENT_TIMESTAMP", "$REFUSER",
		"CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''append-only''; END';", "$REFUSE",
		"FOR EACH ROW EXECUTE FUNCTION append_only()", "$ORG_MOVER",
		"CREATE FUNCTION move_org() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE org_version SET version = version + 1; RETURN NULL; END';",
		"$MOVE_ORG", "FOR EACH ROW EXECUTE FUNCTION move_org()",
	),
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
	rendered, err := render(files, name)
	if err != nil {
		return nil, err
	}
	sql, err := db.write.DB()
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	alone, err := db.migrateAlone(ctx)
	if err != nil {
		return nil, err
	}
	defer alone()
	p, err := goose.NewProvider(dialect, sql, rendered, goose.WithAllowOutofOrder(true))
	if err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	if err := db.refuseNewer(ctx, p); err != nil {
		return nil, err
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

// ErrNewer says that the schema has migrations that this program does not know: a newer release
// has written it, and an older one would misread what stands there.
var ErrNewer = errors.New("the schema is newer than this program")

// refuseNewer looks before anything is written whether somebody newer was here.
func (db *DB) refuseNewer(ctx context.Context, p *goose.Provider) error {
	known := []int64{0}
	for _, s := range p.ListSources() {
		known = append(known, s.Version)
	}
	unknown, err := db.beyond(ctx, known)
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return fmt.Errorf(
			"models: migrate: %w: it has migrations %v; start the release that applied them, or a newer one", ErrNewer, unknown,
		)
	}
	return nil
}

// Applied lists the migrations that the database has, in the order of their numbers; none: it is new.
func (db *DB) Applied(ctx context.Context) ([]int64, error) {
	query := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if !db.SQLite() {
		query = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'"
	}
	var n int
	if err := db.write.WithContext(ctx).Raw(query).Scan(&n).Error; err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	var applied []int64
	if n == 0 {
		return nil, nil
	}
	err := db.write.WithContext(ctx).
		Raw("SELECT DISTINCT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY version_id").
		Scan(&applied).
		Error
	if err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	return applied, nil
}

// beyond lists the migrations that the database has and nobody knows here.
func (db *DB) beyond(ctx context.Context, known []int64) ([]int64, error) {
	applied, err := db.Applied(ctx)
	return slices.DeleteFunc(applied, func(v int64) bool { return slices.Contains(known, v) }), err
}

// Unknown lists the migrations of a newer release that the database has.
func (db *DB) Unknown(ctx context.Context) ([]int64, error) {
	own, err := versions()
	if err != nil {
		return nil, err
	}
	return db.beyond(ctx, own)
}

// Pending lists the migrations of this program that the database does not have yet.
func (db *DB) Pending(ctx context.Context) ([]int64, error) {
	applied, err := db.Applied(ctx)
	if err != nil {
		return nil, err
	}
	own, err := versions()
	return slices.DeleteFunc(own, func(v int64) bool { return slices.Contains(applied, v) }), err
}

// versions are the numbers of this program's migrations.
func versions() ([]int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("models: migrations: %w", err)
	}
	var all []int64
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("models: migrations: %w", err)
		}
		all = append(all, v)
	}
	return all, nil
}

func render(files fs.FS, dialect string) (fs.FS, error) {
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
		sql, err := dialectOf(words[dialect].Replace(string(raw)), dialect)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		out[e.Name()] = &fstest.MapFile{Data: []byte(sql)}
	}
	return out, nil
}
