package books

import (
	"encoding/base64"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// sorting is the order of the list of projects: a column, and the code that breaks ties.
// Each column has an index with the code, so that a page costs the same wherever it begins.
type sorting struct {
	column string
	value  func(ProjectRow) any // a time or a text
	down   bool
}

// projectSorts are what everybody who sees a project sees of it: sorting by a hidden figure would tell it.
var projectSorts = map[string]sorting{
	"createdAt": {column: "p.created_at", value: func(r ProjectRow) any { return r.CreatedAt }},
	"updatedAt": {column: "p.updated_at", value: func(r ProjectRow) any { return r.UpdatedAt }},
	"name":      {column: "p.name", value: func(r ProjectRow) any { return r.Name }},
	"code":      {column: "p.code", value: func(r ProjectRow) any { return r.Code }},
}

func projectOrder(name string) (sorting, error) {
	if name == "" {
		name = "-createdAt"
	}
	plain, down := strings.CutPrefix(name, "-")
	s, ok := projectSorts[plain]
	if !ok {
		return s, models.Refuse("unknown-filter", "field", name).Field("query/sort", "unknown-filter", "field", name)
	}
	s.down = down
	return s, nil
}

func (s sorting) by() string {
	if s.down {
		return s.column + " DESC, p.code DESC"
	}
	return s.column + ", p.code"
}

// cursor marks the place of a row.
func (s sorting) cursor(r ProjectRow) string {
	if at, ok := s.value(r).(time.Time); ok {
		return models.Cursor(at, r.Code)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(r.Code + "|" + s.value(r).(string)))
}

// after goes on behind the place of a cursor.
func (s sorting) after(q *gorm.DB, cursor string) (*gorm.DB, error) {
	if cursor == "" {
		return q, nil
	}
	var value any
	var code string
	if _, timed := s.value(ProjectRow{}).(time.Time); timed {
		at, c, err := models.ReadCursor(cursor)
		if err != nil {
			return q, err
		}
		value, code = at, c
	} else {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		c, text, ok := strings.Cut(string(raw), "|")
		if err != nil || !ok {
			return q, models.Refuse("invalid-cursor")
		}
		value, code = text, c
	}
	than := ">"
	if s.down {
		than = "<"
	}
	return q.Where("("+s.column+" "+than+" ? OR ("+s.column+" = ? AND p.code "+than+" ?))", value, value, code), nil
}
