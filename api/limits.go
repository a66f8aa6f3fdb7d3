package api

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one address may sign in, and how often one person's password may be wrong.
const (
	signInRate  = 20 // a second
	signInBurst = 200
	wrongEvery  = 3 * time.Minute // 5 in 15 minutes
	wrongBurst  = 5
	maxKeys     = 10_000
)

// limits keeps one token bucket per key. When there are too many it forgets
// all: an attacker gains a few tries, and the memory stays bounded.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimits() *limits { return &limits{buckets: map[string]*rate.Limiter{}} }

func (l *limits) bucket(key string, r rate.Limit, burst int) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= maxKeys {
			clear(l.buckets)
		}
		b = rate.NewLimiter(r, burst)
		l.buckets[key] = b
	}
	return b
}

// address takes a sign-in from an address; wait is in seconds when there were too many.
func (l *limits) address(remote string, now time.Time) (wait int, ok bool) {
	if l.bucket("a:"+remote, signInRate, signInBurst).AllowN(now, 1) {
		return 0, true
	}
	return 1, false
}

// locked reports whether a person's password was wrong too often.
func (l *limits) locked(person string, now time.Time) (wait int, locked bool) {
	left := l.bucket("p:"+person, rate.Every(wrongEvery), wrongBurst).TokensAt(now)
	if left >= 1 {
		return 0, false
	}
	return int(math.Ceil((1 - left) * wrongEvery.Seconds())), true
}

// wrong notes a wrong password.
func (l *limits) wrong(person string, now time.Time) {
	l.bucket("p:"+person, rate.Every(wrongEvery), wrongBurst).AllowN(now, 1)
}
