package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one address may sign in at this process. How often a password may
// be wrong is counted in the database, see office.TrySignIn.
const (
	signInRate  = 20 // a second
	signInBurst = 200
	maxKeys     = 10_000
)

// limits keeps one token bucket per key. When there are too many it forgets
// all: an attacker gains a few tries, and the memory stays bounded.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimits() *limits { return &limits{buckets: map[string]*rate.Limiter{}} }

func (l *limits) bucket(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxKeys {
			clear(l.buckets)
		}
		b = rate.NewLimiter(signInRate, signInBurst)
		l.buckets[key] = b
	}
	return b
}

// address takes a sign-in from an address; wait is in seconds when there were too many.
func (l *limits) address(remote string, now time.Time) (wait int, ok bool) {
	if l.bucket(remote).AllowN(now, 1) {
		return 0, true
	}
	return 1, false
}
