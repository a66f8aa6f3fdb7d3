package field_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
)

// A value opens in its own place with its own key alone, whatever key came later, and equal values are found.
func TestSealedValues(t *testing.T) {
	now := time.Now()
	old := trust.New(now.Add(-time.Hour))
	c := field.New(old)
	plain := []byte("13800001234")
	sealed, key, err := c.Seal(plain, "person:a/mobile")
	if err != nil || bytes.Contains(sealed, plain) {
		t.Fatalf("%q, %v", sealed, err)
	}
	again, _, _ := c.Seal(plain, "person:a/mobile")
	if bytes.Equal(sealed, again) {
		t.Error("one value gave the same bytes twice")
	}
	later := field.New(old.Rotated(now.Add(-time.Minute)))
	for _, test := range []struct {
		name   string
		c      *field.Cipher
		key    string
		place  string
		broken bool
		want   bool
	}{
		{"same key", c, key, "person:a/mobile", false, true},
		{"after a rotation", later, key, "person:a/mobile", false, true},
		{"another person's", c, key, "person:b/mobile", false, false},
		{"changed", c, key, "person:a/mobile", true, false},
		{"another algorithm", c, "aesgcm:" + strings.TrimPrefix(key, "sm4gcm:"), "person:a/mobile", false, false},
		{"other keys", field.New(trust.New(now)), key, "person:a/mobile", false, false},
	} {
		bytesOf := bytes.Clone(sealed)
		if test.broken {
			bytesOf[len(bytesOf)-1] ^= 1
		}
		got, err := test.c.Open(bytesOf, test.key, test.place)
		if (err == nil && bytes.Equal(got, plain)) != test.want {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
	if c.Mark(plain) != later.Mark(plain) || c.Mark(plain) == c.Mark([]byte("13800001235")) {
		t.Error("marks of equal and of other values")
	}
}

// What a former release hid with AES-GCM is still read, and named as older than what is sealed now.
func TestFormerValues(t *testing.T) {
	keys, err := trust.Parse([]byte(formerKeys))
	if err != nil {
		t.Fatal(err)
	}
	c := field.New(keys)
	sealed, err := hex.DecodeString(formerValue)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Open(sealed, "aesgcm:p-0000000000000001", "person:a/mobile")
	if err != nil || string(got) != "13800001234" {
		t.Errorf("%q, %v", got, err)
	}
	if _, key, err := c.Seal(got, "person:a/mobile"); err != nil || key != c.Present() || key == "aesgcm:p-0000000000000001" {
		t.Errorf("sealed with %s, present %s, %v", key, c.Present(), err)
	}
	for n := range 13 {
		if _, err := c.Open(sealed[:n], "aesgcm:p-0000000000000001", "person:a/mobile"); err == nil {
			t.Errorf("%d bytes open", n)
		}
	}
}
