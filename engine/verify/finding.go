package verify

import (
	"fmt"
	"slices"
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
	Trace     []string      `json:"trace,omitempty"`   // ids of the elements that lead there
	Arg       string        `json:"arg,omitempty"`     // what the text speaks of: a group, a job type, …
	Instead   string        `json:"instead,omitempty"` // what to write instead of Arg
	message   string        // of the gates, in English
}

// texts say each finding to people: what is wrong, then what to do. %[1]s is the element, %[2]s the argument, %[3]s what to write instead.
var texts = map[string]struct{ zh, en string }{
	"deadlock": {
		"流程会卡在 %[1]s：汇聚等待的分支可能不会到达。请让分支与汇聚配对，或改用包容网关。",
		"The process can get stuck at %[1]s: a branch it waits for may never come. Pair the split with the join, or use an inclusive gateway.",
	},
	"tokens-left": {
		"部分分支已经结束，但 %[1]s 仍在等待，流程无法完成。请检查汇聚前的分支。",
		"Some branches have ended while %[1]s still waits, so the process never completes. Look at the branches before it.",
	},
	"unbounded": {
		"每经过一次循环，%[1]s 处就多出一个并行分支，会无限增加。请在循环内先汇聚再返回。",
		"Each round of a loop adds a branch at %[1]s, without bound. Join the branches before going back.",
	},
	"no-end":      {"从 %[1]s 开始只能循环，无法到达结束。请给循环加一个出口。", "From %[1]s the process only goes round and never ends. Give the loop a way out."},
	"unreachable": {"%[1]s 永远不会执行。请连接它，或删除它。", "%[1]s is never reached. Connect it, or remove it."},
	"dead-end": {
		"%[1]s 之后没有连线，流程在此中断，而不是到达结束事件。请连接下一步，或连到结束事件。",
		"Nothing follows %[1]s, and it is no end event. Connect it to what comes next, or to an end event.",
	},
	"twice": {
		"并行分支未经汇聚就在 %[1]s 合并：它和它之后的步骤会被同时执行两次。请先用并行网关或包容网关汇聚。",
		"Parallel branches merge at %[1]s without a join: it and what follows run twice at a time. Join them with a parallel or inclusive " +
			"gateway first.",
	},
	"overlap": {
		"%[1]s 在循环中可能重叠：上一轮的提醒分支尚未办完，下一轮又开始了一个。若不希望如此，请让边界事件中断，或在返回前结束它。",
		"%[1]s can overlap in a loop: what an event beside an activity began in one round may still run when the next round begins another. If " +
			"that is not meant, let the event interrupt, or end it before going back.",
	},
	"not-explored": {
		"%[1]s 的状态太多，只检查了前 %[2]s 个。其余部分未检查。", "%[1]s has too many states; only the first %[2]s were explored. The rest is unchecked.",
	},

	"no-default": {
		"%[1]s 的所有出口都有条件，没有默认出口：条件都不成立时会停在这里。请设置默认流。",
		"All ways out of %[1]s have conditions and none is the default: when none holds, the process stops here. Set a default flow.",
	},
	"no-candidates": {"%[1]s 没有办理人，也没有候选岗位。请填写办理人或候选岗位。", "%[1]s has neither an assignee nor candidates. Say who does it."},
	"unknown-group": {
		"%[1]s 的候选岗位 %[2]s 在任何部门都无人担任。请改正岗位，或先任命。",
		"Nobody in any department holds the post %[2]s of %[1]s. Correct it, or appoint somebody first.",
	},
	"vacant-group":     {"%[1]s 的候选岗位 %[2]s 目前空缺。请任命办理人。", "The post %[2]s of %[1]s is vacant. Appoint somebody."},
	"no-unit":          {"%[1]s 用到 org.%[2]s，但没有单位担任这一职能。请先指定单位。", "%[1]s reads org.%[2]s, but no unit has this function. Name one first."},
	"unknown-function": {"%[1]s 用到 org.%[2]s，没有这样的职能。请改正名称。", "%[1]s reads org.%[2]s, which is not a function of units. Correct the name."},
	"unknown-job":      {"没有程序办理 %[1]s 的作业类型 %[2]s。请改正类型。", "No worker serves the job type %[2]s of %[1]s. Correct the type."},
	"unknown-person":   {"%[1]s 指定的 %[2]s 不是已有人员。请改正。", "%[1]s names %[2]s, who is not a person here. Correct it."},
	"not-a-candidate":  {"%[1]s 的 %[2]s 不在办理人和候选岗位之中。请改正。", "%[2]s of %[1]s is not among those who decide it. Correct it."},
	"quorum":           {"%[1]s 要求的人数 %[2]s 多于席位数。请改正 minQuorum。", "%[1]s asks for %[2]s voices and has fewer seats. Correct minQuorum."},
	"unknown-key": {
		"%[1]s 的 keyFields 中 %[2]s 在流程里不存在，直送时比对不出变化。请改正。",
		"keyFields of %[1]s reads %[2]s, which the process never sets: no change would be seen. Correct it.",
	},
	"unknown-duty": {
		"%[1]s 的职责 %[2]s 不存在。请改正 qc:task separate。", "There is no duty %[2]s, which %[1]s names. Correct qc:task separate.",
	},
	"bad-receivers": {
		"%[1]s 的可接收范围有误：%[2]s。请改正 qc:task receivers。", "The receivers of %[1]s are wrong: %[2]s. Correct qc:task receivers.",
	},
	"bad-return": {
		"%[1]s 可退回的 %[2]s 不是任何流程的用户任务。请改正 qc:task returnTo。",
		"%[1]s can be returned to %[2]s, which is no user task of any process. Correct qc:task returnTo.",
	},
	"bad-second": {"%[1]s 的第二人有误：%[2]s。请改正 qc:task second。", "The second person of %[1]s is wrong: %[2]s. Correct qc:task second."},
	"no-second": {
		"%[1]s 须由 %[2]s 复核，这个岗位无人担任；无人时由科室负责人复核。请先任命。",
		"%[1]s must be confirmed by %[2]s, a post that nobody holds; until somebody does, a head confirms. Appoint somebody first.",
	},
	"no-receiver": {
		"%[1]s 只能交给无人担任的岗位（%[2]s）。请改正 qc:task receivers，或先任命。",
		"%[1]s can be given only to a post that nobody holds (%[2]s). Correct qc:task receivers, or appoint somebody first.",
	},
	"bad-late": {
		"%[1]s 写的逾期处理办不到：%[2]s。退回要有退回目标，默认同意只限 G06 所列事项，都要有时限。",
		"What %[1]s says of its time being over cannot be done: %[2]s. A return needs a target, silence is consent only of what " +
			"rule G06 names, and both need a limit.",
	},
	"bad-authority":   {"%[1]s 的 %[2]s 不是可用的取值。请改正。", "%[2]s of %[1]s is not a value that it can have. Correct it."},
	"unknown-command": {"%[1]s 的命令 %[2]s 不存在。请改正命令名。", "There is no command %[2]s, which %[1]s names. Correct it."},

	"uncaught-error": {
		"没有谁捕获 %[1]s 抛出的错误 %[2]s：流程会停在这里，等管理员处理。请加边界错误事件或错误事件子流程，或改为结束事件。",
		"Nobody catches the error %[2]s that %[1]s throws: the process stops there. Add an error boundary event or an error event sub-process, " +
			"or end otherwise.",
	},
	"uncaught-escalation": {
		"没有谁捕获 %[1]s 抛出的升级 %[2]s：它不起作用。请加边界升级事件，或删除它。",
		"Nobody catches the escalation %[2]s that %[1]s throws: it has no effect. Add an escalation boundary event, or remove it.",
	},
	"no-compensation": {
		"%[1]s 触发补偿，但没有任何可补偿的活动：它不起作用。请为活动加补偿处理，或删除它。",
		"%[1]s asks for compensation, but nothing there has a compensation handler: it has no effect. Add a handler, or remove it.",
	},
	"endless-call": {
		"%[1]s 调用 %[2]s，而它又会回到这里，没有不再调用的出路：永远不会结束。请加一条不调用的分支。",
		"%[1]s calls %[2]s, which comes back here, and no way leads out of the circle: it never ends. Add a way without the call.",
	},
	"input-never": {
		"%[1]s 需要的数据没有任何步骤写入。请让前面的步骤输出到该数据对象，或把输入设为可选，或删除输入。",
		"Nothing writes the data that %[1]s needs. Let a step before it write the data object, make the input optional, or remove it.",
	},

	"no-implementation-serviceTask": {
		"服务任务 %[1]s 没有说明由什么来做，会被直接跳过。请填写 zeebe:taskDefinition 的作业类型，或改为人工任务。",
		"Nothing does the service task %[1]s; it would be passed by. " +
			"Give it a job type (zeebe:taskDefinition), or make it a manual task.",
	},
	"no-implementation-sendTask": {
		"发送任务 %[1]s 没有消息也没有作业类型，什么都不会发出。请填写 messageRef 或 zeebe:taskDefinition。",
		"The send task %[1]s has neither a message nor a job type: it sends nothing. Give it a messageRef or a zeebe:taskDefinition.",
	},
	"no-implementation-scriptTask": {
		"脚本任务 %[1]s 没有脚本，会被直接跳过。请填写 zeebe:script 的表达式，或作业类型。",
		"The script task %[1]s has no script; it would be passed by. Give it a zeebe:script, or a job type.",
	},
	"no-implementation-globalScriptTask": {
		"全局脚本任务 %[1]s 没有脚本，会被直接跳过。请填写 zeebe:script 的表达式，或作业类型。",
		"The global script task %[1]s has no script; it would be passed by. Give it a zeebe:script, or a job type.",
	},
	"no-implementation-businessRuleTask": {
		"业务规则任务 %[1]s 没有决策，会被直接跳过。请填写 zeebe:calledDecision 的 decisionId，或作业类型。",
		"The business rule task %[1]s has no decision; it would be passed by. " +
			"Give it a zeebe:calledDecision with a decisionId, or a job type.",
	},
	"no-implementation-globalBusinessRuleTask": {
		"全局业务规则任务 %[1]s 没有决策，会被直接跳过。请填写 zeebe:calledDecision 的 decisionId，或作业类型。",
		"The global business rule task %[1]s has no decision; it would be passed by. " +
			"Give it a zeebe:calledDecision with a decisionId, or a job type.",
	},

	"misspelt-function": {
		"%[1]s 的表达式调用 %[2]s，没有这个函数，结果总是 null。是不是想写：%[3]s？",
		"The expression of %[1]s calls %[2]s, which does not exist, so it is always null. Did you mean: %[3]s?",
	},
	"unknown-function-name": {
		"%[1]s 的表达式调用 %[2]s，没有这个函数，结果总是 null。请改用 docs/feel.md 中的函数。",
		"The expression of %[1]s calls %[2]s, which does not exist, so it is always null. Use a function of docs/feel.md.",
	},

	"foreign-attribute": {
		"%[1]s 的 %[2]s 是其他引擎的写法，在这里不起作用。请改写为 %[3]s。",
		"%[2]s at %[1]s belongs to another engine and has no effect here. Write %[3]s instead.",
	},
	"foreign-harmless": {
		"%[1]s 的 %[2]s 是其他引擎的写法，在这里不需要，可以删除。", "%[2]s at %[1]s belongs to another engine and is not needed here; it can go.",
	},
	"foreign-unknown": {
		"%[1]s 的 %[2]s 是其他引擎的写法，在这里不起作用，也没有对应的写法。请确认流程不依赖它，再删除。",
		"%[2]s at %[1]s belongs to another engine; it has no effect here and no counterpart. " +
			"Make sure that nothing depends on it, and remove it.",
	},
	"foreign-expression": {
		"%[1]s 的表达式 %[2]s 是其他引擎的写法，这里用 FEEL。请改写为 %[3]s。",
		"The expression %[2]s of %[1]s is another engine's; here it is FEEL. Write %[3]s.",
	},

	"nothing-executable": {
		"这些文件里没有可执行的流程，什么也没有检查。请在流程上设置 isExecutable=\"true\"。",
		"These files hold no executable process, so nothing was checked. Set isExecutable=\"true\" on the process.",
	},

	"conditional-start": {
		"%[1]s 的条件只看启动者带来的变量：条件不成立时启动被拒绝，也没有谁会自动启动它。",
		"%[1]s looks only at the variables of the one who starts the process: while they do not meet its condition the start is refused, and " +
			"nothing starts it unasked.",
	},
	"message-taken": {
		"%[1]s 的消息已用来启动流程 %[2]s：一条消息只启动一个流程。请换一个消息名，或改用信号。",
		"The message of %[1]s starts the process %[2]s already: one message starts one process. Name it differently, or use a signal.",
	},
	"cycle-too-old": {
		"%[1]s 的周期从太久以前算起：部署之前已错过 %[2]s 次以上。请改用较近的起始时间。",
		"The cycle of %[1]s counts from too long ago: more than %[2]s of its moments lie before the deployment. Let it begin later.",
	},
}

// Text says the finding in a language: "zh" or "en".
func (f Finding) Text(lang string) string {
	t := texts[f.Code].zh
	if f.message != "" {
		if lang == "en" {
			return f.message
		}
		f.Arg = f.message
		if t = rules[f.Code]; t == "" {
			t = "%[1]s 不符合规范：%[2]s"
		}
	}
	if lang == "en" {
		t = texts[f.Code].en
	}
	who := f.Name
	switch {
	case f.Element == "" && lang == "en":
		who = "the file"
	case f.Element == "":
		who = "文件"
	case who == "":
		who = f.Element
	case lang == "en":
		who = fmt.Sprintf("%q (%s)", f.Name, f.Element)
	default:
		who = fmt.Sprintf("“%s”（%s）", f.Name, f.Element)
	}
	given := []any{who, f.Arg, f.Instead}
	for len(given) > 0 && !strings.Contains(t, fmt.Sprintf("%%[%d]s", len(given))) {
		given = given[:len(given)-1]
	}
	return fmt.Sprintf(t, given...)
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

// possible are the findings that, as warnings, leave open whether everything finds an end.
var possible = []string{"deadlock", "tokens-left", "unbounded", "twice", "not-explored", "nothing-executable"}

// VerdictOf is what findings say of models: unsound when one refuses them, and
// undecided when it is only known under which conditions, or not at all, whether
// everything finds an end.
func VerdictOf(fs []Finding) Verdict {
	switch {
	case HasErrors(fs):
		return Unsound
	case slices.ContainsFunc(fs, func(f Finding) bool { return slices.Contains(possible, f.Code) }):
		return Undecided
	}
	return Sound
}
