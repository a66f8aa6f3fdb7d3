package seed

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

func formalCheck(Scene) fields {
	return fields{"decision": "accept", "checklist": []any{
		fields{"code": "申报函", "result": "pass"}, fields{"code": "建设方案", "result": "pass"}, fields{"code": "投资概算", "result": "pass"},
	}}
}

func expertOpinion(Scene) fields {
	return fields{
		"scores":  fields{"necessity": 82, "feasibility": 78, "reuse": 64, "budget": 66, "security": 80},
		"overall": "revise", "comment": "建设必要，概算偏高，应复用已有能力",
	}
}

func trimmingSheet(s Scene) fields {
	rows := make([]any, 0, len(s.Lines))
	for i, l := range s.Lines {
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

func crossCheck(s Scene) fields {
	rows := []any{}
	for i, l := range s.Lines {
		if l.Declared().GreaterThanOrEqual(blindLine) {
			rows = append(rows, fields{"lineNo": i + 1, "reviewed": l.Reviewed.StringFixed(2), "comment": "独立复核，结果一致"})
		}
	}
	return fields{"lines": rows}
}

func meeting(s Scene) fields {
	return fields{"meetingNo": "县政府第" + s.Code[len(s.Code)-2:] + "次常务会议", "meetingDate": s.on("approved"), "decision": "approve", "comment": "会议同意"}
}

// procurementPlan buys what was reviewed; of a single package no more than the budget that was issued.
func procurementPlan(s Scene) fields {
	rows, all := []any{}, packs(s.Project)
	for i, k := range all {
		limit := k.limit(s.Project)
		if issued := money(s.Now.Totals.Issued); len(all) == 1 && limit.GreaterThan(issued) {
			limit = issued
		}
		rows = append(rows, fields{
			"packageNo": fmt.Sprintf("S%d", i+1), "name": k.name, "category": k.category, "mode": "CONSULT",
			"budget": limit.StringFixed(2), "limitPrice": limit.StringFixed(2), "lineNos": numbers(k.lines), "modeReason": "未达公开招标数额标准，采用竞争性磋商",
		})
	}
	return fields{"packages": rows, "agency": "示例招标代理有限公司", "plannedNoticeDate": s.on("noticed")}
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

// contractNo is given for XM-2022-003 (data-model.md §6.1).
func contractNo(p Project) string {
	if p.Code == "XM-2022-003" {
		return "YJ-2022-HT-01"
	}
	return "HT-" + p.Code
}

func contract(s Scene) fields {
	amount := money(s.Task.Data["awardTotal"])
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
		"contractNo": contractNo(s.Project), "title": s.Name + "建设合同", "supplier": Supplier, "amount": amount.StringFixed(2),
		"start": s.on("signed"), "end": later(s.on("signed"), 12), "paymentTerms": terms, "warrantyMonths": 24,
	}
}

func milestones(s Scene) fields {
	return fields{
		"milestones": []any{
			fields{"no": 1, "name": "需求确认与开工", "planDate": later(s.on("signed"), 2)},
			fields{"no": 2, "name": "系统上线", "planDate": later(s.on("signed"), 7)},
		},
		"payments": []any{
			fields{"term": "合同生效", "ratio": 30, "milestoneNo": 1}, fields{"term": "初验合格", "ratio": 50, "milestoneNo": 2},
			fields{"term": "终验合格", "ratio": 15}, fields{"term": "质保期满", "ratio": 5},
		},
	}
}

func kickoff(s Scene) fields {
	return fields{"startedOn": s.Today, "team": []any{fields{"name": "项目经理", "role": "项目经理"}}}
}

func progress(s Scene) fields { return fields{"percent": 100, "period": s.Today[:7]} }

// papers are all that an acceptance may ask for.
func papers(Scene) fields {
	var rows []any
	for _, code := range []string{"summary", "user", "supervision", "settlement", "audit", "mlps", "crypto", "test", "sharing", "archive", "assets", "change"} {
		rows = append(rows, fields{"code": code})
	}
	return fields{"materials": rows}
}

func accepted(s Scene) fields {
	return fields{
		"date": s.Today, "conclusion": "pass", "items": []any{fields{"clause": "并发性能", "result": "pass"}},
		"group": []any{fields{"name": "甲", "org": "县数据资源管理局"}, fields{"name": "乙", "org": "县财政局"}, fields{"name": "丙", "org": "示例监理有限公司"}},
	}
}

// prelim fails once where the protection level is 3: those projects are rectified.
func prelim(s Scene) fields {
	out := accepted(s)
	if s.MlpsLevel >= 3 && !s.Rectified {
		out["conclusion"], out["items"] = "fail", []any{fields{"clause": "并发性能", "result": "fail", "note": "响应超过 3 秒"}}
		return out
	}
	out["trialEnds"] = s.Today
	return out
}

func final(s Scene) fields {
	out := accepted(s)
	out["availability"] = 99.9
	return out
}

// payment asks for 30 % when the preliminary acceptance has passed and for the rest after the final one.
func payment(s Scene) fields {
	contracted, paid := money(s.Now.Totals.Contracted), money(s.Now.Totals.Paid)
	term, amount, from := "合同生效", contracted.Mul(decimal.New(30, -2)).Round(2), "PRELIM_ACCEPTED"
	if paid.IsPositive() {
		term, amount, from = "终验合格", contracted.Sub(paid), "FINAL_ACCEPTED"
	}
	if !reached(s.Now.Stage, from) {
		return nil
	}
	return fields{"term": term, "amount": amount.StringFixed(2), "invoiceNo": "FP-" + s.Task.Key, "payee": Supplier["name"]}
}

func records(s Scene) fields {
	var rows []any
	for _, stage := range []string{"P6", "P8", "P10"} {
		rows = append(rows, fields{"stage": stage, "category": "过程文件", "title": stage + " 过程文件", "docNo": "GD-" + s.Code + "-" + stage, "date": s.Today})
	}
	return fields{"items": rows}
}

// money reads an amount as the platform tells it: text, or an exact number.
func money(v any) decimal.Decimal {
	d, err := decimal.NewFromString(fmt.Sprint(v))
	if err != nil {
		return decimal.Zero // the platform refuses the form, and says why
	}
	return d
}

// later is the same day some months later.
func later(date string, months int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.AddDate(0, months, 0).Format(time.DateOnly)
}
