package workflows_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/quancheng/quancheng/workflows"
	"github.com/quancheng/quancheng/workflows/contract"
)

// books stand in for Commit: the loop knows no more of it than its outcomes.
type books struct {
	due   *time.Time
	fired []string
	ended bool
}

func (b *books) outcome(event string) contract.Outcome {
	out := contract.Outcome{Event: event, Verdict: contract.Applied, Ended: b.ended, NextDue: b.due, Summary: contract.Summary{Project: "XM-1", Tasks: []string{"审签"}}}
	if b.due != nil {
		out.Timers = []contract.Timer{{Key: 7, Due: *b.due, Element: "late"}}
	}
	return out
}

func (b *books) Commit(_ context.Context, a contract.Arrival) (contract.Outcome, error) {
	if a.Timer != nil {
		r := a.Timer.Fire(a.Root)
		b.fired, b.due = append(b.fired, r.ID), nil
		return b.outcome(r.ID), nil
	}
	r := *a.Request
	b.ended = r.Name == "complete"
	return b.outcome(r.ID), nil
}

func (b *books) ResumeLoad(context.Context, int64) (contract.Outcome, error) {
	return b.outcome(""), nil
}

func environment(t *testing.T, b *books) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var s testsuite.WorkflowTestSuite
	env := s.NewTestWorkflowEnvironment()
	workflows.Register(env)
	env.RegisterActivityWithOptions(b.Commit, activity.RegisterOptions{Name: contract.Commit})
	env.RegisterActivityWithOptions(b.ResumeLoad, activity.RegisterOptions{Name: contract.ResumeLoad})
	return env
}

// A timer that was due before the run began fires at once, once, under an id of its due moment.
func TestTimerFires(t *testing.T) {
	due := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	b := &books{due: &due}
	env := environment(t, b)
	env.RegisterDelayedCallback(func() {
		env.UpdateWorkflow("complete", "u:1", &testsuite.TestUpdateCallback{
			OnReject: func(err error) { t.Error(err) },
			OnAccept: func() {},
			OnComplete: func(_ any, err error) {
				if err != nil {
					t.Error(err)
				}
			},
		}, contract.Request{Root: 1, ID: "u:1", Name: "complete", Event: json.RawMessage(`{}`)})
	}, time.Hour)
	env.ExecuteWorkflow(contract.Workflow, contract.Input{Root: 1})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if len(b.fired) != 1 || b.fired[0] != "t:7:1577836800000" {
		t.Errorf("fired %v", b.fired)
	}
}
