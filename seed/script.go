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
}

type fields = map[string]any

// Scene is what a demo person has before him when he acts.
type Scene struct {
	Project
	Now       wire.Project // as it stands
	Task      wire.TaskDetail
	Rectified bool   // an acceptance has failed before
	Today     string // of the platform's clock
}

// on is a date of the project's script; what is not in it happens today.
func (s Scene) on(name string) string { return cmp.Or(s.Dates[name], s.Today) }

// Answer is what the script does with the task of a scene; false when it is not time for it yet.
func Answer(s Scene) (operation string, in wire.OperationRequest, ok bool) {
	a := script[s.Task.Element]
	in = wire.OperationRequest{Version: s.Task.Version, Opinion: a.opinion, BusinessDate: s.Dates[a.date]}
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
	"p1_leader": {"agree", "applied", "同意申报", nil},
	"p2_check":  {"complete", "accepted", "", formalCheck},
	"p3_pre": {"complete", "expert", "", func(Scene) fields {
		return fields{"comment": "架构与安全设计基本可行，部分能力可由城市大脑复用"}
	}},
	"p3_draw": {"complete", "expert", "", func(Scene) fields { return fields{"comment": "随机抽取，已回避申报单位"} }},
	"p3_statement": {"complete", "expert", "", func(Scene) fields {
		return fields{"confidential": true, "conflict": false}
	}},
	"p3_opinion": {"complete", "expert", "", expertOpinion},
	"p3_lead": {"complete", "expert", "", func(Scene) fields {
		return fields{"conclusion": "revise", "summary": "修改后通过，请逐行核减可复用与重复建设内容"}
	}},
	"p4_sheet":      {"complete", "reviewed", "", trimmingSheet},
	"p4_cross":      {"complete", "reviewed", "", crossCheck},
	"p4_consult":    {"complete", "reviewed", "", func(Scene) fields { return fields{"answer": "agree"} }},
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
	"p7_sign":       {"complete", "signed", "", func(s Scene) fields { return fields{"signedOn": s.on("signed")} }},
	"p7_milestones": {"complete", "contractFiled", "", milestones},

	"p8_kickoff":   {"complete", "", "", kickoff},
	"p8_report":    {"complete", "", "", progress},
	"p8_supervise": {"agree", "", "情况属实", nil},
	"p8_confirm":   {"agree", "", "确认完成", nil},

	"p9_prelim_prepare": {"complete", "", "", papers},
	"p9_prelim":         {"complete", "", "", prelim},
	"p9_materials":      {"complete", "", "", papers},
	"p9_final_prepare":  {"complete", "", "", papers},
	"p9_final":          {"complete", "", "", final},

	"p10_request": {"complete", "", "", payment},
	"p10_verify":  {"agree", "", "同意支付", nil},

	"p12_collect": {"complete", "", "", records},

	"r1_dispatch": {"complete", "", "", func(s Scene) fields {
		return fields{"ownerDept": s.Dept, "severity": "B", "comment": "限期整改"}
	}},
	"r1_analysis": {"complete", "", "", func(Scene) fields {
		return fields{"rootCause": "SYS", "why": "连接池过小，并发时超时"}
	}},
	"r1_plan": {"complete", "", "", func(s Scene) fields {
		return fields{"measures": []any{fields{"text": "扩大连接池并压测", "owner": "项目经理", "due": s.Today}}}
	}},
	"r1_approve": {"agree", "", "同意方案", nil},
	"r1_rectify": {"complete", "", "", func(Scene) fields { return fields{"comment": "连接池已扩大，压测达标"} }},
	"r1_verify": {"complete", "", "", func(Scene) fields {
		return fields{"method": "site", "result": "pass", "comment": "现场复测通过"}
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
