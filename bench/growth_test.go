package bench

import (
	"strings"
	"testing"
)

// TestGrowthIsMeasured runs the measurement at small sizes: it must go through, with a line for each size on each database.
func TestGrowthIsMeasured(t *testing.T) {
	var out strings.Builder
	err := Growth(t.Context(), GrowthOptions{Out: &out, Acts: []int{0, 300}, Open: []int{5}, Cases: 3, SQLite: true})
	if err != nil || !strings.Contains(out.String(), "      300         5") || strings.Count(out.String(), "of the first") < 3 {
		t.Errorf("%v\n%s", err, out.String())
	}
	t.Log(out.String())
}
