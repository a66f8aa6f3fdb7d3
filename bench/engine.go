package bench

import (
	"fmt"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// alone is how long a step of the approval takes in the engine, on one core and
// without any shell.
func alone() (time.Duration, error) {
	m, problems := bpmn.Parse(two)
	if m == nil || bpmn.HasErrors(problems) {
		return 0, fmt.Errorf("bench: two.bpmn: %v", problems)
	}
	p, problems := engine.Compile(m, engine.Resources{})
	if p == nil {
		return 0, fmt.Errorf("bench: two.bpmn: %v", problems)
	}
	began, steps := time.Now(), 0
	for ; time.Since(began) < time.Second; steps += len(hand) {
		if err := approveAlone(p, began); err != nil {
			return 0, err
		}
	}
	return time.Since(began) / time.Duration(steps), nil
}

func approveAlone(p *engine.Program, now time.Time) error {
	s := engine.NewState(1)
	next := engine.Event{ID: "start", Type: engine.Start, Key: 1, Process: "two"}
	for _, by := range []engine.Actor{{Person: "ann", Groups: []string{"CLERK@DP18"}}, {Person: "bob", Groups: []string{"CHIEF@DP34"}},
		{}} {
		effects, err := engine.Step(p, s, next, engine.Input{Now: now})
		if err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		for _, e := range effects {
			if t, ok := e.(engine.TaskOpened); ok {
				next = engine.Event{ID: t.Task.Element, Type: engine.Operate, Key: t.Task.Key, Operation: "complete", Actor: &by}
			}
		}
	}
	if !s.Ended() {
		return fmt.Errorf("bench: the approval has not ended after %d steps", len(hand))
	}
	return nil
}
