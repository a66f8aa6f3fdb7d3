package engine

import (
	"fmt"
	"slices"
	"testing"
)

// way begins with work that nobody can foretell; behind it are a choice, a
// sub-process for each of several, a called process and an error that is caught.
const way = `<process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<userTask id="ask"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="ask" targetRef="work"/>
<serviceTask id="work" name="决定"><extensionElements><zeebe:taskDefinition type="command:decide"/></extensionElements></serviceTask>
<sequenceFlow id="f3" sourceRef="work" targetRef="which"/><exclusiveGateway id="which" default="f4"/>
<sequenceFlow id="f4" sourceRef="which" targetRef="plain"/><userTask id="plain"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<sequenceFlow id="f5" sourceRef="which" targetRef="each"><conditionExpression>=way = "each"</conditionExpression></sequenceFlow>
<subProcess id="each"><multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2]" inputElement="i"/></extensionElements></multiInstanceLoopCharacteristics>
<startEvent id="es"/><sequenceFlow id="e1" sourceRef="es" targetRef="own"/><userTask id="own"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<sequenceFlow id="e2" sourceRef="own" targetRef="ee"/><endEvent id="ee"/></subProcess>
<sequenceFlow id="f6" sourceRef="each" targetRef="after"/><userTask id="after"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<sequenceFlow id="f7" sourceRef="which" targetRef="call"><conditionExpression>=way = "call"</conditionExpression></sequenceFlow>
<callActivity id="call"><extensionElements><zeebe:calledElement processId="q"/></extensionElements></callActivity>
<boundaryEvent id="failed" attachedToRef="call"><errorEventDefinition errorRef="bad"/></boundaryEvent>
<sequenceFlow id="f8" sourceRef="failed" targetRef="mend"/><userTask id="mend"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<sequenceFlow id="f9" sourceRef="call" targetRef="never"/><userTask id="never"><extensionElements><zeebe:userTask/></extensionElements></userTask>
</process>
<process id="q" isExecutable="true"><startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="qe"/>
<endEvent id="qe"><errorEventDefinition errorRef="bad"/></endEvent></process><error id="bad" errorCode="BAD"/>`

// TestPossible: whatever the work turns out to return, what opens is among what was said to be possible.
func TestPossible(t *testing.T) {
	for returned, opens := range map[string]string{"": "plain", "each": "own", "call": "mend"} {
		g := newGame(t, way, nil)
		o, err := NewOutlook(g.p, g.s, g.in)
		if err != nil {
			t.Fatal(err)
		}
		before := asJSON(g.s)
		effects, err := o.Step(Event{Type: Operate, Key: g.task("ask").Key, Operation: "complete"})
		if err != nil {
			t.Fatal(err)
		}
		var job JobOpened
		for _, e := range effects {
			if j, ok := e.(JobOpened); ok {
				job = j
			}
		}
		if got := fmt.Sprint(elements(o.Possible(job.ElementKey))); got != "[mend own plain]" {
			t.Errorf("possible are %s", got)
		}
		if _, err := o.Step(Event{Type: CompleteJob, Key: job.Key, Variables: Vars{"way": returned}}); err != nil {
			t.Fatal(err)
		}
		c := o.Consequences()
		if len(c.Opens) == 0 || c.Opens[0].Element != opens || len(c.Ends) != 1 || c.Completes {
			t.Errorf("after %q: %+v", returned, c)
		}
		if !slices.ContainsFunc(c.Enters, func(at Place) bool {
			return at.Name == "决定" && at.Kind == "serviceTask" && at.Process == "p" && at.Root
		}) {
			t.Errorf("on the way: %+v", c.Enters)
		}
		if asJSON(g.s) != before {
			t.Error("the state has changed")
		}
	}
}

// TestPossibleFromWithin: behind the last task of a loop comes what is behind the loop, or the next round.
func TestPossibleFromWithin(t *testing.T) {
	g := newGame(t, way, nil)
	for _, ev := range []func() Event{
		func() Event { return Event{Type: Operate, Key: g.task("ask").Key, Operation: "complete"} },
		func() Event {
			for _, e := range g.effects {
				if j, ok := e.(JobOpened); ok {
					return Event{Type: CompleteJob, Key: j.Key, Variables: Vars{"way": "each"}}
				}
			}
			return Event{}
		},
	} {
		if err := g.step(ev()); err != nil {
			t.Fatal(err)
		}
	}
	o, err := NewOutlook(g.p, g.s, g.in)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(elements(o.Possible(g.task("own").Key))); got != "[after own]" {
		t.Errorf("possible are %s", got)
	}
}

func elements(places []Place) []string {
	var out []string
	for _, at := range places {
		out = append(out, at.Element)
	}
	slices.Sort(out)
	return out
}
