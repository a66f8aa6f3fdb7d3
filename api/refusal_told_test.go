package api_test

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// Whose project is refused hears of it, once, with the reason on the page and not in the notice; so does who loses a task.
func TestTheApplicantHearsOfTheRefusal(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	const why = "不属于政务信息化项目，重复建设"
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "refuse", "checklist": checkItems(), "reason": why,
	}}).want(200, "")
	before := w.told("zhou-min", p.Code)
	w.operate("zhao-kezhang", w.taskOf("zhao-kezhang", "p2_confirm"), "agree", wire.OperationRequest{Opinion: why}).want(200, "")
	w.pump()
	heard := w.told("zhou-min", p.Code)[len(before):]
	if len(heard) != 1 || strings.Contains(heard[0], "重复建设") {
		t.Errorf("heard %q, before that %q", heard, before)
	}
	var now wire.Project
	w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&now)
	if now.Stage != "REJECTED" {
		t.Errorf("the project is %s", now.Stage)
	}
}

// told are the notices of a person about a project, by their words, the oldest first.
func (w *town) told(person, code string) []string {
	w.t.Helper()
	var out []string
	w.must(w.db.Read(ctx()).
		Raw("SELECT kind || ' ' || CAST(args AS TEXT) FROM notification WHERE person = ? AND subject = ? ORDER BY id", person, "project:"+code).
		Scan(&out).
		Error)
	return out
}
