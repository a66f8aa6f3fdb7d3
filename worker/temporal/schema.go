//go:build !external

package temporal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/tools/common/schema"
	sqltool "go.temporal.io/server/tools/sql"
)

// database is one of Temporal's two on PostgreSQL.
type database struct {
	cfg     config.SQL
	schema  string
	version string // of the schema that this server speaks
	used    string // a table that has rows as soon as a server has run
}

// prepare brings the schema to this server's version. Temporal's tool writes it
// statement by statement, and a process killed between two of them would leave
// what no later start can go on from; so it works on a copy, _new behind its
// name, that takes the name once it is whole. A copy found at the start is what a killed process left.
func (d database) prepare(ctx context.Context, admin *pgx.Conn, logger log.Logger) error {
	name, fresh, former := d.cfg.DatabaseName, d.cfg.DatabaseName+"_new", d.cfg.DatabaseName+"_old"
	there, err := exists(ctx, admin, name)
	if err != nil {
		return err
	}
	if there {
		at, unused, err := d.look(ctx, admin)
		switch {
		case err != nil:
			return err
		case at == d.version:
			return nil
		case newer(at, d.version):
			return fmt.Errorf(
				"the schema has version %s, and this program knows %s: start the release that wrote it, or a newer one", at, d.version,
			)
		case unused: // a former release was killed while it wrote the first schema, and nothing was ever stored
			if err := execAll(ctx, admin, drop(name)); err != nil {
				return err
			}
			there = false
		}
	}
	create := "CREATE DATABASE " + quoted(fresh)
	if there {
		create += " TEMPLATE " + quoted(name)
	}
	if err := execAll(ctx, admin, drop(fresh), create); err != nil {
		return err
	}
	if there {
		if err := d.name(ctx, admin, fresh, fresh); err != nil {
			return err
		}
	}
	if err := d.upgrade(fresh, !there, logger); err != nil {
		return err
	}
	if err := d.name(ctx, admin, fresh, name); err != nil {
		return err
	}
	if !there {
		return execAll(ctx, admin, rename(fresh, name))
	}
	if err := execAll(ctx, admin, drop(former)); err != nil {
		return err
	}
	swap, err := admin.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = swap.Rollback(context.WithoutCancel(ctx)) }()
	for _, statement := range []string{rename(name, former), rename(fresh, name)} {
		if _, err := swap.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := swap.Commit(ctx); err != nil {
		return err
	}
	return execAll(ctx, admin, drop(former))
}

// look reads the version of a schema, "" when it has none, and whether nothing was ever stored with it.
func (d database) look(ctx context.Context, admin *pgx.Conn) (at string, unused bool, err error) {
	conn, err := beside(ctx, admin, d.cfg.DatabaseName)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var versioned, used bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('schema_version') IS NOT NULL, to_regclass($1) IS NOT NULL", d.used).Scan(&versioned,
		&used); err != nil {
		return "", false, err
	}
	if versioned {
		if err := conn.QueryRow(ctx, "SELECT coalesce(max(curr_version), '') FROM schema_version").Scan(&at); err != nil {
			return "", false, err
		}
	}
	if used {
		if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+quoted(d.used)+")").Scan(&used); err != nil {
			return "", false, err
		}
	}
	return at, !used, nil
}

// name writes into a database's schema which database it is the schema of: Temporal looks for its own name there.
func (d database) name(ctx context.Context, admin *pgx.Conn, in, name string) error {
	conn, err := beside(ctx, admin, in)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "UPDATE schema_version SET db_name = $1", name)
	return err
}

// beside connects to another database of the same server.
func beside(ctx context.Context, admin *pgx.Conn, name string) (*pgx.Conn, error) {
	cfg := admin.Config().Copy()
	cfg.Database = name
	return pgx.ConnectConfig(ctx, cfg)
}

// newer compares versions as Temporal writes them, major.minor.
func newer(a, b string) bool {
	var am, an, bm, bn int
	_, _ = fmt.Sscanf(a, "%d.%d", &am, &an)
	_, _ = fmt.Sscanf(b, "%d.%d", &bm, &bn)
	return am > bm || am == bm && an > bn
}

func (d database) upgrade(name string, setup bool, logger log.Logger) error {
	cfg := d.cfg
	cfg.DatabaseName = name
	conn, err := sqltool.NewConnection(&cfg, logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	if setup {
		if err := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: d.schema}, logger).Run()
}

func exists(ctx context.Context, admin *pgx.Conn, name string) (there bool, err error) {
	err = admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
	return there, err
}

func execAll(ctx context.Context, admin *pgx.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := admin.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
func drop(name string) string   { return "DROP DATABASE IF EXISTS " + quoted(name) + " WITH (FORCE)" }
func rename(from, to string) string {
	return "ALTER DATABASE " + quoted(from) + " RENAME TO " + quoted(to)
}
