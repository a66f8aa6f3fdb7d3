package commands_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/texts"
)

// A project's whole life through every command, with each stage's rules broken
// once before they are kept.
func TestWholeLife(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.draft()
		d.applied()
		d.accepted()
		d.reviewed()
		d.trimmed()
		d.approved()
		d.procured()
		d.contracted()
		d.built()
		d.acceptedFinally()
		d.paid()
		d.archived()
		d.told()
		d.papers()
	})
}

// told checks that what task pages and timelines show has texts, of a life with everything in it.
func (d *desk) told() {
	d.t.Helper()
	read := d.db.Read(context.Background())
	for about, most := range map[string]int{"review": 1, "sheet": 1, "approval": 1, "procurement": 4, "contract": 6, "construction": 3,
		"acceptance": 6, "payment": 3, "rectification": 0} {
		facts, err := books.Matter(read, d.project().Code, about)
		if err != nil || len(facts) < most {
			d.t.Errorf("%s: %v, %v", about, facts, err)
		}
		for _, f := range facts {
			if !texts.Has(f.Key) || f.Kind == "key" && !texts.Has(f.Value) {
				d.t.Errorf("%s: %+v has no text", about, f)
			}
		}
	}
	entries, err := books.Timeline(read, d.project().Code)
	if err != nil || len(entries) < 50 {
		d.t.Errorf("%d entries of the timeline, %v", len(entries), err)
	}
	for i, e := range entries {
		if !texts.Has(e.TitleKey) {
			d.t.Errorf("%s has no text", e.TitleKey)
		}
		if i > 0 && entries[i].At.After(entries[i-1].At) {
			d.t.Fatal("the timeline is not newest first")
		}
	}
	bar, err := books.StageBar(read, d.project())
	if err != nil || len(bar) != len(books.Life) || bar[len(bar)-1].State != "done" || bar[0].On != "2022-02-15" {
		d.t.Errorf("stage bar %+v, %v", bar, err)
	}
}

func (d *desk) applied() {
	r := d.run("APPLY_CLERK@DP18", "application.complete", "{}")
	d.want(r, "declaredTotal", "1320000.00")
	d.want(r, "lineCount", "3")
	d.want(r, "revisionNo", "1")
	d.system("application.submit")
	d.stage(books.Submitted)
	if got := d.totals().Declared.String(); got != "1320000.00" {
		d.t.Errorf("declared = %s", got)
	}
}

func (d *desk) accepted() {
	d.on = "2022-02-18"
	r := d.run("BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"supplement","supplementItems":[{"item":"等保方案","requirement":"补充"}]}`)
	d.want(r, "supplementRound", "1")
	d.stage(books.Supplementing)
	r = d.run("APPLY_CLERK@DP18", "formal.supplement", `{"answers":[{"item":"等保方案","text":"已补"}]}`)
	d.want(r, "revisionNo", "2")
	d.run("BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"accept","checklist":[{"code":"A","result":"pass"}]}`)
	r = d.system("formal.accept")
	d.want(r, "acceptNo", `"县数资受〔2022〕1号"`)
	d.want(r, "ruleVersion", `"DEMO-2022.4"`)
	d.stage(books.Accepted)
	if got := d.totals().Declared.String(); got != "1320000.00" {
		d.t.Errorf("declared after a revision without changes = %s", got)
	}
}

func (d *desk) reviewed() {
	d.on = "2022-03-04"
	d.run("BUREAU_REVIEW_A@DP34", "review.pre", `{"comment":"可行","findings":[{"lineNo":2,"kind":"DUP","text":"重复"}]}`)
	d.stage(books.InReview)
	d.keep(commands.Result{"expertCount": 3})
	r := d.run("DRAW_OPERATOR@DP34", "review.draw", `{"specialties":["software"]}`)
	drawn := r["experts"].([]string)
	if len(drawn) != 3 || r["expertLeader"] != drawn[0] {
		d.t.Fatalf("drew %v under %v", drawn, r["expertLeader"])
	}
	opinion := `{"scores":{"necessity":80,"feasibility":70,"reuse":60,"budget":50,"security":90},"lineOpinions":[{"lineNo":2,"amount":"%s","reason":"DUP"}],"overall":"revise","comment":"偏高"}`
	d.as(drawn[0], "review.statement", `{"conflict":true,"reason":"曾任职","confidential":true}`)
	for i, amount := range []string{"100000.00", "50000.00"} {
		d.as(drawn[i+1], "review.statement", `{"confidential":true}`)
		d.as(drawn[i+1], "review.opinion", fmt.Sprintf(opinion, amount))
	}
	r = d.system("review.tally")
	d.want(r, "expertsMissing", "1")
	r = d.run("DRAW_OPERATOR@DP34", "review.draw", `{}`)
	more := r["experts"].([]string)
	if len(more) != 1 || more[0] == drawn[0] || r["expertLeader"] != more[0] {
		d.t.Fatalf("drew %v under %v for %v", more, r["expertLeader"], drawn)
	}
	d.as(more[0], "review.statement", `{"confidential":true}`)
	d.as(more[0], "review.opinion", fmt.Sprintf(opinion, "200000.00"))
	r = d.system("review.tally")
	d.want(r, "expertsMissing", "0")
	d.want(r, "scoreAverage", "70")
	d.as(more[0], "review.conclude", `{"conclusion":"revise","summary":"修改后通过"}`)
	suggested, err := books.Suggestions(d.db.Read(context.Background()), d.project().Code)
	if err != nil || suggested[2].String() != "100000.00" {
		d.t.Errorf("median of line 2 = %s, %v", suggested[2], err)
	}
}

// as runs a command as a person without a post of the bureau.
func (d *desk) as(person, name, data string) {
	d.t.Helper()
	d.n++
	d.vars["expert"] = person
	defer delete(d.vars, "expert")
	a := models.Acting{
		Person: person, Post: "EXPERT@EX00", Posts: []string{"EXPERT@EX00"}, At: d.now, BusinessDate: d.on,
		Event: fmt.Sprintf("u:%s:%d", person, d.n),
	}
	if _, err := d.try(a, name, data); err != nil {
		d.t.Fatalf("%s as %s: %v", name, person, err)
	}
}

func (d *desk) trimmed() {
	d.on = "2022-03-15"
	sheet := `{"lines":[{"lineNo":1,"reviewed":"900000.00","reason":"PRICE","basis":"询价"},{"lineNo":2,"reviewed":"0.00","reason":"REUSE","capabilityId":"CAP-GIS"},{"lineNo":3,"reviewed":"20000.00"}]}`
	r := d.run("BUREAU_REVIEW_A@DP34", "trimming.save", sheet)
	d.want(r, "reviewedTotal", "920000.00")
	d.want(r, "cutRate", "30.3")
	d.want(r, "flatCut", "false")
	r = d.run("BUREAU_REVIEW_B@DP34", "trimming.cross", `{"lines":[{"lineNo":1,"reviewed":"800000.00"}]}`)
	d.want(r, "crossWithin", "false")
	d.want(r, "crossDiff", "0.111111")
	if got := d.refused("BUREAU_CHIEF@DP34", "trimming.arbitrate", `{"lines":[]}`); got != "invalid-data; /lines: disputed-missing" {
		d.t.Error(got)
	}
	d.run("BUREAU_CHIEF@DP34", "trimming.arbitrate", `{"lines":[{"lineNo":1,"reviewed":"850000.00","reason":"PRICE"}]}`)
	d.run("APPLY_CLERK@DP18", "trimming.reply", `{"answer":"object","objections":[{"lineNo":2,"text":"地图能力不足"}]}`)
	if got := d.refused("BUREAU_REVIEW_A@DP34", "trimming.answer",
		`{"replies":[]}`); got != "invalid-data; /replies: objection-unanswered" {
		d.t.Error(got)
	}
	r = d.run(
		"BUREAU_REVIEW_A@DP34", "trimming.answer", `{"replies":[{"lineNo":2,"outcome":"partly","reviewed":"50000.00","text":"部分采纳"}]}`,
	)
	d.want(r, "reviewedTotal", "920000.00")
	r = d.system("trimming.issue")
	d.want(r, "opinionNo", `"县数资意〔2022〕1号"`)
	d.want(r, "cutTotal", "400000.00")
	d.stage(books.Reviewed)
	v, err := books.CurrentSheet(d.db.Read(context.Background()), d.project().Code)
	if err != nil || v.Round != 4 || !v.Issued || v.Lines[1].Previous.String() != "0.00" || v.Lines[1].Objection.Outcome != "partly" ||
		v.ByReason[0].Reason != "REUSE" {
		d.t.Errorf("sheet = %+v, %v", v.Sheet, err)
	}
	// The section head sends it back, and the second sheet is issued by difference.
	d.run("BUREAU_REVIEW_A@DP34", "trimming.save", strings.Replace(sheet, `"900000.00"`, `"880000.00"`, 1))
	d.system("trimming.issue")
	if s := d.totals(); s.Reviewed.String() != "900000.00" || s.Cut.String() != "420000.00" {
		d.t.Errorf("reviewed %s, cut %s after the second issue", s.Reviewed, s.Cut)
	}
}

func (d *desk) approved() {
	d.on = "2022-03-29"
	d.headers = map[string]string{"stage": "APPROVING"}
	d.system("project.stage")
	d.run("OFFICE@DP34", "approval.meeting", `{"meetingNo":"第1次","meetingDate":"2022-03-28","decision":"approve"}`)
	d.keep(commands.Result{"conditions": []any{map[string]any{"text": "完成等级保护备案。", "dueOn": "2022-06-30"}, " "}})
	r := d.system("approval.issue")
	d.want(r, "approvalNo", `"县数资审〔2022〕1号"`)
	d.want(r, "approvedTotal", "900000.00")
	r = d.system("budget.state")
	d.want(r, "budgetState", `"NONE"`)
	d.fact("finance", "budget.rejected", "2022-04-01", `{"reason":"资金未落实"}`)
	d.want(d.system("budget.state"), "budgetState", `"REJECTED"`)
	d.run("BUREAU_CHIEF@DP34", "budget.fix", `{"decision":"resend","comment":"已落实"}`)
	d.headers = map[string]string{"event": "project.approved", "partner": "finance"}
	d.system("partner.send")
	d.system("partner.remind")
	d.want(d.system("budget.state"), "budgetState", `"NONE"`)
	out := d.fact("finance", "budget.issued", "2022-04-12", `{"bgt_id":"BGT-1","amount":"800000.00","doc_date":"2022-04-12"}`)
	if out.Message != "budget.issued" || out.Key != d.project().Code {
		d.t.Errorf("outcome %+v", out)
	}
	d.want(d.system("budget.state"), "budgetState", `"PARTIAL"`)
	d.stage(books.Budgeted)
}

func (d *desk) procured() {
	d.on = "2022-05-10"
	plan := `{"packages":[{"packageNo":"S1","name":"软件","category":"service","mode":"CONSULT","budget":"780000.00","limitPrice":"780000.00","lineNos":"1,2"},{"packageNo":"S2","name":"监理","category":"service","mode":"MALL","budget":"20000.00","limitPrice":"20000.00","lineNos":"3"}]}`
	r := d.run("APPLY_CLERK@DP18", "procurement.plan", plan)
	d.want(r, "planNo", `"CG-2022-001"`)
	d.want(r, "maxPackage", "780000.00")
	d.run("APPLY_CLERK@DP18", "procurement.plan", plan) // returned and planned again: the same attempt
	d.system("procurement.send")
	d.stage(books.Procuring)
	d.want(d.system("procurement.state"), "procurementState", `"PENDING"`)
	d.fact("procurement", "procurement.plan_filed", "2022-05-12", `{"plan_no":"CG-2022-001","filed_at":"2022-05-12"}`)
	d.want(d.system("procurement.state"), "procurementState", `"FILED"`)
	d.fact(
		"procurement", "procurement.failed", "2022-05-20",
		`{"package_no":"S1","section_code":"X-S1","reason_code":"<3家","at":"2022-05-20"}`,
	)
	d.want(d.system("procurement.state"), "procurementState", `"FAILED"`)
	d.stage(books.Budgeted)
	d.run("APPLY_LEADER@DP18", "procurement.failed", `{"decision":"retry","reason":"重新采购"}`)
	d.run("APPLY_CLERK@DP18", "procurement.plan", plan)
	d.system("procurement.send")
	d.want(d.system("procurement.state"), "procurementState", `"PENDING"`)
	// A late word about the first attempt changes nothing, and the order of the second does not matter.
	d.fact("procurement", "procurement.opened", "2022-05-19", `{"package_no":"S1","section_code":"X-S1","bidder_count":2}`)
	d.want(d.system("procurement.state"), "procurementState", `"PENDING"`)
	d.fact(
		"procurement", "procurement.awarded", "2022-06-10",
		`{"package_no":"S1","section_code":"X-S1-R2","win_bid_price":"760000.00","price_form":"总价","winner":{"name":"示例软件有限公司","uscc":"91341700MA00DEM00W"},"notice_at":"2022-06-10"}`,
	)
	d.fact(
		"procurement", "procurement.notice_published", "2022-06-01",
		`{"package_no":"S1","section_code":"X-S1-R2","published_at":"2022-06-01"}`,
	)
	r = d.system("procurement.state")
	d.want(r, "procurementState", `"AWARDED"`)
	d.want(r, "awardTotal", "760000.00")
	d.stage(books.Awarded)
}

func (d *desk) contracted() {
	d.on = "2022-07-01"
	terms := `"paymentTerms":[{"name":"合同生效","condition":"advance","ratio":30,"amount":"225000.00"},{"name":"初验合格","condition":"prelim","ratio":50,"amount":"375000.00"},{"name":"终验合格","condition":"final","ratio":"20","amount":"150000.00"}]`
	head := `{"contractNo":"yj－2022 HT—01","title":"建设合同","supplier":{"name":"示例软件有限公司","uscc":"91341700MA00DEM00W"},"warrantyMonths":24,`
	if got := d.refused("APPLY_CLERK@DP18", "contract.draft",
		head+`"amount":"760000.01",`+terms+`}`); got != "invalid-data; /amount: contract-above-award; /paymentTerms: terms-differ" {
		d.t.Error(got)
	}
	r := d.run("APPLY_CLERK@DP18", "contract.draft", head+`"amount":"750000.00",`+terms+`}`)
	d.want(r, "contractNo", `"YJ-2022HT-01"`)
	d.run("APPLY_CLERK@DP18", "contract.draft", head+`"amount":"750000.00",`+terms+`}`)
	d.run("APPLY_CLERK@DP18", "contract.sign", `{"signedOn":"2022-07-12"}`) // 32 days after the notice
	d.stage(books.Contracted)
	d.breaches("C10")
	d.headers = map[string]string{"rule": "C11"}
	d.system("clock.breach")
	d.breaches("C11", "C10")
	d.fact("procurement", "procurement.contract_published", "2022-07-14", `{"contract_no":"YJ-2022HT-01","at":"2022-07-14"}`)
	d.breaches("C10") // published in time, told late
	d.fact("procurement", "procurement.contract_filed", "2022-07-25", `{"contract_no":"YJ-2022HT-01","at":"2022-07-25"}`)
	d.breaches("C12", "C10")
	d.want(d.system("contract.mirror"), "signedOn", `"2022-07-12"`)
	r = d.run(
		"APPLY_CLERK@DP18", "contract.milestones",
		`{"milestones":[{"no":1,"name":"开工","planDate":"2022-08-01"},{"no":2,"name":"上线","planDate":"2022-12-20"}],"payments":[{"term":"合同生效","ratio":30,"milestoneNo":1},{"term":"初验合格","ratio":50},{"term":"终验合格","ratio":20}]}`,
	)
	d.want(r, "supplierOrg", `"SU01"`)
	if got := d.totals().Contracted.String(); got != "750000.00" {
		d.t.Errorf("contracted = %s", got)
	}
}

func (d *desk) breaches(want ...string) {
	d.t.Helper()
	bs, err := books.Breaches(d.db.Read(context.Background()), d.project().Code)
	if err != nil {
		d.t.Fatal(err)
	}
	var got []string
	for _, b := range bs {
		got = append(got, b.Rule)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Errorf("breaches %v, want %v", got, want)
	}
}

func (d *desk) built() {
	d.on = "2022-08-01"
	d.run("SUPPLIER_PM@SU01", "construction.kickoff", `{"startedOn":"2022-08-01","team":[{"name":"项目经理","role":"经理"}]}`)
	d.stage(books.Building)
	d.keep(commands.Result{"milestone": map[string]any{"no": 1, "name": "开工"}})
	if got := d.refused("SUPPLIER_PM@SU01", "payment.request",
		`{"term":"合同生效","amount":"225000.00","invoiceNo":"F1","payee":"示例软件有限公司"}`); got != "invalid-data; /term: term-not-due" {
		d.t.Error(got)
	}
	for no := 1; no <= 2; no++ {
		d.keep(commands.Result{"milestone": map[string]any{"no": no}})
		d.run("SUPPLIER_PM@SU01", "progress.report", `{"percent":60,"period":"2022-08"}`)
		if got := d.refused("SUPPLIER_PM@SU01", "progress.report",
			`{"percent":50,"period":"2022-09"}`); got != "invalid-data; /percent: progress-back-without-reason" {
			d.t.Error(got)
		}
		d.system("progress.done")
	}
}

func (d *desk) acceptedFinally() {
	d.headers = map[string]string{"kind": "PRELIM"}
	r := d.system("acceptance.facts")
	d.want(r, "milestonesOpen", "0")
	d.want(r, "mlpsMissing", "true")
	d.run("APPLY_CLERK@DP18", "acceptance.prepare", `{"materials":[{"code":"mlps"}]}`)
	d.want(d.system("acceptance.facts"), "mlpsMissing", "false")
	group := `"group":[{"name":"甲","org":"A"},{"name":"乙","org":"B"},{"name":"丙","org":"C"}]`
	if got := d.refused("APPLY_CLERK@DP18", "acceptance.record",
		`{"group":[],"conclusion":"pass","date":"2022-12-22","items":[{"clause":"性能","result":"fail"}]}`); got != "invalid-data; /group: group-not-odd; /items/0/result: failed-item-accepted" {
		d.t.Error(got)
	}
	d.on = "2022-12-22"
	r = d.run(
		"APPLY_CLERK@DP18", "acceptance.record",
		`{`+group+`,"items":[{"clause":"性能","result":"fail"}],"conclusion":"fail","date":"2022-12-22"}`,
	)
	d.want(r, "failureTitle", `"示例平台 初验问题：性能"`)
	d.want(r, "trialEnds", "null")
	d.rectified()
	r = d.run(
		"APPLY_CLERK@DP18", "acceptance.record",
		`{`+group+`,"items":[{"clause":"性能","result":"pass"}],"conclusion":"conditional","date":"2022-12-30","trialEnds":"2023-01-15"}`,
	)
	d.want(r, "trialEnds", `"2023-01-15"`)
	d.stage(books.PrelimPassed)
	d.breaches("D07", "C12", "C10")
	d.headers = map[string]string{"kind": "FINAL"}
	d.want(d.system("acceptance.facts"), "materialsMissing", "9")
	var list []string
	for _, code := range []string{"summary", "user", "supervision", "settlement", "audit", "test", "sharing", "archive", "assets"} {
		list = append(list, `{"code":"`+code+`"}`)
	}
	d.run("APPLY_CLERK@DP18", "acceptance.materials", `{"materials":[`+strings.Join(list, ",")+`]}`)
	d.want(d.system("acceptance.facts"), "materialsMissing", "0")
	d.on = "2023-02-01"
	d.run("APPLY_CLERK@DP18", "acceptance.record", `{`+group+`,"items":[],"conclusion":"pass","date":"2023-02-01","availability":"99.9"}`)
	d.stage(books.FinalPassed)
}

func (d *desk) rectified() {
	d.vars["issueNo"], d.vars["source"], d.vars["title"], d.vars["ownerDept"] = nil, "acceptance", d.vars["failureTitle"], "DP18"
	r := d.system("rectification.open")
	d.want(r, "issueNo", `"ZG-2022-001"`)
	d.want(r, "rectDays", "10")
	r = d.run("BUREAU_CHIEF@DP34", "rectification.dispatch", `{"ownerDept":"DP18","severity":"A"}`)
	d.want(r, "rectDays", "3")
	d.run("RECT_OWNER@DP18", "rectification.analyse", `{"rootCause":"SYS","why":"连接池过小"}`)
	d.run("RECT_OWNER@DP18", "rectification.plan", `{"measures":[{"text":"扩容","owner":"甲","due":"2022-12-26"}]}`)
	d.headers = map[string]string{"kind": "PRELIM"}
	d.want(d.system("acceptance.facts"), "blockersOpen", "1")
	for _, result := range []string{"fail", "refer", "pass"} {
		if result == "pass" {
			d.run("BUREAU_CHIEF@DP34", "rectification.refer", `{"toOrg":"市局","letterNo":"函1","contact":"丁","workaround":"限流"}`)
			d.run("RECT_OWNER@DP18", "rectification.reply", `{"reply":"已扩容","repliedOn":"2022-12-28"}`)
		} else {
			d.run("RECT_OWNER@DP18", "rectification.evidence", `{"comment":"已扩容","materialsCut":1,"daysCut":"2.5"}`)
		}
		if got := d.refused("RECT_OWNER@DP18", "rectification.verify",
			`{"result":"pass","method":"site","comment":"好"}`); got != "verifier-not-independent" {
			d.t.Error(got)
		}
		r = d.run("RECT_VERIFIER@DP34", "rectification.verify", `{"result":"`+result+`","method":"site","comment":"查看"}`)
	}
	d.want(r, "returnCount", "1")
	d.want(r, "rectState", `"CLOSED"`)
	d.headers = map[string]string{"kind": "PRELIM"}
	d.want(d.system("acceptance.facts"), "blockersOpen", "0")
	history, err := books.RectificationHistory(d.db.Read(context.Background()), "ZG-2022-001")
	if err != nil || len(history) != 12 {
		d.t.Errorf("%d lines of history, %v", len(history), err)
	}
}

func (d *desk) paid() {
	request := func(term, amount, invoice string) string {
		return `{"term":"` + term + `","amount":"` + amount + `","invoiceNo":"` + invoice + `","payee":"示例软件有限公司"}`
	}
	d.want(d.system("payment.state"), "paymentState", `"DUE"`)
	d.want(d.system("payment.state"), "paymentTerm", `"合同生效"`)
	if got := d.refused("SUPPLIER_PM@SU01", "payment.request",
		`{"term":"x","amount":"750000.01","invoiceNo":"F1","payee":"别家"}`); got != "invalid-data; /amount: payment-above-contract; /payee: payee-not-supplier; /term: term-unknown" {
		d.t.Error(got)
	}
	d.run("SUPPLIER_PM@SU01", "payment.request", request("合同生效", "225000.00", "F1"))
	d.run("SUPPLIER_PM@SU01", "payment.request", request("合同生效", "225000.00", "F1")) // returned: replaced
	d.system("payment.send")
	d.want(d.system("payment.state"), "paymentState", `"PENDING"`)
	if got := d.refused("SUPPLIER_PM@SU01", "payment.request", request("初验合格", "525000.01",
		"F1")); got != "invalid-data; /amount: payment-above-contract; /invoiceNo: invoice-used" {
		d.t.Error(got)
	}
	// Paid before applied, twice told: once in the books.
	for range 2 {
		d.fact(
			"finance", "payment.paid", "2023-02-10",
			`{"pay_cert_no":"ZF1","pay_app_no":"SQ1","xpay_amt":"225000.00","xpay_date":"2023-02-10"}`,
		)
	}
	d.fact("finance", "payment.applied", "2023-02-09", `{"pay_app_no":"SQ1","pay_app_amt":"225000.00","create_date":"2023-02-09"}`)
	d.want(d.system("payment.state"), "paymentState", `"DUE"`)
	d.want(d.system("payment.state"), "remainingTotal", "525000.00")
	d.fact("finance", "payment.refunded", "2023-02-11", `{"pay_cert_no":"ZF1","refund_no":"TK1","amount":"5000.00","date":"2023-02-11"}`)
	d.want(d.system("payment.state"), "paymentState", `"PARTIAL"`)
	d.fact(
		"finance", "payment.paid", "2023-02-12", `{"pay_cert_no":"ZF2","pay_app_no":"SQ1","xpay_amt":"5000.00","xpay_date":"2023-02-12"}`,
	)
	d.run("SUPPLIER_PM@SU01", "payment.request", request("初验合格", "375000.00", "F2"))
	d.system("payment.send")
	d.fact("finance", "payment.rejected", "2023-02-13", `{"pay_app_no":"SQ2","request_no":"FK-2023-003"}`)
	d.want(d.system("payment.state"), "paymentState", `"DUE"`)
	d.run("SUPPLIER_PM@SU01", "payment.request", request("初验合格", "525000.00", "F2"))
	d.system("payment.send")
	d.fact(
		"finance", "payment.paid", "2023-02-14",
		`{"pay_cert_no":"ZF3","pay_app_no":"SQ3","request_no":"FK-2023-004","xpay_amt":"525000.00","xpay_date":"2023-02-14"}`,
	)
	d.want(d.system("payment.state"), "paymentState", `"PAID"`)
}

func (d *desk) archived() {
	d.run("ARCHIVIST@DP34", "archive.collect", `{"items":[{"stage":"P8","category":"监理","title":"监理月报","date":"2022-10-01"}]}`)
	r := d.system("archive.detect")
	d.want(r, "archiveOk", "false")
	d.run(
		"APPLY_CLERK@DP18", "archive.fix",
		`{"comment":"补文号","items":[{"stage":"P8","category":"监理","title":"监理月报","docNo":"JL-1","date":"2022-10-01"}]}`,
	)
	d.want(d.system("archive.detect"), "archiveOk", "true")
	d.system("archive.package")
	d.stage(books.Archived)
}
