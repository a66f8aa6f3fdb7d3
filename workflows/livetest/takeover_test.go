package livetest

import (
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	temporalclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/client"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Who cancels a run, in Temporal's pages or on its port, does not stop the case:
// acts, timers and renewals go on.
func TestRunIsCancelled(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		c := l.attacker()
		if err := c.CancelWorkflow(ctx, contract.WorkflowID(root), ""); err != nil {
			t.Fatal(err)
		}
		l.eventually("the run sees it", func() bool {
			for _, e := range l.history(root) {
				if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED {
					return true
				}
			}
			return false
		})
		l.Wants(l.Operate(root, "first", "complete", "ann"), contract.Applied, "")
		if err := l.client.Poke(ctx, root, contract.Poke{Renew: true}); err != nil {
			t.Fatal(err)
		}
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	})
}

// Somebody runs a workflow of his own under the id of a case and says to
// everything that it was applied: nobody is told so, and what waits for its
// delivery is not ticked off. When his run is ended the case goes on.
func TestAttackerTakesTheNameOfACase(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		c := l.attacker()
		w := sdkworker.New(c, "evil-name", sdkworker.Options{})
		for _, verdict := range []contract.Verdict{contract.Applied, ""} {
			w.RegisterWorkflowWithOptions(func(ctx workflow.Context) error {
				if err := workflow.SetUpdateHandler(ctx, "complete", func(workflow.Context, converter.RawValue) (contract.Outcome, error) {
					return contract.Outcome{Event: "u:ann:forged", Verdict: verdict}, nil
				}); err != nil {
					return err
				}
				return workflow.Sleep(ctx, time.Hour)
			}, workflow.RegisterOptions{Name: "evil" + string(verdict)})
		}
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		defer w.Stop()
		honest := l.Operation(root, "first", "complete", "ann")
		for _, verdict := range []contract.Verdict{contract.Applied, ""} {
			if _, err := c.ExecuteWorkflow(ctx, temporalclient.StartWorkflowOptions{
				ID: contract.WorkflowID(root), TaskQueue: "evil-name",
				WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
			}, "evil"+string(verdict)); err != nil {
				t.Fatal(err)
			}
			if out, err := l.client.Send(ctx, honest); !errors.Is(err, client.ErrUnavailable) {
				t.Errorf("told %+v, %v", out, err)
			}
		}
		if err := c.TerminateWorkflow(ctx, contract.WorkflowID(root), "", ""); err != nil {
			t.Fatal(err)
		}
		l.Wants(l.Commit(honest), contract.Applied, "")
	})
}
