package bundles_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
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

// A deployment refuses what is not sound or names what does not exist, before anything is stored; the flow lists that tools leave out do no
// harm.
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
			_, problems, err := bundles.Deploy(
				db.Read(t.Context()), models.Acting{}, definitions.Bundle{Files: []definitions.File{{Name: "p.bpmn", Data: []byte(c.xml)}}},
			)
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

// started is a process that begins by an event.
func started(process, name, event string) definitions.Bundle {
	xml := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t"><message id="m" name="case.opened"/><signal id="g" name="alarm"/>
<process id="` + process + `" isExecutable="true"><startEvent id="s">` + event + `</startEvent><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>`
	return definitions.Bundle{Digest: process + name, Files: []definitions.File{{Name: "p.bpmn", Data: []byte(xml)}}}
}

// A message starts one process, a signal several; a cycle must not reach back for ever. What is refused leaves the start events as they
// were.
func TestDeployJudgesStarts(t *testing.T) {
	const message, signal = `<messageEventDefinition messageRef="m"/>`, `<signalEventDefinition signalRef="g"/>`
	timer := func(cycle string) string {
		return `<timerEventDefinition><timeCycle xsi:type="tFormalExpression">` + cycle + `</timeCycle></timerEventDefinition>`
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		for _, c := range []struct{ process, event, rule string }{
			{"p", message, ""},
			{"p", message + signal, ""}, // its own message
			{"q", message, "message-taken"},
			{"q", signal, ""},
			{"r", message + message, "message-taken message-taken"},
			{"r", timer("=null"), "start-event"},
			{"r", timer("R/1990-01-01T00:00:00Z/PT1M"), "cycle-too-old"},
			{"p", timer("R/PT1H"), ""},
			{"q", message, ""}, // p starts by it no more
			{"p", message, ""}, // deployed before: nothing changes, the message stays with q
		} {
			var rules []string
			err := db.Tx(t.Context(), func(tx *gorm.DB) error {
				_, problems, err := bundles.Deploy(
					tx, models.Acting{Person: models.System, At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
					started(c.process, c.event, c.event),
				)
				for _, p := range problems {
					if p.Severity == bpmn.Error {
						rules = append(rules, p.Rule)
					}
				}
				return err
			})
			if got := strings.Join(rules, " "); got != c.rule || (err == nil) != (c.rule == "") {
				t.Errorf("%s starts by %s: %q, %v; want %q", c.process, c.event, got, err, c.rule)
			}
		}
		var left []process.StartSubscription
		if err := db.Read(t.Context()).Order("process").Find(&left).Error; err != nil || len(left) != 2 ||
			left[0].Kind != process.SubTimer || left[1].Process != "q" || left[1].Name != "case.opened" {
			t.Errorf("start events %+v, %v", left, err)
		}
		var audit []audit.AuditEntry
		if err := db.Read(t.Context()).Where("action = 'bundle.deploy'").Order("seq").Find(&audit).Error; err != nil || len(audit) != 5 ||
			!strings.Contains(string(audit[4].Detail), "case.opened") {
			t.Errorf("audit %+v, %v", audit, err)
		}
	})
}

func TestMain(m *testing.M) { modelstest.Main(m) }
