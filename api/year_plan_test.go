package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
)

const (
	planHead     = "zhao-kezhang"
	planReviewer = "li-xin"
	planOffice   = "ding-wenshu"
	planDirector = "lin-juzhang"
	planLegal    = "xu-fazhi"
)

func poolForm(name, estimate string, change fields) fields {
	out := fields{
		"name": name, "type": "新建", "estimate": estimate, "sources": []any{"县级财政"}, "priority": 1, "secrecy": "none",
		"problem": name + "：" + strings.Repeat("现有业务靠人工与表格办理，数据分散，不能共享。", 6), "functions": []any{name},
	}
	for k, v := range change {
		out[k] = v
	}
	return out
}

// planPaper files a document of a plan.
func (w *town) planPaper(person string, year int, kind string) (id string) {
	w.t.Helper()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		d := papers.Document{
			PlanYear: year, Kind: kind, Title: kind, FileName: kind + ".pdf", MediaType: "application/pdf", Size: 1,
			Digest: fmt.Sprintf("%s-%d-%s", kind, year, person),
		}
		err := papers.AddDocument(tx, models.Acting{Person: person, At: w.clock().UTC()}, &d)
		id = d.ID
		return err
	}))
	return id
}

func (w *town) planAt(person string, year int) (out wire.Plan) {
	w.t.Helper()
	w.do(person, "GET", fmt.Sprintf("/api/v1/plans/%d", year), nil).want(200, "").into(&out)
	return out
}

func data(pairs ...string) wire.OperationRequest {
	in := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		in[pairs[i]] = pairs[i+1]
	}
	return wire.OperationRequest{Data: in}
}

// TestAYearOfThePlan plays P0: call, answers, a return, duplicates, ranking, meeting,
// publication, what is carried over, and who says nothing.
func TestAYearOfThePlan(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	today := models.DateOf(w.clock())
	call := fields{
		"fiscalYear": 2027, "opensOn": string(today), "closesOn": "2026-12-31", "control": "3000000.00",
		"units": []any{"DP02", "DP05", "DP14"}, "contact": "项目科 0555-0000000",
	}
	w.do("fang-lei", "POST", "/api/v1/plans", call).want(403, "forbidden")
	w.do(planHead, "POST", "/api/v1/plans", fields{"fiscalYear": 2027, "opensOn": "2026-12-31", "closesOn": "2026-12-01",
		"control": "1.00"}).
		want(422, "invalid-data")
	w.do(planHead, "POST", "/api/v1/plans", call).want(201, "")
	w.do(planHead, "POST", "/api/v1/plans", call).want(422, "plan-called-already")
	w.do(planHead, "POST", "/api/v1/plan-entries", fields{"fiscalYear": 2027, "unit": "DP02", "name": "补录", "estimate": "1.00",
		"reason": "补录已印发的计划"}).
		want(422, "plan-runs-here")
	w.pump()

	// Two units with entries, one of them like the other's; the third says that it has none.
	const base = "/api/v1/plans/2027/entries"
	fill := w.taskOf("fang-lei", "p0u_fill")
	w.operate("fang-lei", fill, "complete", data("answer", "entries")).want(422, "invalid-data")
	var police, land wire.PoolEntry
	w.do("fang-lei", "POST", base, fields{"form": poolForm("治安视频共享平台", "2000000.00", fields{"problem": "太短"})}).want(200, "").into(&police)
	w.operate("fang-lei", fill, "complete", data("answer", "entries")).want(422, "invalid-data") // the problem is too short
	w.do("fang-lei", "PUT", base+"/"+police.ID, fields{"revision": 7, "form": poolForm("治安视频共享平台", "2000000.00", nil)}).
		want(422, "plan-entry-moved")
	w.do("lu-ting", "PUT", base+"/"+police.ID, fields{"revision": 1, "form": poolForm("别人的", "1.00", nil)}).want(404, "not-found")
	years := fields{"years": []any{fields{"year": 2027, "amount": "1200000.00"}, fields{"year": 2028, "amount": "700000.00"}}}
	w.do("fang-lei", "PUT", base+"/"+police.ID, fields{"revision": 1, "form": poolForm("治安视频共享平台", "2000000.00", years)}).want(200, "")
	w.operate("fang-lei", fill, "complete", data("answer", "entries")).want(422, "invalid-data") // the years are not the total
	years["years"].([]any)[1].(fields)["amount"] = "800000.00"
	w.do("fang-lei", "PUT", base+"/"+police.ID, fields{"revision": 2, "form": poolForm("治安视频共享平台", "2000000.00", years)}).
		want(200, "").
		into(&police)
	w.operate("fang-lei", fill, "complete", data("answer", "none")).want(422, "invalid-data")
	w.operate("fang-lei", fill, "complete", data("answer", "entries")).want(200, "")
	w.do("fang-lei", "PUT", base+"/"+police.ID, fields{"revision": 3, "form": poolForm("治安视频共享平台", "2000000.00", years)}).want(200, "")
	w.operate("shi-jianguo", w.taskOf("shi-jianguo", "p0u_sign"), "agree", wire.OperationRequest{}).want(422, "plan-entries-changed")
	w.operate("shi-jianguo", w.taskOf("shi-jianguo", "p0u_sign"), "return",
		wire.OperationRequest{Reason: "改过了，请重新报送", Opinion: "改过了，请重新报送"}).
		want(200, "")
	w.operate("fang-lei", w.taskOf("fang-lei", "p0u_fill"), "complete", data("answer", "entries")).want(200, "")
	w.operate("shi-jianguo", w.taskOf("shi-jianguo", "p0u_sign"), "agree", wire.OperationRequest{}).want(200, "")
	w.do("fang-lei", "POST", base, fields{"form": poolForm("晚了的", "1.00", nil)}).want(422, "plan-answered")

	w.do("lu-ting", "POST", base, fields{"form": poolForm("治安视频共享平台", "2100000.00", nil)}).want(200, "").into(&land)
	w.operate("lu-ting", w.taskOf("lu-ting", "p0u_fill"), "complete", data("answer", "entries")).want(200, "")
	w.operate("shen-tudi", w.taskOf("shen-tudi", "p0u_sign"), "agree", wire.OperationRequest{}).want(200, "")
	if all := w.planAt("lu-ting", 2027); len(all.Entries) != 1 || all.Budget != nil || len(all.Units) != 1 {
		t.Errorf("a unit sees %+v", all)
	}

	// Nobody is urged in vain, and the call stays open for who has not answered.
	w.do(planHead, "POST", "/api/v1/plans/2027/close", nil).want(422, "plan-units-open")
	w.do(planHead, "POST", "/api/v1/plans/2027/urge", nil).want(200, "")
	w.operate("tang-yue", w.taskOf("tang-yue", "p0u_fill"), "complete", data("answer", "none")).want(200, "")
	w.operate("luo-zhengping", w.taskOf("luo-zhengping", "p0u_sign"), "agree", wire.OperationRequest{}).want(200, "")
	w.do(planHead, "POST", "/api/v1/plans/2027/urge", nil).want(422, "plan-nobody-silent")
	w.do(planHead, "POST", "/api/v1/plans/2027/close", nil).want(200, "")
	w.pump()

	// Pre-check: a look-alike passes only with a reason; one goes back, is changed and signed again.
	decide := func(id string, in fields) answer {
		return w.do(planReviewer, "POST", base+"/"+id+"/decide", in)
	}
	pre := w.taskOf(planReviewer, "p0_precheck")
	w.operate(planReviewer, pre, "complete", data()).want(422, "plan-undecided")
	w.do(planHead, "POST", base+"/"+land.ID+"/decide", fields{"decision": "pass"}).want(403, "forbidden")
	decide(land.ID, fields{"decision": "pass"}).want(422, "invalid-data")
	decide(land.ID, fields{"decision": "merge", "into": land.ID, "reason": "内容相同，并入"}).want(422, "invalid-data")
	decide(land.ID, fields{"decision": "return", "reason": "与公安局的内容相同，只留不同部分"}).want(200, "")
	w.pump()
	w.operate(planReviewer, pre, "complete", data()).want(422, "plan-undecided")
	revise := w.taskOf("lu-ting", "p0r_revise")
	w.do("lu-ting", "PUT", base+"/"+land.ID, fields{"revision": 1, "form": poolForm("治安视频共享平台", "1900000.00", nil)}).want(200, "")
	w.operate("lu-ting", revise, "complete", data()).want(200, "")
	w.operate("shen-tudi", w.taskOf("shen-tudi", "p0r_sign"), "agree", wire.OperationRequest{}).want(200, "")
	decide(police.ID, fields{"decision": "pass", "reason": "本项目先报，另一项已要求只留不同部分，不构成重复建设"}).want(200, "")
	decide(land.ID, fields{"decision": "pass", "reason": "只留管线与地籍部分，与公安局的视频共享不同，不重复建设"}).want(200, "")
	w.operate(planReviewer, pre, "complete", data()).want(200, "")
	decide(land.ID, fields{"decision": "reject", "reason": "太晚了，已在排序"}).want(200, "") // until the ranking it may think again
	decide(land.ID, fields{"decision": "pass", "reason": "只留管线与地籍部分，与公安局的视频共享不同，不重复建设"}).want(200, "")

	// Ranking, meeting, signature.
	score := w.taskOf(planHead, "p0_score")
	w.operate(planHead, score, "complete", data()).want(422, "plan-unscored")
	w.do(planHead, "PUT", "/api/v1/plans/2027/scores", fields{"scores": []any{fields{"entry": police.ID, "score": 101}}}).
		want(422, "invalid-data")
	w.do(planHead, "PUT", "/api/v1/plans/2027/scores", fields{"scores": []any{fields{"entry": police.ID, "score": 90},
		fields{"entry": land.ID, "score": 70}}}).
		want(200, "")
	w.operate(planHead, score, "complete", data()).want(200, "")
	all := w.planAt(planHead, 2027)
	if b := all.Budget; b == nil || b.Within != "1200000.00" || b.Lines != 1 || b.Beyond != "1900000.00" {
		t.Errorf("budget %+v", all.Budget)
	}
	meeting := fields{
		"no": "2026-3", "on": string(today), "place": "三楼会议室", "chair": "赵县长", "recorder": "丁文书",
		"present": []any{"财政局", "发改委"}, "absent": []any{},
	}
	verdicts := []any{fields{"entry": police.ID, "verdict": "in"}}
	record := w.taskOf(planOffice, "p0_meeting")
	put := func(v []any) answer {
		return w.do(planOffice, "PUT", "/api/v1/plans/2027/meeting", fields{"meeting": meeting, "verdicts": v})
	}
	put(verdicts).want(200, "")
	w.operate(planOffice, record, "complete", data("outcome", "publish")).want(422, "invalid-data") // no minutes
	meeting["minutes"] = w.planPaper(planOffice, 2027, "minutes")
	put(append(verdicts, fields{"entry": land.ID, "verdict": "defer", "note": "缓"})).want(422, "invalid-data")
	put(verdicts).want(200, "")
	w.operate(planOffice, record, "complete", data("outcome", "publish")).want(422, "plan-without-verdict")
	put(append(verdicts, fields{"entry": land.ID, "verdict": "defer", "note": "明年资金落实后再议"})).want(200, "")
	w.operate(planOffice, record, "complete", data("outcome", "publish")).want(200, "")
	w.operate(planDirector, w.taskOf(planDirector, "p0_confirm"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")

	all = w.planAt("fang-lei", 2027)
	if all.State != "PUBLISHED" || all.Entries[0].PlanEntry != "JH-2027-001" || all.Digest == "" {
		t.Errorf("%+v", all)
	}
	kinds := []string{}
	for _, d := range all.Documents {
		kinds = append(kinds, d.Kind)
		w.do("fang-lei", "GET", d.Href, nil).want(200, "")
	}
	if !slices.Contains(kinds, "年度计划通知") || !slices.Contains(kinds, "申报通知") || slices.Contains(kinds, "联席会议纪要") {
		t.Errorf("the unit sees the papers %v", kinds)
	}
	w.ownPaper("fang-lei", "tang-yue", 2027, "储备项目申报表", police.ID+"/CB-1")
	w.ownPaper("lu-ting", "fang-lei", 2027, "储备项目申报表", land.ID+"/CB-1", land.ID+"/CB-2") // sent again after the return
	var entries wire.PlanEntries
	w.do("fang-lei", "GET", "/api/v1/plan-entries?year=2027", nil).want(200, "").into(&entries)
	if len(entries.Items) != 1 || entries.Items[0].Pool != police.ID || entries.Items[0].Estimate != "2000000.00" {
		t.Errorf("%+v", entries)
	}
	put(verdicts).want(422, "plan-not-at-meeting")

	// The next year has what this one deferred; who says nothing until the day is over stands on the list.
	w.do(planHead, "POST", "/api/v1/plans", fields{"fiscalYear": 2028, "opensOn": string(today), "closesOn": string(today),
		"control": "0.00", "units": []any{"DP05"}}).
		want(201, "")
	w.pump()
	all = w.planAt("lu-ting", 2028)
	if len(all.Entries) != 1 || all.Entries[0].CarriedFrom != land.ID || all.Entries[0].State != "DRAFT" {
		t.Errorf("carried over: %+v", all.Entries)
	}
	w.pass(48 * time.Hour)
	w.do(planHead, "POST", "/api/v1/plans/2028/close", nil).want(200, "")
	w.pump()
	if all = w.planAt(planHead, 2028); all.State != "CLOSED" || all.Units[0].State != "SILENT" {
		t.Errorf("%+v", all.Units)
	}
	w.do("lu-ting", "POST", "/api/v1/plans/2028/entries", fields{"form": poolForm("太晚", "1.00", nil)}).want(422, "plan-call-closed")
}

// ownPaper checks that a clerk finds papers of a kind about his unit's entries and opens them, and that another unit's clerk does neither.
func (w *town) ownPaper(clerk, other string, year int, kind string, numbers ...string) {
	w.t.Helper()
	got := []string{}
	for _, d := range w.planAt(clerk, year).Documents {
		if d.Kind != kind {
			continue
		}
		got = append(got, d.DocNo)
		w.do(clerk, "GET", d.Href, nil).want(200, "")
		w.do(clerk, "GET", "/api/v1/documents/"+d.ID, nil).want(200, "")
		w.do(other, "GET", d.Href, nil).want(404, "not-found")
		if slices.ContainsFunc(w.planAt(other, year).Documents, func(x wire.Document) bool { return x.ID == d.ID }) {
			w.t.Errorf("%s sees %s", other, d.DocNo)
		}
	}
	if slices.Sort(got); !slices.Equal(got, numbers) {
		w.t.Errorf("%s finds of %s %v, want %v", clerk, kind, got, numbers)
	}
}

// TestUrgentEntry: outside the plan only with the leader's instruction, the same rules, and everybody's agreement.
func TestUrgentEntry(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	year := models.DateOf(w.clock()).Year()
	base := fmt.Sprintf("/api/v1/plans/%d/entries", year)
	urgent := func(name string) wire.PoolEntry {
		var e wire.PoolEntry
		w.do("lu-ting", "POST", base, fields{"urgent": true, "form": poolForm(name, "480000.00", nil)}).want(200, "").into(&e)
		w.pump()
		return e
	}
	send := func(e wire.PoolEntry, judge wire.OperationRequest) {
		entry := w.taskOf("lu-ting", "p0e_entry")
		w.operate("lu-ting", entry, "complete", data()).want(422, "invalid-data") // no instruction
		w.do("lu-ting", "PUT", base+"/"+e.ID, fields{"revision": 1, "instruction": w.planPaper("lu-ting-"+e.ID, year, "letter"),
			"form": poolForm(e.Name, "480000.00", nil)}).
			want(200, "")
		w.operate("lu-ting", entry, "complete", data()).want(200, "")
		w.operate("shen-tudi", w.taskOf("shen-tudi", "p0e_sign"), "agree", wire.OperationRequest{}).want(200, "")
		w.operate(planReviewer, w.taskOf(planReviewer, "p0e_check"), "complete", judge).want(200, "")
	}
	members := []string{"jin-yusuan", "ping-jiaoyi", "hua-fagai", "an-wangxin"}
	first := urgent("地质灾害应急值守")
	if p := w.planAt("lu-ting", year); p.State != "UNCALLED" || len(p.Entries) != 1 || !p.MayEnter || p.MayManage || p.Budget != nil {
		t.Errorf("a year without a call: %+v", p)
	}
	if p := w.planAt("fang-lei", year); len(p.Entries) != 0 {
		t.Errorf("another unit sees %+v", p.Entries)
	}
	send(first, data("decision", "pass"))
	for _, m := range members {
		w.operate(m, w.taskOf(m, "p0e_joint"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")
	}
	var entries wire.PlanEntries
	w.do("lu-ting", "GET", fmt.Sprintf("/api/v1/plan-entries?year=%d", year), nil).want(200, "").into(&entries)
	if len(entries.Items) != 1 || !entries.Items[0].OutOfPlan || entries.Items[0].InstructionDoc == "" {
		t.Errorf("%+v", entries)
	}
	second := urgent("森林防火瞭望")
	send(second, data("decision", "pass"))
	for i, m := range members {
		op := "agree"
		if i == 2 {
			op = "disagree"
		}
		w.operate(m, w.taskOf(m, "p0e_joint"), op, wire.OperationRequest{Opinion: "意见如此"}).want(200, "")
	}
	third := urgent("水库闸门遥控")
	send(third, data("decision", "reject", "reason", "不属政务信息化项目范围"))
	var state []string
	w.must(w.db.Read(ctx()).Raw("SELECT state FROM pool_entry ORDER BY id").Scan(&state).Error)
	if strings.Join(state, " ") != "IN_PLAN REJECTED REJECTED" {
		t.Errorf("%v", state)
	}
	var told int64
	w.must(w.db.Read(ctx()).Raw("SELECT COUNT(*) FROM document WHERE template = 'plan_answer' AND plan_year = ?", year).Scan(&told).Error)
	if told != 2 {
		t.Errorf("%d papers tell the unit", told)
	}
	var answers []string
	w.must(w.db.Read(ctx()).Raw("SELECT id FROM document WHERE template = 'plan_answer' AND plan_year = ?", year).Scan(&answers).Error)
	for _, id := range answers {
		w.do("lu-ting", "GET", "/api/v1/documents/"+id+"?format=pdf", nil).want(200, "")
		w.do("fang-lei", "GET", "/api/v1/documents/"+id, nil).want(404, "not-found")
	}
}
