package api_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAReportIsSigned plays X1 through HTTP and the engine: sections by their
// owners, the office, a return by the director, a check that blocks, the lock.
func TestAReportIsSigned(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	const chief, organiser = "zhao-kezhang", "he-zhengwu"
	clerk, director, deputy := w.holder("OFFICE@DP34"), w.holder("BUREAU_DIRECTOR@DP34"), w.holder("BUREAU_DEPUTY@DP34")
	var r wire.HalfYear
	w.do(clerk, "POST", "/api/v1/reports", wire.ReportInput{From: "2026-01-01", To: "2026-06-30"}).want(201, "").into(&r)
	at := "/api/v1/reports/" + r.Snapshot
	put := func(who string, seq int, revision int) answer {
		return w.do(
			who, "PUT", at+"/sections/"+string(rune('0'+seq)),
			wire.SectionInput{Title: r.Sections[seq-1].Title, Body: "受理项目 {declared_count} 个，另有 7 项", Revision: revision},
		)
	}
	w.do(clerk, "PUT", at+"/sections/4/owner", wire.OwnerInput{Owner: "NOBODY"}).want(422, "invalid-data")
	w.do(clerk, "PUT", at+"/sections/4/owner", wire.OwnerInput{Owner: "BUREAU_CHIEF"}).want(200, "")
	put(organiser, 3, 1).want(200, "") // before it begins whoever may write writes
	w.do(deputy, "POST", at+"/begin", wire.ReportAct{}).want(403, "forbidden")
	w.do(clerk, "POST", at+"/begin", wire.ReportAct{}).want(200, "").into(&r)
	w.pump()
	w.do(clerk, "POST", at+"/begin", wire.ReportAct{}).want(422, "report-in-process")
	w.do(director, "POST", at+"/lock", wire.ReportAct{}).want(409, "report-in-process")

	put(organiser, 3, 2).want(422, "report-section-not-yours")
	put(chief, 3, 2).want(200, "")
	done := wire.OperationRequest{Data: map[string]any{}}
	for who, n := range map[string]int{organiser: 2, chief: 2, clerk: 2} {
		for range n {
			w.operate(who, w.taskOf(who, "x1_section"), "complete", done).want(200, "")
		}
	}
	put(chief, 3, 3).want(422, "report-section-not-yours") // the office compiles
	put(clerk, 3, 3).want(200, "").into(&r)
	if s := r.Sections[2]; !s.Changed || s.DoneBy == "" || r.Stage != "COMPILING" || len(r.Typed) == 0 ||
		!strings.Contains(r.Typed[0].Text, "7") {
		t.Errorf("%+v, stage %s, typed %+v", s, r.Stage, r.Typed)
	}

	// A check that blocks keeps it from being signed until two people have said why it may stand.
	modelstest.Tx(t, w.db, func(tx *gorm.DB) error {
		return tx.Exec(
			`UPDATE report_snapshot SET checks = '[{"id":"V01","level":"block","pass":false,"args":{"units":"26","complete":"17","left":"9","plan":"11","off":"2"}}]' WHERE id = ?`,
			r.Snapshot,
		).Error
	})
	pass := wire.OperationRequest{Data: map[string]any{"decision": "pass"}}
	w.operate(clerk, w.taskOf(clerk, "x1_office"), "complete", pass).want(422, "checks-block")
	w.do(clerk, "POST", at+"/notes/V01", wire.NoteInput{Reason: "另有两家新增单位，计划含在内", Footnote: "含新增两家单位。"}).want(200, "")
	w.operate(clerk, w.taskOf(clerk, "x1_office"), "complete", pass).want(422, "checks-block")
	w.do(deputy, "POST", at+"/notes/V01/approve", wire.ReportAct{}).want(200, "")
	w.operate(clerk, w.taskOf(clerk, "x1_office"), "complete", pass).want(200, "")
	put(clerk, 3, 4).want(422, "report-in-signing")

	w.operate(director, w.taskOf(director, "x1_director"), "return", wire.OperationRequest{Reason: "第三部分太长，请精简", Opinion: "第三部分太长，请精简"}).
		want(200, "")
	put(clerk, 3, 4).want(200, "")
	w.operate(clerk, w.taskOf(clerk, "x1_office"), "complete", pass).want(200, "")
	w.operate(director, w.taskOf(director, "x1_director"), "agree", wire.OperationRequest{Opinion: "同意印发"}).want(200, "")
	r = wire.HalfYear{Sections: r.Sections, Snapshot: r.Snapshot}
	w.do(clerk, "GET", at, nil).want(200, "").into(&r)
	if r.State != "LOCKED" || r.Document == "" || r.Stage != "" {
		t.Errorf("%s %q %q", r.State, r.Document, r.Stage)
	}
	// Beside the report stands its cross-footing sheet, with the reason that two people have given.
	if sheet := w.do(clerk, "GET", "/api/v1/documents/"+r.Sheet+"?format=html", nil).want(200, "").body; !strings.Contains(
		string(sheet), "另有两家新增单位",
	) || !strings.Contains(string(sheet), "不通过") {
		t.Errorf("the sheet says %s", sheet)
	}
	put(clerk, 3, 5).want(422, "report-locked")
	first := w.do(clerk, "GET", "/api/v1/reports/half-year/paper?format=docx&snapshot="+r.Snapshot, nil).want(200, "").body
	// A late fact: the bytes stay, the correction is listed.
	w.do("zhao-kezhang", "GET", at+"/corrections", nil).want(200, "")
	if string(
		w.do(clerk, "GET", "/api/v1/reports/half-year/paper?format=docx&snapshot="+r.Snapshot, nil).want(200, "").body,
	) != string(
		first,
	) {
		t.Error("the locked report has other bytes")
	}
	var k wire.Comparison
	w.do(clerk, "GET", at+"/comparison", nil).want(200, "").into(&k)
	if k.From != "2025-07-01" || k.To != "2025-12-31" || len(k.Items) != len(r.Figures) {
		t.Errorf("%+v", k)
	}
}
