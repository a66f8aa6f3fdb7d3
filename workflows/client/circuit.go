package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"
)

const (
	circuitAfter = 2               // sends in a row that Temporal did not answer, before the next ones do not wait for it
	circuitProbe = 2 * time.Second // between two sends that try whether it is back
)

// errAway is answered at once while Temporal does not answer: nobody waits ten seconds to hear it.
var errAway = errors.New("temporal does not answer; it is asked again in a moment")

// circuit lets sends through while Temporal answers, and one in a while when it does not.
type circuit struct {
	mu     sync.Mutex
	missed int
	next   time.Time // when the next send may try
}

// now is nil when a send may go through.
func (c *circuit) now(now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.missed < circuitAfter {
		return nil
	}
	if now.Before(c.next) {
		return errAway
	}
	c.next = now.Add(circuitProbe)
	return nil
}

// heard notes how a send ended.
func (c *circuit) heard(now time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !away(err) {
		c.missed = 0
		return
	}
	if c.missed++; c.missed >= circuitAfter {
		c.next = now.Add(circuitProbe)
	}
}

// away reports that Temporal itself was not there: not that a step took long, nor that the caller left.
func away(err error) bool {
	var down *serviceerror.Unavailable
	return errors.As(err, &down) && !errors.Is(err, context.Canceled)
}
