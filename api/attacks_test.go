package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAttacks: what somebody tries who is not to (domain: access.md §9), by the
// number of the attack, and what he is answered. Nothing is written by any of them.
func TestAttacks(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	check := w.taskOf("chen-shouli", "p2_check")
	task, project, root := "/api/v1/tasks/"+check.Key, "/api/v1/projects/"+p.Code, "/api/v1/instances/"+p.InstanceKey
	to := func(person string) wire.OperationRequest {
		return wire.OperationRequest{To: person, Reason: "请代为办理此件", Version: check.Version}
	}
	state := func() string {
		return fmt.Sprint(
			w.rows("task_act"), w.rows("confirmation"), w.rows("task_copy"), w.rows("task WHERE state <> 'closed'"), w.rows("post"),
		)
	}
	before := state()
	for _, a := range []struct {
		no           int
		who          string
		method, path string
		body         any
		status       int
		problem, why string
	}{
		{1, "chen-shouli", "POST", task + "/transfer", to("zhou-min"), 422, "receiver-not-eligible", "applicant"},
		{3, "zhao-kezhang", "POST", task + "/reassign", to("cheng-jian"), 422, "receiver-not-eligible", "external"},
		{3, "zhao-kezhang", "POST", task + "/reassign", to("expert-01"), 422, "receiver-not-eligible", "external"},
		{3, "zhao-kezhang", "POST", task + "/reassign", to("kang-xitong"), 422, "receiver-not-eligible", "admin"},
		{3, "zhao-kezhang", "POST", task + "/reassign", to("yan-shenji"), 422, "receiver-not-eligible", "read-only"},
		{
			10, "chen-shouli", "POST", task + "/complete", wire.OperationRequest{Post: "BUREAU_CHIEF@DP34", Version: check.Version}, 403,
			"not-your-post", "",
		},
		{11, "li-xin", "POST", task + "/complete", wire.OperationRequest{Version: check.Version}, 403, "not-your-task", ""},
		{14, "zhao-kezhang", "POST", root + "/jump", wire.CaseRequest{Reason: "直接出具批复文件", Target: "p5_issue"}, 422, "", ""},
		{16, "zhou-min", "GET", task, nil, 404, "not-found", ""},
		{17, "zhou-min", "GET", "/api/v1/exports/projects?sort=cutTotal", nil, 422, "unknown-filter", ""},
		{18, "zhou-min", "GET", "/api/v1/projects?sort=-level", nil, 422, "unknown-filter", ""},
		{22, "zhou-min", "GET", "/api/v1/experts", nil, 403, "forbidden", ""},
		{22, "zhou-min", "GET", project + "/draws", nil, 403, "forbidden", ""},
		{23, "expert-01", "GET", project, nil, 404, "not-found", ""},
		{26, "cheng-jian", "GET", project, nil, 404, "not-found", ""},
		{27, "cheng-jian", "GET", project + "/documents", nil, 404, "not-found", ""},
		{36, "ji-shenji", "GET", project, nil, 403, "forbidden", ""},
		{36, "kang-xitong", "GET", project, nil, 403, "forbidden", ""},
		{37, "zhao-kezhang", "GET", "/api/v1/audit", nil, 403, "forbidden", ""},
		{37, "yan-shenji", "POST", task + "/comment", wire.OperationRequest{Opinion: "请说明理由"}, 403, "forbidden", ""},
		{40, "fang-lei", "GET", project, nil, 404, "not-found", ""},
		{40, "fang-lei", "GET", root, nil, 404, "not-found", ""},
		{40, "fang-lei", "GET", task, nil, 404, "not-found", ""},
		{40, "fang-lei", "GET", "/api/v1/projects/XM-2099-404", nil, 404, "not-found", ""},
		{40, "fang-lei", "GET", "/api/v1/documents/1", nil, 404, "not-found", ""},
	} {
		got := w.do(a.who, a.method, a.path, a.body)
		var told wire.Problem
		got.into(&told)
		if got.status != a.status || a.problem != "" && told.Type != "/problems/"+a.problem || told.Why != a.why {
			t.Errorf("attack %d, %s %s %s: %d %s", a.no, a.who, a.method, a.path, got.status, got.body)
		}
	}
	if after := state(); after != before {
		t.Errorf("an attack has written something: %s, was %s", after, before)
	}
	there, missing := w.do("fang-lei", "GET", project, nil), w.do("fang-lei", "GET", "/api/v1/projects/XM-2099-404", nil)
	var a, b wire.Problem
	there.into(&a)
	missing.into(&b)
	a.Instance, b.Instance = "", ""
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("attack 40: what is not visible is answered as %v, what is not there as %v", a, b)
	}
	preview := wire.OperationRequest{
		Operation: "complete", Version: check.Version, Data: map[string]any{"decision": "accept", "checklist": checkItems()},
	}
	for range 120 {
		w.do("chen-shouli", "POST", task+"/preview", preview).want(200, "")
	}
	w.do("chen-shouli", "POST", task+"/preview", preview).want(429, "preview-limit")
	w.pass(61 * time.Minute)
	w.do("chen-shouli", "POST", task+"/preview", preview).want(200, "")
}
