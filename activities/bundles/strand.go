package bundles

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/models"
)

// rerouting are the operations that take a token out of its way.
var rerouting = []string{"jump", "return", "withdraw", "recall"}

// Strands refuses an operation after which a token would wait for ever, or of
// which nobody can say within reason that none does ("would-strand", with the way
// to where it gets stuck). Other events take the ways that deployment has verified.
func (b *Bundle) Strands(s *engine.State, ev engine.Event, in engine.Input) error {
	if ev.Type != engine.Operate || !slices.Contains(rerouting, ev.Operation) {
		return nil
	}
	verdict, path := verify.After(b.Program, s, ev, in, verify.DefaultLimit)
	if verdict == verify.Sound {
		return nil
	}
	return models.Refuse("would-strand", "path", strings.Join(path, " → "), "verdict", string(verdict))
}
