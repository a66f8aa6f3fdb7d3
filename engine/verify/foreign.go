package verify

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// dialects are the namespaces of other engines, with what people call them.
var dialects = map[string]string{
	"http://flowable.org/bpmn":           "flowable",
	"http://activiti.org/bpmn":           "activiti",
	"http://camunda.org/schema/1.0/bpmn": "camunda",
	"http://www.jboss.org/drools":        "drools",
}

// idle are the parts of Camunda 8's dialect, which ours is taken from, that nothing here acts on.
var idle = map[string]bool{"executionListeners": true, "taskListeners": true, "linkedResources": true}

// instead says what our dialect has for an attribute or element of another one;
// "" is for what may be left out. What is not listed has no counterpart.
var instead = map[string]string{
	"assignee": `zeebe:assignmentDefinition assignee="…"`, "candidateUsers": `zeebe:assignmentDefinition candidateUsers="…"`,
	"candidateGroups": `zeebe:assignmentDefinition candidateGroups="ROLE@UNIT"`,
	"formKey":         `zeebe:formDefinition formId="…"`, "formRef": `zeebe:formDefinition formId="…"`,
	"formData": `zeebe:formDefinition formId="…"`, "formProperty": `zeebe:formDefinition formId="…"`,
	"dueDate": `zeebe:taskSchedule dueDate="=…"`, "followUpDate": `zeebe:taskSchedule followUpDate="=…"`,
	"priority": `zeebe:priorityDefinition priority="…"`,
	"class":    `zeebe:taskDefinition type="…"`, "delegateExpression": `zeebe:taskDefinition type="…"`,
	"expression": `zeebe:taskDefinition type="…"`,
	"type":       `zeebe:taskDefinition type="…"`, "topic": `zeebe:taskDefinition type="…"`, "connector": `zeebe:taskDefinition type="…"`,
	"field":      `zeebe:taskHeaders`,
	"collection": `zeebe:loopCharacteristics inputCollection="=…"`, "elementVariable": `zeebe:loopCharacteristics inputElement="…"`,
	"decisionRef": `zeebe:calledDecision decisionId="…"`, "decisionTableReferenceKey": `zeebe:calledDecision decisionId="…"`,
	"rules":          `zeebe:calledDecision decisionId="…"`,
	"resultVariable": `resultVariable="…"`, "resultVariableName": `resultVariable="…"`,
	"inputOutput": `zeebe:ioMapping`, "inputParameter": `zeebe:input source="=…" target="…"`,
	"outputParameter": `zeebe:output source="=…" target="…"`,
	"in":              `zeebe:input source="=…" target="…"`, "out": `zeebe:output source="=…" target="…"`,
	"initiator": "qc:process start", "candidateStarterGroups": `qc:process start="…"`, "candidateStarterUsers": `qc:process start="…"`,
	"async": "", "asyncBefore": "", "asyncAfter": "", "exclusive": "", "jobPriority": "", "historyTimeToLive": "", "versionTag": "",
	"type dmn": `zeebe:calledDecision decisionId="…"`, "type external": "", "binding": "",
	"formFieldValidation": "", "modelerTemplateIcon": "", "taskPriority": "",
	"isStartableInTasklist": "", "modelerTemplate": "", "modelerTemplateVersion": "", "properties": "", "property": "",
	"diagramRelationId": "",
}

// foreign tells what of another engine's dialect would be ignored in the
// executable processes and in what they refer to, and what to write instead; and
// of its expressions what they are in FEEL.
func foreign(m *bpmn.Model) []Finding {
	var out []Finding
	processes := executable(m)
	for _, p := range processes {
		out = append(out, foreignIn(p.Node, p.ID)...)
	}
	for _, n := range m.Root.Elements() {
		if slices.Contains(referred, n.Local) && n.Space == bpmn.NamespaceBPMN && len(processes) > 0 {
			out = append(out, foreignIn(n, "")...)
		}
	}
	return out
}

// referred are the definitions that processes refer to.
var referred = []string{"message", "signal", "error", "escalation"}

func foreignIn(root *bpmn.Node, process string) []Finding {
	var out []Finding
	root.Walk(func(n *bpmn.Node) bool {
		at := holder(n)
		report := func(code string, severity bpmn.Severity, arg, better string) {
			out = append(
				out,
				Finding{
					Code: code, Severity: severity, Process: process, Element: at.ID(), Name: at.Attr("name"), Line: n.Line, Col: n.Col,
					Arg: arg, Instead: better,
				},
			)
		}
		if tool := dialects[n.Space]; tool != "" {
			report(codeFor(n.Local), bpmn.Warn, tool+":"+n.Local, instead[n.Local])
			return false
		}
		if n.Space == bpmn.NamespaceZeebe && idle[n.Local] {
			report("foreign-unknown", bpmn.Warn, "zeebe:"+n.Local, "")
			return false
		}
		for _, a := range n.Attrs {
			switch tool := dialects[a.Space]; {
			case tool != "":
				local := meaning(a)
				report(codeFor(local), bpmn.Warn, tool+":"+a.Local+`="`+a.Value+`"`, suggested(local, a.Value))
			case a.Space == "" && n.Space == bpmn.NamespaceZeebe && a.Local == "bindingType" && a.Value == "versionTag":
				report("foreign-unknown", bpmn.Warn, "zeebe:"+n.Local+` bindingType="versionTag"`, "")
			case a.Space == "" && isForeignExpression(a.Value) &&
				(n.Space != bpmn.NamespaceBPMN || a.Local == "name" && n == root && process == ""):
				report("foreign-expression", bpmn.Error, a.Value, inFEEL(a.Value))
			}
		}
		if text := n.Text(); n.Space == bpmn.NamespaceBPMN && n.Local != "documentation" && n.Local != "text" && n.Local != "script" &&
			isForeignExpression(text) {
			report("foreign-expression", bpmn.Error, text, inFEEL(text))
		}
		return true
	})
	return out
}

// meaning is the name under which an attribute is looked up: of some it depends on the value what they ask for.
func meaning(a bpmn.Attr) string {
	switch {
	case a.Local == "type" && a.Value == "external": // its topic says the rest
		return "type external"
	case a.Local == "type" && a.Value == "dmn":
		return "type dmn"
	case strings.HasSuffix(a.Local, "Binding") && (a.Value == "latest" || a.Value == "deployment"): // a case keeps the models of its bundle
		return "binding"
	}
	return a.Local
}

// holder is the element with an id that a node belongs to.
func holder(n *bpmn.Node) *bpmn.Node {
	for ; n.Parent != nil; n = n.Parent {
		if n.ID() != "" && n.Space == bpmn.NamespaceBPMN && n.Local != "conditionExpression" {
			return n
		}
	}
	return n
}

func codeFor(local string) string {
	switch better, known := instead[local]; {
	case better != "":
		return "foreign-attribute"
	case known:
		return "foreign-harmless"
	}
	return "foreign-unknown"
}

// suggested is what to write instead of an attribute, with its value where it can be taken over.
func suggested(local, value string) string {
	switch {
	case isForeignExpression(value):
		value = inFEEL(value)
	case local == "collection":
		value = "=" + value
	case local == "formKey" && strings.ContainsAny(value, ":/"), local == "type dmn": // it names a place, or nothing
		return instead[local]
	}
	for _, placeholder := range []string{`"=…"`, `"…"`, `"ROLE@UNIT"`} {
		if better, ok := strings.CutSuffix(instead[local], placeholder); ok && local != "class" && local != "delegateExpression" &&
			local != "expression" {
			return better + `"` + value + `"`
		}
	}
	return instead[local]
}

// isForeignExpression reports whether a text is in the expression language of Java engines.
func isForeignExpression(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "#{")
}

var (
	wholeExpression = regexp.MustCompile(`^\s*[$#]\{([^{}]*)\}\s*$`)
	javaCall        = regexp.MustCompile(`\w\.\w+\s*\(|\w\(\)`)
	javaText        = regexp.MustCompile(`'([^'"]*)'`)
	javaWords       = []struct {
		pattern *regexp.Regexp
		feel    string
	}{
		{regexp.MustCompile(`\bnrOfInstances\b`), "numberOfInstances"},
		{regexp.MustCompile(`\bnrOfCompletedInstances\b`), "numberOfCompletedInstances"},
		{regexp.MustCompile(`\bnrOfActiveInstances\b`), "numberOfActiveInstances"},
		{regexp.MustCompile(`\s*&&\s*`), " and "}, {regexp.MustCompile(`\s*\|\|\s*`), " or "},
		{regexp.MustCompile(`\s*==\s*`), " = "}, {regexp.MustCompile(`\beq\b`), "="}, {regexp.MustCompile(`\bne\b`), "!="},
		{
			regexp.MustCompile(`\bgt\b`), ">",
		}, {regexp.MustCompile(`\blt\b`), "<"}, {regexp.MustCompile(`\bge\b`), ">="}, {regexp.MustCompile(`\ble\b`), "<="},
		{regexp.MustCompile(`!\s*([A-Za-z_][\w.]*)`), "not($1)"},
		{
			regexp.MustCompile(`\bnot\s+empty\s+([A-Za-z_][\w.]*)`), "$1 != null",
		}, {regexp.MustCompile(`\bempty\s+([A-Za-z_][\w.]*)`), "$1 = null"},
	}
)

// inFEEL is an expression of Java engines in FEEL, as far as words tell.
func inFEEL(text string) string {
	m := wholeExpression.FindStringSubmatch(text)
	if m == nil {
		return "=…"
	}
	out := javaText.ReplaceAllString(strings.TrimSpace(m[1]), `"$1"`)
	for _, w := range javaWords {
		out = w.pattern.ReplaceAllString(out, w.feel)
	}
	if javaCall.MatchString(out) { // FEEL has nothing of the kind
		return "=…"
	}
	return "=" + out
}

// said reports whether a finding of a gate says less well what another finding says: of an expression that it is another engine's, of
// several that something is missing.
func said(f Finding, all, foreign []Finding) bool {
	beside := func(among []Finding, codes ...string) bool {
		return slices.ContainsFunc(among, func(o Finding) bool {
			return slices.Contains(codes, o.Code) && o.Element == f.Element && o.File == f.File
		})
	}
	switch f.Code {
	case "condition", "EXT012", "EXT013", "EXT132", "EXT133", "EXT134", "timer":
		return beside(foreign, "foreign-expression")
	case "multi-instance":
		return beside(all, "EXT067")
	}
	return false
}
