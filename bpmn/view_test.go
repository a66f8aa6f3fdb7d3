package bpmn

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quancheng/quancheng/notrun"
)

const viewModel = `<?xml version="1.0" encoding="UTF-8"?>
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:z="http://camunda.org/schema/zeebe/1.0" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" targetNamespace="urn:t" id="d">
  <b:import importType="http://www.w3.org/2001/XMLSchema" location="a.xsd" namespace="urn:a"/>
  <b:message id="m" name="paid"><b:extensionElements><z:subscription correlationKey="=code"/></b:extensionElements></b:message>
  <b:error id="err" errorCode="E1"/>
  <b:collaboration id="c"><b:participant id="pool" processRef="p"/><b:participant id="other" name="finance"/></b:collaboration>
  <b:process id="p" name="Life" isExecutable="true">
    <b:extensionElements><qc:process start="APPLY_CLERK" category="项目" description="看得见" owner="=&quot;OFFICE@&quot; + org.bureau" sight="=[org.audit]"/></b:extensionElements><b:laneSet id="ls"><b:lane id="l1" name="bureau"><b:flowNodeRef>u</b:flowNodeRef></b:lane></b:laneSet>
    <b:startEvent id="s"><b:outgoing>f1</b:outgoing></b:startEvent>
    <b:userTask id="u" name="Approve" default="f3" startQuantity="2">
      <b:extensionElements>
        <z:userTask/>
        <z:assignmentDefinition candidateGroups="A, B" assignee="=who"/>
        <z:taskHeaders><z:header key="stage" value="review"/></z:taskHeaders>
        <z:ioMapping><z:input source="=a" target="b"/><z:output source="=c" target="d"/></z:ioMapping>
        <z:formDefinition formId="form1"/>
        <qc:approval policy="percent" threshold="2/3" earlyStop="true" operations="agree, disagree" returnTo="s"/>
        <qc:sla workdays="3" pause="supplement"/>
        <qc:command name="trimming.save"/>
        <qc:task view="trimming" batch="true" edits="sheet.a, lines" about="sheet" amount="=declared" receivers="BUREAU_CHIEF@bureau" separate="A"/>
      </b:extensionElements>
      <b:incoming>f1</b:incoming><b:outgoing>f2</b:outgoing><b:outgoing>f3</b:outgoing>
      <b:multiInstanceLoopCharacteristics isSequential="true">
        <b:extensionElements><z:loopCharacteristics inputCollection="=xs" inputElement="x" outputCollection="ys" outputElement="=y"/></b:extensionElements>
        <b:completionCondition xsi:type="b:tFormalExpression"> =done </b:completionCondition>
      </b:multiInstanceLoopCharacteristics>
    </b:userTask>
    <b:boundaryEvent id="bd" attachedToRef="u" cancelActivity="false"><b:outgoing>f4</b:outgoing>
      <b:timerEventDefinition><b:timeDuration xsi:type="b:tFormalExpression">P3D</b:timeDuration></b:timerEventDefinition></b:boundaryEvent>
    <b:callActivity id="call"><b:extensionElements><z:calledElement processId="q" propagateAllChildVariables="true"/></b:extensionElements></b:callActivity>
    <b:subProcess id="es" triggeredByEvent="true">
      <b:startEvent id="ess" isInterrupting="false"><b:messageEventDefinition messageRef="m"/></b:startEvent>
      <b:adHocSubProcess id="ah" ordering="Sequential" cancelRemainingInstances="false"><b:task id="inner"/></b:adHocSubProcess>
    </b:subProcess>
    <b:transaction id="tx"/>
    <b:boundaryEvent id="comp" attachedToRef="tx"><b:compensateEventDefinition/></b:boundaryEvent>
    <b:task id="undo" isForCompensation="true"/>
    <b:association id="as" sourceRef="comp" targetRef="undo"/>
    <b:endEvent id="e"><b:incoming>f2</b:incoming><b:errorEventDefinition errorRef="err"/></b:endEvent>
    <b:eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>
    <b:dataObject id="do" name="file" isCollection="true"/>
    <b:sequenceFlow id="f1" sourceRef="s" targetRef="u"/>
    <b:sequenceFlow id="f2" sourceRef="u" targetRef="e"><b:conditionExpression xsi:type="b:tFormalExpression">=ok</b:conditionExpression></b:sequenceFlow>
    <b:sequenceFlow id="f3" sourceRef="u" targetRef="e"/>
    <b:sequenceFlow id="f4" sourceRef="bd" targetRef="e"/>
  </b:process>
</b:definitions>`

// The typed view says what the XML says, with any prefixes.
func TestView(t *testing.T) {
	m := mustParse(t, []byte(viewModel))
	u, tx := m.Element("u"), m.Element("tx")
	multi := u.Activity.Multi
	cases := []struct {
		what      string
		got, want any
	}{
		{"import", m.Imports[0].Location, "a.xsd"},
		{"correlation key", m.Messages[0].CorrelationKey, "=code"},
		{"participant", m.Collaborations[0].Participants[0].Process == m.Process("p"), true},
		{"black box", m.Collaborations[0].Participants[1].Process == nil, true},
		{"executable", m.Processes[0].Process.Executable, true},
		{"starts", len(m.Processes[0].Scope.Starts), 1},
		{"event sub-processes", m.Processes[0].Scope.EventSubs[0].ID, "es"},
		{"lanes", u.Lanes, []string{"bureau"}},
		{"incoming", u.Incoming[0] == m.Flow("f1"), true},
		{"outgoing", len(u.Outgoing), 2},
		{"default", u.DefaultFlow() == m.Flow("f3") && m.Flow("f3").Default, true},
		{"condition", m.Flow("f2").Condition.Text, "=ok"},
		{"formal", m.Flow("f2").Condition.Formal, true},
		{"start quantity", []int{u.Activity.StartQuantity, u.Activity.CompletionQuantity}, []int{2, 1}},
		{"groups", u.Ext.Assignment.Groups, "A, B"},
		{"headers", u.Ext.Headers["stage"], "review"},
		{"mappings", []string{u.Ext.Inputs[0].Source, u.Ext.Outputs[0].Target}, []string{"=a", "d"}},
		{"form", u.Ext.Form.ID, "form1"},
		{"operations", u.Ext.Approval.Operations, []string{"agree", "disagree"}},
		{"approval", []string{u.Ext.Approval.Policy, u.Ext.Approval.Threshold, u.Ext.Approval.ReturnTo}, []string{"percent", "2/3", "s"}},
		{"sla", u.Ext.SLA.Workdays, "3"},
		{"command", u.Ext.Command, "trimming.save"},
		{"view", u.Ext.Task.View, "trimming"},
		{
			"task", *u.Ext.Task,
			TaskView{View: "trimming", Batch: true, Edits: []string{"sheet.a", "lines"}, About: "sheet", Amount: "=declared",
				Receivers: []string{"BUREAU_CHIEF@bureau"}, Separate: []string{"A"}, Pos: u.Ext.Task.Pos},
		},
		{
			"process", *m.Process("p").Ext.Process,
			Matter{"APPLY_CLERK", "项目", "看得见", `="OFFICE@" + org.bureau`, "=[org.audit]", m.Process("p").Ext.Process.Pos},
		},
		{"sequential", multi.Sequential, true},
		{"loop", []string{multi.Zeebe.InputElement, multi.Zeebe.OutputCollection}, []string{"x", "ys"}},
		{"completion", multi.CompletionCondition.Text, "=done"},
		{"boundary", u.Activity.Boundary[0] == m.Element("bd") && m.Element("bd").Event.AttachedTo == u, true},
		{"not interrupting", m.Element("bd").Event.Interrupting, false},
		{"timer", m.Element("bd").Definition(TimerEvent).TimeDuration.Text, "P3D"},
		{"called", m.Element("call").Ext.CalledElement.Process, "q"},
		{
			"propagation", []bool{m.Element("call").Ext.CalledElement.PropagateParent, m.Element("call").Ext.CalledElement.PropagateChild},
			[]bool{true, true},
		},
		{"event start", m.Element("ess").Definition(MessageEvent).Message == m.Messages[0] && !m.Element("ess").Event.Interrupting, true},
		{"ad hoc", []bool{m.Element("ah").Scope.AdHoc.Sequential, m.Element("ah").Scope.AdHoc.CancelRemaining}, []bool{true, false}},
		{"root", m.Element("inner").Root() == m.Process("p"), true},
		{"transaction", tx.Scope.Transaction, "##Compensate"},
		{"handler", tx.Activity.Handlers[0] == m.Element("undo"), true},
		{"error", m.Element("e").Definition(ErrorEvent).Error.Code, "E1"},
		{"gateway", m.Element("g").Gateway.Instantiate && m.Element("g").Gateway.Parallel, true},
		{"data", m.Processes[0].Scope.Data[0].Collection, true},
		{"place", m.Element("e").Pos, Pos{40, 5}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
}

// Elements and flows are numbered densely in document order, on models of many tools.
func TestViewNumbers(t *testing.T) {
	for _, file := range append(suiteFiles(t, "interchange/models/*.bpmn"), suiteFiles(t, "bpmn/*/models/*.bpmn")...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := mustParse(t, data)
		next := 0
		for _, p := range m.Processes {
			p.Walk(func(e *Element) {
				if e.Index != next && len(m.GlobalTasks) == 0 {
					t.Errorf("%s: %s has number %d, want %d", filepath.Base(file), e.ID, e.Index, next)
				}
				next++
				if e.Pos.Line < 1 || e.Pos.Col < 1 {
					t.Errorf("%s: %s has no place", filepath.Base(file), e.ID)
				}
				for _, f := range e.Outgoing {
					if f.Source != e || f.Target == nil {
						t.Errorf("%s: flow %s is not connected", filepath.Base(file), f.ID)
					}
				}
			})
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile(notrun.Conformance(b, "interchange/models/C.8.0.bpmn"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if m, _ := Parse(data); m == nil {
			b.Fatal("no model")
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	data, err := os.ReadFile(notrun.Conformance(b, "interchange/models/C.8.0.bpmn"))
	if err != nil {
		b.Fatal(err)
	}
	m, _ := Parse(data)
	for b.Loop() {
		Check(m)
	}
}
