package bpmn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What tools leave out is mended, reported as warnings, and passes the gate then.
func TestRepair(t *testing.T) {
	const task = `<process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g" gatewayDirection="Converging" default="b"/>
		<userTask id="t"><documentation>d</documentation></userTask><endEvent id="e"/>
		<sequenceFlow sourceRef="s" targetRef="g"/>
		<sequenceFlow id="a" sourceRef="g" targetRef="t"><conditionExpression>=x</conditionExpression></sequenceFlow>
		<sequenceFlow id="b" sourceRef="g" targetRef="e"/><sequenceFlow id="c" sourceRef="t" targetRef="e"/></process>`
	data := fmt.Appendf(
		nil,
		`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" expressionLanguage="http://www.w3.org/1999/XPath">%s</definitions>`,
		task,
	)
	m := mustParse(t, data)
	if !HasErrors(Check(m)) {
		t.Fatal("the model passes as it is; nothing is tested")
	}
	rules := map[string]bool{}
	for _, d := range Repair(m) {
		if d.Severity != Warn || d.Message == "" {
			t.Errorf("not a warning: %v", d)
		}
		rules[d.Rule] = true
	}
	for _, want := range []string{"EXT003", "EXT012", "EXT014", "EXT017", "EXT023", "schema-attribute"} {
		if !rules[want] {
			t.Errorf("no repair %s", want)
		}
	}
	if ds := Check(m); len(ds) > 0 {
		t.Errorf("after the repair: %v", ds)
	}
	if again := Repair(m); len(again) > 0 {
		t.Errorf("repaired twice: %v", again)
	}
	if in := m.Element("t").Node.Elements()[1]; !in.Is("incoming") || in.Text() != "a" {
		t.Errorf("incoming stands not after documentation: %v", in)
	}
	if ds := Check(rewritten(t, m)); len(ds) > 0 {
		t.Errorf("after writing: %v", ds)
	}
}

// A file that does use XPath stays plain BPMN.
func TestRepairKeepsXPath(t *testing.T) {
	m := mustParse(
		t,
		[]byte(
			`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t" expressionLanguage="http://www.w3.org/1999/XPath">
		<process id="p"><task id="t"><standardLoopCharacteristics><loopCondition>count(//a) > 1</loopCondition></standardLoopCharacteristics></task></process></definitions>`,
		),
	)
	if Repair(m); m.ExpressionLanguage == "" {
		t.Error("the language is gone")
	}
}

// Interchange models of many tools are repaired without harm: nothing outside of the repaired places changes, and a second time nothing is
// left.
func TestRepairOnSuite(t *testing.T) {
	for _, file := range suiteFiles(t, "interchange/models/*.bpmn") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := mustParse(t, data)
			Repair(m)
			if again := Repair(m); len(again) > 0 {
				t.Errorf("not settled: %v", again)
			}
			for _, d := range Check(m) {
				if d.Severity == Error && strings.HasPrefix(d.Rule, "EXT023") {
					t.Error(d)
				}
			}
		})
	}
}
