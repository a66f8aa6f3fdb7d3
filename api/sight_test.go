package api_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// watchers are a person of each class (domain: access.md §2.1).
var watchers = map[string]string{
	"AP": "zhou-min", "RA": "li-xin", "RB": "wang-ke", "BH": "zhao-kezhang", "BU": "chen-shouli", "JT": "hua-fagai", "FI": "qian-caizheng",
	"PR": "gong-caigou",
	"CL": "xian-lingdao", "SU": "cheng-jian", "SV": "jian-li", "AU": "yan-shenji", "OT": "fang-lei", "SYS": "kang-xitong",
	"SEC": "wei-anquan", "AUDIT": "ji-shenji",
}

// needles are words that stand in one part of a project each.
var needles = map[string]string{
	"need": "针入需求", "lines.declared": "针入明细", "internal": "针入审签", "sheet.a": "针入初核", "sheet.reason": "针入核减理由", "prereview": "针入预审",
}

// reads are all words that a person gets to read about a project, by every way that there is.
func (w *town) reads(person, code string) []byte {
	w.t.Helper()
	var out bytes.Buffer
	get := func(path string) []byte {
		a := w.do(person, "GET", path, nil)
		fmt.Fprintf(&out, "\n%s %d %s", path, a.status, a.body)
		return a.body
	}
	for _, path := range []string{"", "/timeline?limit=100", "/ledger", "/diagram", "/documents", "/rectifications"} {
		get("/api/v1/projects/" + code + path)
	}
	for _, path := range []string{"/api/v1/projects?q=" + code, "/api/v1/tasks?scope=open", "/api/v1/tasks?scope=done",
		"/api/v1/tasks?scope=cc", "/api/v1/notifications", "/api/v1/confirmations", "/api/v1/rectifications"} {
		get(path)
	}
	var keys []int64
	if err := w.db.Read(ctx()).Raw("SELECT key FROM task WHERE project = ?", code).Scan(&keys).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, key := range keys {
		get(fmt.Sprintf("/api/v1/tasks/%d", key))
	}
	var roots []int64
	if err := w.db.Read(ctx()).Raw("SELECT key FROM root_state WHERE project = ?", code).Scan(&roots).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, key := range roots {
		get(fmt.Sprintf("/api/v1/instances/%d", key))
		get(fmt.Sprintf("/api/v1/matters/%d", key))
	}
	return out.Bytes()
}

// seenBy holds who reads a needle against who should.
func (w *town) seenBy(when, code string, want map[string]string) {
	w.t.Helper()
	for class, person := range watchers {
		all := w.reads(person, code)
		for part, classes := range want {
			should := slices.Contains(strings.Fields(classes), class)
			if at := bytes.Index(all, []byte(needles[part])); (at >= 0) != should {
				where := ""
				if at >= 0 {
					line := all[:at]
					line = line[bytes.LastIndexByte(line, '\n')+1:]
					where = string(line[:min(len(line), 80)])
				}
				w.t.Errorf("%s: %s (%s) reads %s: %v %s", when, class, person, part, at >= 0, where)
			}
		}
	}
}

// TestWhoSeesWhat: a word in each part of a project is read by those whom the table
// names, from its moment on, and by nobody else: on no page, in no list, task,
// diagram or notification.
func TestWhoSeesWhat(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	for _, sql := range []string{
		"UPDATE budget_line SET spec = '" + needles["lines.declared"] + "' WHERE project = '" + p.Code + "'",
		"UPDATE project SET form = json_set(form, '$.situation', '" + needles["need"] + "') WHERE code = '" + p.Code + "'",
	} {
		if err := w.db.Tx(ctx(), func(tx *gorm.DB) error { return tx.Exec(sql).Error }); err != nil {
			t.Fatal(err)
		}
	}
	w.seenBy("drafted", p.Code, map[string]string{"need": "AP", "lines.declared": "AP"})
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.seenBy("submitted", p.Code, map[string]string{"need": "AP RA RB BH BU CL AU", "lines.declared": "AP RA RB BH BU CL AU"})
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete",
		wire.OperationRequest{Opinion: needles["internal"], Data: map[string]any{
			"decision": "accept", "checklist": checkItems(),
		}}).
		want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete", wire.OperationRequest{Opinion: needles["prereview"],
		Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).
		want(200, "")
	w.seenBy("accepted", p.Code, map[string]string{
		"need": "AP RA RB BH BU CL AU", "lines.declared": "AP RA RB BH BU CL AU FI", "internal": "RA RB BH BU AU",
		"prereview": "RA RB BH BU",
	})
	drawn := w.draw()
	w.opinions(drawn)
	lines := []any{
		map[string]any{
			"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": needles["sheet.reason"],
		}, map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}
	w.operate("li-xin", w.taskOf("li-xin", "p4_sheet"), "complete", wire.OperationRequest{Opinion: needles["sheet.a"],
		Data: map[string]any{"lines": lines}}).
		want(200, "")
	w.seenBy("sheet A is in", p.Code, map[string]string{
		"need": "AP RA RB BH BU CL AU", "lines.declared": "AP RA RB BH BU CL AU FI", "sheet.a": "RA", "internal": "RA BH BU AU",
	})
	var own []string // B, having a task, sees the line as it was declared, and no more of the sheet
	cross := w.taskOf("wang-ke", "p4_cross")
	for _, figure := range []string{"1000000.00", "900000.00"} {
		a := w.do("wang-ke", "POST", "/api/v1/tasks/"+cross.Key+"/preview",
			wire.OperationRequest{Operation: "complete", Version: cross.Version, Data: map[string]any{
				"lines": []any{
					map[string]any{"lineNo": 1, "reviewed": figure, "reason": "PRICE", "basis": "高于同类项目"},
					map[string]any{"lineNo": 2, "reviewed": "246150.00"},
				},
			}}).
			want(200, "")
		own = append(own, string(a.body))
	}
	if own[0] != own[1] {
		t.Errorf("what B learns by trying: %s\n%s", own[0], own[1])
	}
}
