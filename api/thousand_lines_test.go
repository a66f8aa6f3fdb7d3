package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// thousandLines are lines of one software: every name is of its own, some cost a thousand times what others do.
func thousandLines() (out []wire.LineInput) {
	categories := []string{"软件开发", "成品软件", "硬件", "数据", "云资源", "集成"}
	things := []string{"停车场接入", "车位诱导", "收费对账", "视频核验", "运行监测", "数据治理", "接口改造", "统计分析"}
	for i := range 1000 {
		out = append(out, wire.LineInput{
			Category: categories[i%len(categories)], Name: fmt.Sprintf("%s%c%c构件", things[i%len(things)], rune(0x4e00+37*i%5000), rune(0x5e00+91*i%7000)),
			Unit: "项", Qty: fmt.Sprint(1 + i%3), UnitPrice: fmt.Sprintf("%d.%02d", 100+i*7%200, i%100),
		})
	}
	return out
}

// TestAThousandLines: an application of a thousand lines, with three quotes for each, is drafted, judged live, submitted, reviewed and cut
// line by line; no list on the way is too short for it.
func TestAThousandLines(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	took := func(what string, limit time.Duration, do func()) {
		t.Helper()
		began := time.Now()
		do()
		d := time.Since(began)
		t.Logf("%s: %s", what, d.Round(time.Millisecond))
		if d > limit {
			t.Errorf("%s takes %s", what, d)
		}
	}
	draft := application
	draft.Lines = thousandLines()
	var p wire.Project
	took("drafting", 30*time.Second, func() { w.do(w.clerk, "POST", "/api/v1/projects", draft).want(201, "").into(&p) })
	w.ready(p.Code)
	took("judging live", 30*time.Second, func() { w.checked(w.clerk, "application", p.Code) })
	took("submitting", 30*time.Second, func() { w.do(w.clerk, "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "") })
	took("reading", 30*time.Second, func() { w.do(w.clerk, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p) })
	if len(p.Lines) != 1000 || p.Revision != 1 || p.Lines[999].Declared != "293.99" {
		t.Errorf("%d lines, revision %d, declared %s, the last %+v", len(p.Lines), p.Revision, p.Totals.Declared, p.Lines[len(p.Lines)-1])
	}
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "accept", "checklist": checkItems(),
	}}).want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete", wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行"}}).want(200, "")
	for _, person := range []string{"li-xin", "wang-ke"} {
		w.operate(person, w.taskOf(person, "p3_simple"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")
	}
	rows := []any{}
	for i, l := range p.Lines {
		row := map[string]any{"lineNo": l.No, "reviewed": l.Declared}
		if i%4 == 0 { // three quarters stay: no flat cut
			row["reviewed"], row["reason"] = "1.00", "DUP"
		}
		rows = append(rows, row)
	}
	w.answerChecks("li-xin", "sheet", p.Code)
	took("cutting", 30*time.Second, func() {
		w.operate("li-xin", w.taskOf("li-xin", "p4_sheet"), "complete", wire.OperationRequest{Data: map[string]any{"lines": rows}}).want(200, "")
	})
	var cut int64
	w.must(w.db.Read(ctx()).Raw("SELECT COUNT(*) FROM sheet_line WHERE project = ? AND cut > 0 AND reviewed = 100", p.Code).Scan(&cut).Error)
	if cut != 250 {
		t.Errorf("%d lines are cut", cut)
	}
}
