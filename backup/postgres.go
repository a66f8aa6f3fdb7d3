package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// temporalSuffixes are behind the name of the books' database.
var temporalSuffixes = []string{"_temporal", "_temporal_visibility"}

// Tool finds a client program of PostgreSQL.
func Tool(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf(
			"%s is not on this machine: install PostgreSQL's client programs, of the server's version or a newer one", name,
		)
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// dump copies a database as of one moment.
func dump(ctx context.Context, dsn, to string) error {
	return runTool(ctx, dsn, "pg_dump", "--format=custom", "--no-owner", "--no-acl", "--file="+to)
}

// load fills an empty database.
func load(ctx context.Context, dsn, from string) error {
	return runTool(ctx, dsn, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-acl", from)
}

// runTool keeps the password out of the command line, which others on the machine see.
func runTool(ctx context.Context, dsn, name string, args ...string) error {
	tool, err := Tool(name)
	if err != nil {
		return err
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return errors.New("the address of the database looks like postgres://user@host:5432/quancheng")
	}
	env := os.Environ()
	if password, ok := u.User.Password(); ok {
		env, u.User = append(env, "PGPASSWORD="+password), url.User(u.User.Username())
	}
	cmd := exec.CommandContext(ctx, tool, append([]string{"--dbname=" + u.String()}, args...)...)
	cmd.Env = env
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(said)))
	}
	return nil
}

// beside is the address of another database of the same server.
func beside(dsn, suffix string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || strings.Trim(u.Path, "/") == "" {
		return "", errors.New("the address of the database looks like postgres://user@host:5432/quancheng")
	}
	u.Path += suffix
	return u.String(), nil
}

func name(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return ""
	}
	return strings.Trim(u.Path, "/")
}

func databaseExists(ctx context.Context, dsn string) (bool, error) {
	conn, err := pgx.Connect(ctx, dsn)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "3D000" {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, conn.Close(ctx)
}

// maintenance connects to a database of the server that is not replaced.
func maintenance(ctx context.Context, dsn string) (*pgx.Conn, error) {
	var errs []error
	for _, other := range []string{"postgres", "template1"} {
		u, err := url.Parse(dsn)
		if err != nil {
			return nil, err
		}
		u.Path = "/" + other
		conn, err := pgx.Connect(ctx, u.String())
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

// replace loads a dump into a new database, which then takes the name; the former one stays under another.
func replace(ctx context.Context, dsn, from, stamp string) (former string, err error) {
	admin, err := maintenance(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close(ctx) }()
	own, fresh := name(dsn), name(dsn)+"_restoring"
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + quoted(fresh), "CREATE DATABASE " + quoted(fresh)} {
		if _, err := admin.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("%s: %w", statement, err)
		}
	}
	into, err := beside(dsn, "_restoring")
	if err != nil {
		return "", err
	}
	if err := load(ctx, into, from); err != nil {
		return "", err
	}
	swap := []string{"ALTER DATABASE " + quoted(fresh) + " RENAME TO " + quoted(own)}
	there, err := databaseExists(ctx, dsn)
	if err != nil {
		return "", err
	}
	if there {
		former = own + "_before_" + stamp
		swap = append([]string{"ALTER DATABASE " + quoted(own) + " RENAME TO " + quoted(former)}, swap...)
	}
	tx, err := admin.Begin(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	for _, statement := range swap {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("%s: %w (stop every serve and worker first)", statement, err)
		}
	}
	return former, tx.Commit(ctx)
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }
