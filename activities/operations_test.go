package activities_test

import (
	"slices"
	"testing"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/workflows/contract"
)

// TestOperationsAreUpdates: every operation of the engine is an Update of its
// name, and every Update that is none of the workflow's own is an operation.
func TestOperationsAreUpdates(t *testing.T) {
	own := []string{
		contract.UpdateStart, contract.UpdateMessage, contract.UpdateSignal, contract.UpdateResolve, contract.UpdateVars,
		contract.UpdateCancel, contract.UpdateOther,
	}
	updates := slices.DeleteFunc(contract.Updates(), func(name string) bool { return slices.Contains(own, name) })
	var names []string
	for _, o := range engine.Operations {
		names = append(names, o.Name)
	}
	slices.Sort(updates)
	slices.Sort(names)
	if !slices.Equal(updates, names) {
		t.Errorf("updates are %v, operations %v", updates, names)
	}
}
