package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	temporalclient "go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// The same approval as a programmer would write it on Temporal's SDK for this
// one process, with the same rows: outcome, state, element instances, flow,
// task with candidates, act, audit.
const handWorkflow, handActivity = "bench-by-hand", "bench-step"

// by hand, step n (0 start, 1 submit, 2 sign) opens this task for this person.
var hand = []struct{ element, name, flow, person string }{
	{"first", "经办", "f1", "ann"}, {"second", "审签", "f2", "bob"}, {"end", "", "f3", ""},
}

func registerByHand(w sdk.Worker, db *models.DB) {
	w.RegisterWorkflowWithOptions(approval, workflow.RegisterOptions{Name: handWorkflow})
	step := func(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
		err = db.Tx(ctx, func(tx *gorm.DB) error {
			out, err = handStep(tx, r)
			return err
		})
		return out, err
	}
	w.RegisterActivityWithOptions(step, activity.RegisterOptions{Name: handActivity})
}

// approval is the workflow.
func approval(ctx workflow.Context, _ int64) error {
	mu, done := workflow.NewMutex(ctx), false
	step := func(ctx workflow.Context, r contract.Request) (out contract.Outcome, err error) {
		if err := mu.Lock(ctx); err != nil {
			return out, err
		}
		defer mu.Unlock()
		local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: 5 * time.Second})
		err = workflow.ExecuteLocalActivity(local, handActivity, r).Get(ctx, &out)
		done = done || out.Ended
		return out, err
	}
	for _, name := range []string{"start", "complete"} {
		if err := workflow.SetUpdateHandler(ctx, name, step); err != nil {
			return err
		}
	}
	return workflow.Await(ctx, func() bool { return done && workflow.AllHandlersFinished(ctx) })
}

func byHand(c temporalclient.Client) send {
	return func(ctx context.Context, r contract.Request) (out contract.Outcome, err error) {
		id := fmt.Sprintf("hand-%d", r.Root)
		start := c.NewWithStartWorkflowOperation(temporalclient.StartWorkflowOptions{
			ID: id, TaskQueue: contract.Queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		}, handWorkflow, r.Root)
		h, err := c.UpdateWithStartWorkflow(ctx, temporalclient.UpdateWithStartWorkflowOptions{
			StartWorkflowOperation: start,
			UpdateOptions: temporalclient.UpdateWorkflowOptions{
				WorkflowID: id, UpdateID: r.ID, UpdateName: r.Name, Args: []any{r},
				WaitForStage: temporalclient.WorkflowUpdateStageCompleted,
			},
		})
		if err != nil {
			return out, err
		}
		return out, h.Get(ctx, &out)
	}
}

// handStep is one transaction.
func handStep(tx *gorm.DB, r contract.Request) (contract.Outcome, error) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	if _, found, err := process.OutcomeOf(tx, r.ID); err != nil || found {
		return contract.Outcome{}, fmt.Errorf("outcome %v: %w", found, err)
	}
	row, err := process.LockRoot(tx, r.Root, contract.Attempt)
	if err != nil {
		return contract.Outcome{}, err
	}
	var a models.Acting
	if err := json.Unmarshal(r.Acting, &a); err != nil {
		return contract.Outcome{}, err
	}
	a.At, a.Event = now, r.ID
	n := int(row.Step)
	rows := []any{}
	key := func(i int64) int64 { return row.Key<<20 + int64(n)*8 + i }
	if n == 0 {
		rows = append(
			rows, &process.Instance{Key: row.Key, Root: row.Key, Process: "two", State: "active", StartedAt: now},
			&process.ElementInstance{
				Key: key(0), Root: row.Key, Instance: row.Key, Process: "two", Element: "begin", Kind: "startEvent", State: "completed",
				EnteredAt: now,
			},
		)
	} else {
		if err := closeByHand(tx, row.Key<<20+int64(n-1)*8+2, row.Key<<20+int64(n-1)*8+1, a, now); err != nil {
			return contract.Outcome{}, err
		}
	}
	rows = append(
		rows,
		&process.ElementInstance{
			Key: key(1), Root: row.Key, Instance: row.Key, Process: "two", Element: hand[n].element, Kind: "userTask", State: "active",
			EnteredAt: now,
		},
	)
	for _, x := range rows {
		if err := tx.Create(x).Error; err != nil {
			return contract.Outcome{}, err
		}
	}
	if err := process.TakeFlows(tx, []process.FlowTaken{{Instance: row.Key, Flow: hand[n].flow, Root: row.Key, Times: 1,
		LastAt: now}}); err != nil {
		return contract.Outcome{}, err
	}
	var opened []int64
	if hand[n].person != "" {
		task := process.Task{
			Key: key(
				2,
			), Root: row.Key, Instance: row.Key, ElementKey: key(1), Bundle: "bench", Process: "two", Element: hand[n].element,
			Name:    hand[n].name,
			Version: 1, Round: 1, State: process.TaskOpen, CreatedAt: now, Detail: models.JSON(`{"operations":["complete"]}`),
		}
		if err := process.OpenTask(tx, task, []string{hand[n].person}); err != nil {
			return contract.Outcome{}, err
		}
		opened = append(opened, task.Key)
	}
	row.State, row.Open, row.UpdatedAt = []byte(fmt.Sprintf(`{"at":%q}`, hand[n].element)), n < 2, now
	if stored, err := row.Advance(tx); err != nil || !stored {
		return contract.Outcome{}, fmt.Errorf("stored %v: %w", stored, err)
	}
	if err := audit.Audit(tx, fmt.Sprintf("i:%d", row.Key), a, audit.AuditEntry{Action: r.Name, Subject: hand[n].element}); err != nil {
		return contract.Outcome{}, err
	}
	out := contract.Outcome{Event: r.ID, Verdict: contract.Applied, Opened: opened, Step: row.Step + 1, At: now, Ended: n == 2}
	return out, tx.Create(
		&process.Outcome{Event: r.ID, Root: row.Key, Digest: r.Digest, Verdict: "applied", Body: models.JSONOf(out), At: now},
	).Error
}

// closeByHand ends the task of the step before.
func closeByHand(tx *gorm.DB, key, element int64, a models.Acting, now time.Time) error {
	t, err := process.TaskByKey(tx, key)
	if err != nil {
		return err
	}
	t.ClosedAt, t.Outcome, t.Operation, t.ClosedBy = &now, "completed", "complete", a.Person
	if _, err := process.CloseTask(tx, &t); err != nil {
		return err
	}
	if err := process.RecordAct(tx, process.TaskAct{Task: key, Root: t.Root, Element: t.Element, TaskName: t.Name, Person: a.Person,
		Operation: "complete", Event: a.Event, At: now}); err != nil {
		return err
	}
	return tx.Model(&process.ElementInstance{}).
		Where("key = ?", element).
		Updates(map[string]any{"state": "completed", "left_at": now}).
		Error
}
