package api_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestUrge is scenario 30 with the other limits of urging: who, how often, and
// what he is told.
func TestUrge(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		urge := func(person string) answer {
			return w.operate(person, task, "urge", wire.OperationRequest{Opinion: "请尽快审批"})
		}
		urge("he-guangming").want(422, "urge-yourself")
		urge("zhou-min").want(422, "urge-just-arrived")
		w.pass(3 * time.Hour)
		urge("zhou-min").want(200, "")
		var refused wire.Problem
		urge("zhou-min").want(422, "urge-too-soon").into(&refused)
		if refused.Title != "该任务 4 小时内已催办过，2026-11-24 19:00 起可以再次催办" {
			t.Errorf("told %q", refused.Title)
		}
		var detail wire.TaskDetail
		w.do("zhou-min", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&detail)
		if o := operationOf(detail, "urge"); o == nil || o.Blocked == "" {
			t.Errorf("urging is offered as %+v", o)
		}
		urge("zhao-kezhang").want(200, "") // who supervises passes, and again
		urge("zhao-kezhang").want(200, "")
		w.pass(5 * time.Hour)
		urge("zhou-min").want(200, "")
		w.pass(4*time.Hour - time.Minute)
		urge("zhou-min").want(422, "urge-too-soon")
		w.pass(2 * time.Minute) // past midnight
		urge("zhou-min").want(200, "")

		var told wire.NotificationPage
		w.do("he-guangming", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
		kinds := map[string]int{}
		for _, n := range told.Items {
			kinds[n.Kind]++
		}
		if !maps.Equal(kinds, map[string]int{"task-urge": 5, "task-open": 1}) || told.Items[0].Kind != "task-urge" {
			t.Errorf("the holder was told %+v", told.Items)
		}
		w.do("he-guangming", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&detail)
		if n := len(detail.Opinions); detail.Opinions[n-1].Operation != "urge" || detail.Opinions[n-1].Text != "请尽快审批" ||
			detail.Version != task.Version {
			t.Errorf("the thread ends with %+v at version %d", detail.Opinions[n-1], detail.Version)
		}
		var line wire.TimelinePage
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code+"/timeline", nil).want(200, "").into(&line)
		if !slices.ContainsFunc(line.Items, func(e wire.TimelineEntry) bool { return e.Action == "urge" }) {
			t.Error("the timeline does not tell of the urging")
		}
		w.operate("he-guangming", task, "agree", wire.OperationRequest{}).want(200, "")
		urge("zhou-min").want(409, "task-closed")
		if w.rows("audit WHERE action = 'task.urge'") != 5 {
			t.Error("an urging is not audited, or a refused one is")
		}
	})
}

// TestUrgesADay: two a day and person, whatever the task.
func TestUrgesADay(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	for range 3 {
		w.submitted()
	}
	var page wire.TaskPage
	w.do("he-guangming", "GET", "/api/v1/tasks", nil).want(200, "").into(&page)
	w.pass(3 * time.Hour)
	for i, slug := range []string{"", "", "urge-enough-today"} {
		status := 200
		if slug != "" {
			status = 422
		}
		w.operate("zhou-min", page.Items[i], "urge", wire.OperationRequest{}).want(status, slug)
	}
}

// TestCopies is scenario 31: one message for each version of the content; the
// copy can be found and read, not worked on, and its receipt is kept.
func TestCopies(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		at := "/api/v1/tasks/" + task.Key
		reader := "li-xin" // of the bureau, which sees the matter
		copyTo := func(task wire.TaskSummary, persons ...string) answer {
			return w.operate("he-guangming", task, "cc", wire.OperationRequest{Persons: persons})
		}
		copyTo(task).want(422, "invalid-input")
		copyTo(task, reader, reader).want(422, "invalid-data")
		copyTo(task, "nobody").want(422, "invalid-data")
		copyTo(task, "he-guangming").want(422, "invalid-data")
		for _, stranger := range []string{"shi-jianguo", "cheng-jian", "kang-xitong", "expert-01"} {
			copyTo(task, stranger).want(422, "receiver-not-eligible")
		}
		copyTo(task, reader, "zhou-min").want(200, "")
		copyTo(task, reader).want(200, "")

		var page wire.TaskPage
		w.do(reader, "GET", "/api/v1/tasks?scope=cc", nil).want(200, "").into(&page)
		if len(page.Items) != 1 || !page.Items[0].Unread || page.Items[0].Why == nil || page.Items[0].Why.Kind != "cc" {
			t.Fatalf("copies: %+v", page.Items)
		}
		var detail wire.TaskDetail
		w.do(reader, "GET", at, nil).want(200, "").into(&detail)
		for _, o := range detail.Operations {
			if o.Operation != "cc" && o.Operation != "comment" {
				t.Errorf("a reader is offered %s", o.Operation)
			}
		}
		w.operate(reader, task, "agree", wire.OperationRequest{}).want(403, "not-your-task")
		w.operate(reader, task, "comment", wire.OperationRequest{Opinion: "请注意与我单位系统衔接"}).want(200, "")
		w.operate(reader, task, "comment", wire.OperationRequest{Opinion: "  "}).want(422, "invalid-input")
		w.do("he-guangming", "GET", at, nil).want(200, "").into(&detail)
		for _, k := range detail.Copies {
			if (k.ReadAt != nil) != (k.Person.ID == reader) {
				t.Errorf("receipt of %+v", k)
			}
		}
		if last := detail.Opinions[len(detail.Opinions)-1]; last.Operation != "comment" || last.Actor.ID != reader {
			t.Errorf("the thread ends with %+v", last)
		}

		// The matter comes back, changes, and is copied again.
		w.operate("he-guangming", task, "return", wire.OperationRequest{Reason: "概算表有误需要修改"}).want(200, "")
		w.do("zhou-min", "PUT", "/api/v1/projects/"+p.Code+"/lines", wire.Lines{Lines: application.Lines[:1]}, "If-Match", `"1"`).
			want(200, "")
		w.ready(p.Code)
		w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
		copyTo(w.taskOf("he-guangming", "p1_leader"), reader).want(200, "")
		var told wire.NotificationPage
		w.do(reader, "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
		var kinds []string
		for _, n := range told.Items {
			kinds = append(kinds, n.Kind)
		}
		if !slices.Equal(kinds, []string{"task-copy-changed", "task-copy"}) {
			t.Errorf("the reader was told %v", kinds)
		}
	})
}

// TestReadIsNotActed is scenario 27: who has only opened the task does not hold
// the initiator back, and the receipt stays.
func TestReadIsNotActed(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	task := w.taskOf("he-guangming", "p1_leader")
	w.do("he-guangming", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "")
	w.operate("zhou-min", task, "withdraw", wire.OperationRequest{Reason: "概算表有误需要修改"}).want(200, "")
	var detail wire.TaskDetail
	w.do("zhou-min", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&detail)
	if w.rows("task_read WHERE person = 'he-guangming'") != 1 || detail.State != "closed" {
		t.Errorf("the receipt is gone, or the task open: %s", detail.State)
	}
}

func operationOf(d wire.TaskDetail, name string) *wire.AllowedOperation {
	for i := range d.Operations {
		if d.Operations[i].Operation == name {
			return &d.Operations[i]
		}
	}
	return nil
}
