package api

import (
	"strconv"

	"gorm.io/gorm"
)

// limit is how many rows a page has; api/openapi bounds it.
func (c *call) limit() int {
	n, err := strconv.Atoi(c.Query("limit"))
	if err != nil || n < 1 {
		return 50
	}
	return n
}

// before is the key that a list in falling order of keys goes on below; 0 begins.
func (c *call) before() (int64, error) { return keyCursor(c.Query("cursor")) }

func keyCursor(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, invalid().field("query/cursor", "field.format")
	}
	return n, nil
}

// countUpTo counts rows, but no further than most.
func countUpTo(q *gorm.DB) (int, error) {
	var n int64
	err := q.Session(&gorm.Session{NewDB: true}).Table("(?) AS c", q.Select("1").Limit(most)).Count(&n).Error
	return int(n), err
}

// pageOf cuts the row that was read to see whether another page follows, and
// gives the cursor of that page.
func pageOf[T any](rows []T, limit int, cursor func(T) string) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], cursor(rows[limit-1])
}

func keyText(k int64) string { return strconv.FormatInt(k, 10) }
