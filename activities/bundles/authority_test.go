package bundles_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/workflows/definitions"
)

func shipped(t *testing.T) *bundles.Bundle {
	t.Helper()
	src, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	b, problems := bundles.Compile(src)
	if b == nil {
		t.Fatal(problems)
	}
	return b
}

// tasksOf are all user tasks of a bundle.
func tasksOf(b *bundles.Bundle) (all []*bpmn.Element) {
	for _, m := range b.Models {
		for _, p := range m.Processes {
			p.Walk(func(e *bpmn.Element) {
				if e.Kind == bpmn.KindUserTask {
					all = append(all, e)
				}
			})
		}
	}
	return all
}

// recalled is what a model says of taking a task back: y, open, or n.
func recalled(e *bpmn.Element) string {
	a, task := e.Ext.Approval, e.Ext.Task
	switch {
	case a == nil || !slices.Contains(a.Operations, "recall"), task != nil && task.Recall == "false":
		return "n" // a plain task has nothing to take back: its command has run
	case task != nil && task.Recall == "open":
		return "open"
	}
	return "y"
}

// TestRecallOfShippedModels holds every task of the shipped models against column
// R of the domain's table: what must not be taken back is not, and what may is
// unless the row says why not.
func TestRecallOfShippedModels(t *testing.T) {
	raw, err := os.ReadFile("testdata/recall.txt")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] != "#" {
			said[f[0]] = f[1:]
		}
	}
	for _, e := range tasksOf(shipped(t)) {
		row := said[e.ID]
		delete(said, e.ID)
		if row == nil {
			t.Errorf("%s has no row", e.ID)
			continue
		}
		got, late := recalled(e), len(row) > 1
		switch want := row[0]; {
		case want == "-" && got != "n", want == "n" && got != "n", want == "open" && got == "y":
			t.Errorf("%s can be taken back (%s), the table says %s", e.ID, got, want)
		case (want == "y" || want == "open") && !late && got == "n":
			t.Errorf("%s cannot be taken back, the table says %s", e.ID, want)
		case late && got != "n":
			t.Errorf("%s can be taken back now; its row says that it cannot", e.ID)
		}
	}
	for id := range said {
		t.Errorf("%s is no task of the shipped models", id)
	}
}

// TestNoJumpPassesAnApproval puts a token at every task of every shipped process,
// with nothing signed, and asks where it can be moved: nowhere to where every way
// leads through an approval that a jump must not pass.
func TestNoJumpPassesAnApproval(t *testing.T) {
	b := shipped(t)
	asked := 0
	for _, from := range tasksOf(b) {
		root := from.Parent
		if root == nil || root.Kind != bpmn.KindProcess {
			continue
		}
		s := engine.NewState(7)
		in := engine.Input{Now: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)}
		start := engine.Event{ID: "x", Type: engine.Start, Process: root.ID, Into: from.ID}
		if _, err := engine.Step(b.Program, s, start, in); err != nil {
			continue // a loop's, or one that its process does not begin at
		}
		for _, at := range s.Places(b.Program) {
			if at.Element != from.ID {
				continue
			}
			for _, id := range s.JumpTargets(b.Program, at.Key) {
				to := b.Element(root.ID, id)
				if to == nil || to.Parent != root || reaches(to, from, nil) {
					continue // back
				}
				asked++
				if guardedApproval(from) || !reaches(from, to, guardedApproval) {
					t.Errorf("%s: the token can be moved from %s to %s past an approval that nobody has signed", root.ID, from.ID, to.ID)
				}
			}
		}
	}
	if asked < 5 {
		t.Errorf("only %d jumps were looked at", asked)
	}
}

// guardedApproval is an approval that no jump may pass.
func guardedApproval(e *bpmn.Element) bool {
	return e.Ext.Approval != nil && (e.Ext.Task == nil || e.Ext.Task.Jumped != "second")
}

// reaches reports whether a sequence of flows leads from one element to another
// without any element between that is closed.
func reaches(from, to *bpmn.Element, closed func(*bpmn.Element) bool) bool {
	seen, stack := map[*bpmn.Element]bool{from: true}, []*bpmn.Element{from}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, f := range at.Outgoing {
			switch next := f.Target; {
			case next == nil || seen[next]:
			case next == to:
				return true
			case closed == nil || !closed(next):
				seen[next] = true
				stack = append(stack, next)
			}
		}
	}
	return false
}
