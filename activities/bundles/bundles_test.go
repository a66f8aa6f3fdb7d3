package bundles_test

import (
	"testing"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// What ships in the binary compiles without an error.
func TestShippedBundleCompiles(t *testing.T) {
	src, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	b, problems := bundles.Compile(src)
	for _, p := range problems {
		if p.Severity == bpmn.Error {
			t.Error(p)
		}
	}
	if b == nil {
		t.Fatal("no bundle")
	}
	if b.Process("qc_p1_application") == nil || b.Element("qc_p1_application", "p1_draft") == nil || b.Forms["application"] == nil {
		t.Error("the bundle lacks what it was made of")
	}
}

const head = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s"/>`

// A deployment refuses what is not sound or names what does not exist, before anything is stored; the flow lists that tools leave out do no harm.
func TestDeployRefuses(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	for name, c := range map[string]struct{ xml, rule string }{
		"a join that one of two ways never reaches": {head + `<sequenceFlow id="f1" sourceRef="s" targetRef="x"/><exclusiveGateway id="x"/>
<sequenceFlow id="f2" sourceRef="x" targetRef="a"/><sequenceFlow id="f3" sourceRef="x" targetRef="b"/><task id="a"/><task id="b"/>
<sequenceFlow id="f4" sourceRef="a" targetRef="j"/><sequenceFlow id="f5" sourceRef="b" targetRef="j"/><parallelGateway id="j"/>
<sequenceFlow id="f6" sourceRef="j" targetRef="e"/><endEvent id="e"/></process></definitions>`, "deadlock"},
		"a command nobody wrote": {head + `<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><serviceTask id="a"><extensionElements><zeebe:taskDefinition type="command:project.burn"/></extensionElements></serviceTask>
<sequenceFlow id="f2" sourceRef="a" targetRef="e"/><endEvent id="e"/></process></definitions>`, "unknown-command"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems, err := bundles.Deploy(db.Read(t.Context()), models.Acting{}, definitions.Bundle{Files: []definitions.File{{Name: "p.bpmn", Data: []byte(c.xml)}}})
			if err == nil {
				t.Fatal("it was deployed")
			}
			for _, p := range problems {
				if p.Severity == bpmn.Error && p.Rule != c.rule {
					t.Error(p)
				}
			}
		})
	}
}
