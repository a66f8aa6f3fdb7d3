package seed

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

func formalCheck(Scene) fields {
	rows := []any{}
	for _, code := range []string{"letter", "plan", "budget", "minutes", "crypto", "running", "service"} {
		rows = append(rows, fields{"code": code, "result": "pass"})
	}
	return fields{"decision": "accept", "checklist": rows}
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

// answerObjections upholds what was cut, objection by objection.
func answerObjections(s Scene) fields {
	rows := []any{}
	for _, l := range s.Now.Lines {
		if l.Objection == nil && (s.Task.Sheet == nil || !objected(*s.Task.Sheet, l.No)) {
			continue
		}
		row := fields{"lineNo": l.No, "outcome": "uphold", "text": "已复核，维持核定意见"}
		if l.No <= len(s.Lines) {
			row["reviewed"], row["reason"] = s.Lines[l.No-1].Reviewed.StringFixed(2), s.Lines[l.No-1].Reason
		}
		rows = append(rows, row)
	}
	return fields{"replies": rows}
}

func objected(sheet wire.Sheet, no int) bool {
	for _, l := range sheet.Lines {
		if l.No == no {
			return l.Objection != nil
		}
	}
	return false
}

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
	return with(
		fields{
			"meetingNo": "县政府第" + s.Code[len(s.Code)-2:] + "次常务会议", "meetingDate": s.on("approved"), "decision": "approve",
			"comment": "会议同意",
		},
		"minutes", s.file("常务会议纪要"),
	)
}

// procurementPlan buys what was reviewed; of a single package no more than the budget that was issued.
func procurementPlan(s Scene) fields {
	rows, all := []any{}, packs(s.Project)
	for i, k := range all {
		if len(all) > 1 && s.stands(fmt.Sprintf("S%d", i+1)) {
			continue
		}
		limit := k.limit(s.Project)
		if left := s.left(); len(all) == 1 && limit.GreaterThan(left) {
			limit = left
		}
		rows = append(rows, fields{
			"packageNo": fmt.Sprintf("S%d", i+1), "name": k.name, "category": k.category, "mode": methodOf(limit),
			"itemClass": s.Name + k.name, "smeAmount": limit.StringFixed(2), "budget": limit.StringFixed(2),
			"limitPrice": limit.StringFixed(2), "lineNos": numbers(k.lines), "modeReason": "按采购预算数额确定采购方式",
		})
	}
	if len(rows) == 0 {
		return nil // it is planned already: the task was listed before
	}
	return s.asked(fields{"packages": rows, "agency": "示例招标代理有限公司", "plannedNoticeDate": s.on("noticed")})
}

// tenderFrom is the amount from which the example pack wants a public tender (C01).
var tenderFrom = decimal.NewFromInt(4_000_000)

// methodOf is how a package of an amount may be bought without further reason.
func methodOf(amount decimal.Decimal) string {
	if amount.GreaterThanOrEqual(tenderFrom) {
		return "TENDER"
	}
	return "CONSULT"
}

// left is what of the budget no award binds: a case that somebody else planned may have other packages.
func (s Scene) left() decimal.Decimal {
	left := money(s.Now.Totals.Issued)
	for _, p := range s.Packages {
		if p.State == "AWARDED" && p.No != "S1" && p.Award != nil {
			left = left.Sub(money(p.Award.Amount))
		}
	}
	return left
}

// stands reports whether a package is not to be bought again here: it is awarded, or bought again in a case of its own.
func (s Scene) stands(no string) bool {
	if s.beside() && no == "S1" {
		return true
	}
	for _, p := range s.Packages {
		if p.No == no {
			lost := p.State == "FAILED" && p.Award != nil || p.Round > 1 && no != "S1"
			return p.State == "AWARDED" || lost && s.beside() != (no != "S1")
		}
	}
	return false
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
var Supplier = fields{"name": "示例软件有限公司", "uscc": "91341700MA00DEM00W"}

// supervisor is the code of the demo's organisation that supervises.
const supervisor = "91341700MA00DEM010"

// beside reports whether a task is about a package beside the one that the project's life follows.
func (s Scene) beside() bool {
	return s.Now.InstanceKey != "" && s.Task.CaseKey != "" && s.Task.CaseKey != s.Now.InstanceKey
}

// contractNo is given for XM-2022-003 (data-model.md §6.1).
func contractNo(p Project) string {
	if p.Code == "XM-2022-003" {
		return "YJ-2022-HT-01"
	}
	return "HT-" + p.Code
}

// term is a payment term of a contract.
type term struct {
	name, condition string
	ratio           int64           // percent
	amount          decimal.Decimal // of a contract of a given price
}

// terms of the ten projects hold a part back until the warranty is over, those of others nothing: a guarantee
// stands for it, so that the whole is paid with the final acceptance.
func terms(p Project, price decimal.Decimal) []term {
	all := []term{
		{name: "合同生效", condition: "advance", ratio: 30}, {name: "初验合格", condition: "prelim", ratio: 50},
		{name: "终验合格", condition: "final", ratio: 20},
	}
	if p.Dates != nil {
		all[2].ratio = 15
		all = append(all, term{name: "质保期满", condition: "retention", ratio: 5})
	}
	left := price
	for i := range all {
		all[i].amount = price.Mul(decimal.New(all[i].ratio, -2)).Round(2)
		if i == len(all)-1 {
			all[i].amount = left
		}
		left = left.Sub(all[i].amount)
	}
	return all
}

func contract(s Scene) fields {
	amount := money(s.Task.Data["awardTotal"])
	rows := []any{}
	for _, t := range terms(s.Project, amount) {
		rows = append(rows, fields{"name": t.name, "condition": t.condition, "ratio": t.ratio, "amount": t.amount.StringFixed(2)})
	}
	no := contractNo(s.Project)
	if s.beside() {
		no += fmt.Sprintf("-%v", s.Task.Data["packageNo"])
	}
	return s.asked(fields{
		"contractNo": no, "title": s.Name + "建设合同", "supplier": Supplier, "amount": amount.StringFixed(2),
		"start": s.on("signed"), "end": later(s.on("signed"), 12), "paymentTerms": rows, "warrantyMonths": 24,
		"bond": fields{"amount": amount.Mul(decimal.New(5, -2)).StringFixed(2), "form": "letter"}, "sme": "yes",
		"ipr": "成果的著作权归采购人，源代码随终验移交", "dataSecurity": "数据不出政务云，人员签保密协议，离场清退权限",
		"deliverables": named(deliverables),
	})
}

// asked are those answers that the task's form has a field or a column for: that of a former release asks for less.
func (s Scene) asked(answers fields) fields { return known(s.Task.Form, answers) }

// known leaves what a component's own level knows of answers, and of their rows.
func known(form map[string]any, answers fields) fields {
	fieldOf := map[string]map[string]any{}
	for _, c := range children(form) {
		for _, name := range []string{"key", "path"} {
			if key, _ := c[name].(string); key != "" {
				first, _, _ := strings.Cut(key, ".")
				fieldOf[first] = c
			}
		}
	}
	maps.DeleteFunc(answers, func(key string, _ any) bool { return fieldOf[key] == nil })
	for key, v := range answers {
		rows, _ := v.([]any)
		for _, r := range rows {
			if row, is := r.(fields); is && fieldOf[key]["type"] == "dynamiclist" {
				known(fieldOf[key], row)
			}
		}
	}
	return answers
}

func signature(s Scene) fields {
	return with(fields{"signedOn": s.on("signed")}, "documents", s.file("合同文本"))
}

func milestones(s Scene) fields {
	rows := []any{}
	for i, t := range terms(s.Project, decimal.Zero) {
		row := fields{"term": t.name, "ratio": t.ratio}
		if i < 2 {
			row["milestoneNo"] = i + 1
		}
		rows = append(rows, row)
	}
	if s.beside() { // built and accepted with the project
		for _, r := range rows {
			delete(r.(fields), "milestoneNo")
		}
		return fields{"milestones": []any{}, "payments": rows}
	}
	return s.asked(fields{
		"supervisorOrg": supervisor,
		"milestones": []any{
			fields{"no": 1, "name": "需求确认与开工", "planDate": later(s.on("signed"), 2)},
			fields{"no": 2, "name": "系统上线", "planDate": later(s.on("signed"), 7)},
		},
		"payments": rows,
	})
}

func kickoff(s Scene) fields {
	return fields{"startedOn": s.Today, "team": []any{fields{"name": "项目经理", "role": "项目经理"}}}
}

func progress(s Scene) fields {
	return with(fields{"percent": 100, "period": s.Today[:7], "comment": "按计划完成"}, "evidence", s.file("进度佐证"))
}

// with adds a field whose value is a list of files, if there are any.
func with(to fields, key string, files []string) fields {
	if len(files) > 0 {
		to[key] = files
	}
	return to
}

// payment asks for the first term that is open; nil before its time. What the server tells of the
// contract's terms holds: a change has made another sum of them.
func payment(s Scene) fields {
	for _, t := range s.Terms {
		left := money(t.Amount).Sub(money(t.Asked))
		if !left.IsPositive() {
			continue
		}
		if !reached(s.Now.Stage, payableFrom[t.Condition]) {
			return nil
		}
		return s.asksFor(term{name: t.Name, condition: t.Condition}, left)
	}
	return nil
}

// asksFor asks for a term; a letter of guarantee stands for the retention while the warranty runs.
func (s Scene) asksFor(t term, amount decimal.Decimal) fields {
	out := fields{"term": t.name, "amount": amount.StringFixed(2), "invoiceNo": "FP-" + s.Task.Key, "payee": Supplier["name"]}
	if t.condition == "retention" {
		out["guarantee"] = "BH-" + s.Task.Key
	}
	if t.condition != "retention" && t.condition != "advance" {
		out["deliveredOn"] = s.Today
	}
	return s.asked(out)
}

// payableFrom is the stage from which a term's condition certainly holds.
var payableFrom = map[string]string{
	"advance": "PRELIM_ACCEPTED", "prelim": "PRELIM_ACCEPTED", "final": "FINAL_ACCEPTED", "retention": "FINAL_ACCEPTED",
}

func records(s Scene) fields {
	var rows []any
	for _, stage := range []string{"P6", "P8", "P10"} {
		title := stage + " 过程文件"
		rows = append(
			rows,
			with(
				fields{"stage": stage, "category": "过程文件", "title": title, "docNo": "GD-" + s.Code + "-" + stage, "date": s.Today},
				"document", s.file(title),
			),
		)
	}
	return fields{"items": rows}
}

func rectified(s Scene) fields {
	out := with(fields{"comment": "连接池已扩大，压测达标", "stepsCut": 1}, "before", s.file("整改前截图"))
	return with(out, "after", s.file("整改后压测报告"))
}

// askedFor is what the script's formal check finds missing: a task does not tell
// the applicant what the notice asks for.
var askedFor = fields{"item": "等保方案", "requirement": "补充定级依据与测评安排"}

func supplement(s Scene) fields {
	return fields{"answers": []any{with(fields{"item": askedFor["item"], "text": "已补充定级依据与测评安排"}, "documents", s.file("补正材料"))}}
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
