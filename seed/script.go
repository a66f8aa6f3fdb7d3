package seed

import (
	"cmp"

	"github.com/quancheng/quancheng/api/wire"
)

// act is what a demo person does with a task of one element.
type act struct {
	operation string
	date      string // which of the project's dates is the business date
	opinion   string
	data      func(s Scene) map[string]any // nil from it: not yet
	reason    string
	code      string                          // kind of reason
	edit      func(s Scene) wire.ProjectPatch // changed in the application before
	second    string                          // role whose holder confirms it, where the model asks for that
}

type fields = map[string]any

// Scene is what a demo person has before him when he acts.
type Scene struct {
	Project
	Now       wire.Project // as it stands
	Task      wire.TaskDetail
	Rectified bool                // an acceptance has failed before
	Today     string              // of the platform's clock
	Files     map[string][]string // ids of the files that were uploaded for this task, by title
	Changes   []wire.Change       // of the project
	Change    string              // which of the changes is asked for
	Packages  []wire.PackageRow   // of the project, once they are planned
	Terms     []wire.ContractTerm // of the contract that the task is about
}

// file is what a form says of an uploaded file; nil without it.
func (s Scene) file(title string) []string { return s.Files[title] }

// on is a date of the project's script; what is not in it happens today.
func (s Scene) on(name string) string { return cmp.Or(s.Dates[name], s.Today) }

// Answer is what the script does with the task of a scene; false when it is not time for it yet.
func Answer(s Scene) (operation string, in wire.OperationRequest, ok bool) {
	return script[s.Task.Element].answer(s)
}

// Second is the role whose holder confirms what the script submits to a task, "" where nobody has to.
func Second(element string) string { return script[element].second }

func (a act) answer(s Scene) (operation string, in wire.OperationRequest, ok bool) {
	in = wire.OperationRequest{Version: s.Task.Version, Opinion: a.opinion, Reason: a.reason, Code: a.code, BusinessDate: s.Dates[a.date]}
	if a.data != nil {
		if in.Data = a.data(s); in.Data == nil {
			return "", in, false
		}
	}
	return a.operation, in, true
}

// script says for each element of the life cycle what is done with its task,
// from the application to the archive.
var script = map[string]act{
	"p1_draft":      {operation: "submit", date: "applied"},
	"p1_leader":     {operation: "agree", date: "applied", opinion: "同意申报"},
	"p2_check":      {operation: "complete", date: "accepted", data: formalCheck},
	"p2_supplement": {operation: "complete", date: "accepted", data: supplement},
	"p2_leader":     {operation: "agree", date: "accepted", opinion: "同意补正后的申报"},
	"p2_confirm":    {operation: "agree", date: "accepted", opinion: "同意不予受理"},

	"p3_simple": {operation: "agree", date: "expert", opinion: "建设必要，方案可行，同意通过"},
	"p3_pre": {operation: "complete", date: "expert", data: func(Scene) fields {
		return fields{"comment": "架构与安全设计基本可行，部分能力可由城市大脑复用"}
	}},
	"p3_draw": {operation: "complete", date: "expert", second: "BUREAU_LEGAL", data: func(s Scene) fields {
		return s.asked(fields{"comment": "随机抽取，已回避申报单位", "number": "48205173"})
	}},
	"p3_statement": {operation: "complete", date: "expert", data: func(Scene) fields {
		return fields{"confidential": true, "conflict": false}
	}},
	"p3_opinion": {operation: "complete", date: "expert", data: expertOpinion},
	"p3_lead": {operation: "complete", date: "expert", data: func(Scene) fields {
		return fields{"conclusion": "revise", "summary": "修改后通过，请逐行核减可复用与重复建设内容"}
	}},
	"p3_confirm": {operation: "agree", date: "expert", opinion: "同意专家意见，不予支持"},

	"p4_sheet":     {operation: "complete", date: "reviewed", data: trimmingSheet},
	"p4_cross":     {operation: "complete", date: "reviewed", data: crossCheck},
	"p4_arbitrate": {operation: "complete", date: "reviewed", data: trimmingSheet},
	"p4_consult":   {operation: "complete", date: "reviewed", data: func(Scene) fields { return fields{"answer": "agree"} }},
	"p4_answer":    {operation: "complete", date: "reviewed", data: answerObjections},
	"p4_head":      {operation: "agree", date: "reviewed", opinion: "同意，出具审查意见书"},

	"p5_head":     {operation: "agree", date: "approved", opinion: "同意报批"},
	"p5_legal":    {operation: "agree", date: "approved", opinion: "程序与材料合规"},
	"p5_joint":    {operation: "agree", date: "approved", opinion: "同意"},
	"p5_director": {operation: "agree", date: "approved", opinion: "同意"},
	"p5_leader":   {operation: "agree", date: "approved", opinion: "同意"},
	"p5_meeting":  {operation: "complete", date: "approved", data: meeting, second: "BUREAU_LEGAL"},
	"p5_budget_fix": {operation: "complete", date: "approved", data: func(Scene) fields {
		return fields{"decision": "resend", "comment": "资金来源已落实，请按批复下达"}
	}},

	"p6_condition": {operation: "complete", date: "planned", data: func(s Scene) fields {
		return with(fields{"text": "已取得备案证明，编号见附件"}, "evidence", s.file("批复条件佐证"))
	}},
	"p6_condition_check": {operation: "agree", date: "planned", opinion: "条件已落实"},

	"p6_plan":  {operation: "complete", date: "planned", data: procurementPlan},
	"p6_check": {operation: "agree", date: "planned", opinion: "采购需求与批复一致"},
	"p6_failed": {operation: "complete", data: func(Scene) fields {
		return fields{"decision": "retry", "reason": "供应商不足三家，修改采购文件后重新采购"}
	}},

	"p7_draft":      {operation: "complete", date: "signed", data: contract},
	"p7_review":     {operation: "agree", date: "signed", opinion: "同意签订"},
	"p7_sign":       {operation: "complete", date: "signed", data: signature},
	"p7_milestones": {operation: "complete", date: "contractFiled", data: milestones},

	"p8_kickoff":       {operation: "complete", data: kickoff},
	"p8_kickoff_check": {operation: "agree", opinion: "人员与投标一致，同意开工"},
	"p8_report":        {operation: "complete", data: progress},
	"p8_supervise":     {operation: "agree", opinion: "情况属实"},
	"p8_confirm":       {operation: "agree", opinion: "确认完成"},

	"p9_request":        {operation: "complete", data: delivered},
	"p9_prelim_prepare": {operation: "complete", data: evidenceOfSecurity},
	"p9_supervisor":     {operation: "agree", opinion: "具备初验条件，同意组织初验"},
	"p9_prelim":         {operation: "complete", data: prelim, second: "BUREAU_REVIEW_B"},
	"p9_trial":          {operation: "complete", data: trialOver},
	"p9_tests":          {operation: "complete", data: tests},
	"p9_catalogue":      {operation: "complete", data: catalogued},
	"p9_archive_pre":    {operation: "complete", data: archiveOpinion},
	"p9_archive_mend":   {operation: "complete", data: recordsOfChanges},
	"p9_materials":      {operation: "complete", data: materials},
	"p9_final_prepare":  {operation: "complete", data: materials},
	"p9_apply":          {operation: "complete", data: func(Scene) fields { return fields{"comment": "试运行期满，申请终验"} }},
	"p9_formal":         {operation: "agree", opinion: "材料齐全，同意组织终验"},
	"p9_draw":           {operation: "complete", data: func(Scene) fields { return fields{"size": 3} }},
	"p9_final":          {operation: "complete", data: final, second: "BUREAU_REVIEW_B"},

	"p10_request": {operation: "complete", data: payment},
	"p10_verify":  {operation: "agree", opinion: "同意支付"},

	"p12_collect": {operation: "complete", data: records},
	"p12_fix":     {operation: "complete", data: records},
	"p12_receipt": {operation: "complete", data: func(s Scene) fields { return fields{"count": s.Task.Data["archiveCount"]} }},

	"c1_request": {operation: "complete", data: changeAsked},
	"c1_opinion": {operation: "complete", data: func(Scene) fields { return fields{"view": "agree", "opinion": "情况属实，工作量核对无误"} }},
	"c1_leader":  {operation: "agree", opinion: "同意变更"},
	"c1_house":   {operation: "agree", opinion: "符合备案条件"},
	"c1_trim":    {operation: "complete", data: func(Scene) fields { return fields{"lines": []any{}, "comment": "按申请核定"} }},
	"c1_approve": {operation: "agree", opinion: "同意追加"},
	"c1_county":  {operation: "agree", opinion: "同意追加"},
	"c1_file":    {operation: "complete", data: func(Scene) fields { return fields{"result": "noted", "comment": "已备案"} }},

	"r1_dispatch": {operation: "complete", data: func(s Scene) fields {
		return fields{"ownerDept": s.Dept, "severity": "B", "comment": "限期整改"}
	}},
	"r1_analysis": {operation: "complete", data: func(Scene) fields {
		return fields{"rootCause": "RES", "why": "连接池过小，并发时超时"}
	}},
	"r1_plan": {operation: "complete", data: func(s Scene) fields {
		return fields{"measures": []any{fields{"text": "扩大连接池并压测", "owner": "项目经理", "due": s.Today}}}
	}},
	"r1_approve": {operation: "agree", opinion: "同意方案"},
	"r1_rectify": {operation: "complete", data: rectified},
	"r1_verify": {operation: "complete", data: func(s Scene) fields {
		return s.asked(fields{"method": "site", "result": "pass", "comment": "现场复测通过", "siteNote": "到机房看压测，并发三百无超时"})
	}},
	"r1_refer": {operation: "complete", data: func(Scene) fields {
		return fields{"toOrg": "市数据资源管理局", "letterNo": "县数资函〔2026〕1号", "contact": "市局信息化科", "workaround": "高峰时段限流，并提供线下窗口"}
	}},
	"r1_reply": {operation: "complete", data: func(s Scene) fields {
		return fields{"reply": "同意扩容，资源已调配到位", "repliedOn": s.Today}
	}},
}

// stops are the elements at which a project of a stage is left as it is.
var stops = map[string][]string{
	"REVIEWED":   {"p5_head"},
	"APPROVING":  {"p5_legal"},
	"BUDGETED":   {"p6_plan"},
	"AWARDED":    {"p7_draft"},
	"CONTRACTED": {"p8_kickoff", "p10_request"},
}
