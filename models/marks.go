package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Marks are the high-water marks of the books: the greatest number that each
// counter has given out, and each sequence of keys. Kept outside of the books
// they hold when older books are restored: no number is ever given twice.
type Marks struct {
	At       time.Time        `json:"at"`
	Counters map[string]int64 `json:"counters"` // table/kind/year
	Serials  map[string]int64 `json:"serials"`  // table on SQLite, sequence on PostgreSQL
}

// counterTables have (kind, year, last).
var counterTables = []string{"business_counter", "doc_counter"}

// MarksOf reads the marks as the books have them.
func (db *DB) MarksOf(ctx context.Context, now time.Time) (Marks, error) {
	m := Marks{At: now.UTC(), Counters: map[string]int64{}, Serials: map[string]int64{}}
	for _, table := range counterTables {
		var rows []struct {
			Kind string
			Year int
			Last int64
		}
		if err := db.Read(ctx).Raw("SELECT kind, year, last FROM " + table).Scan(&rows).Error; err != nil {
			return m, fmt.Errorf("marks of %s: %w", table, err)
		}
		for _, r := range rows {
			m.Counters[fmt.Sprintf("%s/%s/%d", table, r.Kind, r.Year)] = r.Last
		}
	}
	serials, err := serials(db.Read(ctx), db.SQLite())
	m.Serials = serials
	return m, err
}

func serials(tx *gorm.DB, sqlite bool) (map[string]int64, error) {
	query := "SELECT sequencename AS name, coalesce(last_value, 0) AS last FROM pg_sequences WHERE schemaname = current_schema()"
	if sqlite {
		query = "SELECT name, seq AS last FROM sqlite_sequence"
	}
	var rows []struct {
		Name string
		Last int64
	}
	if err := tx.Raw(query).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("marks of keys: %w", err)
	}
	all := map[string]int64{}
	for _, r := range rows {
		if !strings.HasPrefix(r.Name, "goose_") {
			all[r.Name] = r.Last
		}
	}
	return all, nil
}

// Raise brings the counters and sequences of the books up to marks and leap
// numbers further, and returns what it has raised. Those that stand higher stay.
func (m Marks) Raise(tx *gorm.DB, leap int64) ([]string, error) {
	var raised []string
	for _, key := range slices.Sorted(maps.Keys(m.Counters)) {
		part := strings.Split(key, "/")
		if len(part) < 3 || !slices.Contains(counterTables, part[0]) {
			return raised, fmt.Errorf("mark %q: table/kind/year", key)
		}
		year, err := strconv.Atoi(part[len(part)-1])
		if err != nil {
			return raised, fmt.Errorf("mark %q: table/kind/year", key)
		}
		to, kind := m.Counters[key]+leap, strings.Join(part[1:len(part)-1], "/")
		if year != 0 && year < m.At.In(Zone).Year() {
			to -= leap // nobody counts in a year that is over
		}
		r := tx.Exec(`INSERT INTO `+part[0]+` (kind, year, last) VALUES (?, ?, ?)
			ON CONFLICT (kind, year) DO UPDATE SET last = excluded.last WHERE `+part[0]+`.last < excluded.last`, kind, year, to)
		if r.Error != nil {
			return raised, fmt.Errorf("mark %s: %w", key, r.Error)
		}
		if r.RowsAffected > 0 {
			raised = append(raised, fmt.Sprintf("%s → %d", key, to))
		}
	}
	keys, err := m.raiseSerials(tx, leap)
	return append(raised, keys...), err
}

func (m Marks) raiseSerials(tx *gorm.DB, leap int64) ([]string, error) {
	sqlite := tx.Name() == NameSQLite
	now, err := serials(tx, sqlite)
	if err != nil {
		return nil, err
	}
	var raised []string
	for _, name := range slices.Sorted(maps.Keys(m.Serials)) {
		at, known := now[name]
		to := m.Serials[name] + leap
		if m.Serials[name] == 0 || at >= to || !known && !sqlite { // SQLite knows a sequence from its first number on
			continue
		}
		switch {
		case !sqlite:
			err = tx.Exec("SELECT setval(quote_ident(?)::regclass, ?)", name, to).Error
		case known:
			err = tx.Exec("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", to, name).Error
		default:
			err = tx.Exec(
				"INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_master WHERE type = 'table' AND name = ?", to, name,
			).Error
		}
		if err != nil {
			return raised, fmt.Errorf("mark of %s: %w", name, err)
		}
		raised = append(raised, fmt.Sprintf("%s → %d", name, to))
	}
	return raised, nil
}

// Over is the higher of both, mark by mark, at the later moment.
func (m Marks) Over(o Marks) Marks {
	out := Marks{At: m.At, Counters: maps.Clone(m.Counters), Serials: maps.Clone(m.Serials)}
	if o.At.After(out.At) {
		out.At = o.At
	}
	for _, pair := range []struct {
		into *map[string]int64
		from map[string]int64
	}{{&out.Counters, o.Counters}, {&out.Serials, o.Serials}} {
		if *pair.into == nil {
			*pair.into = map[string]int64{}
		}
		for k, v := range pair.from {
			(*pair.into)[k] = max((*pair.into)[k], v)
		}
	}
	return out
}

// LoadMarks reads a file of marks; none is there: no marks.
func LoadMarks(file string) (Marks, error) {
	var m Marks
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err != nil {
		return m, fmt.Errorf("marks in %s: %w", file, err)
	}
	return m, nil
}

// Keep writes marks into a file, never lower than those that it has.
func (m Marks) Keep(file string) error {
	before, err := LoadMarks(file)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(m.Over(before), "", " ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".marks-*")
	if err != nil {
		return fmt.Errorf("marks: %w", err)
	}
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("marks: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// HoldMarks raises the books to the marks of a file, and returns what it had to
// raise: something, when older books were restored beside it.
func (db *DB) HoldMarks(ctx context.Context, file string) (raised []string, err error) {
	m, err := LoadMarks(file)
	if err != nil || m.At.IsZero() {
		return nil, err
	}
	err = db.Tx(ctx, func(tx *gorm.DB) (err error) {
		raised, err = m.Raise(tx, 0)
		return err
	})
	return raised, err
}
