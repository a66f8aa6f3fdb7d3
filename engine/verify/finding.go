package verify

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// Finding is something that is wrong with a model, or may be.
type Finding struct {
	Code      string        `json:"code"` // stable: a key of the texts, or "structure" for what the gates say
	Severity  bpmn.Severity `json:"-"`
	File      string        `json:"file,omitempty"`
	Process   string        `json:"process,omitempty"` // id of the process or sub-process
	Element   string        `json:"element,omitempty"`
	Name      string        `json:"name,omitempty"` // of the element, for people
	Line, Col int           `json:"-"`
	Trace     []string      `json:"trace,omitempty"` // ids of the elements that lead there
	Arg       string        `json:"arg,omitempty"`   // what the text speaks of: a group, a job type, …
	message   string        // of the gates, in English
}

// texts say each finding to people: what is wrong, then what to do. %[1]s is the element, %[2]s the argument.
var texts = map[string]struct{ zh, en string }{
	"deadlock":     {"流程会卡在 %[1]s：汇聚等待的分支可能不会到达。请让分支与汇聚配对，或改用包容网关。", "The process can get stuck at %[1]s: a branch it waits for may never come. Pair the split with the join, or use an inclusive gateway."},
	"tokens-left":  {"部分分支已经结束，但 %[1]s 仍在等待，流程无法完成。请检查汇聚前的分支。", "Some branches have ended while %[1]s still waits, so the process never completes. Look at the branches before it."},
	"unbounded":    {"每经过一次循环，%[1]s 处就多出一个并行分支，会无限增加。请在循环内先汇聚再返回。", "Each round of a loop adds a branch at %[1]s, without bound. Join the branches before going back."},
	"no-end":       {"从 %[1]s 开始只能循环，无法到达结束。请给循环加一个出口。", "From %[1]s the process only goes round and never ends. Give the loop a way out."},
	"unreachable":  {"%[1]s 永远不会执行。请连接它，或删除它。", "%[1]s is never reached. Connect it, or remove it."},
	"twice":        {"%[1]s 可能被同时执行两次：并行分支未经汇聚就合并。请使用并行网关或包容网关汇聚。", "%[1]s can run twice at a time: parallel branches merge without a join. Join them with a parallel or inclusive gateway."},
	"not-explored": {"%[1]s 的状态太多，只检查了前 %[2]s 个。其余部分未检查。", "%[1]s has too many states; only the first %[2]s were explored. The rest is unchecked."},

	"no-default":       {"%[1]s 的所有出口都有条件，没有默认出口：条件都不成立时会停在这里。请设置默认流。", "All ways out of %[1]s have conditions and none is the default: when none holds, the process stops here. Set a default flow."},
	"no-candidates":    {"%[1]s 没有办理人，也没有候选岗位。请填写办理人或候选岗位。", "%[1]s has neither an assignee nor candidates. Say who does it."},
	"unknown-group":    {"%[1]s 的候选岗位 %[2]s 在任何部门都无人担任。请改正岗位，或先任命。", "Nobody in any department holds the post %[2]s of %[1]s. Correct it, or appoint somebody first."},
	"vacant-group":     {"%[1]s 的候选岗位 %[2]s 目前空缺。请任命办理人。", "The post %[2]s of %[1]s is vacant. Appoint somebody."},
	"no-unit":          {"%[1]s 用到 org.%[2]s，但没有单位担任这一职能。请先指定单位。", "%[1]s reads org.%[2]s, but no unit has this function. Name one first."},
	"unknown-function": {"%[1]s 用到 org.%[2]s，没有这样的职能。请改正名称。", "%[1]s reads org.%[2]s, which is not a function of units. Correct the name."},
	"unknown-job":      {"没有程序办理 %[1]s 的作业类型 %[2]s。请改正类型。", "No worker serves the job type %[2]s of %[1]s. Correct the type."},
	"unknown-duty":     {"%[1]s 的职责 %[2]s 不存在。请改正 qc:task separate。", "There is no duty %[2]s, which %[1]s names. Correct qc:task separate."},
	"bad-receivers":    {"%[1]s 的可接收范围有误：%[2]s。请改正 qc:task receivers。", "The receivers of %[1]s are wrong: %[2]s. Correct qc:task receivers."},
	"no-receiver":      {"%[1]s 只能交给无人担任的岗位（%[2]s）。请改正 qc:task receivers，或先任命。", "%[1]s can be given only to a post that nobody holds (%[2]s). Correct qc:task receivers, or appoint somebody first."},
	"bad-authority":    {"%[1]s 的 %[2]s 不是可用的取值。请改正。", "%[2]s of %[1]s is not a value that it can have. Correct it."},
	"unknown-command":  {"%[1]s 的命令 %[2]s 不存在。请改正命令名。", "There is no command %[2]s, which %[1]s names. Correct it."},

	"conditional-start": {"%[1]s 的条件只看启动者带来的变量：条件不成立时启动被拒绝，也没有谁会自动启动它。", "%[1]s looks only at the variables of the one who starts the process: while they do not meet its condition the start is refused, and nothing starts it unasked."},
	"message-taken":     {"%[1]s 的消息已用来启动流程 %[2]s：一条消息只启动一个流程。请换一个消息名，或改用信号。", "The message of %[1]s starts the process %[2]s already: one message starts one process. Name it differently, or use a signal."},
	"cycle-too-old":     {"%[1]s 的周期从太久以前算起：部署之前已错过 %[2]s 次以上。请改用较近的起始时间。", "The cycle of %[1]s counts from too long ago: more than %[2]s of its moments lie before the deployment. Let it begin later."},
}

// Text says the finding in a language: "zh" or "en".
func (f Finding) Text(lang string) string {
	if f.message != "" {
		return f.message
	}
	t := texts[f.Code].zh
	if lang == "en" {
		t = texts[f.Code].en
	}
	who := f.Name
	switch {
	case who == "":
		who = f.Element
	case lang == "en":
		who = fmt.Sprintf("%q (%s)", f.Name, f.Element)
	default:
		who = fmt.Sprintf("“%s”（%s）", f.Name, f.Element)
	}
	if strings.Contains(t, "%[2]s") {
		return fmt.Sprintf(t, who, f.Arg)
	}
	return fmt.Sprintf(t, who)
}

// HasErrors reports whether any finding refuses the model.
func HasErrors(fs []Finding) bool {
	for _, f := range fs {
		if f.Severity == bpmn.Error {
			return true
		}
	}
	return false
}
