package models

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// written are the bound rows that the transaction under way wrote and that no
// entry of the audit binds yet.
type written struct{ rows []BoundRow }

type writtenKey struct{}

// Unnamed binds what a transaction wrote without an entry of the audit beside it; it is
// called before the transaction ends. The audit sets it: rooms below it know no audit.
var Unnamed func(tx *gorm.DB) error

// TakeWritten gives the bound rows that were written in this transaction since the last call, each once.
func TakeWritten(tx *gorm.DB) []BoundRow {
	w, ok := tx.Statement.Context.Value(writtenKey{}).(*written)
	if !ok {
		return nil
	}
	rows := w.rows
	w.rows = nil
	type name struct{ kind, key string }
	seen := map[name]bool{}
	return slices.DeleteFunc(rows, func(r BoundRow) bool {
		n := name{r.Kind.Name, r.Key}
		twice := seen[n]
		seen[n] = true
		return twice
	})
}

func withWritten(ctx context.Context) (context.Context, *written) {
	w := &written{}
	return context.WithValue(ctx, writtenKey{}, w), w
}

// boundTables are the kinds by their tables and those of their parts.
var boundTables = func() map[string]*BoundKind {
	out := map[string]*BoundKind{}
	for i, k := range Bound {
		out[k.Table] = &Bound[i]
		for _, p := range k.Parts {
			out[p.Table] = &Bound[i]
		}
	}
	return out
}()

// watchWrites notes which bound rows are written: of new ones after they got their numbers, of
// those that are changed or removed before that, by the same condition.
func watchWrites(db *gorm.DB) error {
	c := db.Callback()
	for name, err := range map[string]error{
		"create": c.Create().After("gorm:create").Register("quancheng:written", noteNew),
		"update": c.Update().Before("gorm:update").Register("quancheng:written", noteChanged),
		"delete": c.Delete().Before("gorm:delete").Register("quancheng:written", noteChanged),
	} {
		if err != nil {
			return fmt.Errorf("models: watch %s: %w", name, err)
		}
	}
	return nil
}

// noted gives the kind that the statement writes, and where to note it; nil where nobody notes.
func noted(tx *gorm.DB) (*BoundKind, *written) {
	k := boundTables[tx.Statement.Table]
	if k == nil || tx.Error != nil {
		return nil, nil
	}
	w, _ := tx.Statement.Context.Value(writtenKey{}).(*written)
	return k, w
}

func noteNew(tx *gorm.DB) {
	k, w := noted(tx)
	if w == nil {
		return
	}
	_, again := tx.Statement.Clauses["ON CONFLICT"]
	for _, key := range keysOf(tx, k) {
		w.rows = append(w.rows, BoundRow{Kind: k, Key: key, Fresh: k.Serial && !again})
	}
}

func noteChanged(tx *gorm.DB) {
	k, w := noted(tx)
	if w == nil || besideBound(tx, k) {
		return
	}
	keys := keysOf(tx, k)
	if len(keys) == 0 {
		q := tx.Session(&gorm.Session{NewDB: true}).Table(tx.Statement.Table).Distinct(k.Key)
		if where, ok := tx.Statement.Clauses["WHERE"]; ok {
			q.Statement.Clauses["WHERE"] = where
		}
		var rows []map[string]any
		if err := q.Find(&rows).Error; err != nil {
			_ = tx.AddError(fmt.Errorf("rows of %s to be bound: %w", k.Name, err))
			return
		}
		for _, r := range rows {
			var key []string
			for _, column := range k.Key {
				key = append(key, fmt.Sprint(r[column]))
			}
			keys = append(keys, strings.Join(key, "#"))
		}
	}
	for _, key := range keys {
		w.rows = append(w.rows, BoundRow{Kind: k, Key: key})
	}
}

// besideBound reports whether the statement changes single columns, none of which is bound: which case works on a row, say.
func besideBound(tx *gorm.DB, k *BoundKind) bool {
	set, ok := tx.Statement.Dest.(map[string]any)
	if !ok || tx.Statement.Table != k.Table {
		return false
	}
	for column := range set {
		if slices.Contains(k.Columns, column) || slices.Contains(k.Later, column) {
			return false
		}
	}
	return len(set) > 0
}

// keysOf are the keys of the rows that the statement was given; none where it names them by a condition.
func keysOf(tx *gorm.DB, k *BoundKind) (keys []string) {
	s, v := tx.Statement.Schema, tx.Statement.ReflectValue
	if s == nil {
		return nil
	}
	one := func(row reflect.Value) {
		var key []string
		named := false // a row of which no part of the key is set is named by a condition
		for _, column := range k.Key {
			f := s.LookUpField(column)
			if f == nil {
				return
			}
			value, zero := f.ValueOf(tx.Statement.Context, row)
			if zero && (len(k.Key) == 1 || f.FieldType.Kind() == reflect.String) {
				return
			}
			named = named || !zero
			key = append(key, fmt.Sprint(value))
		}
		if named {
			keys = append(keys, strings.Join(key, "#"))
		}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			one(reflect.Indirect(v.Index(i)))
		}
	case reflect.Struct:
		one(v)
	default:
	}
	return keys
}
