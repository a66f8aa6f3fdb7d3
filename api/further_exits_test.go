package api_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/seed"
)

// part is a part of a life that runs by itself, on the project of c.
func (c *changes) part(id string, more fields) walk {
	c.t.Helper()
	v := fields{"projectCode": c.code, "deptId": "DP18", "packageNo": "S1", "supplierOrg": "SU01", "supervisorOrg": "SV01"}
	for k, x := range more {
		v[k] = x
	}
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: c.clock().UTC(), BusinessDate: models.DateOf(c.clock())}
		_, _, err := process.Begin(tx, a, process.Beginning{
			Process: id, BusinessKey: c.code, Project: c.code, Dept: "DP18", Acting: a, Variables: models.JSONOf(v),
		})
		return err
	}))
	c.pump()
	of := seed.Project{Name: "平台", Dept: "DP18", Lines: []seed.Line{{Reviewed: decimal.NewFromInt(2_000_000)}}}
	return walk{&player{town: c.town, code: c.code, of: of, foreseen: map[string]bool{}, does: map[string][]string{}}}
}

// later lets days pass; what is due then is done.
func (x walk) later(months, days int) {
	x.t.Helper()
	x.now = x.now.AddDate(0, months, days)
	clear(x.tokens)
	x.timers()
	x.pump()
}

// open are the open tasks of all cases, also of those that no page of a project shows.
func (x walk) open() (out []wire.NextTask) {
	x.t.Helper()
	tx := x.db.Read(ctx())
	var tasks []process.Task
	x.must(tx.Where("project = ? AND state = ?", x.code, process.TaskOpen).Order("key").Find(&tasks).Error)
	holders, err := process.CandidatesOf(tx, tasks)
	x.must(err)
	for _, t := range tasks {
		n := wire.NextTask{Key: strconv.FormatInt(t.Key, 10), Element: t.Element}
		for _, id := range holders[t.Key] {
			n.Holders = append(n.Holders, wire.PersonRef{ID: id})
		}
		out = append(out, n)
	}
	return out
}

// comes plays the script until a task of an element is open, and does it, when there is something to do it with.
func (x walk) comes(element, op string, data fields) {
	x.t.Helper()
	for range 10 {
		open := x.open()
		if i := slices.IndexFunc(open, func(t wire.NextTask) bool { return t.Element == element }); i >= 0 {
			if op == "" {
				return
			}
			who, detail := x.whoMay(open[i])
			x.operate(who, detail.TaskSummary, op, fills(data)).want(200, "")
			x.pump()
			return
		}
		for _, t := range open {
			x.act(t)
		}
		x.pump()
	}
	x.t.Fatalf("no task %s: open %+v\n%s", element, x.open(), x.log.String()+x.dump("partner_inbox")+x.dump("proc_package")+x.dump("incident"))
}

// arrived fails unless cases came to all of these ends.
func (w *town) arrived(ends ...string) {
	w.t.Helper()
	for _, end := range ends {
		if !w.came(end) {
			w.t.Errorf("nothing came to %s\n%s", end, w.log.String()+w.dump("incident"))
		}
	}
}

// TestContractsAreToldLate: a signed contract that nobody publishes for two working days, and nobody files for seven,
// is recorded the day after each, and not on the day itself.
func TestContractsAreToldLate(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(false)
	x := c.part("qc_p7_contract", nil)
	who, draft := x.whoMay(x.open()[0])
	_, in, _ := x.answer(draft)
	in.Data["supplier"] = fields{"name": "甲公司", "uscc": "91350100M000100Y43"}
	c.operate(who, draft.TaskSummary, "complete", in).want(200, "")
	x.comes("p7_sign", "", nil)
	c.tells(c.code, [2]string{"procurement.contract_signed", fmt.Sprintf(
		`{"contract_no":"HT-951","section_code":"%s-S1","amount":"1000000.00","signed_on":"2026-11-24","supplier":{"name":"甲公司"}}`, c.code)})
	c.pump()
	x.comes("p7_milestones", "", nil) // Tuesday, 24 November
	for _, at := range []struct {
		days  int
		rules string
	}{{2, ""}, {1, "C11"}, {6, "C11"}, {1, "C11 C12"}} { // the 26th, the 27th, 3 December, the 4th
		x.later(0, at.days)
		if got := c.broken(c.code); got != at.rules {
			t.Errorf("on %s: %q, want %q", models.DateOf(c.clock()), got, at.rules)
		}
	}
	c.arrived("qc_p7_contract/p7_published_warned", "qc_p7_contract/p7_filed_warned")
}

// TestAMonthBehind: a month after a milestone was due the supervisor reports, and the bureau decides what is to be done.
func TestAMonthBehind(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(true)
	c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Create(&books.Milestone{Project: c.code, No: 1, Name: "上线", PlanDate: "2026-11-25", Package: "S1"}).Error
	}))
	x := c.part("qc_p8_construction", fields{"contractNo": "HT-951", "milestones": []any{fields{"no": 1, "name": "上线"}}})
	x.later(1, 1)
	month := string(models.DateOf(c.clock()))[:7]
	x.comes("p8_monthly", "complete", fields{
		"month": month, "progress": "接口未完成，滞后一个月", "quality": "可控", "document": []any{x.evidence()},
		"onSite": []any{fields{"on": month + "-02", "place": "政务云机房", "document": []any{x.evidence()}}},
	})
	x.comes("p8_delay", "complete", fields{"decision": "rectify", "comment": "连续滞后，限期一个月追赶"})
	c.arrived("qc_p8_construction/p8_month_reported", "qc_p8_construction/p8_delay_decided")
	var found wire.RectificationPage
	c.do(c.chief, "GET", "/api/v1/projects/"+c.code+"/rectifications", nil).want(200, "").into(&found)
	if len(found.Items) != 1 {
		t.Errorf("what the delay came to: %+v", found.Items)
	}
}

// TestAProjectIsDrawn: a spot check ends when each of the inspectors has been there.
func TestAProjectIsDrawn(t *testing.T) {
	c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
	c.bought(true)
	var drawn wire.InspectionList
	c.do(c.chief, "POST", "/api/v1/inspections", wire.InspectionInput{Size: 1, Reason: "四季度双随机抽查"}).want(201, "").into(&drawn)
	c.pump()
	for i, who := range drawn.Items[0].Inspectors {
		if c.came("qc_inspection/pi_closed") {
			t.Fatalf("over before inspector %d was there", i)
		}
		photo := walk{&player{town: c.town, code: c.code}}.evidence()
		c.does(who.ID, "p8_inspect", "complete", fields{
			"date": "2026-11-24", "place": "机房", "result": "pass", "issues": []any{}, "photos": []any{photo}, "comment": "现场与填报一致",
		})
	}
	c.arrived("qc_inspection/pi_visit_done", "qc_inspection/pi_closed")
}

// TestAPackageIsGivenUp: the award of a further package is lost, and nobody buys it again; or its project ends.
func TestAPackageIsGivenUp(t *testing.T) {
	t.Run("not bought", func(t *testing.T) {
		c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
		c.bought(false)
		x := c.part(books.PackageProcess, fields{"packageBeside": "yes"})
		x.comes("p7_draft", "", nil)
		lost := fmt.Sprintf(`{"package_no":"S1","section_code":"%s-S1","reason_code":"中标无效","at":"2026-11-24"}`, c.code)
		c.tells(c.code, [2]string{"procurement.failed", lost})
		c.pump()
		x.comes("p6_check", "agree", nil)
		for _, e := range [][2]string{
			{"procurement.plan_filed", `{"plan_no":"CG-2","filed_at":"2026-11-24"}`}, {"procurement.failed", strings.Replace(lost, "-S1", "-S1-2", 1)},
		} {
			c.tells(c.code, e)
			c.pump()
		}
		x.comes("p6_failed", "complete", fields{"decision": "stop", "reason": "任务取消，本标段不再采购"})
		c.arrived("qc_package/pk_unbought")
	})
	t.Run("ended", func(t *testing.T) {
		c := &changes{town: newTown(t, modelstest.Open(t, modelstest.SQLite(t))), code: "XM-2026-951"}
		c.bought(false)
		x := c.part(books.PackageProcess, fields{"packageBeside": "yes"})
		x.comes("p7_draft", "", nil)
		c.must(c.db.Tx(ctx(), func(tx *gorm.DB) error {
			return process.SendMessage(tx, models.Acting{Person: models.System, At: c.clock().UTC()}, "close-951", "package.close", c.code+"/S1", nil)
		}))
		c.pump()
		c.arrived("qc_package/pk_closed")
	})
}

// TestACampaignRunsOut: a bulletin each week, and when the days are over what was not walked stays so.
func TestACampaignRunsOut(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	unit, _, coordinator := hallOf(t)
	var c wire.Campaign
	w.do("he-zhengwu", "POST", "/api/v1/campaigns", wire.CampaignInput{
		Name: "局长走流程", StartsOn: "2026-11-02", EndsOn: "2026-12-04", Units: []string{unit},
	}).want(201, "").into(&c)
	w.pump()
	x := walk{&player{town: w}}
	x.later(0, 7)
	w.arrived("qc_w1_campaign/w1_week_told")
	x.later(0, 4)
	w.operate("he-zhengwu", w.taskOf("he-zhengwu", "w1_summary"), "complete", fills(fields{"summary": "到期，一家单位未走完"})).want(200, "")
	w.pump()
	w.arrived("qc_w1_campaign/w1_closed", "qc_w1_unit/w1u_over_end")
	var page wire.TaskPage
	w.do(coordinator, "GET", "/api/v1/tasks?scope=claimable", nil).want(200, "").into(&page)
	if len(page.Items) > 0 {
		t.Errorf("the campaign is over, and open is %+v", page.Items)
	}
}

// TestAQuestionIsAnsweredLater: the head of the window answers what the window could not.
func TestAQuestionIsAnsweredLater(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	at := hallPeople(t)
	var q wire.StuckReport
	w.do(at["WINDOW@DP05"], "POST", "/api/v1/stuck-cases", wire.StuckInput{Category: "question", Item: "公积金怎么提取"}).want(201, "").into(&q)
	w.pump()
	head := at["WINDOW_HEAD@DP34"]
	w.operate(head, w.taskOf(head, "w2_answer"), "complete", fills(fields{"reply": "带身份证到 3 号窗口"})).want(200, "")
	w.arrived("qc_w2_stuck/w2_consulted")
}

// TestAReturnIsDecidedOtherwise: the pre-check refuses what it had sent back; nobody revises it any more.
func TestAReturnIsDecidedOtherwise(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.do(planHead, "POST", "/api/v1/plans", fields{
		"fiscalYear": 2027, "opensOn": string(models.DateOf(w.clock())), "closesOn": "2026-12-31", "control": "3000000.00",
		"units": []any{"DP05"}, "contact": "项目科",
	}).want(201, "")
	w.pump()
	const base = "/api/v1/plans/2027/entries"
	var e wire.PoolEntry
	w.do("lu-ting", "POST", base, fields{"form": poolForm("治安视频共享平台", "2100000.00", nil)}).want(200, "").into(&e)
	w.operate("lu-ting", w.taskOf("lu-ting", "p0u_fill"), "complete", data("answer", "entries")).want(200, "")
	w.operate("shen-tudi", w.taskOf("shen-tudi", "p0u_sign"), "agree", wire.OperationRequest{}).want(200, "")
	w.do(planHead, "POST", "/api/v1/plans/2027/close", nil).want(200, "")
	w.pump()
	w.do(planReviewer, "POST", base+"/"+e.ID+"/decide", fields{"decision": "return", "reason": "内容不清，请写明用户与数量"}).want(200, "")
	w.pump()
	w.taskOf("lu-ting", "p0r_revise")
	w.do(planReviewer, "POST", base+"/"+e.ID+"/decide", fields{"decision": "reject", "reason": "市局已统建，不再单独建设"}).want(200, "")
	w.pump()
	w.arrived("qc_p0_return/p0r_over_end")
	for _, scope := range []string{"mine", "claimable"} {
		var page wire.TaskPage
		if w.do("lu-ting", "GET", "/api/v1/tasks?scope="+scope, nil).want(200, "").into(&page); strings.Contains(fmt.Sprint(page.Items), "p0r_revise") {
			t.Errorf("there is still something to revise: %+v", page.Items)
		}
	}
}
