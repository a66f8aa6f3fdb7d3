package models

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// driverSQLite is SQLite with statements that stay compiled on their connection. database/sql
// compiles a statement anew in each transaction where it was compiled within one, which is a
// third of what a step costs; PostgreSQL's driver keeps them by itself.
const driverSQLite = "quancheng-sqlite"

// keptStatements is how many statements a connection keeps, the ones used last.
const keptStatements = 400

func init() { //nolint:gochecknoinits // drivers are known by name
	sql.Register(driverSQLite, keeper{&sqlite.Driver{}})
}

type keeper struct{ of driver.Driver }

// Open opens a connection that keeps its statements.
func (k keeper) Open(name string) (driver.Conn, error) {
	c, err := k.of.Open(name)
	if err != nil {
		return nil, err
	}
	whole, ok := c.(liteConn)
	if !ok {
		return nil, fmt.Errorf("models: SQLite's driver has other connections: %T", c)
	}
	return &keepingConn{liteConn: whole, kept: map[string]*list.Element{}, order: list.New()}, nil
}

// liteConn is what a connection to SQLite can do.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// liteStmt is what a compiled statement can do.
type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// liteRows is what an answer can do.
type liteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// keepingConn keeps the statements that it has run. database/sql uses a connection from one goroutine at a time.
type keepingConn struct {
	liteConn
	kept  map[string]*list.Element // of *keptStatement, by its text
	order *list.List               // the one used last comes first
}

type keptStatement struct {
	liteStmt
	query string
	busy  bool // its answer is being read
}

// statement is a compiled one that nobody is reading from; nil: the caller runs the text as it is.
func (c *keepingConn) statement(ctx context.Context, query string) (*keptStatement, error) {
	if e := c.kept[query]; e != nil {
		s := e.Value.(*keptStatement)
		if s.busy {
			return nil, nil
		}
		c.order.MoveToFront(e)
		return s, nil
	}
	if !lasting(query) {
		return nil, nil
	}
	compiled, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	whole, ok := compiled.(liteStmt)
	if !ok {
		return nil, fmt.Errorf("models: SQLite's driver has other statements: %T", compiled)
	}
	s := &keptStatement{liteStmt: whole, query: query}
	c.kept[query] = c.order.PushFront(s)
	return s, c.trim()
}

// lasting are statements that come again: the names of savepoints do not, and what changes tables is done once.
func lasting(query string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(verb) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// trim lets go of the one that nobody has used for longest.
func (c *keepingConn) trim() error {
	for e := c.order.Back(); e != nil && c.order.Len() > keptStatements; {
		s, before := e.Value.(*keptStatement), e.Prev()
		if !s.busy {
			c.order.Remove(e)
			delete(c.kept, s.query)
			if err := s.Close(); err != nil {
				return err
			}
		}
		e = before
	}
	return nil
}

// ExecContext runs a statement that answers no rows.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.ExecContext(ctx, query, args)
	}
	return s.ExecContext(ctx, args)
}

// QueryContext runs a statement that answers rows; until they are closed it is not run again.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	whole, ok := rows.(liteRows)
	if !ok {
		return rows, nil // those of no columns are read already
	}
	s.busy = true
	return &keptRows{liteRows: whole, of: s}, nil
}

// Close lets go of everything.
func (c *keepingConn) Close() error {
	for e := c.order.Front(); e != nil; e = e.Next() {
		_ = e.Value.(*keptStatement).Close() // the connection goes with it
	}
	c.kept, c.order = map[string]*list.Element{}, list.New()
	return c.liteConn.Close()
}

type keptRows struct {
	liteRows
	of *keptStatement
}

// Close makes the statement free to run again.
func (r *keptRows) Close() error {
	r.of.busy = false
	return r.liteRows.Close()
}
