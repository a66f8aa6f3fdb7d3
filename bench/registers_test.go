package bench

import (
	"strings"
	"testing"
)

// TestRegistersAreMeasured runs the measurement at small sizes: it must go through.
func TestRegistersAreMeasured(t *testing.T) {
	var out strings.Builder
	err := Registers(
		t.Context(), RegisterOptions{Out: &out, Entries: []int{20, 60}, Walks: []int{20, 40}, Units: 4, Items: 20, Rounds: 2, Sheet: 30},
	)
	if err != nil || !strings.Contains(out.String(), "of      60 entries") ||
		!strings.Contains(out.String(), "the report as PDF") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
