package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"modernc.org/sqlite"
)

// NameSQLite is what gorm calls the dialect of SQLite.
const (
	NameSQLite   = "sqlite"
	postgresName = "postgres"
)

// DB is an open database. Writes go through Tx; lists read from Read, which on
// SQLite is a pool of its own, so that no reader waits for a writer.
type DB struct {
	write, read *gorm.DB
	board       board
	file        string // of SQLite
}

// Open connects to "sqlite:PATH" or "postgres://…". It does not migrate.
func Open(dsn string) (*DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return openSQLite(path)
	}
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return nil, fmt.Errorf("models: database %q: begin with sqlite: or postgres://", dsn)
	}
	db, err := gorm.Open(postgres.Open(dsn), config())
	if err != nil {
		return nil, fmt.Errorf("models: connect to PostgreSQL: %w", err)
	}
	n, err := PoolSize()
	if err != nil {
		return nil, err
	}
	return &DB{write: db, read: db}, pool(db, n)
}

// openSQLite keeps one writer, whose transactions lock at once (BEGIN
// IMMEDIATE), and several readers on the write-ahead log.
func openSQLite(path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("models: %w", err)
	}
	q := url.Values{
		"_pragma": {
			"journal_mode(WAL)", fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()), "foreign_keys(1)", "synchronous(FULL)",
		},
		"_time_format": {"sqlite"}, "_txlock": {"immediate"},
	}
	write, err := openFile(path, q)
	if err != nil {
		return nil, err
	}
	if err := pool(write, 1); err != nil {
		return nil, err
	}
	q["_pragma"] = append(q["_pragma"], "query_only(1)")
	q.Del("_txlock")
	read, err := openFile(path, q)
	if err != nil {
		return nil, err
	}
	return &DB{write: write, read: read, file: path}, pool(read, 8)
}

// openFile opens a file of SQLite's. To put a new one on the write-ahead log asks for it alone, and SQLite does
// not wait for that by itself: a process that begins at the same time as another one tries again.
func openFile(path string, q url.Values) (*gorm.DB, error) {
	for until := time.Now().Add(busyWait); ; time.Sleep(20 * time.Millisecond) {
		db, err := gorm.Open(gormsqlite.Dialector{DriverName: driverSQLite, DSN: "file:" + path + "?" + q.Encode()}, config())
		if err == nil {
			return db, nil
		}
		if sql, e := db.DB(); e == nil {
			_ = sql.Close() // what failed to open has nothing to lose
		}
		var lite *sqlite.Error
		if !errors.As(err, &lite) || lite.Code()&0xff != 5 || time.Now().After(until) { // SQLITE_BUSY
			return nil, fmt.Errorf("models: open %s: %w", path, err)
		}
	}
}

// busyWait is how long one process waits for what another one holds of a file.
const busyWait = 3500 * time.Millisecond

func config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard, // callers log errors with what they were doing
		NowFunc:                func() time.Time { return time.Now().UTC() },
	}
}

// pool sizes a pool, and makes it ready for probes.
func pool(db *gorm.DB, n int) error {
	if err := errors.Join(probe(db), watchWrites(db)); err != nil {
		return err
	}
	sql, err := db.DB()
	if err != nil {
		return fmt.Errorf("models: %w", err)
	}
	sql.SetMaxOpenConns(n)
	sql.SetMaxIdleConns(n)
	if n > 1 { // SQLite's one writer stays
		sql.SetConnMaxIdleTime(poolIdle)
	}
	return nil
}

// Tx runs f in one transaction; an error of f rolls it back.
func (db *DB) Tx(ctx context.Context, f func(tx *gorm.DB) error) error {
	var notices []Notice
	ctx, rows := withWritten(context.WithValue(ctx, noticesKey{}, &notices))
	err := db.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := f(tx); err != nil {
			return err
		}
		if len(rows.rows) > 0 && Unnamed != nil {
			if err := Unnamed(tx); err != nil {
				return err
			}
		}
		if len(notices) == 0 || db.SQLite() {
			return nil
		}
		return sendNotices(tx, notices)
	})
	if err == nil && db.SQLite() {
		db.board.tell(notices)
	}
	return err
}

// Snapshot runs f on one state of the database. It locks nothing, and no
// statement of f can write: both databases refuse it.
func (db *DB) Snapshot(ctx context.Context, f func(tx *gorm.DB) error) error {
	var o *sql.TxOptions
	if !db.SQLite() { // whose readers are query_only, and snapshots by nature
		o = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return db.read.WithContext(ctx).Transaction(f, o)
}

// Use fastens something to the database that rooms find again on a transaction, such as the desk that
// issues papers. It is for the start of a process, before anybody reads.
func (db *DB) Use(p gorm.Plugin) error {
	pools := []*gorm.DB{db.write}
	if db.read != db.write { // on PostgreSQL they are one
		pools = append(pools, db.read)
	}
	for _, g := range pools {
		if err := g.Use(p); err != nil {
			return fmt.Errorf("models: %s: %w", p.Name(), err)
		}
	}
	return nil
}

// Read is for queries outside a transaction.
func (db *DB) Read(ctx context.Context) *gorm.DB { return db.read.WithContext(ctx) }

// Pool is the pool of connections that lists read from, for whoever measures it.
func (db *DB) Pool() (*sql.DB, error) { return db.read.DB() }

// SQLite reports the dialect.
func (db *DB) SQLite() bool { return db.write.Name() == NameSQLite }

// Close releases all connections.
func (db *DB) Close() error {
	var errs []error
	for _, g := range []*gorm.DB{db.read, db.write} {
		sql, err := g.DB()
		if err == nil {
			err = sql.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// IsUnique reports whether err is the breach of a unique constraint, in either dialect.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == 2067 || lite.Code() == 1555)
}

// IsTransient reports whether trying the same transaction again may succeed:
// deadlock, serialisation, lock or connection trouble, and a store that takes
// nothing just now: its disk is full or fails, or it is a standby that only reads.
func IsTransient(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "25006":
			return true
		}
		// 08 connection, 53 insufficient resources (the disk, memory, connections), 58 the system below
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "58")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case 5, 6, 8, 10, 13, 14: // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || pgconn.Timeout(err) || broken(err)
}

// broken reports that the connection went away under a statement.
func broken(err error) bool {
	for _, gone := range []error{context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone,
		sql.ErrTxDone} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}
