package models

// Code lists of the forms. Names of codes that are not Chinese themselves are
// texts: "cutReason.<code>", "rootCause.<code>", "stage.<code>"; English names of
// all are "code.<code>" or the same keys.
var (
	ProjectTypes   = []string{"新建", "升级改造", "运维", "购买服务", "数据服务"}
	LineCategories = []string{"软件开发", "成品软件", "硬件", "数据", "云资源", "集成", "监理", "测评", "培训", "运维", "其他"}
	FundSources    = []string{"县级财政", "上级专项", "专项债", "其他"}
	DocumentKinds  = []string{
		"attachment", "evidence", "plan", "quote", "minutes", "contract", "report", "acceptance", "invoice", "letter", "budget", "crypto",
		"running", "service",
	}
	CutReasons  = []string{"DUP", "REUSE", "OVER", "INVALID", "PRICE", "SCOPE", "CALC", "DEFER"}
	RootCauses  = []string{"RULE", "PROC", "MAT", "TIME", "SYS", "STAFF", "WIN", "INFO", "SUPER", "RES"}
	RectSources = []string{"manual", "acceptance", "inspection", "audit", "payment", "indicator", "hotline", "walk", "stuck", "other"}
)
