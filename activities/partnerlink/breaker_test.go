package partnerlink

import (
	"testing"
	"time"
)

// Five failures in a row open the circuit for a minute; one answer closes it.
func TestBreaker(t *testing.T) {
	var b breaker
	now := time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)
	note := func(answers ...bool) {
		for _, a := range answers {
			b.note("finance", a, now)
		}
	}
	want := func(after time.Duration, open bool) {
		t.Helper()
		if got := b.open("finance", now.Add(after)); got != open {
			t.Errorf("open %v, want %v", got, open)
		}
	}
	note(false, false, false, false)
	want(0, false)
	note(true, false, false, false, false)
	want(0, false)
	note(false)
	want(0, true)
	want(59*time.Second, true)
	want(60*time.Second, false) // one tries
	now = now.Add(60 * time.Second)
	note(false)
	want(59*time.Second, true)
	note(true)
	want(0, false)
	if b.open("procurement", now) {
		t.Error("another partner is not concerned")
	}
}
