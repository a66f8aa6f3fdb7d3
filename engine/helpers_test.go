package engine

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// game is an instance that a test plays: it keeps the open tasks and what happened.
type game struct {
	t       *testing.T
	p       *Program
	s       *State
	in      Input
	tasks   map[int64]Task
	effects []Effect // of the last step
}

func newGame(t *testing.T, body string, vs Vars) *game {
	t.Helper()
	g := &game{t: t, p: program(t, body), s: NewState(3), in: benchInput, tasks: map[int64]Task{}}
	if err := g.step(Event{Type: Start, Process: "p", Variables: vs}); err != nil {
		t.Fatal(err)
	}
	return g
}

// step applies an event to the state. A refusal leaves the state as it was.
func (g *game) step(ev Event) error {
	g.t.Helper()
	before := asJSON(g.s)
	checked := Check(g.p, g.s, ev, g.in)
	effects, err := Step(g.p, g.s, ev, g.in)
	if (checked == nil) != (err == nil) {
		g.t.Fatalf("Check says %v, Step %v", checked, err)
	}
	stored := asJSON(g.s)
	if err != nil {
		stored = before
	}
	g.s = &State{}
	if err := json.Unmarshal([]byte(stored), g.s); err != nil {
		g.t.Fatal(err)
	}
	if err != nil {
		return err
	}
	g.effects = effects
	for _, e := range effects {
		switch e := e.(type) {
		case TaskOpened:
			g.tasks[e.Task.Key] = e.Task
		case TaskChanged:
			g.tasks[e.Task.Key] = e.Task
		case TaskClosed:
			delete(g.tasks, e.Key)
		}
	}
	return nil
}

// task is the open task of an element.
func (g *game) task(element string) Task {
	g.t.Helper()
	for _, key := range sortedKeys(g.tasks) {
		if g.tasks[key].Element == element {
			return g.tasks[key]
		}
	}
	g.t.Fatalf("no task of %s is open; open are %v", element, g.open())
	return Task{}
}

// open lists the elements of the open tasks.
func (g *game) open() []string {
	out := []string{}
	for _, t := range g.tasks {
		out = append(out, t.Element)
	}
	slices.Sort(out)
	return out
}

// code is the code of a refusal, or "" for nil.
func code(err error) string {
	if r := (*Refusal)(nil); errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
