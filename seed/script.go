package seed

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

// act is what a demo person does with a task of one element.
type act struct {
	operation string
	date      string // which of the project's dates is the business date
	opinion   string
	data      func(p Project) map[string]any
}

type fields = map[string]any

func nothing(Project) fields { return fields{} }

// script says for each element of the life cycle what is done with its task.
// Elements that it does not name are left to whoever plays on from there.
var script = map[string]act{
	"p1_leader": {"agree", "applied", "同意申报", nil},
	"p2_check":  {"complete", "accepted", "", formalCheck},
	"p3_pre": {"complete", "expert", "", func(Project) fields {
		return fields{"comment": "架构与安全设计基本可行，部分能力可由城市大脑复用"}
	}},
	"p3_draw": {"complete", "expert", "", func(Project) fields { return fields{"comment": "随机抽取，已回避申报单位"} }},
	"p3_statement": {"complete", "expert", "", func(Project) fields {
		return fields{"confidential": true, "conflict": false}
	}},
	"p3_opinion": {"complete", "expert", "", expertOpinion},
	"p3_lead": {"complete", "expert", "", func(Project) fields {
		return fields{"conclusion": "revise", "summary": "修改后通过，请逐行核减可复用与重复建设内容"}
	}},
	"p4_sheet":      {"complete", "reviewed", "", trimmingSheet},
	"p4_cross":      {"complete", "reviewed", "", crossCheck},
	"p4_consult":    {"complete", "reviewed", "", func(Project) fields { return fields{"answer": "agree"} }},
	"p4_head":       {"agree", "reviewed", "同意，出具审查意见书", nil},
	"p5_head":       {"agree", "approved", "同意报批", nil},
	"p5_legal":      {"agree", "approved", "程序与材料合规", nil},
	"p5_joint":      {"agree", "approved", "同意", nil},
	"p5_director":   {"agree", "approved", "同意", nil},
	"p5_leader":     {"agree", "approved", "同意", nil},
	"p5_meeting":    {"complete", "approved", "", meeting},
	"p6_plan":       {"complete", "planned", "", procurementPlan},
	"p6_check":      {"agree", "planned", "采购需求与批复一致", nil},
	"p7_draft":      {"complete", "signed", "", contract},
	"p7_review":     {"agree", "signed", "同意签订", nil},
	"p7_sign":       {"complete", "signed", "", func(p Project) fields { return fields{"signedOn": p.Dates["signed"]} }},
	"p7_milestones": {"complete", "contractFiled", "", milestones},
}

// stops are the elements at which a project of a stage is left as it is.
var stops = map[string][]string{
	"REVIEWED":   {"p5_head"},
	"APPROVING":  {"p5_legal"},
	"BUDGETED":   {"p6_plan"},
	"AWARDED":    {"p7_draft"},
	"CONTRACTED": {"p8_kickoff", "p10_request"},
}

func formalCheck(Project) fields {
	return fields{"decision": "accept", "checklist": []any{
		fields{"code": "申报函", "result": "pass"}, fields{"code": "建设方案", "result": "pass"}, fields{"code": "投资概算", "result": "pass"},
	}}
}

func expertOpinion(Project) fields {
	return fields{
		"scores":  fields{"necessity": 82, "feasibility": 78, "reuse": 64, "budget": 66, "security": 80},
		"overall": "revise", "comment": "建设必要，概算偏高，应复用已有能力",
	}
}

func trimmingSheet(p Project) fields {
	rows := make([]any, 0, len(p.Lines))
	for i, l := range p.Lines {
		row := fields{"lineNo": i + 1, "reviewed": l.Reviewed.StringFixed(2)}
		if l.Reason != "" {
			row["reason"], row["basis"] = l.Reason, l.Basis
		}
		if l.Capability != "" {
			row["capabilityId"] = l.Capability
		}
		rows = append(rows, row)
	}
	return fields{"lines": rows}
}

// blindLine is the amount from which reviewer B enters figures of his own (rule B08).
var blindLine = decimal.NewFromInt(500_000)

func crossCheck(p Project) fields {
	rows := []any{}
	for i, l := range p.Lines {
		if l.Declared().GreaterThanOrEqual(blindLine) {
			rows = append(rows, fields{"lineNo": i + 1, "reviewed": l.Reviewed.StringFixed(2), "comment": "独立复核，结果一致"})
		}
	}
	return fields{"lines": rows}
}

func meeting(p Project) fields {
	return fields{"meetingNo": "县政府第" + p.Code[len(p.Code)-2:] + "次常务会议", "meetingDate": p.Dates["approved"], "decision": "approve", "comment": "会议同意"}
}

// pack is one package of a procurement plan.
type pack struct {
	name, category string
	lines          []int
	award          string // price, "" for none yet
}

// packs of the projects that reach procurement. Those of XM-2022-003 are given
// (data-model.md §6.1); the others are one package.
func packs(p Project) []pack {
	if p.Code == "XM-2022-003" {
		return []pack{
			{"软件开发与融合通信", "service", []int{1, 2}, "3238000.00"},
			{"等保测评与密评", "service", []int{5}, ""},
			{"工程监理", "service", []int{6}, ""},
		}
	}
	all := pack{name: p.Name, category: "service"}
	var sum decimal.Decimal
	for i, l := range p.Lines {
		if l.Reviewed.IsPositive() {
			all.lines, sum = append(all.lines, i+1), sum.Add(l.Reviewed)
		}
	}
	all.award = sum.Mul(decimal.RequireFromString("0.982")).Round(-2).StringFixed(2)
	return []pack{all}
}

func (k pack) limit(p Project) string {
	var sum decimal.Decimal
	for _, n := range k.lines {
		sum = sum.Add(p.Lines[n-1].Reviewed)
	}
	return sum.StringFixed(2)
}

func procurementPlan(p Project) fields {
	rows := []any{}
	for i, k := range packs(p) {
		rows = append(rows, fields{
			"packageNo": fmt.Sprintf("S%d", i+1), "name": k.name, "category": k.category, "mode": "CONSULT",
			"budget": k.limit(p), "limitPrice": k.limit(p), "lineNos": numbers(k.lines), "modeReason": "未达公开招标数额标准，采用竞争性磋商",
		})
	}
	return fields{"packages": rows, "agency": "示例招标代理有限公司", "plannedNoticeDate": p.Dates["noticed"]}
}

func numbers(ns []int) string {
	var b strings.Builder
	for i, n := range ns {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}

// Supplier is the fictitious supplier of the demo.
var Supplier = fields{"name": "示例软件有限公司", "uscc": "91341700MA00DEM00X"}

func contract(p Project) fields {
	amount := decimal.RequireFromString(packs(p)[0].award)
	terms := []any{}
	left := amount
	for i, t := range []struct {
		name, condition string
		ratio           int64
	}{{"合同生效", "advance", 30}, {"初验合格", "prelim", 50}, {"终验合格", "final", 15}, {"质保期满", "retention", 5}} {
		part := amount.Mul(decimal.New(t.ratio, -2)).Round(2)
		if i == 3 {
			part = left
		}
		left = left.Sub(part)
		terms = append(terms, fields{"name": t.name, "condition": t.condition, "ratio": t.ratio, "amount": part.StringFixed(2)})
	}
	return fields{
		"contractNo": "YJ-2022-HT-01", "title": p.Name + "建设合同", "supplier": Supplier, "amount": amount.StringFixed(2),
		"start": p.Dates["signed"], "end": "2023-05-20", "paymentTerms": terms, "warrantyMonths": 24,
	}
}

func milestones(Project) fields {
	return fields{
		"milestones": []any{
			fields{"no": 1, "name": "需求确认与开工", "planDate": "2022-08-01"},
			fields{"no": 2, "name": "系统上线", "planDate": "2022-12-20"},
		},
		"payments": []any{
			fields{"term": "合同生效", "ratio": 30, "milestoneNo": 1}, fields{"term": "初验合格", "ratio": 50, "milestoneNo": 2},
			fields{"term": "终验合格", "ratio": 15}, fields{"term": "质保期满", "ratio": 5},
		},
	}
}

// fact is something that a bureau did in 2022, registered by hand once the
// project has come to a stage.
type fact struct {
	after string
	wire.OfflineInput
}

// facts are what the bureaus did, in order.
func facts(p Project) []fact {
	var out []fact
	after := "APPROVED"
	add := func(partner, kind, date string, data fields) {
		if on := p.Dates[date]; on != "" {
			out = append(out, fact{after, wire.OfflineInput{Partner: partner, EventType: kind, Project: p.Code, OccurredOn: on, Data: data, Reason: "2022 年线下办理，按纸质材料补录"}})
		}
	}
	no := p.Code[len(p.Code)-3:]
	issued := p.Reviewed()
	if p.Code == "XM-2022-002" {
		issued = decimal.NewFromInt(5_000_000) // given: 5,000,000 of 7,360,000
	}
	add("finance", "budget.issued", "budgeted", fields{
		"bgt_id": "BGT-" + no + "-1", "cor_bgt_doc_no": "财预〔2022〕" + no + "号", "doc_date": p.Dates["budgeted"], "pro_code": "P2022" + no,
		"fiscal_year": "2022", "fund_type_code": "11", "amount": issued.StringFixed(2),
	})
	after = "PROCURING"
	add("procurement", "procurement.plan_filed", "filed", fields{"plan_no": "CGJH-2022-" + no, "filed_at": p.Dates["filed"]})
	for i, k := range packs(p) {
		section := fmt.Sprintf("%s-S%d", p.Code, i+1)
		base := func(more fields) fields {
			more["package_no"], more["section_code"] = fmt.Sprintf("S%d", i+1), section
			return more
		}
		add("procurement", "procurement.notice_published", "noticed", base(fields{"mode": "CONSULT", "limit_price": k.limit(p), "published_at": p.Dates["noticed"]}))
		if k.award == "" {
			continue
		}
		add("procurement", "procurement.opened", "opened", base(fields{"bidder_count": 4}))
		add("procurement", "procurement.awarded", "awarded", base(fields{"win_bid_price": k.award, "price_form": "总价", "winner": Supplier, "notice_at": p.Dates["awarded"]}))
	}
	after = "CONTRACTED"
	add("procurement", "procurement.contract_published", "published", fields{"contract_no": "YJ-2022-HT-01", "at": p.Dates["published"]})
	add("procurement", "procurement.contract_filed", "contractFiled", fields{"contract_no": "YJ-2022-HT-01", "at": p.Dates["contractFiled"]})
	return out
}
