package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Keys of PostgreSQL's advisory locks: any numbers that nobody else takes.
const (
	lockMigrate  = 0x71637f01
	lockEmbedded = 0x71637f02
)

// migrateAlone waits until nobody else migrates: of processes that start at
// once on an empty database one applies the schema, and the others find it.
func (db *DB) migrateAlone(ctx context.Context) (release func(), err error) {
	if db.SQLite() {
		return lockFile(ctx, db.file+".migrate")
	}
	pool, err := db.write.DB()
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("models: migrate: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(lockMigrate)); err != nil {
		return nil, errors.Join(fmt.Errorf("models: migrate: %w", err), conn.Close())
	}
	return func() { unlock(context.WithoutCancel(ctx), conn) }, nil
}

// unlock gives the lock back; a connection that cannot say so is thrown away, and the lock with it.
func unlock(ctx context.Context, conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(lockMigrate)); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = conn.Close()
}

// lockFile waits for the lock on a file, which the system gives back when the process ends, however it ends.
func lockFile(ctx context.Context, name string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("models: lock of %s: %w", name, err), f.Close())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Held says that another process serves what only one may serve at a time.
type Held struct{ By string }

// Error implements error.
func (h *Held) Error() string { return "held by " + h.By }

// HoldFile takes a file for this process until release, and writes into it who that is. The error is a
// *Held that names the other one, when there is another one.
func HoldFile(name, who string) (release func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		other, _ := os.ReadFile(name)
		_ = f.Close()
		return nil, &Held{By: strings.TrimSpace(string(other))}
	}
	_, err = f.WriteAt([]byte(who+"\n"), 0)
	if err = errors.Join(f.Truncate(int64(len(who)+1)), err); err != nil {
		return nil, errors.Join(fmt.Errorf("models: %s: %w", name, err), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// Holder is who holds a file, "" when nobody does.
func Holder(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil {
		return ""
	}
	raw, _ := os.ReadFile(name)
	return strings.TrimSpace(string(raw))
}

// holdMark begins the name under which PostgreSQL shows the connection that holds the embedded Temporal.
const holdMark = "quancheng "

// HoldDatabase takes the place of the one process that embeds Temporal on a
// PostgreSQL database, on a connection of its own whose name says who it is. It
// keeps it until release; lost is closed when somebody else may have it.
func HoldDatabase(ctx context.Context, dsn, who string) (release func(), lost <-chan struct{}, err error) {
	conn, err := hold(ctx, dsn, who)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	gone, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		watch(ctx, conn, dsn, who, gone)
	}()
	return func() { cancel(); <-done }, gone, nil
}

func hold(ctx context.Context, dsn, who string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	cfg.RuntimeParams["application_name"] = (holdMark + who)[:min(63, len(holdMark+who))]
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("models: connect to PostgreSQL: %w", err)
	}
	var mine bool
	if err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(lockEmbedded)).Scan(&mine); err == nil && !mine {
		err = &Held{By: databaseHolder(ctx, conn)}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

// DatabaseHolder is who embeds Temporal on a PostgreSQL database, "" when nobody does.
func DatabaseHolder(ctx context.Context, dsn string) string {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close(ctx) }()
	return databaseHolder(ctx, conn)
}

func databaseHolder(ctx context.Context, conn *pgx.Conn) string {
	var name, addr string
	err := conn.QueryRow(ctx, `SELECT a.application_name, coalesce(host(a.client_addr), 'local') FROM pg_locks l JOIN pg_stat_activity a
		ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.database = (SELECT oid FROM pg_database
		WHERE datname = current_database())`,
		int64(lockEmbedded)).
		Scan(&name, &addr)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(name, holdMark) + " (" + addr + ")"
}

// watch keeps the place: a connection that PostgreSQL has ended is made again,
// and only when another process was quicker the place is lost.
func watch(ctx context.Context, conn *pgx.Conn, dsn, who string, lost chan<- struct{}) {
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			// Given back before the connection ends: PostgreSQL frees what a session held only when it gets to it.
			_, _ = conn.Exec(closing, "SELECT pg_advisory_unlock($1)", int64(lockEmbedded))
			_ = conn.Close(closing)
			return
		case <-ticker.C:
		}
		if conn.Ping(ctx) == nil || ctx.Err() != nil {
			continue
		}
		again, err := hold(ctx, dsn, who)
		var other *Held
		if errors.As(err, &other) {
			close(lost)
			return
		}
		if err == nil {
			conn = again
		}
	}
}
