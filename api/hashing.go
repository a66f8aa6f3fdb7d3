package api

import (
	"context"
	"errors"
	"runtime"
	"sync"
)

// mayWait is how many passwords of one address wait for their turn; more are told to come again.
const mayWait = 64

// errBusy says that an address has too many passwords waiting.
var errBusy = errors.New("api: too many passwords wait")

// hashing looks at as many passwords at once as there are processors: each takes
// memory and some 20 ms of one. Addresses take turns, so that who sends sixty wrong
// ones at once waits for himself, and the next address for one of them at most.
type hashing struct {
	mu      sync.Mutex
	free    int
	waiting map[string][]chan struct{} // by address, first come first served
	turns   []string                   // addresses with somebody waiting, the next one first
}

func newHashing() *hashing {
	return &hashing{free: runtime.GOMAXPROCS(0), waiting: map[string][]chan struct{}{}}
}

// do runs work when the address' turn comes.
func (h *hashing) do(ctx context.Context, address string, work func()) error {
	turn, err := h.queue(address)
	if err != nil {
		return err
	}
	if turn != nil {
		select {
		case <-turn:
		case <-ctx.Done():
			if !h.leave(address, turn) {
				h.next() // the turn had come already: it goes on to another
			}
			return ctx.Err()
		}
	}
	defer h.next()
	work()
	return nil
}

// queue takes a processor, or a place in the line: the channel is closed when the turn comes.
func (h *hashing) queue(address string) (chan struct{}, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.free > 0 {
		h.free--
		return nil, nil
	}
	line := h.waiting[address]
	if len(line) >= mayWait {
		return nil, errBusy
	}
	if len(line) == 0 {
		h.turns = append(h.turns, address)
	}
	turn := make(chan struct{})
	h.waiting[address] = append(line, turn)
	return turn, nil
}

// next hands the processor to the address whose turn it is.
func (h *hashing) next() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.turns) > 0 {
		address := h.turns[0]
		h.turns = h.turns[1:]
		line := h.waiting[address]
		if len(line) == 0 {
			delete(h.waiting, address)
			continue
		}
		h.waiting[address] = line[1:]
		if len(line) > 1 {
			h.turns = append(h.turns, address)
		} else {
			delete(h.waiting, address)
		}
		close(line[0])
		return
	}
	h.free++
}

// leave gives up a place in the line; false when the turn had come.
func (h *hashing) leave(address string, turn chan struct{}) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	line := h.waiting[address]
	for i, t := range line {
		if t == turn {
			h.waiting[address] = append(line[:i:i], line[i+1:]...)
			return true
		}
	}
	return false
}
