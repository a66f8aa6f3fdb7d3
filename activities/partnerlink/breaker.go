package partnerlink

import (
	"sync"
	"time"
)

const (
	breakAfter = 5                // failures in a row
	halfOpen   = 60 * time.Second // until one delivery tries again
)

// breaker keeps a partner that is away from being asked for each event (FT27):
// after five failures in a row nothing is sent for a minute, then one event
// tries. What waits meanwhile loses no attempt.
type breaker struct {
	mu    sync.Mutex
	state map[string]circuit
}

type circuit struct {
	failures int
	until    time.Time
}

// open reports whether nothing may be sent to a partner now.
func (b *breaker) open(partner string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.state[partner].until)
}

// note counts how a delivery went.
func (b *breaker) note(partner string, answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == nil {
		b.state = map[string]circuit{}
	}
	if answered {
		delete(b.state, partner)
		return
	}
	c := b.state[partner]
	if c.failures++; c.failures >= breakAfter {
		c.until = now.Add(halfOpen)
	}
	b.state[partner] = c
}
