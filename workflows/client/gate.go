package client

import (
	"context"
	"sync"
)

// inFlight is how many Updates of one workflow this client sends at once.
// Temporal takes ten; senders beyond that hinder each other until none comes through.
const inFlight = 8

// gate lets a few senders through to each root instance; the others wait here.
type gate struct {
	mu    sync.Mutex
	roots map[int64]*lanes
}

type lanes struct {
	free  chan struct{}
	users int // senders that wait or are through
}

// enter waits for a lane to a root instance; leave gives it back.
func (g *gate) enter(ctx context.Context, root int64) (leave func(), err error) {
	g.mu.Lock()
	if g.roots == nil {
		g.roots = map[int64]*lanes{}
	}
	l := g.roots[root]
	if l == nil {
		l = &lanes{free: make(chan struct{}, inFlight)}
		g.roots[root] = l
	}
	l.users++
	g.mu.Unlock()
	done := func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(g.roots, root)
		}
	}
	select {
	case l.free <- struct{}{}:
		return func() { <-l.free; done() }, nil
	case <-ctx.Done():
		done()
		return nil, ctx.Err()
	}
}
