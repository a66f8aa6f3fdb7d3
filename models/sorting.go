package models

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Place is a column of a list, and its value in a row: a time, a text or a whole number, never NULL.
type Place[R any] struct {
	Column string
	Of     func(R) any
}

// Sorting says in which orders a list can be read. Each place has an index with the key, so that a page costs the same wherever it
// begins. What is not among them is refused: sorting by a hidden figure would tell it.
type Sorting[R any] struct {
	Usual  string   // the order without a choice, such as "-createdAt"
	Key    Place[R] // unique: breaks ties
	Places map[string]Place[R]
}

// Names are the orders that the list can be read in, rising ones before falling ones.
func (s Sorting[R]) Names() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(s.Places)) {
		all = append(all, name, "-"+name)
	}
	return all
}

// Order is a chosen one.
type Order[R any] struct {
	Name    string
	By, Key Place[R]
	Down    bool
}

// Pick chooses an order by its name, "-" before it for falling; "" is the usual one. Another name is refused: "unknown-filter".
func (s Sorting[R]) Pick(name string) (Order[R], error) {
	if name == "" {
		name = s.Usual
	}
	plain, down := strings.CutPrefix(name, "-")
	by, ok := s.Places[plain]
	if !ok {
		return Order[R]{}, Refuse("unknown-filter", "field", name).Field("query/sort", "unknown-filter", "field", name)
	}
	return Order[R]{Name: name, By: by, Key: s.Key, Down: down}, nil
}

// SQL is what stands behind ORDER BY.
func (o Order[R]) SQL() string {
	way := ""
	if o.Down {
		way = " DESC"
	}
	if o.By.Column == o.Key.Column {
		return o.Key.Column + way
	}
	return o.By.Column + way + ", " + o.Key.Column + way
}

// Cursor marks the place of a row in this order.
func (o Order[R]) Cursor(row R) string {
	mark := []any{o.Name, o.By.Of(row), o.Key.Of(row)}
	if at, timed := mark[1].(time.Time); timed {
		mark[1] = at.UTC().Format(time.RFC3339Nano)
	}
	return base64.RawURLEncoding.EncodeToString(JSONOf(mark))
}

// After is the condition that goes on behind a cursor of this order; what is none is refused: "invalid-cursor".
func (o Order[R]) After(cursor string) (sql string, args []any, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	var mark []any
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		err = d.Decode(&mark)
	}
	if err != nil || len(mark) != 3 || mark[0] != o.Name {
		return "", nil, Refuse("invalid-cursor")
	}
	var row R
	by, known := placeOf(mark[1], o.By.Of(row))
	key, unique := placeOf(mark[2], o.Key.Of(row))
	if !known || !unique {
		return "", nil, Refuse("invalid-cursor")
	}
	than := " > "
	if o.Down {
		than = " < "
	}
	if o.By.Column == o.Key.Column {
		return o.Key.Column + than + "?", []any{key}, nil
	}
	return "(" + o.By.Column + ", " + o.Key.Column + ")" + than + "(?, ?)", []any{by, key}, nil
}

// placeOf reads a value of a cursor as what it is in a row.
func placeOf(v, like any) (any, bool) {
	switch like.(type) {
	case time.Time:
		text, _ := v.(string)
		at, err := time.Parse(time.RFC3339Nano, text)
		return at, err == nil
	case int64:
		n, _ := v.(json.Number)
		i, err := n.Int64()
		return i, err == nil
	}
	text, ok := v.(string)
	return text, ok
}

// Page reads a page of a query in this order, and gives the cursor of the next one, "" at the end.
func (o Order[R]) Page(q *gorm.DB, cursor string, limit int) (rows []R, next string, err error) {
	if cursor != "" {
		sql, args, err := o.After(cursor)
		if err != nil {
			return nil, "", err
		}
		q = q.Where(sql, args...)
	}
	if err := q.Order(o.SQL()).Limit(limit + 1).Scan(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("a page by %s: %w", o.Name, err)
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	rows = rows[:limit]
	return rows, o.Cursor(rows[limit-1]), nil
}
