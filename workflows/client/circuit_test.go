package client

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
)

// While Temporal is away only the first senders wait for it, and one in a while; once it answers, all do.
func TestNobodyWaitsForATemporalThatIsAway(t *testing.T) {
	gone := fmt.Errorf("%w: %w", ErrUnavailable, serviceerror.NewUnavailable("connection refused"))
	at := time.Unix(0, 0)
	var c circuit
	let := func(want bool) {
		t.Helper()
		if err := c.now(at); (err == nil) != want {
			t.Fatalf("a send goes through: %v, want %v", err == nil, want)
		}
	}
	for _, harmless := range []error{nil, errors.New("slow"), context.Canceled, ErrUnavailable} {
		for range 5 {
			let(true)
			c.heard(at, harmless)
		}
	}
	for range circuitAfter {
		let(true)
		c.heard(at, gone)
	}
	let(false)
	at = at.Add(circuitProbe)
	let(true) // tries
	let(false)
	c.heard(at, gone)
	let(false)
	at = at.Add(circuitProbe)
	let(true)
	c.heard(at, nil)
	let(true)
	let(true)
}
