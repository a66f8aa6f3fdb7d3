package engine

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
)

// TestCompileReportsAllAtOnce: every mistake of an author has its element and place.
func TestCompileReportsAllAtOnce(t *testing.T) {
	m, _ := bpmn.Parse([]byte(bpmnHead + `
<process id="p" isExecutable="true">
<exclusiveGateway id="g"/><task id="t" startQuantity="0"/>
<sequenceFlow id="f" sourceRef="g" targetRef="t"><conditionExpression xsi:type="tFormalExpression">=a &gt;</conditionExpression></sequenceFlow>
<receiveTask id="r"/>
<callActivity id="c"/>
<intermediateCatchEvent id="tm"><timerEventDefinition id="tmd"><timeDuration xsi:type="tFormalExpression">soon</timeDuration></timerEventDefinition></intermediateCatchEvent>
<serviceTask id="job"><extensionElements><zeebe:taskDefinition type=""/></extensionElements></serviceTask>
<userTask id="u"><extensionElements><qc:approval xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" policy="dice" operations="agree"/><zeebe:formDefinition formId="nowhere"/></extensionElements></userTask>
<userTask id="u2"><extensionElements><qc:approval xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" policy="any" operations="agree,pray" returnTo="nowhere"/></extensionElements></userTask>
<intermediateThrowEvent id="l"><linkEventDefinition id="ld" name="x"/></intermediateThrowEvent>
<scriptTask id="sc" scriptFormat="text/groovy"><script>1</script></scriptTask>
<serviceTask id="mi"><multiInstanceLoopCharacteristics/></serviceTask>
</process></definitions>`))
	p, diags := Compile(m, Resources{Forms: map[string]bool{}})
	if p != nil {
		t.Fatal("the model compiles")
	}
	for _, d := range diags {
		if strings.HasPrefix(d.Rule, "no-message") || d.Rule == "no-process" {
			if d.Severity != bpmn.Warn {
				t.Errorf("%v refuses what the standard allows", d)
			}
		}
	}
	want := map[string]string{"f": "expression", "t": "quantity", "r": "no-message", "c": "no-process", "tm": "timer", "job": "job-type",
		"u": "approval no-such-form", "u2": "approval", "l": "link", "sc": "script", "mi": "multi-instance"}
	got := map[string]string{}
	for _, d := range diags {
		got[d.Element] += " " + d.Rule
		if d.Line == 0 || d.Message == "" {
			t.Errorf("%v has no place or no sentence", d)
		}
	}
	for element, rules := range want {
		for _, rule := range strings.Fields(rules) {
			if !strings.Contains(got[element]+" ", " "+rule+" ") {
				t.Errorf("%s: want %s, got %q", element, rule, got[element])
			}
		}
	}
}

// TestWrongEvents: an event that the state does not wait for is refused by a stable code.
func TestWrongEvents(t *testing.T) {
	body := `<process id="p" isExecutable="true">` +
		`<serviceTask id="w"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements></serviceTask>` +
		`<userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>` +
		`<message id="m" name="m"/><process id="byMessage" isExecutable="true"><startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent></process>`
	for _, c := range []struct {
		ev   Event
		want string
	}{
		{Event{Type: "nonsense"}, "unknown-event"},
		{Event{Type: Start, Process: "p"}, "already-started"},
		{Event{Type: CompleteJob, Key: 99}, "no-such-job"},
		{Event{Type: FailJob, Key: 99}, "no-such-job"},
		{Event{Type: ThrowError, Key: 99}, "no-such-job"},
		{Event{Type: FireTimer, Key: 99}, "no-such-timer"},
		{Event{Type: CorrelateMessage, Key: 99}, "no-such-subscription"},
		{Event{Type: BroadcastSignal}, "no-name"},
		{Event{Type: ResolveIncident, Key: 99}, "no-such-incident"},
		{Event{Type: RaiseIncident, Key: 99}, "no-such-element"},
		{Event{Type: SetVariables, Key: 99}, "no-such-scope"},
		{Event{Type: Cancel, Key: 99}, "not-a-root"},
		{Event{Type: Suspend, Key: 99}, "no-such-instance"},
		{Event{Type: Resume, Key: 3}, "not-suspended"},
		{Event{Type: Operate, Key: 99, Operation: "complete"}, "no-such-task"},
	} {
		g := newGame(t, body, nil)
		if got := code(g.step(c.ev)); got != c.want {
			t.Errorf("%+v: %q, want %q", c.ev, got, c.want)
		}
	}
	p := program(t, body)
	for ev, want := range map[beginning]string{{"nowhere", ""}: "no-such-process", {"byMessage", ""}: "no-start",
		{"p", "u2"}: "no-such-start", {"byMessage", "s"}: ""} {
		_, err := Step(p, NewState(1), Event{Type: Start, Process: ev.process, Element: ev.element}, benchInput)
		if got := code(err); got != want {
			t.Errorf("start %v: %q, want %q", ev, got, want)
		}
	}
	if got := code(Check(p, NewState(1), Event{Type: CompleteJob, Key: 1}, benchInput)); got != "not-started" {
		t.Errorf("before the start: %q", got)
	}
}

// beginning is where an instance is asked to begin.
type beginning struct{ process, element string }

// TestSuspend: while an instance is suspended nothing in it moves, and its timers do not count.
func TestSuspend(t *testing.T) {
	g := newGame(
		t,
		`<process id="p" isExecutable="true"><userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask>`+
			`<boundaryEvent id="b" attachedToRef="u"><timerEventDefinition id="d"><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition></boundaryEvent></process>`,
		nil,
	)
	key := g.task("u").Key
	if _, due := g.s.NextDue(); !due {
		t.Fatal("no timer is armed")
	}
	if err := g.step(Event{Type: Suspend, Key: 3}); err != nil {
		t.Fatal(err)
	}
	if _, due := g.s.NextDue(); due {
		t.Error("a timer of a suspended instance is due")
	}
	if got := code(g.step(Event{Type: Operate, Key: key, Operation: "complete"})); got != "suspended" {
		t.Errorf("an operation while suspended: %q", got)
	}
	if err := g.step(Event{Type: Resume, Key: 3}); err != nil {
		t.Fatal(err)
	}
	if err := g.step(Event{Type: Operate, Key: key, Operation: "complete"}); err != nil || !g.s.Ended() {
		t.Errorf("after resuming: %v, ended %t", err, g.s.Ended())
	}
}

// TestEndlessLoop: a model that loops without waiting stops with one incident, and can go on.
func TestEndlessLoop(t *testing.T) {
	g := newGame(t, `<process id="p" isExecutable="true"><startEvent id="s"/><exclusiveGateway id="g"/><task id="t"/>`+
		`<sequenceFlow id="a" sourceRef="s" targetRef="g"/><sequenceFlow id="b" sourceRef="g" targetRef="t"/><sequenceFlow id="c" sourceRef="t" targetRef="g"/></process>`, nil)
	var incidents []IncidentRaised
	for _, e := range g.effects {
		if i, ok := e.(IncidentRaised); ok {
			incidents = append(incidents, i)
		}
	}
	if len(incidents) != 1 || incidents[0].Code != "too-many-steps" {
		t.Fatalf("incidents: %+v", incidents)
	}
	if err := g.step(Event{Type: ResolveIncident, Key: incidents[0].Key}); err != nil {
		t.Error(err)
	}
}

// TestRaiseIncident: the shell reports that an event was refused; the element goes on all the same.
func TestRaiseIncident(t *testing.T) {
	g := newGame(
		t,
		`<process id="p" isExecutable="true"><userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`,
		nil,
	)
	task := g.task("u")
	if err := g.step(Event{Type: RaiseIncident, Key: task.Key, Message: "the command refused"}); err != nil {
		t.Fatal(err)
	}
	raised := g.effects[0].(IncidentRaised)
	if raised.Element != "u" || raised.Code != "refused" || raised.Message != "the command refused" {
		t.Errorf("%+v", raised)
	}
	if err := g.step(Event{Type: ResolveIncident, Key: raised.Key}); err != nil {
		t.Fatal(err)
	}
	if err := g.step(Event{Type: Operate, Key: task.Key, Operation: "complete"}); err != nil || !g.s.Ended() {
		t.Errorf("%v, ended %t", err, g.s.Ended())
	}
}
