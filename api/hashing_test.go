package api

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// TestAddressesTakeTurns: who sends many passwords at once waits behind himself,
// another address for one of them at most, and the line has an end.
func TestAddressesTakeTurns(t *testing.T) {
	h := newHashing()
	h.free = 1
	if _, err := h.queue("attacker"); err != nil { // holds the one processor
		t.Fatal(err)
	}
	var lines []chan struct{}
	for range mayWait {
		turn, err := h.queue("attacker")
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, turn)
	}
	if _, err := h.queue("attacker"); !errors.Is(err, errBusy) {
		t.Errorf("the line has no end: %v", err)
	}
	honest, err := h.queue("honest")
	if err != nil {
		t.Fatal(err)
	}
	h.next()
	h.next()
	select {
	case <-honest:
	default:
		t.Error("an honest address waits for more than one of the attacker's")
	}
	select {
	case <-lines[1]:
		t.Error("the attacker's second came before the honest one")
	default:
	}
}

// TestHashingIsGivenBack: whoever goes away while he waits keeps no processor.
func TestHashingIsGivenBack(t *testing.T) {
	h := newHashing()
	h.free = 2
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			if i%3 == 0 {
				cancel()
			}
			defer cancel()
			_ = h.do(ctx, string(rune('a'+i%7)), func() {})
		})
	}
	wg.Wait()
	if h.free != 2 || len(h.turns) != 0 {
		t.Errorf("%d processors free, %d lines", h.free, len(h.turns))
	}
}
