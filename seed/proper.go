package seed

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// What a diligent applicant files: the application's form, and the files that
// the tasks ask for. Whatever a stricter rule wants of a project is added here.

// paper is a file that is uploaded before a task is done, and named in its form.
type paper struct{ kind, title string }

// material is a paper of an acceptance with its code in the check list.
type material struct{ code, title string }

var prelimPapers = []material{{"mlps", "等级保护测评报告"}, {"crypto", "密码应用安全性评估报告"}}

// deliverables are those of the script's contract.
var deliverables = []string{"应用系统", "源代码与文档", "培训记录"}

var finalPapers = []material{
	{"summary", "项目总结报告"}, {"user", "用户报告"}, {"supervision", "监理总结报告"}, {"settlement", "竣工结算报告"}, {"audit", "审计报告"}, {"mlps", "等级保护测评报告"},
	{
		"crypto", "密码应用安全性评估报告",
	}, {"test", "第三方测试报告"}, {"sharing", "数据共享责任清单"}, {"archive", "档案移交清单"}, {"assets", "资产登记清单"}, {"change", "变更记录"},
}

// papers by element.
var papers = map[string][]paper{
	"p1_draft": {
		{"letter", "申报函"}, {"plan", "建设方案"}, {"budget", "投资概算书"}, {"quote", "三家询价单"}, {"plan", "总体架构图"}, {"crypto", "密码应用方案"},
		{"minutes", "集体决策会议纪要"}, {"running", "运行情况报告"}, {"service", "服务内容与计价依据"},
	},
	"p2_supplement":     {{"attachment", "补正材料"}},
	"p4_consult":        {{"evidence", "异议依据"}},
	"p5_meeting":        {{"minutes", "常务会议纪要"}},
	"p6_condition":      {{"evidence", "批复条件佐证"}},
	"p7_sign":           {{"contract", "合同文本"}},
	"p8_report":         {{"evidence", "进度佐证"}},
	"c1_request":        {{"attachment", "变更申请与依据"}},
	"p9_request":        {{"acceptance", deliverables[0]}, {"acceptance", deliverables[1]}, {"acceptance", deliverables[2]}},
	"p9_prelim_prepare": append(acceptancePapers(prelimPapers), paper{"acceptance", "等级保护备案证明"}),
	"p9_prelim":         {{"acceptance", "验收组签字页"}},
	"p9_trial":          {{"acceptance", "监测日志"}},
	"p9_tests":          append(acceptancePapers(prelimPapers), paper{"acceptance", "第三方测试报告"}),
	"p9_catalogue":      {{"acceptance", "数据共享证明"}},
	"p9_archive_pre":    {{"acceptance", "档案验收意见"}},
	"p9_archive_mend":   acceptancePapers(finalPapers),
	"p9_materials":      acceptancePapers(finalPapers),
	"p9_final_prepare":  acceptancePapers(finalPapers),
	"p9_final":          {{"acceptance", "验收组签字页"}},
	"p12_collect":       {{"attachment", "P6 过程文件"}, {"attachment", "P8 过程文件"}, {"attachment", "P10 过程文件"}},
	"p12_fix":           {{"attachment", "P6 过程文件"}, {"attachment", "P8 过程文件"}, {"attachment", "P10 过程文件"}},
	"r1_rectify":        {{"evidence", "整改前截图"}, {"evidence", "整改后压测报告"}},
}

// Files are the titles of the files that the task of an element asks for.
func Files(element string) (titles []string) {
	for _, p := range papers[element] {
		titles = append(titles, p.title)
	}
	return titles
}

func acceptancePapers(all []material) (out []paper) {
	for _, m := range all {
		out = append(out, paper{"acceptance", m.title})
	}
	return out
}

// content is the smallest PDF, with the title and the project in it.
func (k paper) content(code string) []byte {
	return fmt.Appendf(
		nil,
		"%%PDF-1.4\n%% %s %s\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"+
			"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n",
		code, k.title,
	)
}

// application is the form of an application, every field that concerns the project.
func application(s Scene) fields {
	year := s.on("applied")[:4]
	out := fields{
		"planEntry": planEntry(s.Code), "uscc": "11341700MB0DEM00X1", "leader": "分管领导甲", "contact": "联系人乙", "mobile": "13800000000",
		"plannedStart": later(s.on("applied"), 6), "plannedEnd": later(s.on("applied"), 18), "secrecy": "none", "deployEnv": "cloud",
		"policyBasis": []any{fields{"title": "数字政府建设总体规划", "docNo": "县政发〔2021〕12号"}},
		"situation":   "现有业务依靠人工与表格办理，数据分散在三个科室，无统一平台。", "problem": "办理时限长，重复录入多，领导无法及时掌握情况。",
		"users":          "机关用户 120 人，公众用户约 30000 人，年业务量约 48000 件。",
		"similarSystems": []any{fields{"name": "市级同类平台", "owner": "市数据资源管理局", "relation": "数据上报，不重复建设"}},
		"searched":       s.Name, "whyNotExtend": "已有系统技术架构陈旧，厂商已停止维护，扩建费用高于新建。",
		"functionPoints": []any{fields{"module": "业务办理", "ilf": 12, "eif": 4, "ei": 36, "eo": 18, "eq": 22}},
		"dataProduced":   []any{fields{"name": "业务办理结果", "sharing": "limited"}},
		"dataNeeded":     []any{fields{"name": "人口基础信息", "provider": "县公安局"}},
		"interfaces":     []any{fields{"system": "统一身份认证", "content": "单点登录"}},
		"capabilityReuse": []any{
			fields{"capability": "CAP-GIS", "answer": "reuse", "reason": "地图底座直接调用"},
		},
		"priceEvidence": prices(s), "total": s.Declared().StringFixed(2),
		"funding":      []any{fields{"type": "县级财政", "year": number(year), "amount": s.Declared().StringFixed(2)}},
		"personalInfo": "general", "xinchuang": "服务器、操作系统、数据库均在信创目录内，已完成适配测试。",
		"targets": []any{
			fields{"kind": "output", "name": "上线功能模块", "value": "8", "unit": "个", "method": "验收清单"},
			fields{"kind": "output", "name": "完成系统对接", "value": "3", "unit": "个", "method": "验收清单"},
			fields{"kind": "output", "name": "培训人次", "value": "60", "unit": "人次", "method": "签到表"},
			fields{"kind": "benefit", "name": "年减少跑动", "value": "5000", "unit": "人次", "method": "系统统计"},
			fields{"kind": "benefit", "name": "平均办理时长下降", "value": "30", "unit": "%", "method": "系统统计"},
			fields{"kind": "satisfaction", "name": "用户满意度", "value": "90", "unit": "%", "method": "问卷"},
		},
	}
	with(out, "architecture", s.file("总体架构图"))
	if s.MlpsLevel >= 3 {
		out["filingNo"] = "34170000000-" + s.Code
		with(out, "cryptoPlan", s.file("密码应用方案"))
	}
	return out
}

// planEntry is the entry of the annual plan that a project draws on.
func planEntry(code string) string {
	_, rest, _ := strings.Cut(code, "-")
	return "JH-" + rest
}

// estimates are what the plan had for projects whose application grew since.
var estimates = map[string]string{"XM-2022-007": "3800000.00"}

func (p Project) estimate() string {
	if e, ok := estimates[p.Code]; ok {
		return e
	}
	return p.Declared().StringFixed(2)
}

// firms are those that quote.
var firms = []string{"示例信息技术有限公司", "示例网络工程有限公司", "示例数据服务有限公司"}

// prices are the evidence of each line's price: three quotes. Where the review
// found the price too high, they are what it found.
func prices(s Scene) []any {
	rows := []any{}
	for i, l := range s.Lines {
		price := l.UnitPrice
		if l.Reason == "PRICE" && l.Qty.IsPositive() {
			price = l.Reviewed.DivRound(l.Qty, 2)
		}
		for _, firm := range firms {
			rows = append(rows, fields{"lineNo": i + 1, "kind": "quote", "source": firm, "amount": price.StringFixed(2)})
		}
	}
	return rows
}

func number(year string) int64 {
	return decimal.RequireFromString(year).IntPart()
}
