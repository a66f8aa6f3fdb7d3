package seed

import (
	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

// way is what is done otherwise than usual, once in a life, so that it comes by
// elements that a straight life never sees.
type way struct {
	text string         // for the help
	acts map[string]act // by element
	set  map[string]string
	// bureau answers otherwise, by a fault of the fake one, until the element is reached.
	bureau, fault string
	value         any
	until         string
	lost          string // package whose award is cancelled once its contract is drafted
	change        string // a change that is begun in construction, one after the other
	apart         bool   // the form says of no project that it is one with this
}

// ways by name.
var ways = map[string]way{
	"supplement": {text: "材料补正一轮后受理", acts: map[string]act{"p2_check": {operation: "complete", date: "accepted", data: func(Scene) fields {
		return fields{"decision": "supplement", "supplementItems": []any{askedFor}}
	}}}},
	"rename": {text: "补正时改了项目名称，部门领导再次审批", acts: map[string]act{
		"p2_check": {operation: "complete", date: "accepted", data: func(Scene) fields {
			return fields{
				"decision": "supplement",
				"supplementItems": []any{
					fields{"item": askedFor["item"], "requirement": askedFor["requirement"], "fields": []string{"basics"}},
				},
			}
		}},
		"p2_supplement": {
			operation: "complete", date: "accepted", data: supplement,
			edit: func(s Scene) wire.ProjectPatch { return wire.ProjectPatch{Name: new(s.Name + "（更名）")} },
		},
	}},
	"refuse": {text: "不予受理，项目终结", acts: map[string]act{"p2_check": {operation: "complete", date: "accepted", data: func(Scene) fields {
		return fields{"decision": "refuse", "reason": "不属于信息化项目申报范围"}
	}}}},
	"apart": {text: "与本单位相近项目不并审，由科长与局长确认确非一事", apart: true},
	"revise": {text: "技术预审退回修改，部门修改后重新申报", acts: map[string]act{
		"p3_pre": {operation: "return", date: "expert", reason: "部署方案与现有政务云资源不一致，请修改"},
	}},
	"reviseLate": {text: "报批时科长退回修改，部门重新申报，逐级重新审批", acts: map[string]act{
		"p5_head": {operation: "return", date: "approved", reason: "资金来源须调整，请部门修改后重新申报", opinion: "请修改资金来源"},
	}},
	"unsupported": {
		text: "专家评审不通过，不予支持，项目终结",
		acts: map[string]act{"p3_lead": {operation: "complete", date: "expert", data: func(Scene) fields {
			return fields{"conclusion": "fail", "summary": "必要性不足，不建议立项"}
		}}},
	},
	"conflict": {
		text: "一位专家声明利害关系，补抽",
		acts: map[string]act{"p3_statement": {operation: "complete", date: "expert", data: func(Scene) fields {
			return fields{"confidential": true, "conflict": true, "reason": "近三年内曾在申报单位任职"}
		}}},
	},
	"dispute": {text: "复核 B 与初核 A 相差过大，科长裁定", set: map[string]string{"total": "1200000", "lines": "1"},
		acts: map[string]act{"p4_cross": {operation: "complete", date: "reviewed", data: func(s Scene) fields {
			out := crossCheck(s)
			for _, row := range out["lines"].([]any) {
				row.(fields)["reviewed"] = s.Lines[row.(fields)["lineNo"].(int)-1].Reviewed.Mul(decimal.New(5, -1)).StringFixed(2)
			}
			return out
		}}}},
	"objection": {
		text: "申报部门对第 1 行提出异议",
		acts: map[string]act{"p4_consult": {operation: "complete", date: "reviewed", data: func(s Scene) fields {
			return fields{
				"answer": "object", "objections": []any{with(fields{"lineNo": 1, "text": "核减后无法满足并发要求"}, "documents", s.file("异议依据"))},
			}
		}}},
	},
	"recalculate": {
		text: "科长不同意报批，退回重新核减一次", acts: map[string]act{"p5_head": {operation: "disagree", date: "approved", opinion: "核减依据不充分，请重新核算"}},
	},
	"conditional": {
		text: "局长附条件批复，条件落实后采购",
		acts: map[string]act{"p5_director": {operation: "agree", date: "approved", opinion: "附条件同意", data: func(Scene) fields {
			return fields{"conditions": []any{fields{"text": "采购前完成等保定级备案"}}}
		}}},
	},
	"reject": {
		text: "局长不予批复，项目终结",
		acts: map[string]act{"p5_director": {operation: "reject", date: "approved", reason: "与在建平台重复建设", code: "duplicate"}},
	},
	"budgetRejected": {text: "财政退回一次，核实后重送", bureau: "finance", fault: "rejectBudget", value: true, until: "p5_budget_fix"},
	"tenderFailed":   {text: "第一次采购废标，重新采购", bureau: "procurement", fault: "failTender", value: 1, until: "p6_failed"},
	"awardLost":      {text: "主包中标被取消，重新采购", lost: "S1"},
	"packageLost":    {text: "第 2 包中标被取消，单独重新采购（packages ≥ 2）", lost: "S2"},
	"changeMinor":    {text: "建设中的小变更：增 1%，单位定、报备", change: "minor"},
	"changeFiling":   {text: "建设中的备案变更：减 6%，县数据局定", change: "filing"},
	"changeAnew":     {text: "建设中的重大变更：增 3%，重新核减与批复", change: "anew"},
	"failedAcceptance": {
		text: "初验不合格，整改后再验",
		acts: map[string]act{"p9_prelim": {operation: "complete", second: "BUREAU_REVIEW_B", data: func(s Scene) fields {
			out := s.asked(accepted(s))
			out["conclusion"], out["items"] = "fail", []any{fields{"clause": "并发性能", "result": "fail", "note": "响应超过 3 秒"}}
			return out
		}}},
	},
	"refer": {text: "整改须报上级解决（与 failedAcceptance 同用）", acts: map[string]act{"r1_verify": {operation: "complete", data: func(Scene) fields {
		return fields{"method": "site", "result": "refer", "comment": "须由市级平台扩容，县级无法解决"}
	}}}},
	"missingPapers": {
		text: "终验材料不全，须补齐",
		acts: map[string]act{"p9_materials": {operation: "complete", data: func(s Scene) fields { return handIn(s, finalPapers[:3]) }}},
	},
	"preArchiveGap": {text: "档案预验收不合格，补齐后再验", acts: map[string]act{"p9_archive_pre": {operation: "complete", data: func(Scene) fields {
		return fields{"conclusion": "fail", "comment": "缺监理月报与变更记录，请补齐"}
	}}}},
	"archiveGap": {text: "归档材料缺件，检测不合格，须补正", acts: map[string]act{"p12_collect": {operation: "complete", data: func(s Scene) fields {
		return fields{"items": []any{fields{"stage": "P8", "category": "过程文件", "title": "P8 过程文件", "date": s.Today}}}
	}}}},
}

// detours are the elements off the straight way, and what leads there.
var detours = map[string]map[string]string{
	"p2_supplement": {"ways": "supplement"}, "SUPPLEMENTING": {"ways": "supplement"},
	"p2_leader":    {"ways": "rename"},
	"p2_confirm":   {"ways": "refuse"},
	"p3_simple":    {"review": "simple"},
	"p3_confirm":   {"ways": "unsupported"},
	"p4_arbitrate": {"ways": "dispute"},
	"p4_answer":    {"ways": "objection"},
	"p5_leader":    {"level": "3"}, "p5_meeting": {"level": "4"},
	"p5_budget_fix": {"ways": "budgetRejected"},
	"p6_failed":     {"ways": "tenderFailed"},
	"c1_request": {
		"ways": "changeMinor",
	}, "c1_opinion": {"ways": "changeMinor"}, "c1_leader": {"ways": "changeMinor"}, "c1_file": {"ways": "changeMinor"},
	"c1_house": {
		"ways": "changeFiling",
	}, "c1_trim": {"ways": "changeAnew"}, "c1_approve": {"ways": "changeAnew"}, "c1_county": {"ways": "changeAnew", "level": "3"},
	"p6_condition": {"ways": "conditional"}, "p6_condition_check": {"ways": "conditional"},
	"r1_dispatch": {"ways": "failedAcceptance"}, "r1_analysis": {"ways": "failedAcceptance"}, "r1_plan": {"ways": "failedAcceptance"},
	"r1_approve": {"ways": "failedAcceptance"}, "r1_rectify": {"ways": "failedAcceptance"}, "r1_verify": {"ways": "failedAcceptance"},
	"r1_refer": {"ways": "failedAcceptance,refer"}, "r1_reply": {"ways": "failedAcceptance,refer"},
	"p9_final_prepare": {"ways": "missingPapers"}, "p9_archive_mend": {"ways": "preArchiveGap"},
	"p12_fix":  {"ways": "archiveGap"},
	"REJECTED": {"ways": "reject"},
}
