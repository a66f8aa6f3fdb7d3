package field_test

import (
	"bytes"
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
		{"another algorithm", c, "sm4gcm:" + key, "person:a/mobile", false, false},
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
