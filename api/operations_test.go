package api

import (
	"testing"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/acts"
)

// TestOperationsHaveTheirHTTP: what the API adds is about operations of the
// engine's table, every remark has its command, and the bounds agree.
func TestOperationsHaveTheirHTTP(t *testing.T) {
	for name := range governing {
		if _, ok := operationNamed(name); !ok {
			t.Errorf("a permission for %q, which nobody is offered", name)
		}
	}
	for _, o := range engine.Operations {
		if (o.Kind == engine.Remark) != (remarks[o.Name] != nil) {
			t.Errorf("%s: kind %q, a command: %v", o.Name, o.Kind, remarks[o.Name] != nil)
		}
	}
	if engine.MaxCopies != acts.MaxCopies {
		t.Errorf("copies go to %d persons in the engine, %d in the register", engine.MaxCopies, acts.MaxCopies)
	}
}
