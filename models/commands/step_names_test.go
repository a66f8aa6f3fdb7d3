package commands

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/texts"
)

// TestEveryStepOfAFindingHasAName: the history of a finding is read by people; each command that writes a line of it
// has words for it.
func TestEveryStepOfAFindingHasAName(t *testing.T) {
	n := 0
	for name := range plans {
		action, of := strings.CutPrefix(name, "rectification.")
		if !of || action == "draw" { // which draws findings, and writes into no history
			continue
		}
		if said, other := stepNames[name]; other {
			action = said
		}
		if n++; !texts.Has("rectStep." + action) {
			t.Errorf("%s: no text rectStep.%s", name, action)
		}
	}
	if n < 15 {
		t.Errorf("%d commands", n)
	}
}
