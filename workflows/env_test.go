package workflows_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/quancheng/quancheng/workflows"
	"github.com/quancheng/quancheng/workflows/contract"
)

// books stand in for Commit: the loop knows no more of it than its outcomes.
type books struct {
	due   *time.Time
	fired []string
	ended bool
	jobs  []contract.Job
	doubt int // results that are not believed
	done  int // results that are
}

func (b *books) outcome(event string) contract.Outcome {
	out := contract.Outcome{
		Event: event, Verdict: contract.Applied, Ended: b.ended, NextDue: b.due, Jobs: b.jobs,
		Summary: contract.Summary{Project: "XM-1", Tasks: []string{"审签"}},
	}
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
	if r.Name == "completeJob" {
		if b.doubt > 0 {
			b.doubt--
			return contract.Outcome{}, temporal.NewNonRetryableApplicationError("not believed", contract.ErrDistrust, nil)
		}
		b.jobs, b.done, b.ended = nil, b.done+1, true
		return b.outcome(r.ID), nil
	}
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
	env.RegisterActivityWithOptions(b.RunJob, activity.RegisterOptions{Name: contract.RunJob})
	env.RegisterActivityWithOptions(b.ResumeLoad, activity.RegisterOptions{Name: contract.ResumeLoad})
	return env
}

// RunJob does a job at once.
func (b *books) RunJob(_ context.Context, root int64, job contract.Job) (contract.Request, error) {
	return contract.Request{Root: root, ID: "j:1", Name: "completeJob", Event: json.RawMessage(`{}`)}, nil
}

// A result that Commit does not believe, as one of a former release or of a
// worker with other keys, is asked for again until it does.
func TestJobOfAnotherHand(t *testing.T) {
	b := &books{jobs: []contract.Job{{Key: 1, Type: "print", Element: "print", Retries: 1}}, doubt: 2}
	env := environment(t, b)
	env.ExecuteWorkflow(contract.Workflow, contract.Input{Root: 1})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if b.doubt != 0 || b.done != 1 {
		t.Errorf("%d results not believed are left, %d were", b.doubt, b.done)
	}
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
