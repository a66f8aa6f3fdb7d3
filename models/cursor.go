package models

import (
	"encoding/base64"
	"strings"
	"time"
)

// Cursor marks a place in a list that is sorted by time, newest first, and a
// key that breaks ties.
func Cursor(at time.Time, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + "|" + key))
}

// ReadCursor is the inverse of Cursor; what is not a cursor is refused.
func ReadCursor(c string) (time.Time, string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(c)
	if err != nil {
		return time.Time{}, "", Refuse("invalid-cursor")
	}
	at, key, _ := strings.Cut(string(raw), "|")
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return time.Time{}, "", Refuse("invalid-cursor")
	}
	return t, key, nil
}
