package bench

import (
	"strings"
	"testing"
)

// TestFindingIsMeasured runs the measurement at small sizes: it must go through.
func TestFindingIsMeasured(t *testing.T) {
	var out strings.Builder
	err := Finding(
		t.Context(), FindOptions{Out: &out, Things: []int{50, 120}, Cases: []int{30, 60}, Elements: 3, Rounds: 2, Export: 50, SQLite: true},
	)
	if err != nil || !strings.Contains(out.String(), "of      60 cases") || !strings.Contains(out.String(), "a sheet of 60 rows") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
