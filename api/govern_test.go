package api_test

import (
	"github.com/quancheng/quancheng/models/office"
	"slices"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"

	"gorm.io/gorm"
)

// TestSuspendedMatter: heads of the bureau stop the clocks; meanwhile everybody reads and nobody acts.
func TestSuspendedMatter(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		why := wire.OperationRequest{Reason: "项目选址待上级批复"}
		w.operate("he-guangming", task, "suspend", why).want(403, "forbidden")
		w.operate("zhao-kezhang", task, "suspend", wire.OperationRequest{Reason: "不"}).want(422, "invalid-input")
		w.operate("zhao-kezhang", task, "suspend", why).want(200, "")
		w.operate("he-guangming", task, "agree", wire.OperationRequest{}).want(409, "suspended")
		var detail wire.TaskDetail
		w.do("he-guangming", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&detail)
		if o := operationOf(detail, "agree"); o == nil || o.Blocked == "" {
			t.Errorf("while suspended agreeing is offered as %+v", o)
		}
		for _, due := range []wire.Due{detail.Due, w.taskOf("he-guangming", "p1_leader").Due} {
			if !due.Suspended || due.WorkdaysLeft != nil {
				t.Errorf("while suspended the deadline is %+v", due)
			}
		}
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		if len(p.OpenTasks) != 1 || !p.OpenTasks[0].Due.Suspended {
			t.Errorf("the project does not tell that it is suspended: %+v", p.OpenTasks)
		}
		w.pass(7 * 24 * time.Hour)
		w.operate("zhao-kezhang", task, "resume", wire.OperationRequest{Reason: "选址已经批复"}).want(200, "")
		after := w.taskOf("he-guangming", "p1_leader")
		if after.Due.Suspended {
			t.Error("a resumed task is told as suspended")
		}
		if before := task.Due.At; before != nil && !after.Due.At.Equal(before.AddDate(0, 0, 7)) {
			t.Errorf("due at %s, was %s before a week's pause", after.Due.At, before)
		}
		w.operate("he-guangming", after, "agree", wire.OperationRequest{}).want(200, "")
		var line wire.TimelinePage
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code+"/timeline", nil).want(200, "").into(&line)
		for _, action := range []string{"suspend", "resume"} {
			i := slices.IndexFunc(line.Items, func(e wire.TimelineEntry) bool { return e.Action == action })
			if i < 0 || line.Items[i].Text != "" { // why is the bureau's own word
				t.Errorf("the timeline tells of %s: %+v", action, line.Items)
			}
		}
	})
}

// TestSecondPerson: a jump and a termination happen when another head has confirmed them, with two audit entries.
func TestSecondPerson(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		jump := wire.OperationRequest{Reason: "演示环节有误须重来", Target: "p1_draft"}
		w.operate("he-guangming", task, "jump", jump).want(403, "forbidden")
		w.operate("zhao-kezhang", task, "jump", wire.OperationRequest{Reason: jump.Reason, Target: "p1_leader"}).want(422, "no-such-target")
		var asked, done wire.OperationResult
		w.operate("zhao-kezhang", task, "jump", jump).want(202, "").into(&asked)
		w.operate("zhao-kezhang", task, "jump", jump).want(422, "asked-already")
		if asked.Confirmation == "" || w.taskOf("he-guangming", "p1_leader").Key != task.Key {
			t.Fatalf("a jump was done by one person: %+v", asked)
		}
		at := "/api/v1/confirmations/" + asked.Confirmation
		var detail wire.TaskDetail
		w.do("zhao-kezhang", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").into(&detail)
		if o := operationOf(detail, "jump"); o == nil || len(o.Targets) != 1 ||
			o.Targets[0].ID != "p1_draft" { // not the service task that submits
			t.Errorf("a jump is offered as %+v", o)
		}
		if len(detail.Confirmations) != 1 || !detail.Confirmations[0].Mine || detail.Confirmations[0].MayConfirm ||
			detail.Confirmations[0].ExpiresAt == nil || detail.Confirmations[0].Target == "p1_draft" {
			t.Errorf("waiting: %+v", detail.Confirmations)
		}
		w.do("he-guangming", "POST", at, wire.Decision{Accept: true}).want(403, "forbidden")
		w.do("zhao-kezhang", "POST", at, wire.Decision{Accept: true}).want(403, "second-person-needed")
		w.do("lin-juzhang", "POST", at, wire.Decision{}).want(422, "invalid-data")
		w.do("lin-juzhang", "POST", at, wire.Decision{Accept: true}).want(200, "").into(&done)
		if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "p1_draft" {
			t.Errorf("after the jump: %+v", done.NextTasks)
		}
		w.do("gao-fenguan", "POST", at, wire.Decision{Accept: true}).want(409, "checked-already")

		draft := w.taskOf("zhou-min", "p1_draft")
		w.operate("gao-fenguan", draft, "terminate", wire.OperationRequest{Reason: "项目取消不再建设"}).want(202, "").into(&asked)
		w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Reason: "还没有讨论过"}).want(200, "")
		w.operate("gao-fenguan", draft, "terminate", wire.OperationRequest{Reason: "项目取消不再建设"}).want(422, "refused-as-it-is")
		w.operate("gao-fenguan", draft, "terminate", wire.OperationRequest{Reason: "项目取消，已经党组讨论"}).want(202, "").into(&asked)
		w.do("lin-juzhang", "POST", "/api/v1/confirmations/"+asked.Confirmation, wire.Decision{Accept: true}).want(200, "")
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		if p.Stage != "TERMINATED" || len(p.OpenTasks) != 0 {
			t.Errorf("stage %s with %d open tasks", p.Stage, len(p.OpenTasks))
		}
		if w.rows("audit WHERE action LIKE 'confirmation.%'") != 6 ||
			w.rows("audit WHERE action IN ('process.jump', 'process.terminate')") != 2 {
			t.Error("who asked and who confirmed is not all in the audit")
		}
	})
}

// TestReassign: a head gives a statutory seat to somebody else, when a second person has confirmed it.
func TestReassign(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	var asked wire.OperationResult
	w.appoint("shi-jianguo", "APPLY_LEADER", "DP18")
	task := w.taskOf("he-guangming", "p1_leader")
	w.operate("zhao-kezhang", task, "reassign", wire.OperationRequest{Reason: "原办理人已调离", To: "zhou-min", Seat: 1}).
		want(422, "receiver-not-eligible")
	w.operate("zhao-kezhang", task, "reassign", wire.OperationRequest{Reason: "原办理人已调离", To: "shi-jianguo"}).want(202, "").into(&asked)
	at := "/api/v1/confirmations/" + asked.Confirmation
	w.do("lin-juzhang", "POST", at, wire.Decision{Accept: true}).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", at, wire.Decision{Accept: true}).want(403, "second-person-needed")
	w.do("gao-fenguan", "POST", at, wire.Decision{Accept: true}).want(200, "")
	w.operate("he-guangming", task, "agree", wire.OperationRequest{Version: 2}).want(409, "claimed-by-other")
	w.operate("shi-jianguo", task, "agree", wire.OperationRequest{Version: 2}).want(200, "")
}

// TestAddedSigners: delegation and added signers through the API, with the delegate's answer and the removed seat.
func TestAddedSigners(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	for _, person := range []string{"shi-jianguo", "fang-lei", "tang-yue"} {
		w.appoint(person, "APPLY_IT", "DP18")
	}
	task := w.taskOf("he-guangming", "p1_leader")
	step := func(person, op string, version int, in wire.OperationRequest) {
		t.Helper()
		in.Version = version
		w.operate(person, task, op, in).want(200, "")
	}
	step("he-guangming", "delegate", 1, wire.OperationRequest{To: "shi-jianguo"})
	step("shi-jianguo", "answer", 2, wire.OperationRequest{Opinion: "建议同意"})
	step("he-guangming", "addBefore", 3, wire.OperationRequest{Persons: []string{"fang-lei", "tang-yue"}, Mode: "sequential"})
	step("fang-lei", "agree", 4, wire.OperationRequest{})
	step("he-guangming", "removeSign", 5, wire.OperationRequest{Seat: 4, Reason: "不再需要其意见"})
	w.operate("tang-yue", task, "agree", wire.OperationRequest{Version: 6}).want(404, "not-found")
	step("he-guangming", "agree", 6, wire.OperationRequest{})
}

// appoint gives somebody another post.
func (w *town) appoint(person, role, unit string) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Create(&office.Post{ID: office.PostID(role, unit), PersonID: person, Role: role, DeptID: unit}).Error
	}))
}
