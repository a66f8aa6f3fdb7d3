package forms

import "strings"

// Problem is one thing wrong with submitted data.
type Problem struct {
	Pointer string // RFC 6901, into the data
	Code    string // required, minLength, …; the keys of messages
	Label   string // what the form calls the field
	English string // the same in English, if the form says it
	Args    []string
}

// messages by code: zh-CN, en. %[1]s is the label, %[2]s the limit, %[3]s a second one.
var messages = map[string][2]string{
	"required":  {"请填写“%[1]s”", "“%[1]s” is required"},
	"minLength": {"“%[1]s”至少 %[2]s 个字", "“%[1]s” needs at least %[2]s characters"},
	"maxLength": {"“%[1]s”最多 %[2]s 个字", "“%[1]s” takes at most %[2]s characters"},
	"min":       {"“%[1]s”不能小于 %[2]s", "“%[1]s” must be at least %[2]s"},
	"max":       {"“%[1]s”不能大于 %[2]s", "“%[1]s” must be at most %[2]s"},
	"step":      {"“%[1]s”最近的可填值是 %[2]s 和 %[3]s", "“%[1]s”: the nearest values are %[2]s and %[3]s"},
	"past":      {"“%[1]s”不能早于现在", "“%[1]s” must not be past"},
	"decimals":  {"“%[1]s”最多 %[2]s 位小数", "“%[1]s” takes at most %[2]s decimals"},
	"pattern":   {"“%[1]s”格式不对 %[2]s", "“%[1]s” does not have the right form %[2]s"},
	"text":      {"“%[1]s”应为文字", "“%[1]s” must be text"},
	"control":   {"“%[1]s”含有不可见的控制字符", "“%[1]s” holds control characters"},
	"number":    {"“%[1]s”应为数字", "“%[1]s” must be a number"},
	"bool":      {"“%[1]s”应为是或否", "“%[1]s” must be true or false"},
	"option":    {"“%[1]s”不在可选项中", "“%[1]s” is not one of the options"},
	"list":      {"“%[1]s”应为列表", "“%[1]s” must be a list"},
	"object":    {"“%[1]s”的这一行不完整", "this row of “%[1]s” must be an object"},
	"tooMany":   {"“%[1]s”最多 %[2]s 行", "“%[1]s” takes at most %[2]s rows"},
	"date":      {"“%[1]s”应为日期，如 2022-06-30", "“%[1]s” must be a date such as 2022-06-30"},
	"time":      {"“%[1]s”应为时间，如 09:30", "“%[1]s” must be a time such as 09:30"},
	"datetime":  {"“%[1]s”应为日期和时间，如 2022-06-30T09:30", "“%[1]s” must be a date and time such as 2022-06-30T09:30"},
	"files":     {"“%[1]s”应为已上传文件的编号", "“%[1]s” must be ids of uploaded documents"},
	"unknown":   {"表单里没有“%[1]s”这一项", "the form has no field “%[1]s”"},
}

// In says the problem in a language: "en", or zh-CN for everything else.
func (p Problem) In(lang string) string {
	m, ok := messages[p.Code]
	if !ok {
		return p.Code
	}
	text, label := m[0], p.Label
	if lang == "en" {
		text = m[1]
		if p.English != "" {
			label = p.English
		}
	}
	one, two := "", ""
	if len(p.Args) > 0 {
		one = p.Args[0]
	}
	if len(p.Args) > 1 {
		two = p.Args[1]
	}
	return strings.TrimSpace(strings.NewReplacer("%[1]s", label, "%[2]s", one, "%[3]s", two).Replace(text))
}
