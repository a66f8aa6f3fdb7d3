package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// desk is one client: the two people of a case, who act in turns.
type desk struct {
	clerk, reviewer *client.Client
	task            string // the one that is open
	work            work   // what it asks for
}

// work is what one of the two does with the open task.
type work struct {
	operation string
	request   wire.OperationRequest
	review    bool // by the reviewer
}

var (
	submitting = work{
		operation: "complete", request: wire.OperationRequest{Version: 1, Data: map[string]any{"amount": 100, "note": "bench"}},
	}
	signing = work{operation: "agree", request: wire.OperationRequest{Version: 1, Opinion: "同意"}, review: true}
)

func (d *desk) person() *client.Client {
	if d.work.review {
		return d.reviewer
	}
	return d.clerk
}

// act does the open task, and goes on to the one that the answer names.
func (d *desk) act(ctx context.Context) error {
	out, err := d.person().Operate(ctx, d.task, d.work.operation, "", d.work.request)
	if err != nil {
		return err
	}
	if len(out.NextTasks) != 1 {
		return fmt.Errorf("%s of task %s opened %d tasks, not one", d.work.operation, d.task, len(out.NextTasks))
	}
	next := signing
	if d.work.review {
		next = submitting
	}
	d.task, d.work = out.NextTasks[0].Key, next
	return nil
}

// preview asks what doing the open task would lead to.
func (d *desk) preview(ctx context.Context) error {
	in := d.work.request
	in.Operation = d.work.operation
	out, err := d.person().Preview(ctx, d.task, in)
	if err == nil && len(out.Opens) != 1 {
		err = fmt.Errorf("the preview of %s of task %s opens %d tasks, not one", in.Operation, d.task, len(out.Opens))
	}
	return err
}

// repeat does something until a moment, once at least, and says what each time took.
func (d *desk) repeat(ctx context.Context, until time.Time, do func(*desk, context.Context) error) (times, error) {
	var took times
	for {
		at := time.Now()
		if err := do(d, ctx); err != nil {
			return took, err
		}
		took = append(took, time.Since(at))
		if time.Now().After(until) {
			return took, nil
		}
	}
}
