package models

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date is a civil date "2022-06-30" in Asia/Shanghai; empty is none.
type Date string

// Zone is the time of all business dates. China keeps one offset all year.
var Zone = time.FixedZone("Asia/Shanghai", 8*3600)

// DateOf is the civil date of a moment.
func DateOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// The days that a business date can be; whatever is before or after is a slip of the pen.
const (
	firstDay Date = "1950-01-01"
	lastDay  Date = "2199-12-31"
)

// ParseDate reads "2022-06-30".
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil || Date(s) < firstDay || Date(s) > lastDay {
		return "", fmt.Errorf("%q is not a date like 2022-06-30", s)
	}
	return Date(s), nil
}

// Start is the first moment of the day.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Value stores NULL for none.
func (d Date) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// Scan reads a date column of either dialect.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = ""
	case time.Time:
		*d = Date(v.Format(time.DateOnly))
	case string:
		*d = Date(v[:min(len(v), 10)])
	case []byte:
		return d.Scan(string(v))
	default:
		return fmt.Errorf("models: a Date cannot be read from %T", src)
	}
	return nil
}

// JSON is a JSON value stored as it is; empty is NULL.
type JSON json.RawMessage

// JSONOf marshals v; it panics on values that JSON cannot hold, which is a defect of the caller.
func JSONOf(v any) JSON {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("models: %v", err))
	}
	return raw
}

// Into decodes into v; numbers of an `any` stay exact (json.Number).
func (j JSON) Into(v any) error {
	if len(j) == 0 {
		return nil
	}
	return DecodeExact(j, v)
}

// Value binds the text.
func (j JSON) Value() (driver.Value, error) {
	if len(j) == 0 {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads a json column of either dialect.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON(nil), v...)
	default:
		return fmt.Errorf("models: a JSON cannot be read from %T", src)
	}
	return nil
}

// MarshalJSON is the value itself.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps the value as it is.
func (j *JSON) UnmarshalJSON(data []byte) error {
	*j = append((*j)[:0], data...)
	return nil
}

// Year of the date, 0 for none.
func (d Date) Year() int {
	if len(d) < 4 {
		return 0
	}
	y, err := strconv.Atoi(string(d[:4]))
	if err != nil {
		return 0
	}
	return y
}

// AddDays is n calendar days later.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// Stamp is a recording time as both dialects give it back: UTC, in whole milliseconds.
func Stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// SplitPost takes ROLE@DEPT apart.
func SplitPost(id string) (role, dept string) {
	role, dept, _ = strings.Cut(id, "@")
	return role, dept
}
