package bench

import (
	"os"
	"testing"
)

func TestZZ(t *testing.T) {
	if err := Finding(t.Context(), FindOptions{Out: os.Stderr, Things: []int{10_000, 1_000_000}, Cases: []int{10_000, 300_000}, Elements: 10, Rounds: 20, Export: 100_000}); err != nil {
		t.Error(err)
	}
}
