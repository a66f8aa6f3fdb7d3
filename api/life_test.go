package api_test

import (
	"strconv"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestApplicationThroughTheAPI takes an application from its draft to the
// formal check, as its people see it.
func TestApplicationThroughTheAPI(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		if len(p.OpenTasks) != 1 || p.Stage != "DRAFT" || p.Totals.Declared != "1446150.00" || len(p.Lines) != 2 || p.Version != 1 {
			t.Fatalf("draft = %+v", p)
		}
		w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		if len(p.OpenTasks) != 1 || p.OpenTasks[0].Element != "p1_draft" || !p.OpenTasks[0].Mine {
			t.Fatalf("open tasks: %+v", p.OpenTasks)
		}
		var done wire.OperationResult
		w.ready(p.Code)
		w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}, "Idempotency-Key", "s1").want(200, "").into(&done)
		if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "p1_leader" || done.NextTasks[0].Mine {
			t.Fatalf("after submit: %+v", done.NextTasks)
		}
		leader := w.taskOf("he-guangming", "p1_leader")
		var detail wire.TaskDetail
		w.do("he-guangming", "GET", "/api/v1/tasks/"+leader.Key, nil).want(200, "").into(&detail)
		if detail.Data["projectName"] != application.Name {
			t.Errorf("the form knows %v", detail.Data)
		}
		if !offers(detail, "agree") || !offers(detail, "return") || offers(detail, "complete") {
			t.Errorf("operations: %+v", detail.Operations)
		}
		var next wire.Consequences
		w.do("he-guangming", "POST", "/api/v1/tasks/"+leader.Key+"/preview",
			wire.OperationRequest{Operation: "agree", Version: leader.Version}).
			want(200, "").
			into(&next)
		w.operate("he-guangming", leader, "agree", wire.OperationRequest{Opinion: "同意申报"}).want(200, "").into(&done)
		if len(done.NextTasks) != 1 || done.NextTasks[0].Element != "p2_check" || done.Project.Stage != "SUBMITTED" {
			t.Errorf("after the leader: %+v, %+v", done.NextTasks, done.Project)
		}
		w.taskOf("chen-shouli", "p2_check")
		for _, path := range []string{"", "/timeline", "/ledger", "/diagram", "/documents", "/rectifications"} {
			w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+path, nil).want(200, "")
			w.do("fang-lei", "GET", "/api/v1/projects/"+p.Code+path, nil).want(404, "not-found") // another department
		}
	})
}

func offers(t wire.TaskDetail, op string) bool {
	for _, o := range t.Operations {
		if o.Operation == op && o.Blocked == "" {
			return true
		}
	}
	return false
}

// TestSubmittingChecksTheAnswers: a draft may be half typed; what is submitted is
// held against the form, and nothing of it moves before it is right.
func TestSubmittingChecksTheAnswers(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		at := "/api/v1/projects/" + p.Code
		save := func(form map[string]any) {
			w.do("zhou-min", "PATCH", at, wire.ProjectPatch{Form: form}, "If-Match", strconv.Quote(strconv.Itoa(p.Version))).
				want(200, "").
				into(&p)
		}
		for pointer, form := range map[string]map[string]any{
			"/form/uscc":             {"uscc": "12"},
			"/form/funding/0/amount": {"funding": []any{map[string]any{"type": "县级财政"}}},
			"/form/deployEnv":        {"deployEnv": "moon"},
			"/form/invented":         {"invented": "x"},
		} {
			save(form)
			var refused wire.Problem
			w.do("zhou-min", "POST", at+"/submit", wire.ProjectAct{}).want(422, "application-incomplete").into(&refused)
			if len(refused.Errors) != 1 || refused.Errors[0].Pointer != pointer || refused.Errors[0].Detail == "" {
				t.Errorf("%v was refused with %+v", form, refused.Errors)
			}
		}
		w.do("zhou-min", "GET", at, nil).want(200, "").into(&p)
		if p.Stage != "DRAFT" || p.Revision != 0 {
			t.Fatalf("after refusals: %s, revision %d", p.Stage, p.Revision)
		}
		save(map[string]any{"secrecy": "none", "funding": []any{map[string]any{"type": "县级财政", "year": "2022", "amount": "1446150.00"}}})
		w.ready(p.Code)
		w.do("zhou-min", "POST", at+"/submit", wire.ProjectAct{}).want(200, "")
	})
}
