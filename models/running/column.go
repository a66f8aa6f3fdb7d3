package running

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/models"
)

// kind is how a cell is read.
type kind int

const (
	text kind = iota
	money
	date
	whole  // an integer that is not negative
	number // a decimal
	choice
)

// column of a sheet: what its head says in Chinese and English, and what its cells hold.
type column struct {
	key    string
	zh, en string
	kind   kind
	needed bool
	// of a choice: what may stand in a cell, and what it means
	options map[string]string
	hint    string
}

// sheet of the workbook.
type sheet struct {
	key    string
	zh, en string
	// needed: without it there is nothing to take in
	needed  bool
	columns []column
}

// Where the life of a project that already runs goes on.
const (
	EntryContract   = "contract"   // signed, to be begun
	EntryBuilding   = "building"   // under construction
	EntryTrial      = "trial"      // preliminary acceptance passed, trial run under way
	EntryAcceptance = "acceptance" // trial run over, final acceptance to come
	EntryFinal      = "final"      // accepted: warranty and last payments
	EntryOperating  = "operating"  // of the inventory only: no life is begun
)

// Entries in the order of a life.
var Entries = []string{EntryContract, EntryBuilding, EntryTrial, EntryAcceptance, EntryFinal, EntryOperating}

var (
	entries = map[string]string{
		"合同": EntryContract, "建设": EntryBuilding, "试运行": EntryTrial, "验收": EntryAcceptance, "终验后": EntryFinal, "运行": EntryOperating,
	}
	conditions = map[string]string{"预付": "advance", "到货": "delivery", "初验": "prelim", "终验": "final", "质保": "retention"}
	modes      = map[string]string{
		"公开招标": "TENDER", "邀请招标": "INVITED", "竞争性谈判": "NEGOTIATION", "竞争性磋商": "CONSULT", "询价": "QUOTATION",
		"单一来源": "SINGLE", "框架协议": "FRAMEWORK", "电子卖场": "MALL",
	}
	yesNo      = map[string]string{"是": "yes", "否": "no"}
	cutReasons = map[string]string{
		"重复建设": "DUP", "复用城市大脑能力": "REUSE", "过度建设": "OVER", "无效建设": "INVALID", "高于市场价": "PRICE", "超范围": "SCOPE",
		"计算或取费错误": "CALC", "分期实施": "DEFER",
	}
	// paperKinds are named as the numbered papers of the house are.
	paperKinds = themselves([]string{"受理通知书", "审查意见书", "批复", "初验报告", "终验报告", "合同", "其他"})
)

func themselves(list []string) map[string]string {
	out := map[string]string{}
	for _, s := range list {
		out[s] = s
	}
	return out
}

const refHint = "与“项目”表的序号相同"

// The sheets, in the order of the template.
var sheets = []sheet{
	{key: "project", zh: "项目", en: "Projects", needed: true, columns: []column{
		{key: "ref", zh: "序号", en: "No.", needed: true, hint: "本表内不重复，其他各表用它对应"},
		{key: "name", zh: "项目名称", en: "Name", needed: true, hint: "2 到 60 字"},
		{key: "unit", zh: "单位", en: "Unit", needed: true, hint: "单位编号或全称，须已在组织机构里"},
		{key: "type", zh: "类型", en: "Type", needed: true, kind: choice, options: themselves(models.ProjectTypes)},
		{key: "entry", zh: "阶段", en: "Stage", needed: true, kind: choice, options: entries,
			hint: "合同：已签待开工；建设：接着报进度；试运行：接着计天数；验收：补材料再终验；终验后：质保与尾款；运行：只建台账"},
		{key: "code", zh: "项目编号", en: "Code", hint: "已有编号才填，形如 XM-2021-007；空着由系统编"},
		{key: "mlps", zh: "等保级别", en: "Protection level", kind: whole, hint: "1 到 4"},
		{key: "declaredOn", zh: "申报日期", en: "Declared on", needed: true, kind: date},
		{key: "acceptedOn", zh: "受理日期", en: "Accepted on", needed: true, kind: date, hint: "规则包按受理日期选"},
		{key: "approvalNo", zh: "批复文号", en: "Approval no.", needed: true, hint: "没有批复的另走补审，不在这里移交"},
		{key: "approvedOn", zh: "批复日期", en: "Approved on", needed: true, kind: date},
		{key: "approved", zh: "批复金额", en: "Approved", needed: true, kind: money, hint: "元，等于明细核定金额之和"},
		{key: "issued", zh: "下达金额", en: "Issued", needed: true, kind: money, hint: "元，已下达指标合计"},
		{key: "indicator", zh: "指标编号", en: "Indicator", needed: true, hint: "财政指标主键，与财政对账用"},
		{key: "issuedNo", zh: "指标文号", en: "Indicator paper"},
		{key: "issuedOn", zh: "下达日期", en: "Issued on", needed: true, kind: date},
		{key: "startedOn", zh: "开工日期", en: "Begun on", kind: date, hint: "建设及以后阶段必填"},
		{key: "prelimOn", zh: "初验日期", en: "Preliminary acceptance", kind: date, hint: "试运行及以后阶段必填"},
		{key: "trialFrom", zh: "试运行开始", en: "Trial run from", kind: date, hint: "试运行及以后阶段必填"},
		{key: "trialMonths", zh: "试运行月数", en: "Months of trial run", kind: whole, hint: "合同约定；空着按规则"},
		{key: "trialTo", zh: "试运行结束", en: "Trial run to", kind: date, hint: "验收及以后阶段必填"},
		{key: "availability", zh: "可用率", en: "Availability", kind: number, hint: "百分数，如 99.5；验收及以后阶段必填"},
		{key: "finalOn", zh: "终验日期", en: "Final acceptance", kind: date, hint: "终验后、运行必填"},
	}},
	{key: "line", zh: "明细", en: "Lines", needed: true, columns: []column{
		{key: "ref", zh: "序号", en: "No.", needed: true, hint: refHint},
		{key: "category", zh: "类别", en: "Category", needed: true, kind: choice, options: themselves(models.LineCategories)},
		{key: "name", zh: "名称", en: "Name", needed: true},
		{key: "spec", zh: "规格", en: "Specification"},
		{key: "measure", zh: "计量单位", en: "Measure"},
		{key: "qty", zh: "数量", en: "Quantity", needed: true, kind: number},
		{key: "price", zh: "单价", en: "Unit price", needed: true, kind: money, hint: "元"},
		{key: "reviewed", zh: "核定金额", en: "Reviewed", needed: true, kind: money, hint: "元，不大于数量×单价"},
		{key: "reason", zh: "核减原因", en: "Why cut", kind: choice, options: cutReasons, hint: "有核减必填"},
	}},
	{key: "paper", zh: "文号", en: "Papers", columns: []column{
		{key: "ref", zh: "序号", en: "No.", needed: true, hint: refHint},
		{key: "kind", zh: "文种", en: "Kind", needed: true, kind: choice, options: paperKinds},
		{key: "no", zh: "文号", en: "Number", needed: true},
		{key: "title", zh: "标题", en: "Title"},
		{key: "dated", zh: "日期", en: "Dated", needed: true, kind: date},
	}},
	{key: "contract", zh: "合同", en: "Contracts", needed: true, columns: []column{
		{key: "ref", zh: "序号", en: "No.", needed: true, hint: refHint},
		{key: "no", zh: "合同编号", en: "Contract no.", needed: true},
		{key: "title", zh: "合同名称", en: "Title", needed: true},
		{key: "mode", zh: "采购方式", en: "Method", needed: true, kind: choice, options: modes},
		{key: "awardOn", zh: "中标日期", en: "Awarded on", needed: true, kind: date},
		{key: "award", zh: "中标金额", en: "Award", needed: true, kind: money, hint: "元"},
		{key: "supplier", zh: "供应商", en: "Supplier", needed: true},
		{key: "uscc", zh: "统一社会信用代码", en: "Credit code", needed: true, hint: "18 位，单位须已在组织机构里"},
		{key: "supervisor", zh: "监理单位代码", en: "Supervisor", hint: "合同、建设两个阶段必填，统一社会信用代码"},
		{key: "amount", zh: "合同金额", en: "Amount", needed: true, kind: money, hint: "元，含已生效的变更"},
		{key: "signedOn", zh: "签订日期", en: "Signed on", needed: true, kind: date},
		{key: "starts", zh: "开始日期", en: "Begins", kind: date},
		{key: "ends", zh: "结束日期", en: "Ends", kind: date},
		{key: "publishedOn", zh: "公告日期", en: "Published on", kind: date},
		{key: "filedOn", zh: "备案日期", en: "Filed on", kind: date},
		{key: "warranty", zh: "质保月数", en: "Warranty months", kind: whole},
		{key: "bond", zh: "履约保证金", en: "Bond", kind: money, hint: "元"},
		{key: "sme", zh: "中小企业", en: "Small supplier", kind: choice, options: yesNo},
		{key: "deliverables", zh: "交付物", en: "Deliverables", hint: "用“、”隔开"},
	}},
	{key: "term", zh: "付款条款", en: "Payment terms", needed: true, columns: []column{
		{key: "contract", zh: "合同编号", en: "Contract no.", needed: true},
		{key: "name", zh: "条款", en: "Term", needed: true},
		{key: "condition", zh: "条件", en: "Condition", needed: true, kind: choice, options: conditions},
		{key: "ratio", zh: "比例", en: "Ratio", needed: true, kind: number, hint: "百分数，一份合同合计 100"},
		{key: "amount", zh: "金额", en: "Amount", needed: true, kind: money, hint: "元，一份合同合计等于合同金额"},
	}},
	{key: "milestone", zh: "里程碑", en: "Milestones", columns: []column{
		{key: "ref", zh: "序号", en: "No.", needed: true, hint: refHint},
		{key: "no", zh: "编号", en: "Milestone", needed: true, kind: whole, hint: "1、2、3……"},
		{key: "name", zh: "名称", en: "Name", needed: true},
		{key: "plan", zh: "计划日期", en: "Planned for", needed: true, kind: date},
		{key: "percent", zh: "完成比例", en: "Percent", kind: whole, hint: "0 到 100"},
		{key: "passedOn", zh: "完成日期", en: "Passed on", kind: date, hint: "完成了才填"},
	}},
	{key: "payment", zh: "支付", en: "Payments", columns: []column{
		{key: "contract", zh: "合同编号", en: "Contract no.", needed: true},
		{key: "term", zh: "条款", en: "Term", needed: true, hint: "与“付款条款”表相同"},
		{key: "cert", zh: "支付凭证号", en: "Voucher", needed: true},
		{key: "invoice", zh: "发票号", en: "Invoice", needed: true},
		{key: "amount", zh: "金额", en: "Amount", needed: true, kind: money, hint: "元，实付"},
		{key: "paidOn", zh: "支付日期", en: "Paid on", needed: true, kind: date},
	}},
}

// sheetOf is the sheet of a key.
func sheetOf(key string) *sheet {
	i := slices.IndexFunc(sheets, func(s sheet) bool { return s.key == key })
	return &sheets[i]
}

// SheetName and ColumnName are what sheets and columns are called in Chinese or English.
func SheetName(key string, english bool) string {
	s := sheetOf(key)
	if english {
		return s.en
	}
	return s.zh
}

// ColumnName of a sheet; "" names no column.
func ColumnName(sheet, key string, english bool) string {
	for _, c := range sheetOf(sheet).columns {
		if c.key == key && english {
			return c.en
		}
		if c.key == key {
			return c.zh
		}
	}
	return key
}

// plain is a head as it is compared: without the star of what is needed, blanks and a unit in brackets.
func plain(head string) string {
	head = strings.TrimSpace(strings.NewReplacer("（", "(", "）", ")", "\n", "").Replace(head))
	head, _, _ = strings.Cut(head, "(")
	return strings.ToLower(strings.TrimRight(strings.TrimSpace(head), "*＊ "))
}
