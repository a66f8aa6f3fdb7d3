package bpmn

import "strings"

// extensionElements lists the extension elements of a namespace.
func extensionElements(n *Node, space string) []*Node {
	var out []*Node
	for _, c := range n.ChildrenNamed("extensionElements") {
		for _, x := range c.Elements() {
			if x.Space == space {
				out = append(out, x)
			}
		}
	}
	return out
}

func readExtensions(n *Node) Extensions {
	var x Extensions
	for _, c := range extensionElements(n, NamespaceZeebe) {
		if read := zeebeReaders[c.Local]; read != nil {
			read(&x, c)
		}
	}
	for _, c := range extensionElements(n, NamespaceQC) {
		if read := qcReaders[c.Local]; read != nil {
			read(&x, c)
		}
	}
	return x
}

var zeebeReaders = map[string]func(*Extensions, *Node){
	"taskDefinition": func(x *Extensions, n *Node) {
		x.TaskDefinition = &TaskDefinition{n.Attr("type"), orElse(n.Attr("retries"), "3"), n.Pos}
	},
	"ioMapping": func(x *Extensions, n *Node) {
		for _, c := range n.Elements() {
			switch c.Local {
			case "input":
				x.Inputs = append(x.Inputs, Mapping{c.Attr("source"), c.Attr("target"), c.Pos})
			case "output":
				x.Outputs = append(x.Outputs, Mapping{c.Attr("source"), c.Attr("target"), c.Pos})
			}
		}
	},
	"taskHeaders": func(x *Extensions, n *Node) { x.Headers = pairs(n, "key") },
	"properties":  func(x *Extensions, n *Node) { x.Properties = pairs(n, "name") },
	"assignmentDefinition": func(x *Extensions, n *Node) {
		x.Assignment = &AssignmentDefinition{n.Attr("assignee"), n.Attr("candidateUsers"), n.Attr("candidateGroups"), n.Pos}
	},
	"formDefinition": func(x *Extensions, n *Node) {
		x.Form = &FormDefinition{n.Attr("formId"), n.Attr("formKey"), n.Attr("externalReference"), n.Pos}
	},
	"calledElement": func(x *Extensions, n *Node) {
		x.CalledElement = &CalledElement{orElse(n.Attr("processId"), n.Attr("processIdExpression")),
			boolAttr(n, "propagateAllParentVariables", true), boolAttr(n, "propagateAllChildVariables", false), n.Pos}
	},
	"calledDecision": func(x *Extensions, n *Node) {
		x.CalledDecision = &CalledDecision{n.Attr("decisionId"), n.Attr("resultVariable"), n.Pos}
	},
	"script": func(x *Extensions, n *Node) {
		x.Script = &Script{n.Attr("expression"), n.Attr("resultVariable"), n.Pos}
	},
	"priorityDefinition": func(x *Extensions, n *Node) { x.Priority = n.Attr("priority") },
	"taskSchedule":       func(x *Extensions, n *Node) { x.DueDate, x.FollowUpDate = n.Attr("dueDate"), n.Attr("followUpDate") },
	"userTask":           func(x *Extensions, _ *Node) { x.UserTask = true },
	"subscription":       func(x *Extensions, n *Node) { x.CorrelationKey = n.Attr("correlationKey") },
	"adHoc":              func(x *Extensions, n *Node) { x.ActiveElements = n.Attr("activeElementsCollection") },
	"versionTag":         func(x *Extensions, n *Node) { x.VersionTag = n.Attr("value") },
}

var qcReaders = map[string]func(*Extensions, *Node){
	"approval": func(x *Extensions, n *Node) {
		x.Approval = readApproval(n)
	},
	"sla": func(x *Extensions, n *Node) {
		x.SLA = &SLA{n.Attr("workdays"), pauseOf(n), n.Attr("late"), n.Pos}
	},
	"command": func(x *Extensions, n *Node) { x.Command = n.Attr("name") },
	"task": func(x *Extensions, n *Node) {
		x.Task = &TaskView{
			View: n.Attr("view"), Batch: boolAttr(n, "batch", false), Statutory: boolAttr(n, "statutory", false),
			Edits: list(n.Attr("edits")), About: n.Attr("about"), Amount: n.Attr("amount"), Receivers: list(n.Attr("receivers")),
			Separate: list(n.Attr("separate")),
			Jumped: n.Attr(
				"jumped",
			),
			Recall: n.Attr("recall"), Deputy: n.Attr("deputy"), Second: list(n.Attr("second")), SecondWithin: n.Attr("secondWithin"),
			ReturnTo: list(n.Attr("returnTo")), Pos: n.Pos,
		}
		x.NameEn = n.Attr("nameEn")
	},
	"process": func(x *Extensions, n *Node) {
		x.Process = &Matter{n.Attr("start"), n.Attr("category"), n.Attr("description"), n.Attr("owner"), n.Attr("sight"), n.Pos}
	},
	"name": func(x *Extensions, n *Node) { x.NameEn = n.Attr("en") },
}

func readApproval(n *Node) *Approval {
	a := &Approval{Policy: n.Attr("policy"), Threshold: n.Attr("threshold"), MinQuorum: n.Attr("minQuorum"), Abstain: n.Attr("abstain"),
		Veto: list(
			n.Attr("veto"),
		), Primary: list(n.Attr("primary")), Operations: list(n.Attr("operations")), ReturnTo: n.Attr("returnTo"),
		KeyFields: n.Attr("keyFields"),
		Keep: boolAttr(
			n, "keepIfUnchanged", false,
		), Blind: boolAttr(n, "blind", false),
		Dedupe: n.Attr("dedupe"), Applicant: n.Attr("applicant"), Empty: n.Attr("empty"), MinSeats: n.Attr("minSeats"), Pos: n.Pos}
	if n.Attr("earlyStop") != "" {
		early := boolAttr(n, "earlyStop", false)
		a.EarlyStop = &early
	}
	for _, pair := range list(n.Attr("weights")) {
		principal, weight, _ := strings.Cut(pair, ":")
		if a.Weights == nil {
			a.Weights = map[string]string{}
		}
		a.Weights[strings.TrimSpace(principal)] = strings.TrimSpace(weight)
	}
	return a
}

func pairs(n *Node, key string) map[string]string {
	out := map[string]string{}
	for _, c := range n.Elements() {
		out[c.Attr(key)] = c.Attr("value")
	}
	return out
}

func list(s string) []string {
	var out []string
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func readZeebeLoop(n *Node) *ZeebeLoop {
	for _, c := range extensionElements(n, NamespaceZeebe) {
		if c.Local == "loopCharacteristics" {
			return &ZeebeLoop{c.Attr("inputCollection"), c.Attr("inputElement"), c.Attr("outputCollection"), c.Attr("outputElement"), c.Pos}
		}
	}
	return nil
}

func correlationKey(n *Node) string {
	for _, c := range extensionElements(n, NamespaceZeebe) {
		if c.Local == "subscription" {
			return c.Attr("correlationKey")
		}
	}
	return ""
}

// pauseOf is why the clocks of the matter stand still while a task is open. Former models
// say stops for it, and pause="supplement" of a check whose clock the stage of supplementing
// holds up by itself: that says nothing of the time in which the check is open.
func pauseOf(n *Node) string {
	if p := n.Attr("pause"); p != "" && p != "supplement" {
		return p
	}
	return n.Attr("stops")
}
