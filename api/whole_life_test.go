package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/inbox"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/partners/webhook"
	"github.com/quancheng/quancheng/workflows/contract"
)

type fields = map[string]any

// life plays one project to its end through HTTP, with bureaus that answer, and
// with as many detours as the models have.
type life struct {
	*town
	code   string
	visits map[string]int // of elements
	events int
	log    []string
}

// TestWholeLifeThroughTheAPI takes a project from its draft to the archive:
// supplement, a redrawn expert, arbitration, an objection, the county's meeting,
// a refusal by finance, a failed tender, a failed and a conditional acceptance
// with their rectifications, a rejected payment, and records that had to be mended.
func TestWholeLifeThroughTheAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a whole life")
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := &life{town: newTown(t, db), visits: map[string]int{}}
		draft := application
		draft.Lines = []wire.LineInput{
			{Category: "软件开发", Name: "停车诱导平台", Unit: "套", Qty: "1", UnitPrice: "6000000.00"},
			{Category: "硬件", Name: "地磁车检器", Unit: "个", Qty: "300", UnitPrice: "820.50"},
			{Category: "测评", Name: "等保测评", Unit: "项", Qty: "1", UnitPrice: "60000.00"},
		}
		var p wire.Project
		w.do("zhou-min", "POST", "/api/v1/projects", draft).want(201, "").into(&p)
		w.code = p.Code
		w.do("zhou-min", "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
		for range 400 {
			w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
			if p.Stage == "ARCHIVED" && !w.step() {
				w.end(p)
				return
			}
			if p.Stage != "ARCHIVED" && !w.step() {
				break
			}
		}
		w.t.Fatalf("stands still in stage %s with %+v after\n%s\n%s", p.Stage, p.OpenTasks, strings.Join(w.log, "\n"), w.stuck())
	})
}

// step does one thing that can be done now.
func (w *life) step() bool {
	w.t.Helper()
	w.pump()
	if w.bureaus() || w.timers() {
		return true
	}
	for _, t := range w.open() {
		if w.act(t) {
			return true
		}
	}
	return false
}

// open are the tasks of the project and of rectifications about it.
func (w *life) open() (tasks []wire.NextTask) {
	w.t.Helper()
	var p wire.Project
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+w.code, nil).want(200, "").into(&p)
	tasks = p.OpenTasks
	var rects wire.RectificationPage
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+w.code+"/rectifications", nil).want(200, "").into(&rects)
	for _, r := range rects.Items {
		var one wire.Rectification
		w.do("zhao-kezhang", "GET", "/api/v1/rectifications/"+r.No, nil).want(200, "").into(&one)
		for _, t := range one.OpenTasks {
			if !slices.ContainsFunc(tasks, func(o wire.NextTask) bool { return o.Key == t.Key }) {
				tasks = append(tasks, t)
			}
		}
	}
	return tasks
}

// act does what the script says about a task; false when it cannot be done yet.
func (w *life) act(t wire.NextTask) bool {
	w.t.Helper()
	do, ok := script[t.Element]
	if !ok {
		w.t.Fatalf("no script for %s", t.Element)
	}
	n := w.visits[t.Element]
	op, data := do(w, n)
	for _, holder := range w.persons(t.Holders) {
		var detail wire.TaskDetail
		got := w.do(holder, "GET", "/api/v1/tasks/"+t.Key, nil)
		if got.status != 200 {
			continue
		}
		got.into(&detail)
		if !offers(detail, op) {
			continue
		}
		in := wire.OperationRequest{Version: detail.Version, Data: data}
		if op != "complete" {
			in.Opinion, in.Data = "经审核，意见如上", nil
		}
		if op == "return" {
			in.Reason, in.Target = "请重新办理", returns[t.Element]
		}
		a := w.do(holder, "POST", "/api/v1/tasks/"+t.Key+"/"+op, in)
		if a.status == 422 && t.Element == "p10_request" {
			return false // its term is not due yet
		}
		a.want(200, "")
		w.visits[t.Element]++
		w.log = append(w.log, t.Element+" "+op+" "+holder)
		return true
	}
	w.t.Fatalf("nobody of %+v may %s %s after\n%s", t.Holders, op, t.Element, strings.Join(w.log, "\n"))
	return false
}

// persons are the holders, and those of posts that hold a task together.
func (w *life) persons(holders []wire.PersonRef) (ids []string) {
	w.t.Helper()
	for _, h := range holders {
		if !strings.Contains(h.ID, "@") {
			ids = append(ids, h.ID)
			continue
		}
		members, err := models.Members(w.db.Read(ctx()), h.ID)
		w.must(err)
		ids = append(ids, members...)
	}
	return ids
}

var returns = map[string]string{"p4_head": "p4_sheet", "p7_review": "p7_draft", "p8_supervise": "p8_report", "r1_approve": "r1_plan", "p10_verify": "p10_request", "p1_leader": "p1_draft"}

type move = func(w *life, n int) (string, fields)

func agree(*life, int) (string, fields) { return "agree", nil }

// nth gives the n-th of some answers, the last one from then on.
func nth(answers ...fields) move {
	return func(_ *life, n int) (string, fields) { return "complete", answers[min(n, len(answers)-1)] }
}

// first returns a task at its first visit and agrees from then on.
func first(_ *life, n int) (string, fields) {
	if n == 0 {
		return "return", nil
	}
	return "agree", nil
}

func sheetOf(software, sensors string) fields {
	return fields{"lines": []any{
		fields{"lineNo": 1, "reviewed": software, "reason": "PRICE", "basis": "三家询价"},
		fields{"lineNo": 2, "reviewed": sensors, "reason": "REUSE", "capabilityId": "CAP-IOT", "basis": "复用物联接入"},
		fields{"lineNo": 3, "reviewed": "60000.00"},
	}}
}

func members() []any {
	return []any{fields{"name": "专家甲", "org": "示例大学"}, fields{"name": "专家乙", "org": "示例院"}, fields{"name": "用户丙", "org": "申报单位"}}
}

var plan = fields{"packages": []any{
	fields{"packageNo": "S1", "name": "软件与设备", "category": "service", "mode": "TENDER", "budget": "5000000.00", "limitPrice": "4900000.00", "lineNos": "1,2"},
	fields{"packageNo": "S2", "name": "测评", "category": "service", "mode": "MALL", "budget": "60000.00", "limitPrice": "60000.00", "lineNos": "3"},
}, "agency": "示例代理"}

// script says for each element what is done at its n-th visit.
var script = map[string]move{
	"p1_draft":      nth(fields{}),
	"p1_leader":     agree,
	"p2_check":      nth(fields{"decision": "supplement", "supplementItems": []any{fields{"item": "等保方案", "requirement": "补充定级报告"}}}, fields{"decision": "accept", "checklist": []any{fields{"code": "申报函", "result": "pass"}}}),
	"p2_supplement": nth(fields{"answers": []any{fields{"item": "等保方案", "text": "已补充"}}}),
	"p3_pre":        nth(fields{"comment": "总体可行"}),
	"p3_draw":       nth(fields{"comment": "随机抽取"}),
	"p3_statement":  nth(fields{"confidential": true, "conflict": true, "reason": "三年内曾任职"}, fields{"confidential": true, "conflict": false}),
	"p3_opinion": nth(fields{
		"scores":       fields{"necessity": 80, "feasibility": 75, "reuse": 60, "budget": 60, "security": 80},
		"lineOpinions": []any{fields{"lineNo": 1, "amount": "5300000.00", "reason": "PRICE"}}, "overall": "revise", "comment": "概算偏高",
	}),
	"p3_lead":       nth(fields{"conclusion": "revise", "summary": "修改后通过"}),
	"p4_sheet":      nth(sheetOf("5500000.00", "0.00"), sheetOf("5200000.00", "0.00")),
	"p4_cross":      nth(fields{"lines": []any{fields{"lineNo": 1, "reviewed": "5000000.00", "comment": "独立复核"}}}),
	"p4_arbitrate":  nth(fields{"lines": []any{fields{"lineNo": 1, "reviewed": "5200000.00", "reason": "PRICE"}}}),
	"p4_consult":    nth(fields{"answer": "object", "objections": []any{fields{"lineNo": 2, "text": "物联接入尚未建成"}}}, fields{"answer": "agree"}),
	"p4_answer":     nth(fields{"replies": []any{fields{"lineNo": 2, "outcome": "uphold", "reviewed": "0.00", "text": "年底前建成"}}}),
	"p4_head":       first,
	"p5_head":       agree,
	"p5_legal":      agree,
	"p5_joint":      agree,
	"p5_director":   agree,
	"p5_leader":     agree,
	"p5_meeting":    nth(fields{"meetingNo": "第3次常务会议", "meetingDate": "2026-03-01", "decision": "approve"}),
	"p5_budget_fix": nth(fields{"decision": "resend", "comment": "资金已落实，重新报送"}),
	"p6_plan":       nth(plan),
	"p6_check":      agree,
	"p6_failed":     nth(fields{"decision": "retry", "reason": "重新组织采购"}),
	"p7_draft":      draftContract,
	"p7_review":     agree,
	"p7_sign": func(w *life, _ int) (string, fields) {
		return "complete", fields{"signedOn": w.today()}
	},
	"p7_milestones": nth(fields{
		"milestones": []any{fields{"no": 1, "name": "开工", "planDate": "2026-05-01"}, fields{"no": 2, "name": "上线", "planDate": "2026-09-01"}},
		"payments":   []any{fields{"term": "合同生效", "ratio": 30, "milestoneNo": 1}, fields{"term": "初验合格", "ratio": 50}, fields{"term": "终验合格", "ratio": 20}},
	}),
	"p8_kickoff":        nth(fields{"startedOn": "2026-04-01", "team": []any{fields{"name": "项目经理", "role": "负责人"}}}),
	"p8_report":         nth(fields{"percent": 60, "period": "2026-05"}, fields{"percent": 100, "period": "2026-06"}),
	"p8_supervise":      first,
	"p8_confirm":        agree,
	"p9_prelim_prepare": nth(fields{"materials": []any{fields{"code": "mlps"}}, "comment": "等保测评报告"}),
	"p9_prelim": func(w *life, n int) (string, fields) {
		items := []any{fields{"clause": "响应时间", "result": "fail", "note": "超时"}}
		data := fields{"group": members(), "items": items, "conclusion": "fail", "date": w.today()}
		if n > 0 {
			data["conclusion"], data["trialEnds"], data["rectifyDue"] = "conditional", w.in(45), w.in(20)
		}
		return "complete", data
	},
	"p9_materials": nth(fields{"materials": []any{fields{"code": "summary"}, fields{"code": "user"}}}),
	"p9_final_prepare": nth(fields{"materials": []any{
		fields{"code": "supervision"}, fields{"code": "settlement"}, fields{"code": "audit"}, fields{"code": "test"}, fields{"code": "sharing"}, fields{"code": "archive"}, fields{"code": "assets"},
	}}),
	"p9_final": func(w *life, _ int) (string, fields) {
		return "complete", fields{"group": members(), "items": []any{fields{"clause": "响应时间", "result": "pass"}}, "conclusion": "pass", "date": w.today(), "availability": 99.9}
	},
	"p10_request": requestPayment,
	"p10_verify":  agree,
	"p12_collect": nth(fields{"items": []any{fields{"stage": "P8", "category": "监理", "title": "监理月报", "date": "2026-06-30"}}}),
	"p12_fix":     nth(fields{"comment": "补登文号", "items": []any{fields{"stage": "P8", "category": "监理", "title": "监理月报", "docNo": "JL-2026-6", "date": "2026-06-30"}}}),
	"r1_dispatch": nth(fields{"ownerDept": "DP18", "severity": "A"}),
	"r1_analysis": nth(fields{"rootCause": "SYS", "why": "连接池配置过小"}),
	"r1_plan":     nth(fields{"measures": []any{fields{"text": "扩大连接池", "owner": "运维组", "due": "2026-12-31"}}}),
	"r1_approve":  first,
	"r1_rectify":  nth(fields{"comment": "已扩容并压测", "daysCut": "1.5"}),
	"r1_verify": nth(fields{"method": "system", "result": "fail", "comment": "仍超时"}, fields{"method": "system", "result": "refer", "comment": "属上级系统"},
		fields{"method": "system", "result": "pass", "comment": "压测达标"}),
	"r1_refer": nth(fields{"toOrg": "市数据局", "letterNo": "函〔2026〕1号", "contact": "联系人", "workaround": "限流"}),
	"r1_reply": nth(fields{"reply": "已升级", "repliedOn": "2026-03-02"}),
}

func draftContract(*life, int) (string, fields) {
	return "complete", fields{
		"contractNo": "HT-2026-01", "title": "建设合同", "supplier": fields{"name": "示例软件有限公司", "uscc": "91341700MA00DEMQ0X"}, "amount": "4800000.00", "warrantyMonths": 24,
		"paymentTerms": []any{
			fields{"name": "合同生效", "condition": "advance", "ratio": 30, "amount": "1440000.00"}, fields{"name": "初验合格", "condition": "prelim", "ratio": 50, "amount": "2400000.00"},
			fields{"name": "终验合格", "condition": "final", "ratio": 20, "amount": "960000.00"},
		},
	}
}

// requestPayment asks for the three terms in turn; the second one is rejected once.
func requestPayment(_ *life, n int) (string, fields) {
	term := []fields{
		{"term": "合同生效", "amount": "1440000.00"}, {"term": "初验合格", "amount": "2400000.00"},
		{"term": "初验合格", "amount": "2400000.00"}, {"term": "终验合格", "amount": "960000.00"},
	}[min(n, 3)]
	return "complete", fields{"term": term["term"], "amount": term["amount"], "invoiceNo": fmt.Sprintf("FP-%d", n), "payee": "示例软件有限公司"}
}

func (w *life) today() string { return string(models.DateOf(w.clock())) }

func (w *life) in(days int) string { return string(models.DateOf(w.clock()).AddDays(days)) }

// bureaus answer what we sent them.
func (w *life) bureaus() bool {
	w.t.Helper()
	var rows []models.Outgoing
	if err := w.db.Read(ctx()).Where("kind = ? AND state = ?", models.OutPartner, models.OutPending).Order("created_at, id").Find(&rows).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
			return tx.Model(&models.Outgoing{}).Where("id = ?", row.ID).Update("state", models.OutDelivered).Error
		}))
		n := w.visits["out "+row.EventType]
		w.visits["out "+row.EventType]++
		var data fields
		w.must(row.Payload.Into(&data))
		for _, a := range answers(row.EventType, n, data, w.today()) {
			w.receive(row.Target, a[0].(string), a[1].(fields))
		}
	}
	return len(rows) > 0
}

// answers of the bureaus to the n-th event of a type.
func answers(event string, n int, data fields, today string) [][2]any {
	switch event {
	case "project.approved":
		if n == 0 {
			return [][2]any{{"budget.rejected", fields{"reason_code": "FUND", "reason": "资金来源未落实"}}}
		}
		return [][2]any{{"budget.issued", fields{"bgt_id": "BGT-1", "amount": data["approved"], "agency_code": data["agency_code"], "doc_date": today}}}
	case "procurement.plan":
		section := fmt.Sprintf("X-S1-R%d", n+1)
		filed := [2]any{"procurement.plan_filed", fields{"plan_no": data["plan_no"], "filed_at": today}}
		opened := [2]any{"procurement.opened", fields{"package_no": "S1", "section_code": section, "bidder_count": 5}}
		if n == 0 {
			return [][2]any{filed, {"procurement.failed", fields{"package_no": "S1", "section_code": section, "reason_code": "<3家", "at": today}}, opened}
		}
		return [][2]any{filed, opened, {"procurement.awarded", fields{
			"package_no": "S1", "section_code": section, "win_bid_price": "4850000.00", "price_form": "总价", "winner": fields{"name": "示例软件有限公司"}, "notice_at": today,
		}}}
	case "procurement.contract_signed":
		return [][2]any{{"procurement.contract_filed", fields{"contract_no": data["contract_no"], "at": today}}, {"procurement.contract_published", fields{"contract_no": data["contract_no"], "at": today}}}
	case "payment.precheck":
		app := fmt.Sprintf("SQ-%d", n)
		if n == 1 {
			return [][2]any{{"payment.rejected", fields{"pay_app_no": app, "request_no": data["request_no"], "reason": "账户信息有误"}}}
		}
		paid := [2]any{"payment.paid", fields{"pay_cert_no": fmt.Sprintf("ZF-%d", n), "pay_app_no": app, "request_no": data["request_no"], "xpay_amt": data["amount"], "xpay_date": today}}
		return [][2]any{paid, paid, {"payment.applied", fields{"pay_app_no": app, "request_no": data["request_no"], "pay_app_amt": data["amount"], "create_date": today}}}
	}
	return nil
}

// receive is an event that arrived: stored raw, then applied.
func (w *life) receive(partner, event string, data fields) {
	w.t.Helper()
	w.events++
	at := w.clock().UTC()
	e := models.PartnerEvent{Source: partner, EventID: fmt.Sprintf("ev-%d", w.events), EventType: event, ReceivedAt: at, OccurredAt: at.Add(time.Duration(w.events) * time.Second)}
	raw, err := json.Marshal(data)
	w.must(err)
	e.Body, err = json.Marshal(webhook.Envelope{EventID: e.EventID, EventType: event, Source: partner, OccurredAt: e.OccurredAt, SentAt: at, Correlation: webhook.Correlation{ProjectCode: w.code}, Data: raw})
	w.must(err)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		row, _, err := models.ReceiveEvent(tx, e)
		if err != nil {
			return err
		}
		ev, err := inbox.Event(row)
		if err != nil {
			return err
		}
		row, err = inbox.Apply(tx, models.Acting{Person: models.System, At: at, Event: "p:" + partner + ":" + e.EventID}, row, ev)
		if err == nil && row.State == models.InboxParked {
			return fmt.Errorf("%s was parked: %s", event, row.ParkedReason)
		}
		return err
	}))
	w.log = append(w.log, event)
}

// timers fires the trial run's end, once its day has come; nothing else is late.
func (w *life) timers() bool {
	w.t.Helper()
	var due []struct {
		Key, Root int64
		Element   string
		Due       time.Time
	}
	if err := w.db.Read(ctx()).Raw("SELECT key, root, element, due FROM timer WHERE element = 'p9_trial' ORDER BY due").Scan(&due).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, t := range due {
		if w.visits["p9_materials"] == 0 || w.visits["r1_verify"] < 4 {
			return false // while it runs, other things are done
		}
		if wait := t.Due.Sub(w.clock()); wait > 0 {
			w.pass(wait + time.Minute)
			clear(w.tokens) // nobody stays signed in for weeks
		}
		raw, err := json.Marshal(engine.Event{Type: engine.FireTimer, Key: t.Key})
		w.must(err)
		id := fmt.Sprintf("t:%d", t.Key)
		_, err = w.shell.Send(ctx(), contract.Request{Root: t.Root, ID: id, Digest: id, Name: "timer", Event: raw})
		w.must(err)
		w.log = append(w.log, t.Element)
	}
	return len(due) > 0
}

// stuck is what the database says about why nothing moves.
func (w *life) stuck() string {
	var incidents []struct{ Element, Code, Message string }
	w.db.Read(ctx()).Raw("SELECT element, code, message FROM incident").Scan(&incidents)
	var waits []struct{ Element, Name string }
	w.db.Read(ctx()).Raw("SELECT element, name FROM subscription").Scan(&waits)
	return fmt.Sprintf("incidents %v\nwaits %v", incidents, waits)
}

// end checks what a whole life has left in the books.
func (w *life) end(p wire.Project) {
	w.t.Helper()
	want := wire.Totals{
		Declared: "6306150.00", Reviewed: "5260000.00", Cut: "1046150.00", Approved: "5260000.00", Issued: "5260000.00", Contracted: "4800000.00", Paid: "4800000.00", Refunded: p.Totals.Refunded,
	}
	if p.Totals != want {
		w.t.Errorf("totals %+v, want %+v", p.Totals, want)
	}
	for element, n := range map[string]int{"p2_supplement": 1, "p3_draw": 2, "p4_arbitrate": 1, "p5_meeting": 1, "p5_budget_fix": 1, "p6_failed": 1, "p9_prelim": 2, "r1_refer": 1, "p10_request": 4, "p12_fix": 1} {
		if w.visits[element] != n {
			w.t.Errorf("%s was visited %d times, want %d", element, w.visits[element], n)
		}
	}
	var rects wire.RectificationPage
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+w.code+"/rectifications", nil).want(200, "").into(&rects)
	for _, r := range rects.Items {
		if r.State != models.RectClosed {
			w.t.Errorf("rectification %s ended %s", r.No, r.State)
		}
	}
	if len(rects.Items) != 2 || len(p.OpenTasks) != 0 || len(p.Breaches) != 0 {
		w.t.Errorf("%d rectifications, %d open tasks, breaches %+v", len(rects.Items), len(p.OpenTasks), p.Breaches)
	}
	if s := w.stuck(); s != "incidents []\nwaits []" {
		w.t.Error(s)
	}
}
