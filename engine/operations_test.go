package engine

import (
	"slices"
	"testing"

	"github.com/quancheng/quancheng/engine/seat"
)

// TestOperationsTable: the table has each name once, knows every operation that
// the engine has code for, and says of case operations which event they are.
func TestOperationsTable(t *testing.T) {
	seen := map[string]OperationSpec{}
	for _, o := range Operations {
		if _, twice := seen[o.Name]; twice {
			t.Errorf("%s stands twice", o.Name)
		}
		seen[o.Name] = o
		if (o.Kind == OnCase) != (o.Event != "") || o.Event != "" && handlers[o.Event] == nil {
			t.Errorf("%s: kind %q, event %q", o.Name, o.Kind, o.Event)
		}
		has := taskOperations[o.Name] != nil || administrative[o.Name] != nil || tokenOperations[o.Name] != nil || o.Name == "recall" ||
			slices.Contains(seat.Operations, seat.Operation(o.Name))
		if has != (o.Kind == OnSeat || o.Kind == OnToken) {
			t.Errorf("%s: kind %q, but the engine does it: %v", o.Name, o.Kind, has)
		}
	}
	for _, names := range []map[string]func(*exec, *node) error{taskOperations, administrative, tokenOperations} {
		for name := range names {
			if _, ok := seen[name]; !ok {
				t.Errorf("%s is not in the table", name)
			}
		}
	}
	for _, name := range seat.Operations {
		if _, ok := seen[string(name)]; !ok {
			t.Errorf("%s is not in the table", name)
		}
	}
}
