package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/seed"
)

// padded is the project of the bad walk, once it has been prepared: six million in two lines, cut by a tenth each.
var padded = seed.Project{
	Name: application.Name, Dept: application.Dept, MlpsLevel: 2,
	Lines: []seed.Line{
		{Qty: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(3_120_000), Reviewed: decimal.NewFromInt(2_808_000), Reason: "PRICE"},
		{Qty: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(2_880_000), Reviewed: decimal.NewFromInt(2_592_000), Reason: "PRICE"},
	},
}

// walk is the bad walk from its acceptance on: what was tried is refused by rule, and what is proper goes through.
type walk struct{ *player }

// TestBadWalkToThePlan: seven experts who score 10 of 100 conclude nothing but “fail”; a tenth off every line
// is answered by A, explained by B and seen by the head; a method that the amount does not allow is refused.
func TestBadWalkToThePlan(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	draft := application
	draft.Lines = []wire.LineInput{
		{Category: "软件开发", Name: "停车诱导平台", Unit: "套", Qty: "1", UnitPrice: "3120000.00"},
		{Category: "其他", Name: "其他费用", Unit: "项", Qty: "1", UnitPrice: "2880000.00"},
	}
	var p wire.Project
	w.do(w.clerk, "POST", "/api/v1/projects", draft).want(201, "").into(&p)
	w.ready(p.Code)
	w.do(w.clerk, "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
	x := walk{&player{town: w, code: p.Code, of: padded, foreseen: map[string]bool{}, does: map[string][]string{}}}
	x.scores()
	x.flatCut()
	x.level()
	x.method()
}

// until plays the script until a task of an element is open, and gives it.
func (x walk) until(element string) wire.NextTask {
	x.t.Helper()
	var now wire.Project
	for range 40 {
		x.pump()
		x.timers()
		x.do(x.chief, "GET", "/api/v1/projects/"+x.code, nil).want(200, "").into(&now)
		for _, t := range now.OpenTasks {
			if t.Element == element {
				return t
			}
		}
		for _, t := range now.OpenTasks {
			x.act(t)
		}
	}
	x.t.Fatalf("no task %s: %s, open %+v\n%s", element, now.Stage, now.OpenTasks, x.log.String())
	return wire.NextTask{}
}

// refused does a task as who may, and gives what the rules say against it by rule.
func (x walk) refused(element, op string, in wire.OperationRequest) map[string][]wire.FieldError {
	x.t.Helper()
	who, detail := x.whoMay(x.until(element))
	var no wire.Problem
	x.operate(who, detail.TaskSummary, op, in).want(422, "checks-block").into(&no)
	out := map[string][]wire.FieldError{}
	for _, e := range no.Errors {
		if e.CheckFault == nil || e.Detail == "" || e.Satisfy == "" {
			x.t.Fatalf("%s is refused by no rule: %+v", element, e)
		}
		out[e.Rule] = append(out[e.Rule], e)
	}
	return out
}

func (x walk) done(element, op string, in wire.OperationRequest) {
	x.t.Helper()
	who, detail := x.whoMay(x.until(element))
	x.operate(who, detail.TaskSummary, op, in).want(200, "")
}

func conclusion(c string) wire.OperationRequest {
	return fills(fields{"conclusion": c, "summary": "见各位专家意见"})
}

// opine has every expert sign one opinion, and gives how many there were.
func (x walk) opine(score int, overall string) (n int) {
	x.t.Helper()
	scores := fields{}
	for _, k := range []string{"necessity", "feasibility", "reuse", "budget", "security"} {
		scores[k] = score
	}
	said := fills(fields{"scores": scores, "overall": overall, "comment": "见评分", "lineOpinions": []any{
		fields{"lineNo": 1, "amount": fmt.Sprintf("%d", 2_700_000+1000*score), "reason": "PRICE", "comment": "同类合同价低"},
	}})
	for x.until("p3_opinion"); ; n++ {
		var now wire.Project
		x.do(x.chief, "GET", "/api/v1/projects/"+x.code, nil).want(200, "").into(&now)
		i := slices.IndexFunc(now.OpenTasks, func(t wire.NextTask) bool { return t.Element == "p3_opinion" })
		if i < 0 {
			return n
		}
		who, detail := x.whoMay(now.OpenTasks[i])
		x.operate(who, detail.TaskSummary, "complete", said).want(200, "")
	}
}

// scores: the conclusion is bound to them (B04); a refusal goes to the head, who may have it reviewed again.
func (x walk) scores() {
	x.t.Helper()
	for range 7 { // all have stated that nothing is in their way before the first opinion
		x.act(x.until("p3_statement"))
	}
	if n := x.opine(10, "pass"); n != 7 {
		x.t.Fatalf("%d experts reviewed six million", n)
	}
	faults := func(c string) (all []string) {
		for rule, errors := range x.refused("p3_lead", "complete", conclusion(c)) {
			for _, e := range errors {
				all = append(all, rule+" "+fmt.Sprint(e.Values["fault"]))
			}
		}
		slices.Sort(all)
		return all
	}
	for c, want := range map[string]string{"pass": "B04 fail, B04 revise", "revise": "B04 fail"} {
		if got := strings.Join(faults(c), ", "); got != want {
			x.t.Errorf("10 of 100 and “%s”: %s, want %s", c, got, want)
		}
	}
	x.done("p3_lead", "complete", conclusion("fail"))
	x.done("p3_confirm", "return", wire.OperationRequest{Reason: "概算依据已补，请重新评审", Opinion: "请重新评审"})
	x.act(x.until("p3_pre"))
	for range 7 {
		x.act(x.until("p3_statement"))
	}
	x.opine(70, "revise")
	if got := faults("pass"); len(got) != 1 || got[0] != "B04 revise" {
		x.t.Errorf("70 of 100 and “pass”: %v", got)
	}
	x.done("p3_lead", "complete", conclusion("revise"))
}

// flatCut: a tenth off each line (B11), and what a cut for the price rests on.
func (x walk) flatCut() {
	x.t.Helper()
	sheet := func(basis string) wire.OperationRequest {
		return fills(fields{"lines": []any{
			fields{"lineNo": 1, "reviewed": "2808000", "reason": "PRICE", "basis": basis},
			fields{"lineNo": 2, "reviewed": "2592000", "reason": "PRICE", "basis": basis},
		}})
	}
	who, detail := x.whoMay(x.until("p4_sheet"))
	if detail.Sheet == nil || detail.Sheet.Lines[0].Suggested != "2770000.00" {
		x.t.Errorf("the experts' median is not beside the line: %+v", detail.Sheet)
	}
	var no wire.Problem
	x.operate(who, detail.TaskSummary, "complete", sheet("")).want(422, "invalid-data").into(&no)
	if len(no.Errors) != 2 || !strings.Contains(no.Errors[0].Detail, "比价依据") {
		x.t.Errorf("a cut for the price that rests on nothing: %+v", no.Errors)
	}
	x.done("p4_sheet", "complete", sheet("同类项目中位价"))

	b, cross := x.whoMay(x.until("p4_cross"))
	seen := x.checked(b, "sheet", x.code)
	if len(seen) != 1 || seen["B11"].State != "remind" || cross.CheckPoint != "sheet" {
		x.t.Errorf("before his own figures B reads %d rules, B11 %q at %q", len(seen), seen["B11"].State, cross.CheckPoint)
	}
	if raw, _ := json.Marshal(seen); strings.Contains(string(raw), "2808000") || strings.Contains(string(raw), "0.1") {
		x.t.Errorf("B reads A's figures: %s", raw)
	}
	own := func(comment string) wire.OperationRequest {
		return fills(fields{"lines": []any{
			fields{"lineNo": 1, "reviewed": "2808000", "comment": comment}, fields{"lineNo": 2, "reviewed": "2592000", "comment": comment},
		}})
	}
	x.operate(b, cross.TaskSummary, "complete", own("")).want(422, "invalid-data").into(&no)
	if len(no.Errors) != 2 || !strings.Contains(no.Errors[0].Detail, "逐行写明理由") {
		x.t.Errorf("B cuts by one ratio and says nothing: %+v", no.Errors)
	}
	x.done("p4_cross", "complete", own("供应商统一报价虚高约一成"))

	head, last := x.whoMay(x.until("p4_head"))
	if last.CheckPoint != "sheet" || x.checked(head, "sheet", x.code)["B11"].State != "remind" {
		x.t.Error("the head does not see that the cut is flat")
	}
	agree := wire.OperationRequest{Opinion: "同意"}
	if got := x.refused("p4_head", "agree", agree); len(got["B11"]) != 1 || fmt.Sprint(got["B11"][0].Values["have"]) != "2" {
		x.t.Errorf("a flat cut that nobody answered: %+v", got)
	}
	x.answerChecks(who, "sheet", x.code)
	x.done("p4_head", "agree", agree)
}

// level: five million and more go to the executive meeting, whose decision has minutes and a second person.
func (x walk) level() {
	x.t.Helper()
	for _, element := range []string{"p5_joint", "p5_leader", "p5_meeting"} {
		t := x.until(element)
		if element != "p5_meeting" {
			continue
		}
		who, detail := x.whoMay(t)
		x.operate(who, detail.TaskSummary, "complete", fills(fields{
			"meetingNo": "第9次", "meetingDate": "2099-05-01", "decision": "approve", "comment": "同意",
		})).want(422, "invalid-data")
		x.act(t)
	}
	x.pump()
	x.hook(event("walk-1", "budget.issued", x.code, strings.Replace(issued, "1000000.00", "5310000.00", 1))).want(202, "")
	x.must(x.town.link(nil).Receive(ctx()))
}

// method: what the amount does not allow needs an allowed reason with its evidence (C01).
func (x walk) method() {
	x.t.Helper()
	plan := func(more fields) wire.OperationRequest {
		pack := fields{
			"packageNo": "S1", "name": "停车平台", "category": "service", "mode": "MALL", "budget": "5310000.00",
			"limitPrice": "5310000.00", "lineNos": "1,2",
		}
		for k, v := range more {
			pack[k] = v
		}
		return fills(fields{"packages": []any{pack}})
	}
	faults := func(more fields) string {
		var all []string
		for rule := range x.refused("p6_plan", "complete", plan(more)) {
			all = append(all, rule)
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	for _, c := range []struct {
		why  string
		more fields
		want string
	}{
		{"the mall for five million", nil, "C01"},
		{"consultation for five million", fields{"mode": "CONSULT"}, "C01"},
		{"a reason without evidence", fields{"mode": "CONSULT", "reasonCode": "APPROVED"}, "C01"},
		{"a reason for another method", fields{"mode": "MALL", "reasonCode": "APPROVED", "evidence": []any{x.evidence()}}, "C01"},
		{"a single source that was not made public", fields{"mode": "SINGLE", "reasonCode": "SOLE", "evidence": []any{x.evidence()}}, "C07"},
		{
			"one that is public since today",
			fields{
				"mode": "SINGLE", "reasonCode": "SOLE", "evidence": []any{x.evidence()},
				"publicityFrom": "2026-11-24", "publicityTo": "2026-12-31",
			},
			"C07",
		},
	} {
		if got := faults(c.more); got != c.want {
			x.t.Errorf("%s: refused by %q, want %q", c.why, got, c.want)
		}
	}
	who, detail := x.whoMay(x.until("p6_plan"))
	for says, more := range map[string]fields{
		"超过":       {"mode": "TENDER", "budget": "5310000.01"},
		"面向中小企业预留": {"mode": "TENDER", "smeAmount": "5310000.01"},
		"没有废标记录":   {"mode": "CONSULT", "reasonCode": "FAILED", "evidence": []any{x.evidence()}},
		"公示止期":     {"mode": "SINGLE", "publicityFrom": "2026-11-24", "publicityTo": "2026-11-23"},
	} {
		var no wire.Problem
		x.operate(who, detail.TaskSummary, "complete", plan(more)).want(422, "invalid-data").into(&no)
		if len(no.Errors) != 1 || !strings.Contains(no.Errors[0].Detail, says) {
			x.t.Errorf("want %s: %+v", says, no.Errors)
		}
	}
	x.done("p6_plan", "complete", plan(fields{"mode": "TENDER", "smeAmount": "1592999.99"}))
	agree := wire.OperationRequest{Opinion: "与批复一致"}
	got := x.refused("p6_check", "agree", agree)
	if len(got) != 1 || len(got["C03"]) != 1 || !strings.Contains(got["C03"][0].Detail, "159.30") {
		x.t.Errorf("too little for small firms, and nobody says why: %+v", got)
	}
	if !strings.Contains(got["C03"][0].Detail, "159.30 万元") {
		x.t.Errorf("an amount as people write it: %s", got["C03"][0].Detail)
	}
	x.answerChecks(x.clerk, "procurement", x.code)
	x.done("p6_check", "agree", agree)
	var p wire.Project
	x.do(x.chief, "GET", "/api/v1/projects/"+x.code, nil).want(200, "").into(&p)
	if p.Stage != "PROCURING" {
		x.t.Errorf("in the end: %s", p.Stage)
	}
	x.published()
}

// published: the bureau buys in the mall what had to be put to tender, above the budget, from two who offered. Each
// word is kept; what does not hold is a breach that the purchaser hears of, and the contract is not drafted over it.
func (x walk) published() {
	x.t.Helper()
	section := x.code + "-S1"
	for i, e := range []struct{ kind, data string }{
		{"procurement.plan_filed", `{"plan_no":"CG-1","filed_at":"2026-11-24"}`},
		{"procurement.notice_published", `{"mode":"MALL","limit_price":"5310000.01","published_at":"2026-11-24"}`},
		{"procurement.opened", `{"bidder_count":2}`},
		{"procurement.awarded", `{"win_bid_price":"5310000.00","price_form":"总价","winner":{"name":"甲公司"},"notice_at":"2026-11-24"}`},
	} {
		data := strings.Replace(e.data, "{", `{"package_no":"S1","section_code":"`+section+`",`, 1)
		x.hook(event(fmt.Sprint("bad-", i), e.kind, x.code, data)).want(202, "")
		x.must(x.town.link(nil).Receive(ctx()))
		x.pump()
	}
	var p wire.Project
	x.do(x.clerk, "GET", "/api/v1/projects/"+x.code, nil).want(200, "").into(&p)
	var rules []string
	for _, b := range p.Breaches {
		if !strings.ContainsAny(b.Message, "包超过家") {
			x.t.Errorf("a breach says nothing: %+v", b)
		}
		rules = append(rules, b.Code)
	}
	if slices.Sort(rules); strings.Join(rules, " ") != "C01 C02 C14" {
		x.t.Errorf("breaches %v", rules)
	}
	var told wire.NotificationPage
	x.do(x.clerk, "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if n := slices.IndexFunc(told.Items, func(n wire.Notification) bool { return n.Kind == "rule-breach" }); n < 0 {
		x.t.Errorf("the purchaser hears of nothing: %+v", told.Items)
	} else if !strings.Contains(told.Items[n].Text, "531.00 万元") && !strings.Contains(told.Items[n].Text, "5,310,000.01 元") {
		x.t.Errorf("what he hears: %s", told.Items[n].Text)
	}
}
