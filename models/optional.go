package models

import (
	"database/sql/driver"
	"fmt"
)

// Optional is a text column where none is NULL, never the empty string.
type Optional string

// Value stores NULL for none.
func (o Optional) Value() (driver.Value, error) {
	if o == "" {
		return nil, nil
	}
	return string(o), nil
}

// Scan reads a text or NULL.
func (o *Optional) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = ""
	case string:
		*o = Optional(v)
	case []byte:
		*o = Optional(v)
	default:
		return fmt.Errorf("models: a text cannot be read from %T", src)
	}
	return nil
}
