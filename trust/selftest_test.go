package trust

import (
	"slices"
	"strings"
	"testing"
)

// TestSelfTest: the known answers come out, and each algorithm that gives another one is named.
func TestSelfTest(t *testing.T) {
	if err := SelfTest(); err != nil {
		t.Fatal(err)
	}
	whole := answers
	t.Cleanup(func() { answers = whole })
	for i, a := range whole {
		answers = slices.Clone(whole)
		answers[i].want = "00"
		if err := SelfTest(); err == nil || !strings.Contains(err.Error(), a.name) {
			t.Errorf("another answer of %s: %v", a.name, err)
		}
	}
}
