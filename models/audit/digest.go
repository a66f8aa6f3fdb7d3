package audit

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// digestBatch bounds the keys of one statement.
const digestBatch = 200

// digests are the SM3 of rows with their parts, as they are now, by key. A row that is not there has none.
func digests(tx *gorm.DB, kind *models.BoundKind, keys []string) (map[string]string, error) {
	out := map[string]string{}
	for some := range slices.Chunk(keys, digestBatch) {
		rows, err := read(tx, kind, kind.Table, slices.Concat(kind.Columns, kind.Later), kind.JSON, nil, some)
		if err != nil {
			return nil, err
		}
		content := map[string][]any{}
		for _, r := range rows {
			content[r.key] = []any{kind.Name, r.key, r.values[:len(kind.Columns)]}
			if said := later(len(kind.Columns), kind.Later, r.values); len(said) > 0 {
				content[r.key] = append(content[r.key], said)
			}
		}
		for _, p := range kind.Parts {
			parts, err := read(tx, kind, p.Table, slices.Concat(p.Columns, p.Later), p.JSON, p.Order, some)
			if err != nil {
				return nil, err
			}
			of := map[string][]any{}
			for _, r := range parts {
				values := r.values[:len(p.Columns)]
				if said := later(len(p.Columns), p.Later, r.values); len(said) > 0 {
					values = append(values, said)
				}
				of[r.key] = append(of[r.key], values)
			}
			for key := range content {
				content[key] = append(content[key], of[key])
			}
		}
		for key, c := range content {
			raw, err := json.Marshal(c)
			if err != nil {
				return nil, fmt.Errorf("digest of %s %s: %w", kind.Name, key, err)
			}
			h := sm3.Sum(raw)
			out[key] = hex.EncodeToString(h[:])
		}
	}
	return out, nil
}

// later are, of the values behind the first n, the columns that came when rows were bound already, by name, where they say something:
// what was bound before keeps its digest.
func later(n int, names []string, values []any) map[string]any {
	said := map[string]any{}
	for i, name := range names {
		switch v := values[n+i]; v {
		case nil, "", int64(0), false, float64(0):
		default:
			said[name] = v
		}
	}
	return said
}

type content struct {
	key    string
	values []any
}

// read gives the columns of a table, of the rows with some keys, in an order that does not change.
func read(tx *gorm.DB, kind *models.BoundKind, table string, columns, jsons, order, keys []string) ([]content, error) {
	where, args := condition(kind.Key, keys)
	names := slices.Concat(kind.Key, columns)
	q := "SELECT " + strings.Join(
		names, ", ",
	) + " FROM " + table + " WHERE " + where + " ORDER BY " + strings.Join(
		slices.Concat(kind.Key, order), ", ",
	)
	rows, err := tx.Raw(q, args...).Rows()
	if err != nil {
		return nil, fmt.Errorf("digest of %s: %w", table, err)
	}
	defer func() { _ = rows.Close() }()
	var out []content
	for rows.Next() {
		c, err := scan(rows, len(kind.Key), names, jsons)
		if err != nil {
			return nil, fmt.Errorf("digest of %s: %w", table, err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

func scan(rows *sql.Rows, n int, names, jsons []string) (c content, err error) {
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return c, err
	}
	var key []string
	for i, v := range values {
		if values[i], err = plain(v, i >= n && slices.Contains(jsons, names[i])); err != nil {
			return c, fmt.Errorf("%s: %w", names[i], err)
		}
		if i < n {
			key = append(key, fmt.Sprint(values[i]))
		}
	}
	return content{strings.Join(key, "#"), values[n:]}, nil
}

// plain is a value in a form that is the same whenever and by whichever connection the row is read.
func plain(v any, isJSON bool) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano), nil
	case []byte:
		if !isJSON {
			return hex.EncodeToString(v), nil
		}
		return plain(string(v), true)
	case string:
		if !isJSON || v == "" {
			return v, nil
		}
		var decoded any
		if err := models.DecodeExact([]byte(v), &decoded); err != nil {
			return nil, err
		}
		return decoded, nil // its members are sorted when it is written
	default:
		return v, nil
	}
}

// condition names rows by their keys. Numbers are given as text: both databases take them by the column's type.
func condition(columns, keys []string) (string, []any) {
	if len(columns) == 1 {
		return columns[0] + " IN ?", []any{keys}
	}
	var one, all []string
	var args []any
	for _, c := range columns {
		one = append(one, c+" = ?")
	}
	for _, key := range keys {
		all = append(all, "("+strings.Join(one, " AND ")+")")
		for _, part := range split(key, len(columns)) {
			args = append(args, part)
		}
	}
	return strings.Join(all, " OR "), args
}

// split takes a key apart; of one that holds more marks than it should the first part keeps them.
func split(key string, n int) []string {
	parts := strings.Split(key, "#")
	if extra := len(parts) - n; extra > 0 {
		parts = append([]string{strings.Join(parts[:extra+1], "#")}, parts[extra+1:]...)
	}
	for len(parts) < n {
		parts = append(parts, "")
	}
	return parts
}
