package livetest

import (
	"context"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/worker/temporal"
	"github.com/quancheng/quancheng/workflows/contract"
)

const (
	two   = "../../activities/testdata/two.bpmn"
	waits = "../../activities/testdata/waits.bpmn"
)

var ctx = context.Background()

// A process runs from its start to its end, refusals reach the caller, and the answer of each step is there when the caller reads.
func TestLife(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, out := l.Start("two", nil)
		l.Wants(out, contract.Applied, "")
		l.Wants(l.Operate(root, "first", "complete", "bob"), contract.Refused, "not-your-task")
		r := l.Operation(root, "first", "complete", "ann")
		l.Wants(l.Commit(r), contract.Applied, "")
		l.Wants(l.Commit(r), contract.Applied, "")
		r.Digest = "another request"
		out = l.Operate(root, "second", "complete", "bob")
		l.Wants(out, contract.Applied, "")
		if !out.Ended {
			t.Error("the instance has not ended")
		}
		// After the end a late event still gets its answer, from a run that ends at once.
		late := l.Request(root, "u:ann:late", "claim", engine.Event{Type: engine.Operate, Key: root<<20 + 3, Operation: "claim"}, "ann")
		if out := l.Commit(late); out.Verdict != contract.Refused {
			t.Errorf("an event after the end: %+v", out)
		}
	})
}

// A terminated workflow loses nothing: the next event starts a run that goes on from the database.
func TestTerminated(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		if err := l.temporal.TerminateWorkflow(ctx, contract.WorkflowID(root), "", "test"); err != nil {
			t.Fatal(err)
		}
		l.Wants(l.Operate(root, "first", "complete", "ann"), contract.Applied, "")
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
	})
}

// A timer whose workflow was terminated fires when somebody pokes the instance, as the sweeper does.
func TestTimerAfterTermination(t *testing.T) {
	eachLive(t, waits, func(t *testing.T, l *live) {
		root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "PT1H"})
		if err := l.temporal.TerminateWorkflow(ctx, contract.WorkflowID(root), "", "test"); err != nil {
			t.Fatal(err)
		}
		l.Advance(2 * time.Hour) // the house's clock is far behind the real one: the timer is due for Temporal at once
		if err := l.client.Poke(ctx, root, contract.Poke{}); err != nil {
			t.Fatal(err)
		}
		l.eventually(
			"the refused timer is an incident", func() bool { return l.Count("SELECT count(*) FROM incident WHERE root = ?", root) == 1 },
		)
	})
}

// A reset replays events that were applied: they have no second effect, and the case goes on.
func TestReset(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, _ := l.Start("two", nil)
		l.Wants(l.Operate(root, "first", "claim", "ann"), contract.Applied, "")
		l.Wants(l.Operate(root, "first", "complete", "ann"), contract.Applied, "")
		var at int64
		for _, e := range l.history(root) {
			if e.EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
				at = e.EventId
				break
			}
		}
		_, err := l.temporal.WorkflowService().ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: temporal.Namespace, WorkflowExecution: execution(root), Reason: "test", WorkflowTaskFinishEventId: at,
			RequestId: "reset",
		})
		if err != nil {
			t.Fatal(err)
		}
		l.Wants(l.Operate(root, "second", "complete", "bob"), contract.Applied, "")
		if n := l.Count("SELECT step FROM root_state WHERE key = ?", root); n != 4 {
			t.Errorf("%d steps, want 4", n)
		}
	})
}

// Every event gets its answer while runs end and begin: continue-as-new after five Updates, several senders at once.
func TestContinueAsNew(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		l.client.Renew = 5
		root, _ := l.Start("two", nil)
		before := l.run(root)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for range 6 {
					for _, op := range []string{"claim", "unclaim"} {
						out, err := l.Send(ctx, l.Operation(root, "first", op, "ann"))
						if err != nil || out.Verdict == contract.Defect {
							t.Errorf("%s: %+v, %v", op, out, err)
						}
					}
				}
			})
		}
		wg.Wait()
		if l.run(root) == before {
			t.Error("there was no new run")
		}
		if n := l.Count("SELECT count(*) FROM event_outcome WHERE root = ?", root); n != 37 {
			t.Errorf("%d outcomes, want 37", n)
		}
	})
}

// What happened can be read in Temporal: Updates by operation, timers by element, and what the case waits for.
func TestHistoryIsReadable(t *testing.T) {
	eachLive(t, waits, func(t *testing.T, l *live) {
		root, _ := l.Start("waits", map[string]any{"projectCode": "XM-1", "limit": "P20000D"})
		l.Wants(l.Operate(root, "hold", "claim", "ann"), contract.Applied, "")
		names, timer := map[string]bool{}, ""
		for _, e := range l.history(root) {
			if a := e.GetWorkflowExecutionUpdateAcceptedEventAttributes(); a != nil {
				names[a.AcceptedRequest.Input.Name] = true
			}
			if e.EventType == enumspb.EVENT_TYPE_TIMER_STARTED {
				if err := converter.GetDefaultDataConverter().FromPayload(e.UserMetadata.Summary, &timer); err != nil {
					t.Fatal(err)
				}
			}
		}
		if !names["start"] || !names["claim"] || timer != "late" {
			t.Errorf("updates %v, timer %q", names, timer)
		}
		d, err := l.temporal.DescribeWorkflow(ctx, contract.WorkflowID(root), "")
		if err != nil {
			t.Fatal(err)
		}
		waitsFor, _ := d.TypedSearchAttributes.GetKeyword(sdk.NewSearchAttributeKeyKeyword(contract.AttrWaits))
		if waitsFor != "经办" {
			t.Errorf("waits for %q", waitsFor)
		}
	})
}

func (l *live) history(root int64) []*historypb.HistoryEvent {
	l.Helper()
	var all []*historypb.HistoryEvent
	for it := l.temporal.GetWorkflowHistory(ctx, contract.WorkflowID(root), "", false,
		enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		e, err := it.Next()
		if err != nil {
			l.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func (l *live) run(root int64) string {
	l.Helper()
	d, err := l.temporal.DescribeWorkflow(ctx, contract.WorkflowID(root), "")
	if err != nil {
		l.Fatal(err)
	}
	return d.WorkflowExecution.RunID
}
