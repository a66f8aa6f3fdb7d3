package api_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// scenarioStep is a node of a scenario's process, or several that run side by side.
type scenarioStep struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Users    string            `json:"users"`
	Groups   string            `json:"groups"`
	Form     bool              `json:"form"`  // asks for amount and note
	Throw    bool              `json:"throw"` // no task: others outside hear of it
	Approval map[string]string `json:"approval"`
	Task     map[string]string `json:"task"`
	SLA      map[string]string `json:"sla"`
	Late     int               `json:"late"` // working days after which it goes on without an answer
	Else     string            `json:"else"` // where a failed approval leads; "": to the end

	Beside []scenarioStep `json:"beside"`
	Call   []scenarioStep `json:"call"` // a process of its own that is called here
}

// UnmarshalJSON reads a step, or a list of steps that run side by side.
func (s *scenarioStep) UnmarshalJSON(raw []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		return json.Unmarshal(raw, &s.Beside)
	}
	type plain scenarioStep
	return json.Unmarshal(raw, (*plain)(s))
}

// drawing writes a chain of steps as BPMN.
type drawing struct {
	out   strings.Builder
	flows int
}

const scenarioHead = `<?xml version="1.0" encoding="UTF-8"?>
<definitions id="d_%[1]s" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" targetNamespace="t">
<signal id="told" name="told_%[1]s"/>
<process id="%[1]s" name="%[2]s" isExecutable="true"><extensionElements><qc:process start="*" category="试验" owner="%[3]s"/></extensionElements>
<startEvent id="begin"><extensionElements><zeebe:formDefinition formId="scenario"/></extensionElements></startEvent>
`

const scenarioForm = `{"type":"default","id":"scenario","schemaVersion":18,"components":[
{"type":"number","id":"f1","key":"amount","label":"金额","decimalDigits":2},{"type":"textfield","id":"f2","key":"note","label":"说明"}]}`

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (d *drawing) flow(from, to, condition string) {
	d.flows++
	body := ""
	if condition != "" {
		body = `<conditionExpression xsi:type="tFormalExpression">` + condition + `</conditionExpression>`
	}
	fmt.Fprintf(&d.out, "<sequenceFlow id=\"f%d\" sourceRef=\"%s\" targetRef=\"%s\">%s</sequenceFlow>\n", d.flows, from, to, body)
}

func attributes(of map[string]string) string {
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.Sort(names)
	out := ""
	for _, name := range names {
		out += " " + name + `="` + escaped(of[name]) + `"`
	}
	return out
}

// task writes one node; what leads on from it is the id that comes back.
func (d *drawing) task(s scenarioStep, failed string) string {
	if s.Throw {
		fmt.Fprintf(
			&d.out, `<intermediateThrowEvent id="%s" name="%s"><signalEventDefinition signalRef="told"/></intermediateThrowEvent>`+"\n",
			s.ID, escaped(s.Name),
		)
		return s.ID
	}
	fmt.Fprintf(&d.out, `<userTask id="%s" name="%s"><extensionElements><zeebe:userTask/>`, s.ID, escaped(s.Name))
	if s.Form {
		d.out.WriteString(`<zeebe:formDefinition formId="scenario"/>`)
	}
	d.out.WriteString(
		`<zeebe:assignmentDefinition` + attributes(
			present(map[string]string{"candidateUsers": s.Users, "candidateGroups": s.Groups}),
		) + `/>`,
	)
	if s.Approval != nil {
		d.out.WriteString(`<qc:approval` + attributes(s.Approval) + `/>`)
	}
	if s.Task != nil {
		d.out.WriteString(`<qc:task` + attributes(s.Task) + `/>`)
	}
	if s.SLA != nil {
		d.out.WriteString(`<qc:sla` + attributes(s.SLA) + `/>`)
	}
	outputs := []string{}
	if s.Form && s.Approval == nil {
		outputs = []string{"amount", "note"}
	}
	if s.Approval != nil {
		outputs = append(outputs, "approved")
	}
	d.out.WriteString(`<zeebe:ioMapping>`)
	for _, name := range outputs {
		fmt.Fprintf(&d.out, `<zeebe:output source="=%[1]s" target="%[1]s"/>`, name)
	}
	d.out.WriteString("</zeebe:ioMapping></extensionElements></userTask>\n")
	if s.Late > 0 {
		late, on := "late_"+s.ID, "on_"+s.ID
		fmt.Fprintf(
			&d.out,
			`<boundaryEvent id="%s" name="逾期未答复" attachedToRef="%s"><timerEventDefinition><timeDate xsi:type="tFormalExpression">=date and time(working days after(today(), %d), time("23:59:59"))</timeDate></timerEventDefinition></boundaryEvent>`+"\n",
			late, s.ID, s.Late,
		)
		d.flow(s.ID, on, "")
		d.flow(late, on, "")
		fmt.Fprintf(&d.out, "<exclusiveGateway id=\"%s\"/>\n", on)
		return on
	}
	if s.Approval == nil || failed == "" {
		return s.ID
	}
	gate := "ok_" + s.ID
	to := s.Else
	if to == "" {
		to = failed
	}
	d.flow(s.ID, gate, "")
	fmt.Fprintf(&d.out, "<exclusiveGateway id=\"%s\" default=\"f%d\"/>\n", gate, d.flows+1)
	d.flow(gate, to, "")
	return gate
}

func present(of map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range of {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// draw is the BPMN of a scenario's process, and of those that it calls.
func draw(id, name, owner string, steps []scenarioStep) string {
	d := &drawing{}
	fmt.Fprintf(&d.out, scenarioHead, id, escaped(name), owner)
	d.chain(steps, "")
	d.out.WriteString("</process>\n")
	for _, s := range steps {
		if len(s.Call) > 0 {
			fmt.Fprintf(&d.out, "<process id=\"%s_%s\" name=\"%s\" isExecutable=\"true\">\n<startEvent id=\"begin_%[2]s\"/>\n",
				id, s.ID, escaped(s.Name))
			d.chain(s.Call, "_"+s.ID)
			d.out.WriteString("</process>\n")
		}
	}
	return strings.ReplaceAll(d.out.String(), "{called}", id+"_") + "</definitions>\n"
}

// chain draws steps one after the other, from the start event to the end.
func (d *drawing) chain(steps []scenarioStep, suffix string) {
	from := d.out.Len()
	at, condition, refused := "begin"+suffix, "", "refused"+suffix
	lead := func(to string) {
		d.flow(at, to, condition)
		condition = ""
	}
	for i, s := range steps {
		switch {
		case len(s.Call) > 0:
			fmt.Fprintf(&d.out, `<callActivity id="%s" name="%s"><extensionElements><zeebe:calledElement processId="{called}%[1]s" `+
				`propagateAllChildVariables="true" propagateAllParentVariables="true"/></extensionElements></callActivity>`+"\n", s.ID, escaped(s.Name))
			lead(s.ID)
			at = s.ID
		case len(s.Beside) == 0:
			lead(s.ID)
			if at = d.task(s, refused); at != s.ID && s.Late == 0 {
				condition = "=approved"
			}
		default:
			fork, join := fmt.Sprintf("fork%d%s", i, suffix), fmt.Sprintf("join%d%s", i, suffix)
			fmt.Fprintf(&d.out, "<parallelGateway id=\"%s\"/>\n<parallelGateway id=\"%s\"/>\n", fork, join)
			lead(fork)
			for _, side := range s.Beside {
				d.flow(fork, side.ID, "")
				d.flow(d.task(side, ""), join, "")
			}
			at = join
		}
	}
	lead("done" + suffix)
	fmt.Fprintf(&d.out, "<endEvent id=\"done%s\"/>\n", suffix)
	if strings.Contains(d.out.String()[from:], `targetRef="`+refused+`"`) {
		fmt.Fprintf(&d.out, "<endEvent id=\"%s\"/>\n", refused)
	}
}
