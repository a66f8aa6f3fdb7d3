package api_test

import (
	"bytes"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// experts takes a project to the experts' opinions and gives who has been drawn.
func (w *town) experts() (code string, drawn []string) {
	w.t.Helper()
	code = w.reviewed()
	return code, w.draw()
}

// reviewed takes a project to the draw of its experts.
func (w *town) reviewed() (code string) {
	w.t.Helper()
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "accept", "checklist": checkItems(),
	}}).want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).
		want(200, "")
	return p.Code
}

// draws has the operator draw experts, and who supervises the draw confirm it.
func (w *town) draws(comment string) {
	w.t.Helper()
	var done wire.OperationResult
	w.operate("cao-chouqu", w.taskOf("cao-chouqu", "p3_draw"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": comment, "number": "4820"}}).
		want(202, "").
		into(&done)
	w.do("cao-chouqu", "POST", "/api/v1/confirmations/"+done.Confirmation, wire.Decision{Accept: true}).want(403, "second-person-needed")
	w.do("zhao-kezhang", "POST", "/api/v1/confirmations/"+done.Confirmation, wire.Decision{Accept: true}).want(403, "forbidden")
	w.do("xu-fazhi", "POST", "/api/v1/confirmations/"+done.Confirmation, wire.Decision{Accept: true}).want(200, "").into(&done)
	for _, t := range done.NextTasks {
		if len(t.Holders) > 0 {
			w.t.Errorf("who supervises the draw learns of %v", t.Holders)
		}
	}
}

// draw draws the experts, confirmed by a second person, and lets them state that nothing is in their way.
func (w *town) draw() (drawn []string) {
	w.t.Helper()
	w.draws("随机抽取")
	if err := w.db.Read(ctx()).Raw("SELECT person_id FROM expert_seat WHERE state = 'drawn' ORDER BY person_id").Scan(&drawn).Error; err != nil {
		w.t.Fatal(err)
	}
	var code string
	w.must(w.db.Read(ctx()).Raw("SELECT max(project) FROM expert_seat").Scan(&code).Error)
	w.sealedVariables(code, drawn, true)
	if len(drawn) < 3 {
		w.t.Fatalf("drawn: %v", drawn)
	}
	for _, e := range drawn {
		w.operate(e, w.taskOf(e, "p3_statement"), "complete", wire.OperationRequest{Data: map[string]any{"confidential": true,
			"conflict": false}}).
			want(200, "")
	}
	return drawn
}

var opinion = map[string]any{
	"scores":  map[string]any{"necessity": 82, "feasibility": 78, "reuse": 64, "budget": 66, "security": 80},
	"overall": "revise", "comment": "概算偏高",
}

// sealedVariables holds that who governs a case does not read the drawn names in its variables before he may know them.
func (w *town) sealedVariables(code string, drawn []string, sealed bool) {
	w.t.Helper()
	key := ""
	w.must(w.db.Read(ctx()).Raw("SELECT CAST(key AS TEXT) FROM root_state WHERE project = ? AND business_key = ?", code, code).Scan(&key).Error)
	a := w.do("zhao-kezhang", "GET", "/api/v1/instances/"+key+"/operation", nil).want(200, "")
	if tells := bytes.Contains(a.body, []byte(`"`+drawn[0]+`"`)); tells == sealed {
		w.t.Errorf("the variables name %s: %v, sealed: %v", drawn[0], tells, sealed)
	}
}

// TestExpertsDoNotSeeEachOther: an opinion is sealed from another expert until
// he has signed his own, in the task, in the timeline and wherever else.
func TestExpertsDoNotSeeEachOther(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	code, drawn := w.experts()
	secret := "此意见在签署前保密"
	first := w.taskOf(drawn[0], "p3_opinion")
	w.operate(drawn[0], first, "complete", wire.OperationRequest{Opinion: secret, Data: opinion}).want(200, "")
	other := w.taskOf(drawn[1], "p3_opinion")
	hidden := func(who string) {
		t.Helper()
		for _, path := range []string{"/api/v1/tasks/" + other.Key, "/api/v1/projects/" + code + "/timeline", "/api/v1/projects/" + code,
			"/api/v1/projects/" + code + "/diagram"} {
			if a := w.do(who, "GET", path, nil); a.status < 300 && bytes.Contains(a.body, []byte(secret)) {
				t.Errorf("%s reads the sealed opinion at %s", who, path)
			}
		}
		w.do(who, "GET", "/api/v1/tasks/"+first.Key, nil)
	}
	hidden(drawn[1])
	hidden("li-xin")
	var mine wire.TaskDetail
	w.do(drawn[0], "GET", "/api/v1/tasks/"+first.Key, nil).want(200, "").into(&mine)
	if !thread(mine, secret) {
		t.Error("he does not see his own opinion")
	}
	w.operate(drawn[1], other, "complete", wire.OperationRequest{Data: opinion}).want(200, "")
	hidden(drawn[1]) // not before all have signed
	hidden(drawn[2])
	w.do(drawn[0], "GET", "/api/v1/tasks/"+w.taskOf(drawn[2], "p3_opinion").Key, nil).want(404, "not-found")
	for _, e := range drawn[2:] {
		w.operate(e, w.taskOf(e, "p3_opinion"), "complete", wire.OperationRequest{Data: opinion}).want(200, "")
	}
	var after wire.TaskDetail
	w.do(drawn[1], "GET", "/api/v1/tasks/"+other.Key, nil).want(200, "").into(&after)
	if !thread(after, secret) {
		t.Error("when all have signed, he still does not see the other's opinion")
	}
}

func thread(t wire.TaskDetail, text string) bool {
	for _, o := range t.Opinions {
		if o.Text == text {
			return true
		}
	}
	return false
}

// opinions lets the experts sign theirs, and their leader the group's.
func (w *town) opinions(drawn []string) {
	w.t.Helper()
	for _, e := range drawn {
		w.operate(e, w.taskOf(e, "p3_opinion"), "complete", wire.OperationRequest{Data: opinion}).want(200, "")
	}
	for _, e := range drawn {
		var page wire.TaskPage
		w.do(e, "GET", "/api/v1/tasks?scope=mine", nil).want(200, "").into(&page)
		for _, task := range page.Items {
			w.operate(e, task, "complete", wire.OperationRequest{Data: map[string]any{"conclusion": "revise", "summary": "修改后通过，按意见核减"}}).
				want(200, "")
		}
	}
}

// TestCrossCheckIsBlind: reviewer B sees what was declared and not what A makes of it.
func TestCrossCheckIsBlind(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	code, drawn := w.experts()
	w.opinions(drawn)
	sheet := w.taskOf("li-xin", "p4_sheet")
	lines := []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": "高于同类项目"},
		map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}
	var p wire.Problem
	above := []any{map[string]any{"lineNo": 1, "reviewed": "1300000.00"}, lines[1]}
	w.operate("li-xin", sheet, "complete", wire.OperationRequest{Data: map[string]any{"lines": above}}).want(422, "invalid-data").into(&p)
	if len(p.Errors) == 0 || p.Errors[0].Pointer != "/lines/0/reviewed" {
		t.Errorf("more than declared: %+v", p.Errors)
	}
	var next wire.Consequences
	w.do("li-xin", "POST", "/api/v1/tasks/"+sheet.Key+"/preview", wire.OperationRequest{Operation: "complete", Version: sheet.Version,
		Data: map[string]any{"lines": lines}}).
		want(200, "").
		into(&next)
	if len(next.Opens) != 1 || next.Opens[0].Element != "p4_cross" || len(next.Ends) != 1 {
		t.Errorf("preview: %+v", next)
	}
	w.operate("li-xin", sheet, "complete", wire.OperationRequest{Data: map[string]any{"lines": lines}}).want(200, "")
	cross := w.taskOf("wang-ke", "p4_cross")
	var detail wire.TaskDetail
	a := w.do("wang-ke", "GET", "/api/v1/tasks/"+cross.Key, nil).want(200, "").into(&detail)
	if detail.Sheet == nil || !detail.Sheet.Blind || detail.Sheet.Lines[0].Reviewed != "" || bytes.Contains(a.body, []byte("1000000.00")) ||
		bytes.Contains(a.body, []byte("高于同类项目")) {
		t.Errorf("B sees A's figures: %s", a.body)
	}
	var page wire.Project
	a = w.do("wang-ke", "GET", "/api/v1/projects/"+code, nil).want(200, "").into(&page)
	if bytes.Contains(a.body, []byte("1000000.00")) {
		t.Error("B finds A's figures on the project's page")
	}
}
