package livetest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	temporalclient "go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/contract"
)

// attacker is somebody who reaches Temporal's port and knows our names, but no key.
func (l *live) attacker() temporalclient.Client {
	l.Helper()
	c, err := server.server.Client(ctx, temporalclient.Options{Logger: quiet{}})
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(c.Close)
	return c
}

// attack sends an Update as our client would, and says why it was not taken.
func (l *live) attack(c temporalclient.Client, r contract.Request) {
	l.Helper()
	handle, err := c.UpdateWorkflow(ctx, temporalclient.UpdateWorkflowOptions{
		WorkflowID: contract.WorkflowID(r.Root), UpdateID: contract.UpdateID(r.ID), UpdateName: r.Name, Args: []any{r},
		WaitForStage: temporalclient.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	l.refused(err)
}

func (l *live) refused(err error) {
	l.Helper()
	var app *sdk.ApplicationError
	if !errors.As(err, &app) || app.Type() != contract.ErrDistrust {
		l.Errorf("an attacker heard %v", err)
	}
}

// Who reaches Temporal's port can neither act as somebody else, nor as an
// operator, nor as a timer or a job, and takes nobody's id: the honest request
// under it is applied afterwards.
func TestAttackerOnThePort(t *testing.T) {
	eachLive(t, waits, func(t *testing.T, l *live) {
		root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P20000D"})
		c := l.attacker()
		var timer process.Timer
		if err := l.Read().Where("root = ?", root).Take(&timer).Error; err != nil {
			t.Fatal(err)
		}
		honest := l.Operation(root, "hold", "claim", "ann")
		job, err := json.Marshal(engine.Event{ID: "j:1:1", Type: engine.CompleteJob, Key: 1})
		if err != nil {
			t.Fatal(err)
		}
		before := l.Count("SELECT step FROM root_state WHERE key = ?", root)
		fire := contract.Timer{Key: timer.Key, Due: timer.Due}.Fire(root)
		fire.Name = contract.UpdateOther
		for _, r := range []contract.Request{
			honest,
			l.Request(root, "u:bob:stop", contract.UpdateCancel, engine.Event{Type: engine.Cancel, Reason: "x"}, "bob"),
			l.Request(root, "u:bob:jump", "jump", engine.Event{Type: engine.Operate, Key: l.Task(root, "hold"), Operation: "jump",
				Element: "after", Reason: "x"}, "bob"),
			l.Request(root, "u:bob:vars", contract.UpdateVars, engine.Event{Type: engine.SetVariables}, "bob"),
			fire,
			{Root: root, ID: "j:1:1", Name: contract.UpdateOther, Event: job},
			l.Request(root, "m:1:1", contract.UpdateMessage, engine.Event{Type: engine.CorrelateMessage, Name: "test.answer",
				CorrelationKey: "XM-1"}, ""),
		} {
			l.attack(c, r)
			if n := l.Count("SELECT count(*) FROM event_outcome WHERE event = ?", r.ID); n != 0 {
				t.Errorf("%s has an outcome", r.ID)
			}
		}
		if n := l.Count("SELECT step FROM root_state WHERE key = ?", root); n != before {
			t.Errorf("%d steps were taken", n-before)
		}
		if n := l.Count("SELECT n FROM distrust WHERE code = ?", contract.RequestUnsigned); n != 7 {
			t.Errorf("counted %d", n)
		}
		l.Wants(l.Commit(honest), contract.Applied, "")
		l.Wants(l.Commit(honest), contract.Applied, "")
	})
}

// An Update that somebody copied from Temporal's records is worth nothing
// elsewhere, and as the answer to somebody else's id it is not taken for his.
func TestAttackerCopies(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		other, _ := l.Start("two", nil)
		l.Wants(l.Operate(root, "first", "claim", "ann"), contract.Applied, "")
		var copied *commonpb.Payloads
		for _, e := range l.history(root) {
			if a := e.GetWorkflowExecutionUpdateAcceptedEventAttributes(); a != nil && a.AcceptedRequest.Input.Name == "claim" {
				copied = a.AcceptedRequest.Input.Args
			}
		}
		send := func(root int64, id string) *updatepb.Outcome {
			answer, err := l.attacker().WorkflowService().UpdateWorkflowExecution(ctx, &workflowservice.UpdateWorkflowExecutionRequest{
				Namespace: temporal.Namespace, WorkflowExecution: execution(root),
				WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED},
				Request:    &updatepb.Request{Meta: &updatepb.Meta{UpdateId: id}, Input: &updatepb.Input{Name: "claim", Args: copied}},
			})
			if err != nil {
				t.Fatal(err)
			}
			return answer.Outcome
		}
		if out := send(other, "copy"); out.GetFailure().GetApplicationFailureInfo().GetType() != contract.ErrDistrust {
			t.Errorf("at another instance: %v", out)
		}
		complete := l.Operation(root, "first", "complete", "ann")
		if out := send(root, contract.UpdateID(complete.ID)); out.GetSuccess() == nil {
			t.Errorf("a repetition: %v", out)
		}
		if n := l.Count("SELECT step FROM root_state WHERE key = ?", root); n != 2 {
			t.Errorf("%d steps, want 2", n)
		}
		for range 2 { // when it is applied, and when it was applied already
			out := l.Commit(complete)
			l.Wants(out, contract.Applied, "")
			if out.Event != complete.ID {
				t.Errorf("answered with %s", out.Event)
			}
			send(root, contract.UpdateID(complete.ID))
		}
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	})
}

// Garbage in the place of an encrypted request is refused, and the case goes on.
func TestAttackerSendsGarbage(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		for _, p := range []*commonpb.Payload{
			{Metadata: map[string][]byte{"encoding": []byte("binary/encrypted"), "encryption-key-id": []byte("p-0")}, Data: []byte("x")},
			{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte("[")},
			{},
		} {
			answer, err := l.attacker().WorkflowService().UpdateWorkflowExecution(ctx, &workflowservice.UpdateWorkflowExecutionRequest{
				Namespace: temporal.Namespace, WorkflowExecution: execution(root),
				WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED},
				Request: &updatepb.Request{
					Meta:  &updatepb.Meta{UpdateId: string(p.Data) + "g"},
					Input: &updatepb.Input{Name: "claim", Args: &commonpb.Payloads{Payloads: []*commonpb.Payload{p}}},
				},
			})
			if err == nil && answer.Outcome.GetFailure() == nil {
				t.Errorf("taken: %v", answer)
			}
		}
		l.Wants(l.Operate(root, "first", "complete", "ann"), contract.Applied, "")
	})
}

// Whoever runs a workflow of his own cannot have our worker take a step for it.
func TestAttackerSchedulesCommit(t *testing.T) {
	eachLive(t, waits, func(t *testing.T, l *live) {
		root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P20000D"})
		c := l.attacker()
		w := sdkworker.New(c, "evil", sdkworker.Options{})
		w.RegisterWorkflowWithOptions(func(ctx workflow.Context, name string, in any) error {
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{TaskQueue: contract.Queue, StartToCloseTimeout: time.Minute})
			return workflow.ExecuteActivity(ctx, name, in).Get(ctx, nil)
		}, workflow.RegisterOptions{Name: "evil"})
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		defer w.Stop()
		for name, in := range map[string]any{
			contract.Commit:     contract.Arrival{Root: root, Timer: &contract.Timer{Key: 1}},
			contract.ResumeLoad: root,
		} {
			run, err := c.ExecuteWorkflow(ctx, temporalclient.StartWorkflowOptions{TaskQueue: "evil"}, "evil", name, in)
			if err != nil {
				t.Fatal(err)
			}
			l.refused(run.Get(ctx, nil))
		}
		if n := l.Count("SELECT count(*) FROM event_outcome WHERE root = ?", root); n != 1 {
			t.Errorf("%d outcomes, want that of the start", n)
		}
	})
}
