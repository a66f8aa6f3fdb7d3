package seed

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

//go:embed county.json
var countyJSON []byte

// totals of 2022's first half-year, by unit and month; what is behind them is made up by Example.
type totals struct {
	Units []struct {
		Unit                                                      string
		Planned, Walked, Issues, Referred, Materials, Steps, Days int // days in tenths
	}
	Windows       map[string][2]int // handled, calls
	OffDuty       []string
	Consultations []int
	Groups        []int
}

// Example is the shipped data set, row by row: the ten projects, and the county's
// half-year beside them (domain/data-model.md §6).
func Example() (Data, error) {
	var c totals
	if err := json.Unmarshal(countyJSON, &c); err != nil {
		return Data{}, fmt.Errorf("seed: county.json: %w", err)
	}
	projects, err := Projects()
	if err != nil {
		return Data{}, err
	}
	d := Data{Projects: projects, Campaign: &Campaign{
		Name: "局长走流程（2022年）", StartsOn: "2022-04-18", EndsOn: "2022-09-30", Goal: "各单位主要负责人以群众或企业身份走一遍事项，找堵点、促整改",
	}}
	issue := 0
	for _, u := range c.Units {
		days := workdays("2022-04-18", "2022-06-10")
		list := CampaignUnit{Unit: u.Unit}
		for n := range u.Planned {
			i := item(len(d.Items), u.Unit, n)
			d.Items, list.Items = append(d.Items, i), append(list.Items, i.Code)
			if n >= u.Walked {
				continue
			}
			w := Walk{
				Item: i.Code, On: days[n*len(days)/u.Walked], Role: []string{"群众", "企业"}[n%2],
				Channel: []string{"window", "online", "window", "app"}[n%4],
			}
			if n < u.Issues {
				w.Issues = []Issue{madeUp(issue, n, u.Issues-u.Referred, u.Materials, u.Steps, u.Days, i.Name, w.On)}
				issue++
			}
			d.Walks = append(d.Walks, w)
		}
		d.Campaign.Units = append(d.Campaign.Units, list)
	}
	slices.SortStableFunc(d.Walks, func(a, b Walk) int { return compare(a.On, b.On) })
	d.Entries, d.Stuck = c.entries(), c.stuck()
	return d, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// licences are the items that the shares count: 340 with 6,800 legal and 340 promised days, 320 of them instant.
const licences = 340

// item is the k-th of all, and the n-th of its unit.
func item(k int, unit string, n int) Item {
	i := Item{
		Code: fmt.Sprintf(
			"%s-%03d", unit, n+1,
		), Name: fmt.Sprintf("%s（第%d项）", subjects[k%len(subjects)], n+1), Unit: unit, Kind: "公共服务", LegalDays: 10, PromisedDays: 5,
		Materials: []string{"申请表", "身份证明"}, Steps: []string{"受理", "办结"}, ValidFrom: "2022-01-01",
	}
	if k >= licences {
		return i
	}
	i.Kind, i.LegalDays, i.PromisedDays, i.Instant = "行政许可", 20, 0, true
	switch {
	case k < 313:
	case k < 319:
		i.LegalDays = 25
	case k == 319:
		i.LegalDays = 24
	case k < 337:
		i.LegalDays, i.PromisedDays, i.Instant = 18, 18, false
	default:
		i.PromisedDays, i.Instant = []int{12, 12, 10}[k-337], false
	}
	return i
}

var subjects = []string{"许可证核发", "许可证变更", "许可证延续", "许可证注销", "登记备案", "资格认定", "补贴申领", "信息查询"}

// madeUp is the n-th issue of a unit, whose verified reductions are shared out
// among those that are closed; the last ones are referred up. A few are sent back
// by the check, some come again, and two units close theirs with the same words.
func madeUp(k, n, closed, materials, steps, days int, name, found string) Issue {
	i := Issue{
		Title: fmt.Sprintf("%s：%s", name, troubles[k%len(troubles)]), Kind: []string{"MAT", "PROC", "TIME", "INFO", "WIN"}[k%5],
		ClosedOn: after(found, 14),
	}
	if n >= closed {
		i.Becomes, i.Kind, i.Title = referredIssue, "SUPER", name+"：省市统建系统不支持在线核验，只能线下重复提交"
		return i
	}
	i.Becomes, i.Materials, i.Steps = closedIssue, share(materials, closed, n), share(steps, closed, n)
	if tenths := share(days, closed, n); tenths > 0 {
		i.Days = decimal.New(int64(tenths), -1).String()
	}
	i.Closing = fmt.Sprintf("%s已修订办事指南，窗口与网上同步调整，抽查第%d号办件确认", name, k+1)
	if unit := k % 26; unit == 7 || unit == 8 {
		i.Closing = "已按要求整改到位，今后将加强管理"
	}
	if k%40 == 11 {
		i.Returns = 1
	}
	if k == 60 || k == 120 || k == 180 { // the same trouble comes again
		i.Title = "许可证核发：窗口再次要求提交复印件"
	}
	return i
}

var troubles = []string{"指南未列的材料窗口也要", "同一信息重复填报", "办理进度查不到", "指南与实际环节不一致", "窗口中午无人值守", "表格样本缺失", "办结时限没有告知"}

// share is the n-th of parts whole numbers that make the total.
func share(total, parts, n int) int { return total*(n+1)/parts - total*n/parts }

// stuck is what came to the windows: 25 consultations, and two cases that were resolved.
func (c totals) stuck() (out []Brought) {
	windows := []string{"DP02", "DP03", "DP04", "DP05", "DP06", "DP07"}
	for month, count := range c.Consultations {
		for n := range count {
			no := len(out) + 1
			out = append(out, Brought{
				No: fmt.Sprintf("BBC-2022-%03d", no), On: fmt.Sprintf("2022-%02d-%02d", month+1, 5+3*n), Window: windows[no%len(windows)],
				Category: "question", Item: subjects[no%len(subjects)], Visits: n%3 + 1, Answer: "当场解答，并给了办事指南",
			})
		}
	}
	return append(
		out,
		Brought{
			No: "BBC-2022-S1", On: "2022-03-14", Window: "DP05", Category: "notAccepted", Item: "遗产继承的不动产转移登记", Visits: 3,
			Unit: "DP05", Person: "示例群众甲", Phone: "13800000001", Reason: "材料齐全，窗口仍要另开一份证明，已跑三趟",
			Difficulty: "complex", Joint: []string{"DP02"}, RepliedOn: "2022-03-18", Outcome: "resolved", ClosedOn: "2022-03-22",
			Callback: "satisfied", Reply: "您的公证书就够，不需另开证明。请带身份证和公证书到不动产 2 号窗口，当天受理。",
		},
		Brought{
			No: "BBC-2022-S2", On: "2022-05-09", Window: "DP03", Category: "overdue", Item: "社会保险关系转移接续", Visits: 3,
			Unit: "DP03", Person: "示例群众乙", Phone: "13800000002", Reason: "转移申请超过承诺时限一个月没有结果",
			Difficulty: "simple", RepliedOn: "2022-05-13", Outcome: "resolved", ClosedOn: "2022-05-17",
			Callback: "satisfied", Reply: "您的转移已经办结，请持社保卡到人社窗口打印缴费凭证。",
		},
	)
}

// entries are the registers' rows.
func (c totals) entries() (out []EntryOfBook) {
	add := func(register, on string, fields map[string]any) {
		out = append(out, EntryOfBook{Register: register, On: on, Fields: fields})
	}
	for _, w := range slices.Sorted(maps.Keys(c.Windows)) {
		for n, on := range c.OffDuty {
			add(
				"duty", on,
				fields{
					"window": w, "date": on, "staff": "值班员" + []string{"甲", "乙", "丙"}[n%3],
					"handled": share(c.Windows[w][0], len(c.OffDuty), n), "calls": share(c.Windows[w][1], len(c.OffDuty), n),
				},
			)
		}
	}
	for n := range 58 {
		add(
			"licences", "2022-01-04",
			fields{
				"code": fmt.Sprintf("ZZ-%03d", n+1), "name": fmt.Sprintf("电子证照第%d种", n+1),
				"unit": fmt.Sprintf("DP%02d", n%26+1), "national": n < 45, "date": "2022-01-04",
			},
		)
	}
	for n := range 12 {
		on := fmt.Sprintf("2022-%02d-%02d", n/2+1, 10+n%2*8)
		add(
			"business_desk", on,
			fields{
				"date": on, "enterprise": fmt.Sprintf("示例企业第%d家", n+1), "kind": "咨询", "demand": "惠企政策与办理流程",
				"answer": "已答复", "answeredOn": on,
			},
		)
	}
	for n := range 32 {
		f := fields{
			"batch": 1, "unit": fmt.Sprintf("DP%02d", n+1), "date": "2022-02-15", "status": "DONE",
			"doneOn": "2022-05-31", "version": "V0.5", "resources": 6 + n,
		}
		if n >= 12 {
			f = fields{"batch": 2, "unit": fmt.Sprintf("DP%02d", n+1), "date": "2022-06-10", "status": "STARTED"}
		}
		add("collection", f["date"].(string), f)
	}
	add(
		"catalogue", "2022-05-31",
		fields{"version": "V0.5", "date": "2022-05-31", "status": "PUBLISHED", "units": 12, "summary": "第一批 12 家单位的数据资源"},
	)
	add("promotion_out", "2022-03-10", fields{"trip": "2022-1", "date": "2022-03-10", "until": "2022-03-11", "project": "数字茶厂（茶园）"})
	add("promotion_out", "2022-05-24", fields{"trip": "2022-2", "date": "2022-05-24", "until": "2022-05-26", "project": "容灾数据中心"})
	no := 0
	for month, count := range c.Groups {
		for n := range count {
			no++
			on := fmt.Sprintf("2022-%02d-%02d", month+1, 8+6*n)
			add("promotion_in", on, fields{"group": fmt.Sprintf("2022-%02d", no), "date": on, "company": fmt.Sprintf("来访企业第%d批", no)})
		}
	}
	for n, v := range []string{"城关镇", "东乡", "西乡", "南镇", "北镇", "中心镇"} {
		on := fmt.Sprintf("2022-%02d-20", n+1)
		add("village_visits", on, fields{"town": v, "village": "示例村", "date": on, "trainer": "培训员", "trainees": 20 + n})
	}
	for _, i := range []fields{
		{"code": "YS-01", "name": "行政许可减时间占比", "numeratorName": "减少的工作日", "numerator": 6460, "denominatorName": "法定工作日",
			"denominator": 6800, "target": 90},
		{"code": "YS-02", "name": "即办件占比", "numeratorName": "即办事项", "numerator": 320, "denominatorName": "行政许可事项", "denominator": 340,
			"target": 90},
		{"code": "YS-03", "name": "走流程问题整改率", "numeratorName": "已整改问题", "numerator": 310, "denominatorName": "发现的问题", "denominator": 315,
			"target": 95},
	} {
		i["date"], i["unit"], i["source"], i["better"] = "2022-06-30", "DP34", "政务服务科台账", "high"
		add("indicators", "2022-06-30", i)
	}
	for _, t := range []fields{
		{"code": "T1", "title": "督促 11 家单位走完流程", "kind": "URGE", "due": "2022-07-31", "units": 11},
		{"code": "T2", "title": "第二阶段走流程", "kind": "WALK", "due": "2022-09-30", "units": 34, "items": 1749},
		{"code": "T3", "title": "每月到村培训", "kind": "VISIT", "due": "2022-12-31"},
		{"code": "T4", "title": "第二批数据归集", "kind": "DATA", "due": "2022-12-31", "units": 20},
		{"code": "T5", "title": "建设本平台并与财政、公管对接", "kind": "BUILD", "due": "2022-12-31"},
	} {
		t["date"], t["status"] = "2022-06-30", "OPEN"
		add("plan_tasks", "2022-06-30", t)
	}
	return out
}

// after is a day some days later.
func after(on string, days int) string {
	d, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return on
	}
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}

// workdays are the Mondays to Fridays of a span, without the holidays of May and June 2022.
func workdays(from, to string) (all []string) {
	for d := from; d <= to; d = after(d, 1) {
		t, err := time.Parse(time.DateOnly, d)
		if err != nil {
			return all
		}
		if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday ||
			slices.Contains([]string{"2022-05-02", "2022-05-03", "2022-05-04", "2022-06-03"}, d) {
			continue
		}
		all = append(all, d)
	}
	return all
}
