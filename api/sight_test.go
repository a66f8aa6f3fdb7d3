package api_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
		get(fmt.Sprintf("/api/v1/instances/%d/matter", key))
		get(fmt.Sprintf("/api/v1/instances/%d/diagram", key))
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

// TestSecondRoundIsClosedAgain: what comes back to A opens to B only when he has entered his own figures anew: his
// preview is the same whatever he tries, and A's words of the first round stay read (access.md §2.2, S10).
func TestSecondRoundIsClosedAgain(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete",
		wire.OperationRequest{Data: map[string]any{"decision": "accept", "checklist": checkItems()}}).want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).want(200, "")
	w.opinions(w.draw())
	sheet := func(figure, words string) {
		w.operate("li-xin", w.taskOf("li-xin", "p4_sheet"), "complete", wire.OperationRequest{Opinion: words, Data: map[string]any{
			"lines": []any{
				map[string]any{"lineNo": 1, "reviewed": figure, "reason": "PRICE", "basis": "高于同类项目"},
				map[string]any{"lineNo": 2, "reviewed": "246150.00"},
			},
		}}).want(200, "")
	}
	cross := func(figure string) wire.OperationRequest {
		return wire.OperationRequest{Operation: "complete", Data: map[string]any{"lines": []any{
			map[string]any{"lineNo": 1, "reviewed": figure, "comment": "按市场价"},
			map[string]any{"lineNo": 2, "reviewed": "246150.00"},
		}}}
	}
	reads := func(person string) string { return string(w.reads(person, p.Code)) }
	holds := func(when, person, needle string, want bool) {
		t.Helper()
		if got := strings.Contains(reads(person), needle); got != want {
			all := reads(person)
			at := strings.LastIndex(all[:max(strings.Index(all, needle), 0)], "\n")
			t.Errorf("%s: %s reads %s: %v %.80s", when, person, needle, got, all[at+1:])
		}
	}
	same := func(when string) {
		t.Helper()
		task := w.taskOf("wang-ke", "p4_cross")
		var all []string
		for _, figure := range []string{"1000000.00", "900000.00", "1.00"} {
			in := cross(figure)
			in.Version = task.Version
			all = append(all, string(w.do("wang-ke", "POST", "/api/v1/tasks/"+task.Key+"/preview", in).want(200, "").body))
		}
		if all[0] != all[1] || all[1] != all[2] {
			t.Errorf("%s: what B learns by trying: %v", when, all)
		}
	}
	sheet("1000000.00", "针入初核之一")
	holds("first round", "wang-ke", "针入初核之一", false)
	same("first round")
	in := cross("1000000.00")
	in.Operation = ""
	w.operate("wang-ke", w.taskOf("wang-ke", "p4_cross"), "complete", in).want(200, "")
	holds("B is in", "wang-ke", "针入初核之一", true)
	w.operate("zhou-min", w.taskOf("zhou-min", "p4_consult"), "complete", wire.OperationRequest{Data: map[string]any{"answer": "agree"}}).
		want(200, "")
	w.operate("zhao-kezhang", w.taskOf("zhao-kezhang", "p4_head"), "return",
		wire.OperationRequest{Target: "p4_sheet", Reason: "核减依据不足请重做"}).want(200, "")
	w.pass(time.Hour)
	sheet("987654.00", "针入初核之二")
	holds("second round", "wang-ke", "针入初核之一", true)
	holds("second round", "wang-ke", "针入初核之二", false)
	holds("second round", "yan-shenji", "针入初核之二", false)
	for _, person := range []string{"wang-ke", "zhou-min", "qian-caizheng"} { // nor whom the first draft was sent to
		holds("second round", person, "987654", false)
	}
	same("second round")
	w.operate("wang-ke", w.taskOf("wang-ke", "p4_cross"), "complete", in).want(200, "")
	holds("B is in again", "wang-ke", "针入初核之二", true)
	holds("B is in again", "yan-shenji", "针入初核之二", true)
}
