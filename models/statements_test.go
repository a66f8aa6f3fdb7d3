package models

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// Statements that stay compiled answer as those that are compiled anew: while an answer of the same one is being
// read, after the table has changed, when there are more than are kept, after an error and after a cancellation.
func TestKeptStatements(t *testing.T) {
	db, err := sql.Open(driverSQLite, "file:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	ctx := t.Context()
	must := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(ctx, query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	must("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)")
	for n := range 5 {
		must("INSERT INTO t VALUES (?, ?)", n, fmt.Sprint("v", n))
	}
	const from = "SELECT n FROM t WHERE n >= ? ORDER BY n"

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := nested(t, tx, from, 3); got != "3:[4] 4:[] " {
		t.Errorf("within itself it answers %s", got)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}

	columns := func() int {
		rows, err := db.QueryContext(ctx, "SELECT * FROM t WHERE n = ?", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		if !rows.Next() {
			t.Fatalf("no row: %v", rows.Err())
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		into := make([]any, len(names))
		for i := range into {
			into[i] = new(any)
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	before := columns()
	must("ALTER TABLE t ADD COLUMN more TEXT NOT NULL DEFAULT ''")
	if after := columns(); before != 2 || after != 3 {
		t.Errorf("%d columns, after one more %d", before, after)
	}

	if _, err := db.ExecContext(ctx, "INSERT INTO t VALUES (?, ?, ?)", 1, "again", ""); err == nil {
		t.Error("the same key twice")
	}
	must("INSERT INTO t VALUES (?, ?, ?)", 9, "nine", "")

	for n := range keptStatements + 20 {
		var got int
		if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT n + %d FROM t WHERE n = ?", n), 9).Scan(&got); err != nil || got != 9+n {
			t.Fatalf("statement %d: %d, %v", n, got, err)
		}
	}
	if got := kept(t, db); got > keptStatements {
		t.Errorf("%d statements are kept", got)
	}

	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.QueryContext(gone, from, 0); err == nil {
		t.Error("it answers who has gone")
	}
	var n int
	if err := db.QueryRowContext(ctx, from, 4).Scan(&n); err != nil || n != 4 {
		t.Errorf("afterwards %d, %v", n, err)
	}
}

// nested reads a query, and for each of its rows the same query again from the next number on.
func nested(t *testing.T, tx *sql.Tx, query string, from int) (out string) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), query, from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		var inner []int
		again, err := tx.QueryContext(t.Context(), query, n+1)
		if err != nil {
			t.Fatal(err)
		}
		for again.Next() {
			var m int
			if err := again.Scan(&m); err != nil {
				t.Fatal(err)
			}
			inner = append(inner, m)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprint(n, ":", inner, " ")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// kept is how many statements the connection keeps.
func kept(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.Raw(func(c any) error { n = len(c.(*keepingConn).kept); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}
