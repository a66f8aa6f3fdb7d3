package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAHostileOwner: who wants a finding off the table without mending it is refused, step by step, with field and code,
// and nothing moves; then he mends it and it closes.
func TestAHostileOwner(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	f := &finding{town: w, owner: w.ownerOf("DP18")}
	chief, verifier := "zhao-kezhang", w.verifier()
	raise := func(title, unit string) string {
		t.Helper()
		var raised wire.Rectification
		w.do(chief, "POST", "/api/v1/rectifications", wire.RectificationInput{
			Title: title, Description: title + "，群众反映多次", OwnerDept: unit, Severity: "B", Source: "hotline",
		}).want(201, "").into(&raised)
		w.pump()
		return raised.No
	}
	upload := func(name, content string) string {
		t.Helper()
		var d wire.Document
		f.town.files(f.owner, "/api/v1/rectifications/"+f.no+"/documents", name, content).want(201, "").into(&d)
		return d.ID
	}
	tries := func(person, element, want string, kv ...any) {
		t.Helper()
		var p wire.Problem
		f.act(person, element, kv).want(422, "invalid-data").into(&p)
		var got []string
		for _, x := range p.Errors {
			if got = append(got, x.Pointer); x.Detail == "" {
				t.Errorf("%s says nothing", x.Pointer)
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s %v: %s, want %s", element, kv, s, want)
		}
	}

	// Another finding, whose photo will be used again.
	f.no = raise("取号机坏了没人修", "DP18")
	f.does(chief, "r1_dispatch", "ownerDept", "DP18", "impact", "inconvenience", "scope", "one")
	f.does(f.owner, "r1_analysis", "stance", "accept", "rootCause", "WIN", "why", "维保合同到期没有续签")
	f.does(f.owner, "r1_plan", "measures", []any{map[string]any{"text": "续签维保合同", "kind": "corrective", "owner": "办公室", "due": day(w, 5)}})
	w.operate("gao-fenguan", w.taskOf("gao-fenguan", "r1_approve"), "agree", wire.OperationRequest{Opinion: "同意方案"}).want(200, "")
	f.does(f.owner, "r1_rectify", "act", "done", "comment", "取号机已经换新，现场试取二十号正常", "after", []any{upload("取号机.pdf", pdf+"used")})
	f.does(verifier, "r1_verify", "method", "site", "result", "pass", "comment", "现场看过", "siteNote", "九点到大厅，试取五张号")
	f.state(books.RectClosed)

	f.no = raise("材料多要一份复印件", "DP18")
	tries(chief, "r1_dispatch", "/scope", "ownerDept", "DP18", "impact", "stop")
	tries(chief, "r1_dispatch", "/comment", "ownerDept", "DP18", "impact", "stop", "scope", "many", "severity", "C")
	f.does(chief, "r1_dispatch", "ownerDept", "DP18", "impact", "stop", "scope", "many")
	var r wire.Rectification
	w.do(chief, "GET", "/api/v1/rectifications/"+f.no, nil).want(200, "").into(&r)
	if r.Severity != "A" || r.Impact != "stop" || r.Scope != "many" {
		t.Errorf("graded %s by %s, %s", r.Severity, r.Impact, r.Scope)
	}
	f.does(f.owner, "r1_analysis", "stance", "accept", "rootCause", "RULE", "why", "办事指南没有更新")
	const plan = "修订办事指南，取消身份证复印件，培训全部窗口人员"
	measure := func(due, kind string) []any {
		return []any{map[string]any{"text": plan, "kind": kind, "owner": "窗口负责人", "due": due}}
	}
	tries(f.owner, "r1_plan", "/measures/0/due", "measures", measure("2020-01-01", "preventive"))
	tries(f.owner, "r1_plan", "/measures", "measures", measure(day(w, 5), "corrective"))
	f.does(f.owner, "r1_plan", "measures", measure(day(w, 5), "preventive"))
	w.operate("gao-fenguan", w.taskOf("gao-fenguan", "r1_approve"), "agree", wire.OperationRequest{Opinion: "同意方案"}).want(200, "")

	fresh := upload("新照片.pdf", pdf+"fresh")
	const done = "指南已于本周改版上墙，三个窗口抽查均不再收取"
	rectify := func(want, comment string, more ...any) {
		t.Helper()
		tries(f.owner, "r1_rectify", want, append([]any{"act", "done", "comment", comment}, more...)...)
	}
	rectify("/after", done)
	rectify("/after/0", done, "after", []any{upload("改名.pdf", pdf+"used")})
	rectify("/after/1", done, "after", []any{fresh, upload("同一张.pdf", pdf+"fresh")})
	rectify("/materialsCut", done, "after", []any{fresh}, "materialsCut", 9999)
	rectify("/comment", plan, "after", []any{fresh})
	rectify("/comment", plan+"。", "after", []any{fresh})
	f.state(books.RectRectifying)
	f.does(f.owner, "r1_rectify", "act", "done", "comment", done, "after", []any{fresh}, "materialsCut", 1)

	// Nobody of the owner's unit checks it; at once only who has been there.
	w.operate(f.owner, w.taskOf(verifier, "r1_verify"), "complete", wire.OperationRequest{Data: map[string]any{
		"method": "site", "result": "pass", "comment": "已经改好",
	}}).want(403, "not-your-task")
	pass := []any{"method", "site", "result", "pass", "comment", "现场看过"}
	tries(verifier, "r1_verify", "/siteNote", pass...)
	f.state(books.RectVerifying)
	w.pass(time.Hour + time.Second)
	f.does(verifier, "r1_verify", pass...)
	f.state(books.RectClosed)
}
