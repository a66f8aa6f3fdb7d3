package verify

import (
	"regexp"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// dialects are the namespaces of other engines, with what people call them.
var dialects = map[string]string{
	"http://flowable.org/bpmn":           "flowable",
	"http://activiti.org/bpmn":           "activiti",
	"http://camunda.org/schema/1.0/bpmn": "camunda",
	"http://www.jboss.org/drools":        "tns",
}

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
	"calledElementBinding": `zeebe:calledElement processId="…"`,
	"initiator":            "qc:process start", "candidateStarterGroups": `qc:process start="…"`, "candidateStarterUsers": `qc:process start="…"`,
	"async": "", "asyncBefore": "", "asyncAfter": "", "exclusive": "", "jobPriority": "", "historyTimeToLive": "", "versionTag": "",
	"formFieldValidation":   "",
	"isStartableInTasklist": "", "modelerTemplate": "", "modelerTemplateVersion": "", "properties": "", "property": "",
	"diagramRelationId": "",
}

// foreign tells what of another engine's dialect would be ignored in the
// executable processes, and what to write instead; and of its expressions what
// they are in FEEL.
func foreign(m *bpmn.Model) []Finding {
	var out []Finding
	for _, p := range executable(m) {
		p.Node.Walk(func(n *bpmn.Node) bool {
			at := holder(n)
			report := func(code string, severity bpmn.Severity, arg, better string) {
				out = append(
					out,
					Finding{
						Code: code, Severity: severity, Process: p.ID, Element: at.ID(), Name: at.Attr("name"), Line: n.Line, Col: n.Col,
						Arg: arg, Instead: better,
					},
				)
			}
			if tool := dialects[n.Space]; tool != "" {
				report(codeFor(n.Local), bpmn.Warn, tool+":"+n.Local, instead[n.Local])
				return false
			}
			for _, a := range n.Attrs {
				if tool := dialects[a.Space]; tool != "" {
					report(codeFor(a.Local), bpmn.Warn, tool+":"+a.Local+`="`+a.Value+`"`, suggested(a.Local, a.Value))
				} else if a.Space == "" && n.Space != bpmn.NamespaceBPMN && isForeignExpression(a.Value) {
					report("foreign-expression", bpmn.Error, a.Value, inFEEL(a.Value))
				}
			}
			if text := n.Text(); n.Space == bpmn.NamespaceBPMN && n.Local != "documentation" && n.Local != "text" && n.Local != "script" &&
				isForeignExpression(text) {
				report("foreign-expression", bpmn.Error, text, inFEEL(text))
			}
			return true
		})
	}
	return out
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
	if isForeignExpression(value) {
		value = inFEEL(value)
	} else if local == "collection" {
		value = "=" + value
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
	return "=" + out
}

// said reports whether a finding of a gate says less well what a foreign expression's finding says.
func said(f Finding, foreign []Finding) bool {
	if f.Code != "condition" && f.Code != "EXT012" && f.Code != "EXT013" {
		return false
	}
	for _, o := range foreign {
		if o.Code == "foreign-expression" && o.Element == f.Element {
			return true
		}
	}
	return false
}
