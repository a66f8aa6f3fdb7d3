package api_test

import (
	"fmt"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// askedToSupplement takes a project to 补正 for one thing, with the parts that may be changed for it.
func (w *town) askedToSupplement(parts ...string) wire.Project {
	w.t.Helper()
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	check := w.taskOf("chen-shouli", "p2_check")
	w.operate("chen-shouli", check, "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "supplement", "supplementItems": []any{map[string]any{"item": "等保方案", "requirement": "补充定级依据",
			"fields": []any{"flying"}}},
	}}).want(422, "invalid-data")
	w.operate("chen-shouli", check, "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "supplement", "supplementItems": []any{map[string]any{"item": "等保方案", "requirement": "补充定级依据", "fields": parts}},
	}}).want(200, "")
	w.do("zhou-min", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
	return p
}

// answer is the applicant's answer to the notice.
func (w *town) answer() answer {
	w.t.Helper()
	return w.operate("zhou-min", w.taskOf("zhou-min", "p2_supplement"), "complete", wire.OperationRequest{Data: map[string]any{
		"answers": []any{map[string]any{"item": "等保方案", "text": "已补充定级依据与测评安排"}},
	}})
}

// TestSupplementChangesWhatWasAskedFor: nothing else of the application can be
// changed, by whatever way, and what was changed back does not matter.
func TestSupplementChangesWhatWasAskedFor(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.askedToSupplement("security")
		if s := p.Supplement; s == nil || s.Round != 1 || len(s.Items) != 1 || s.Items[0].Parts[0] != "security" || len(s.Changeable) != 5 {
			t.Fatalf("what the notice asks for: %+v", s)
		}
		at := "/api/v1/projects/" + p.Code
		edit := func(patch wire.ProjectPatch) answer {
			return w.do("zhou-min", "PATCH", at, patch, "If-Match", seenAt(p))
		}
		form := func(key string, value any) map[string]any {
			out := map[string]any{}
			for k, v := range p.Form {
				out[k] = v
			}
			out[key] = value
			return out
		}
		for pointer, patch := range map[string]wire.ProjectPatch{
			"/name": {Name: new("另一个项目")}, "/type": {Type: new("运维")}, "/form/contact": {Form: form("contact", "另一人")},
			"/form/total": {Form: form("total", 1)},
		} {
			var problem wire.Problem
			edit(patch).want(422, "not-asked-to-change").into(&problem)
			if len(problem.Errors) != 1 || problem.Errors[0].Pointer != pointer {
				t.Errorf("%s: %+v", pointer, problem.Errors)
			}
		}
		lines := []wire.LineInput{}
		for _, l := range p.Lines {
			lines = append(
				lines,
				wire.LineInput{
					Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty, UnitPrice: l.UnitPrice, Remark: l.Remark,
				},
			)
		}
		put := func(lines []wire.LineInput, status int, problem string) {
			t.Helper()
			a := w.do("zhou-min", "PUT", at+"/lines", map[string]any{"lines": lines}, "If-Match", seenAt(p)).want(status, problem)
			if status == 200 {
				a.into(&p)
			}
		}
		put(
			append(
				lines[:len(lines)-1:len(lines)-1],
				wire.LineInput{Category: lines[0].Category, Name: "加一行", Unit: "项", Qty: "1", UnitPrice: "1.00"},
			),
			422, "not-asked-to-change",
		)
		put(lines, 200, "") // as they are: nothing has changed
		edit(wire.ProjectPatch{Name: &p.Name, Form: form("filingNo", "341700-00001")}).want(200, "").into(&p)
		w.answer().want(200, "")
		w.taskOf("chen-shouli", "p2_check")
		var two wire.Revisions // who checks reads what has changed since he asked
		w.do("chen-shouli", "GET", at+"/revisions", nil).want(200, "").into(&two)
		if len(two.Items) != 2 || two.From != 1 || two.To != 2 || len(two.Changes) != 1 || two.Changes[0].Field != "filingNo" ||
			two.Changes[0].After != "341700-00001" {
			t.Errorf("since the first revision: %+v", two)
		}
		w.do("chen-shouli", "GET", at+"/revisions?from=2&to=1", nil).want(200, "").into(&two)
		if len(two.Changes) != 1 || two.Changes[0].Before != "341700-00001" {
			t.Errorf("the other way round: %+v", two.Changes)
		}
		w.do("chen-shouli", "GET", at+"/revisions?to=3", nil).want(404, "not-found")
		w.do("fang-lei", "GET", at+"/revisions", nil).want(404, "not-found") // another unit's project
		edit(wire.ProjectPatch{Form: p.Form}).want(409, "not-editable")
	})
}

// TestLeaderSignsAgain: another total, name or level goes to the bureau when the
// department's leader has signed it, also after he has given it back.
func TestLeaderSignsAgain(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.askedToSupplement("basics", "security")
	at, name := "/api/v1/projects/"+p.Code, p.Name
	rename := func(name string) {
		t.Helper()
		w.do("zhou-min", "PATCH", at, wire.ProjectPatch{Name: &name}, "If-Match", seenAt(p)).want(200, "").into(&p)
	}
	rename(name + "（二期）")
	w.answer().want(200, "")
	again := w.taskOf("he-guangming", "p2_leader")
	w.do("zhou-min", "PATCH", at, wire.ProjectPatch{Name: &name}, "If-Match", seenAt(p)).want(409, "not-editable")
	w.operate("he-guangming", again, "return", wire.OperationRequest{Target: "p2_supplement", Reason: "名称不要改"}).want(200, "")
	if err := w.db.Read(ctx()).Raw("SELECT stage FROM project WHERE code = ?", p.Code).Scan(&p.Stage).Error; err != nil ||
		p.Stage != "SUPPLEMENTING" {
		t.Fatalf("stage %s, %v", p.Stage, err)
	}
	rename(name + "（三期）")
	w.answer().want(200, "")
	w.operate("he-guangming", w.taskOf("he-guangming", "p2_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.taskOf("chen-shouli", "p2_check")
	var after wire.Project
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&after)
	if after.Stage != "SUBMITTED" || after.Revision != 3 || after.Supplement != nil {
		t.Errorf("after the leader's word: %s, revision %d, %+v", after.Stage, after.Revision, after.Supplement)
	}
}

// seenAt is what an edit of a project names in If-Match.
func seenAt(p wire.Project) string { return fmt.Sprintf(`"%d"`, p.Version) }
