package verify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
)

// life is an instance of a test model.
type life struct {
	t     *testing.T
	p     *engine.Program
	s     *engine.State
	in    engine.Input
	tasks map[string]int64
}

func live(t *testing.T, data []byte, r engine.Resources, process string) *life {
	t.Helper()
	m, diags := bpmn.Parse(data)
	if m == nil {
		t.Fatal(diags)
	}
	bpmn.Repair(m)
	p, diags := engine.Compile(m, r)
	if p == nil {
		t.Fatal(diags)
	}
	l := &life{
		t: t, p: p, s: engine.NewState(7), in: engine.Input{Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, tasks: map[string]int64{},
	}
	l.step(engine.Event{Type: engine.Start, Process: process})
	return l
}

func (l *life) step(ev engine.Event) {
	l.t.Helper()
	effects, err := engine.Step(l.p, l.s, ev, l.in)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range effects {
		switch e := e.(type) {
		case engine.TaskOpened:
			l.tasks[e.Task.Element] = e.Task.Key
		case engine.TaskClosed:
			for id, key := range l.tasks {
				if key == e.Key {
					delete(l.tasks, id)
				}
			}
		}
	}
}

// complete completes tasks by the ids of their elements.
func (l *life) complete(ids string) *life {
	l.t.Helper()
	for _, id := range strings.Fields(ids) {
		l.step(engine.Event{Type: engine.Operate, Key: l.tasks[id], Operation: "complete"})
	}
	return l
}

func (l *life) jump(from, to string) engine.Event {
	return engine.Event{
		Type: engine.Operate, Key: l.tasks[from], Operation: "jump", Element: to, Actor: &engine.Actor{Person: "admin", Admin: true},
	}
}

const (
	parallel  = "start s user P and f user A user A2 user B and j user C end e s>P P>f f>A f>B A>A2 A2>j B>j j>C C>e"
	inclusive = "start s user P or f user A user B or j user C end e s>P P>f f>A f>B A>j B>j j>C C>e"
	inner     = "start s user P sub{ S start is user Q and f user A user B and j end ie is>Q Q>f f>A f>B A>j B>j j>ie } user C end e s>P P>S S>C C>e"
	choices   = "start s user P xor x user A user B and j user C end e s>P P>x x>A? x>B A>j B>j j>C C>e"
	noEnd     = "start s user P xor x user A user B end e s>P P>x x>e? x>A? x>B A>B B>A"
)

// TestAfterJumps: which jumps leave a case that still ends, and how it gets stuck else.
func TestAfterJumps(t *testing.T) {
	for _, c := range []struct {
		name, model, done, from, to string
		verdict                     verify.Verdict
		path                        string
	}{
		{"along the way", parallel, "P", "A", "A2", verify.Sound, ""},
		{"into a fork", parallel, "", "P", "A", verify.Unsound, "A A2 j"},
		{"to the last of a branch", parallel, "", "P", "B", verify.Unsound, "B j"},
		{"past a fork and its join", parallel, "", "P", "C", verify.Sound, ""},
		{"past a join, the other branch works", parallel, "P", "A", "C", verify.Unsound, "B C e j"},
		{"past a join, the other branch waits", parallel, "P B", "A", "C", verify.Unsound, "C e j"},
		{"to the other branch", parallel, "P", "A", "B", verify.Unsound, ""},
		{"back before the fork", parallel, "P B", "A", "P", verify.Sound, ""},
		{"back into a branch", parallel, "P A A2 B", "C", "A", verify.Sound, ""},
		{"into an inclusive fork", inclusive, "", "P", "A", verify.Sound, ""},
		{"past an inclusive join, the other branch works", inclusive, "P", "A", "C", verify.Unsound, ""},
		{"in a sub-process", inner, "P", "Q", "A", verify.Unsound, "A j"},
		{"in a sub-process along the way", inner, "P Q", "A", "Q", verify.Sound, ""},
		{"past a sub-process", inner, "", "P", "C", verify.Sound, ""},
		{"to a sub-process", inner, "", "P", "S", verify.Sound, ""},
		{"what the model itself may do", choices, "", "P", "C", verify.Sound, ""},
		{"into a loop without a way out", noEnd, "", "P", "A", verify.Unsound, "A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := live(t, model(c.model), engine.Resources{}, "p").complete(c.done)
			got, path := verify.After(l.p, l.s, l.jump(c.from, c.to), l.in, 2000)
			if got != c.verdict || c.path != "" && strings.Join(path, " ") != c.path || (got == verify.Sound) != (path == nil) {
				t.Errorf("got %s by %v, want %s by %s", got, path, c.verdict, c.path)
			}
		})
	}
}

// TestAfterUndecided: a budget that is used up is no approval, and what the event leaves as it was is not asked again.
func TestAfterUndecided(t *testing.T) {
	l := live(t, model(parallel), engine.Resources{}, "p")
	if got, path := verify.After(l.p, l.s, l.jump("P", "C"), l.in, 1); got != verify.Undecided || path == nil {
		t.Errorf("got %s by %v", got, path)
	}
	claim := engine.Event{Type: engine.Operate, Key: l.tasks["P"], Operation: "claim", Actor: &engine.Actor{Person: "ann"}}
	if got, _ := verify.After(l.p, l.s, claim, l.in, 1); got != verify.Sound {
		t.Errorf("a claim is %s", got)
	}
}
