package api_test

import (
	"fmt"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestBatch is scenario 32: what has changed since it was listed, or deserves a
// look of its own, is skipped with its cause; the rest is decided, each with its
// own audit entry, and once.
func TestBatch(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		for i := range 6 {
			a := application
			a.Name = fmt.Sprintf("批量办理示例系统%d", i)
			if i == 5 {
				a.Lines = append(a.Lines[:1:1], wire.LineInput{Category: "硬件", Name: "机房", Unit: "套", Qty: "1", UnitPrice: "5000000.00"})
			}
			var p wire.Project
			w.do("zhou-min", "POST", "/api/v1/projects", a).want(201, "").into(&p)
			w.ready(p.Code)
			w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
		}
		var page wire.TaskPage
		w.do("he-guangming", "GET", "/api/v1/tasks", nil).want(200, "").into(&page)
		in := wire.BatchRequest{OperationRequest: wire.OperationRequest{Operation: "agree", Opinion: "同意"}}
		causes := map[string]string{}
		for _, item := range page.Items {
			if !item.Batch {
				t.Fatalf("%s is not for batches", item.Element)
			}
			in.Items = append(in.Items, wire.BatchRef{Key: item.Key, Version: item.Version})
			if item.ProjectName == "批量办理示例系统5" {
				causes[item.Key] = "/problems/batch-amount"
			}
		}
		changed, gone := page.Items[0], page.Items[1]
		if causes[changed.Key] != "" || causes[gone.Key] != "" {
			changed, gone = page.Items[2], page.Items[3]
		}
		w.operate("he-guangming", changed, "claim", wire.OperationRequest{}).want(200, "")
		w.operate("he-guangming", gone, "agree", wire.OperationRequest{}).want(200, "")
		causes[changed.Key], causes[gone.Key] = "/problems/stale-version", "/problems/task-closed"

		audited := w.rows("audit")
		var first, again wire.BatchResult
		w.do("he-guangming", "POST", "/api/v1/tasks/batch", in, "Idempotency-Key", "b1").want(200, "").into(&first)
		if first.Done != 3 || first.Skipped != 3 || len(first.Items) != 6 {
			t.Fatalf("the batch: %+v", first)
		}
		for i, item := range first.Items {
			cause := ""
			if item.Problem != nil {
				cause = item.Problem.Type
			}
			if item.Key != in.Items[i].Key || cause != causes[item.Key] || (item.State == "done") != (cause == "") {
				t.Errorf("item %d: %s %q, want %q", i, item.State, cause, causes[item.Key])
			}
		}
		if acts := w.rows("task_act WHERE operation = 'agree' AND opinion = '同意'"); acts != 3 {
			t.Errorf("%d verdicts were recorded", acts)
		}
		if n := w.rows("audit WHERE action = 'process.agree'"); n != 4 || w.rows("audit") == audited {
			t.Errorf("%d audit entries of agreements, want one each", n)
		}
		w.do("he-guangming", "POST", "/api/v1/tasks/batch", in, "Idempotency-Key", "b1").want(200, "").into(&again)
		if again.Done != 3 || w.rows("task_act WHERE operation = 'agree'") != 4 {
			t.Errorf("the same batch again: %+v", again)
		}
	})
}

// TestBadBatches: nothing is done.
func TestBadBatches(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	task := w.taskOf("he-guangming", "p1_leader")
	ref := wire.BatchRef{Key: task.Key, Version: task.Version}
	many := make([]wire.BatchRef, 51)
	for i := range many {
		many[i] = wire.BatchRef{Key: fmt.Sprint(i + 1), Version: 1}
	}
	for _, c := range []struct {
		name, op string
		items    []wire.BatchRef
		pointer  string
	}{
		{"too many", "agree", many, "/items"},
		{"none", "agree", nil, "/items"},
		{"twice the same", "agree", []wire.BatchRef{ref, ref}, "/items/1/key"},
		{"another operation", "disagree", []wire.BatchRef{ref}, "/operation"},
	} {
		var p wire.Problem
		w.do("he-guangming", "POST", "/api/v1/tasks/batch", wire.BatchRequest{OperationRequest: wire.OperationRequest{Operation: c.op},
			Items: c.items}).
			want(422, "invalid-input").
			into(&p)
		if len(p.Errors) == 0 || p.Errors[0].Pointer != c.pointer {
			t.Errorf("%s: %+v, want %s", c.name, p.Errors, c.pointer)
		}
	}
	var out wire.BatchResult
	w.do("he-guangming", "POST", "/api/v1/tasks/batch", wire.BatchRequest{OperationRequest: wire.OperationRequest{Operation: "agree"},
		Items: []wire.BatchRef{{Key: "404", Version: 1}}}).
		want(200, "").
		into(&out)
	if out.Skipped != 1 || out.Items[0].Problem == nil || out.Items[0].Problem.Type != "/problems/not-found" {
		t.Errorf("an unknown task: %+v", out)
	}
	w.taskOf("he-guangming", "p1_leader")
}
