package api

import "sync"

// mostAtOnce is how many messages of one bureau from one address are read at a time (FT29): who holds more of them
// open is asked to come again, and shuts out nobody else.
const mostAtOnce = 32

// crowd counts what is under way by its source.
type crowd struct {
	mu sync.Mutex
	n  map[string]int
}

func newCrowd() *crowd { return &crowd{n: map[string]int{}} }

// enter counts one more of a source, until leave is called; ok is false when there are too many.
func (k *crowd) enter(source string) (leave func(), ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.n[source] >= mostAtOnce {
		return nil, false
	}
	k.n[source]++
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.n[source]--; k.n[source] == 0 {
			delete(k.n, source)
		}
	}, true
}
