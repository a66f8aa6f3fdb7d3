package roster

import (
	"slices"
	"strings"
)

// column is a column of the list: what its head says in Chinese and English, and
// which field of a Row it is.
type column struct {
	key    string
	zh, en string
	needed bool
	width  float64
	hint   string // what stands in the template's second sheet
	field  func(*Row) *string
}

var columns = []column{
	{"unit", "单位编号", "Unit id", true, 12, "1 到 20 位字母或数字；没有的编号连同单位名称建一个新单位", func(r *Row) *string { return &r.Unit }},
	{"unitName", "单位名称", "Unit", false, 28, "新单位必填；已有单位要改名才填新名", func(r *Row) *string { return &r.UnitName }},
	{"parent", "上级单位编号", "Parent unit", false, 14, "可空", func(r *Row) *string { return &r.Parent }},
	{
		"unitKind", "单位类别", "Kind of unit", false, 12,
		"可空：applying 部门、section 科室、township 乡镇、vertical 垂管、institution 事业单位、supplier 承建、supervisor 监理、tester 测评、agency 代理、experts 专家库",
		func(r *Row) *string { return &r.UnitKind },
	},
	{"agencyCode", "机构代码", "Agency code", false, 14, "可空", func(r *Row) *string { return &r.AgencyCode }},
	{"uscc", "统一社会信用代码", "Credit code", false, 22, "可空；18 位", func(r *Row) *string { return &r.USCC }},
	{"account", "账号", "Account", false, 16, "登录用，小写字母、数字、连字符；空着由系统编", func(r *Row) *string { return &r.Account }},
	{"name", "姓名", "Name", true, 12, "必填；只列单位的行可空", func(r *Row) *string { return &r.Name }},
	{"nameEn", "英文名", "English name", false, 16, "可空", func(r *Row) *string { return &r.NameEn }},
	{"mobile", "手机号", "Mobile", false, 14, "可空；加密保存。导出时遮住中间四位，遮住的不改", func(r *Row) *string { return &r.Mobile }},
	{"idno", "身份证号", "Identity number", false, 20, "可空；加密保存。遮住的不改", func(r *Row) *string { return &r.IDNo }},
	{"role", "岗位", "Role", false, 18, "代码或名称，见第二张表；一人多岗写多行", func(r *Row) *string { return &r.Role }},
	{"title", "职务", "Title", false, 14, "可空", func(r *Row) *string { return &r.Title }},
	{"rank", "级别", "Rank", false, 8, "可空；0 是主要负责人，数字越大越低", func(r *Row) *string { return &r.Rank }},
	{"primary", "主职", "Primary post", false, 8, "是、否；空着第一行是主职", func(r *Row) *string { return &r.Primary }},
	{"from", "任职起", "From", false, 12, "年-月-日；空着自授权起", func(r *Row) *string { return &r.From }},
	{"to", "任职止", "To", false, 12, "年-月-日，含当日；空着不限", func(r *Row) *string { return &r.To }},
	{"state", "状态", "State", false, 8, "在岗、离岗；空着是在岗", func(r *Row) *string { return &r.State }},
}

// Row is a line of the list as it was written, without blanks around.
type Row struct {
	Line       int    `json:"line"` // in the file, from 1; the head is 1
	Unit       string `json:"unit"`
	UnitName   string `json:"unitName,omitempty"`
	Parent     string `json:"parent,omitempty"`
	UnitKind   string `json:"unitKind,omitempty"`
	AgencyCode string `json:"agencyCode,omitempty"`
	USCC       string `json:"uscc,omitempty"`
	Account    string `json:"account,omitempty"`
	Name       string `json:"name,omitempty"`
	NameEn     string `json:"nameEn,omitempty"`
	Mobile     string `json:"mobile,omitempty"`
	IDNo       string `json:"idno,omitempty"`
	Role       string `json:"role,omitempty"`
	Title      string `json:"title,omitempty"`
	Rank       string `json:"rank,omitempty"`
	Primary    string `json:"primary,omitempty"`
	From       string `json:"from,omitempty"`
	To         string `json:"to,omitempty"`
	State      string `json:"state,omitempty"`
}

// columnNamed finds a column by what stands in a head: Chinese, English or key.
func columnNamed(head string) (column, bool) {
	plain := strings.ToLower(strings.TrimRight(strings.TrimSpace(head), "*＊ "))
	i := slices.IndexFunc(columns, func(c column) bool {
		return plain == c.zh || plain == strings.ToLower(c.en) || plain == strings.ToLower(c.key)
	})
	if i < 0 {
		return column{}, false
	}
	return columns[i], true
}

// ColumnName is what a column is called in Chinese or English.
func ColumnName(key string, english bool) string {
	i := slices.IndexFunc(columns, func(c column) bool { return c.key == key })
	switch {
	case i < 0:
		return key
	case english:
		return columns[i].en
	}
	return columns[i].zh
}
