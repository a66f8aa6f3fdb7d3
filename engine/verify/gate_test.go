package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/verify"
)

const (
	gateHead = `<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:xsi="` + bpmn.NamespaceXSI + `" xmlns:zeebe="` + bpmn.NamespaceZeebe +
		`" xmlns:flowable="http://flowable.org/bpmn" id="d" targetNamespace="t">` +
		`<error id="err" errorCode="E"/><escalation id="esc" escalationCode="E"/><message id="m" name="m"/>`
	gateUser = `<userTask id="A"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="ann"/></extensionElements></userTask>`
)

// line is a process of elements one behind another; the first and the last are a start and an end event.
func line(id string, middle ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<process id="%s" isExecutable="true"><startEvent id="s%s"/>`, id, id)
	last := "s" + id
	for i, e := range append(middle, `<endEvent id="e`+id+`"/>`) {
		at := strings.Index(e, `id="`) + 4
		next := e[at : at+strings.IndexByte(e[at:], '"')]
		fmt.Fprintf(&b, `%s<sequenceFlow id="f%s%d" sourceRef="%s" targetRef="%s"/>`, e, id, i, last, next)
		last = next
	}
	return b.String() + `</process>`
}

// TestGate: what a deployment is told beyond structure and token flow, and the verdict.
func TestGate(t *testing.T) {
	fail := `<process id="c" isExecutable="true"><startEvent id="cs"/><endEvent id="x"><errorEventDefinition errorRef="err"/></endEvent><sequenceFlow id="cf" sourceRef="cs" targetRef="x"/></process>`
	call := `<callActivity id="K"><extensionElements><zeebe:calledElement processId="c"/></extensionElements></callActivity>`
	self := `<callActivity id="K"><extensionElements><zeebe:calledElement processId="p"/></extensionElements></callActivity>`
	caught := `<boundaryEvent id="b" attachedToRef="K"><errorEventDefinition errorRef="err"/></boundaryEvent><endEvent id="be"/><sequenceFlow id="bf" sourceRef="b" targetRef="be"/></process>`
	script := func(text string) string {
		return `<scriptTask id="S"><extensionElements><zeebe:script expression="` + text +
			`" resultVariable="r"/></extensionElements></scriptTask>`
	}
	for _, c := range []struct {
		name, model string
		verdict     verify.Verdict
		want        string
	}{
		{"clean", line("p", gateUser), verify.Sound, ""},
		{"an error nobody catches", fail, verify.Unsound, "error uncaught-error x"},
		{"an error the caller catches", fail + strings.TrimSuffix(line("p", call), "</process>") + caught, verify.Sound, ""},
		{"an error the caller does not catch", fail + line("p", call), verify.Unsound, "error uncaught-error x"},
		{"an escalation nobody catches",
			line("p", `<intermediateThrowEvent id="i"><escalationEventDefinition escalationRef="esc"/></intermediateThrowEvent>`),
			verify.Sound, "warning uncaught-escalation i"},
		{"compensation of nothing",
			line("p", gateUser, `<intermediateThrowEvent id="i"><compensateEventDefinition/></intermediateThrowEvent>`), verify.Sound,
			"warning no-compensation i"},
		{"a call of itself", line("p", self), verify.Unsound, "error endless-call K"},
		{"a call of itself that can be left out", strings.Replace(line("p", `<exclusiveGateway id="g" default="y"/>`, self), `<endEvent`,
			`<endEvent id="z"/><sequenceFlow id="y" sourceRef="g" targetRef="z"/><endEvent`, 1), verify.Sound, ""},
		{"a service task that nothing does", line("p", `<serviceTask id="T"/>`), verify.Unsound, "error no-implementation-serviceTask T"},
		{"a send task without a message", line("p", `<sendTask id="T"/>`), verify.Unsound, "error no-implementation-sendTask T"},
		{"a send task", line("p", `<sendTask id="T" messageRef="m"/>`), verify.Sound, ""},
		{"a script task without a script", line("p", `<scriptTask id="T"/>`), verify.Unsound, "error no-implementation-scriptTask T"},
		{"a rule task without a decision", line("p", `<businessRuleTask id="T"/>`), verify.Unsound,
			"error no-implementation-businessRuleTask T"},
		{"manual and abstract tasks", line("p", `<manualTask id="T"/>`, `<task id="U"/>`), verify.Sound, ""},
		{"a misspelt function", line("p", script("=strng length(x)")), verify.Unsound, "error misspelt-function S"},
		{"functions of the expression's own", line("p", script("={f: function(a) a + 1, r: f(2)}.r")), verify.Sound, ""},
		{"another engine's attributes",
			line("p", `<userTask id="A" flowable:assignee="ann"><extensionElements><zeebe:userTask/></extensionElements></userTask>`),
			verify.Sound, "warning foreign-attribute A warning no-candidates A"},
		{"nothing to execute", `<process id="p"><startEvent id="s"/></process>`, verify.Undecided, "warning nothing-executable "},
		{"a drawn data output", line("p", strings.Replace(gateUser, `</extensionElements>`,
			`</extensionElements><dataOutputAssociation id="o"><targetRef>D</targetRef></dataOutputAssociation>`, 1)) +
			`<dataStore id="D"/>`, verify.Sound, ""},
		{"a drawing that stops",
			`<process id="p" isExecutable="true"><startEvent id="s"/><task id="A"/><task id="B"/><endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="A"/><sequenceFlow id="f2" sourceRef="s" targetRef="B"/><sequenceFlow id="f3" sourceRef="A" targetRef="e"/></process>`, verify.Unsound, "error dead-end B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			findings := verify.Admit(
				[]verify.File{{Name: "m.bpmn", Data: []byte(gateHead + c.model + `</definitions>`)}}, verify.Surroundings{},
			)
			verdict := verify.VerdictOf(findings)
			findings = slices.DeleteFunc(
				findings, func(f verify.Finding) bool { return strings.HasPrefix(f.Code, "EXT") && f.Severity == bpmn.Warn },
			)
			if got := strings.Join(shorts(findings), " "); got != c.want || verdict != c.verdict {
				t.Errorf("%s: %q, want %s: %q", verdict, got, c.verdict, c.want)
			}
			for _, f := range findings {
				for _, lang := range []string{"zh", "en"} {
					if text := f.Text(lang); text == "" || strings.Contains(text, "%!") ||
						strings.Contains(text, "[") && strings.Contains(text, "s 的 %") {
						t.Errorf("%s in %s: %q", f.Code, lang, text)
					}
				}
			}
		})
	}
}

// TestForeignExpressions are given in FEEL.
func TestForeignExpressions(t *testing.T) {
	for java, want := range map[string]string{
		"${amount > 50}":       "=amount > 50",
		"${a == 'x' && !done}": `=a = "x" and not(done)`,
		"${nrOfCompletedInstances/nrOfInstances >= 0.5}": "=numberOfCompletedInstances/numberOfInstances >= 0.5",
		"#{empty list || x ne 1}":                        "=list = null or x != 1",
		"text ${x} and more":                             "=…",
	} {
		flow := `<process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" default="y"/><endEvent id="e"/><endEvent id="z"/><sequenceFlow id="f" sourceRef="s" targetRef="g"/><sequenceFlow id="y" sourceRef="g" targetRef="z"/>` +
			`<sequenceFlow id="c" sourceRef="g" targetRef="e"><conditionExpression xsi:type="tFormalExpression"><![CDATA[` + java +
			`]]></conditionExpression></sequenceFlow></process>`
		findings := verify.Admit([]verify.File{{Name: "m.bpmn", Data: []byte(gateHead + flow + `</definitions>`)}}, verify.Surroundings{})
		at := slices.IndexFunc(findings, func(f verify.Finding) bool { return f.Code == "foreign-expression" })
		if at < 0 || !strings.Contains(findings[at].Text("zh"), "改写为 "+want+"。") ||
			slices.ContainsFunc(findings, func(f verify.Finding) bool { return f.Code == "condition" }) {
			t.Errorf("%s: %v %v", java, shorts(findings), findings)
		}
	}
}
