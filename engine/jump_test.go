package engine

import (
	"fmt"
	"strings"
	"testing"
)

// everywhere is a task beside everything to which a token could be moved.
const everywhere = `<process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
<userTask id="a"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><sequenceFlow id="f9" sourceRef="late" targetRef="e"/>
<subProcess id="b"><startEvent id="bs"/><sequenceFlow id="f3" sourceRef="bs" targetRef="inner"/><userTask id="inner"><extensionElements><zeebe:userTask/></extensionElements></userTask></subProcess><sequenceFlow id="f4" sourceRef="b" targetRef="c"/>
<serviceTask id="c"><extensionElements><zeebe:taskDefinition type="command:pay"/></extensionElements></serviceTask><sequenceFlow id="f5" sourceRef="c" targetRef="d"/>
<boundaryEvent id="undo" attachedToRef="c"><compensateEventDefinition/></boundaryEvent><association id="as" sourceRef="undo" targetRef="handler" associationDirection="One"/>
<userTask id="handler" isForCompensation="true"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<sendTask id="d" messageRef="m"/><sequenceFlow id="f6" sourceRef="d" targetRef="r"/>
<receiveTask id="r" messageRef="m"/><sequenceFlow id="f7" sourceRef="r" targetRef="e"/>
<exclusiveGateway id="e"/><sequenceFlow id="f8" sourceRef="e" targetRef="end"/><endEvent id="end"/>
<subProcess id="beside" triggeredByEvent="true"><startEvent id="es"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></startEvent><sequenceFlow id="f10" sourceRef="es" targetRef="answer"/>
<userTask id="answer"><extensionElements><zeebe:userTask/></extensionElements></userTask></subProcess>
</process><message id="m" name="m"><extensionElements><zeebe:subscription correlationKey="=&quot;k&quot;"/></extensionElements></message>`

// TestJumpTargets: a token goes where people work or something is waited for, in its scope, and nowhere else.
func TestJumpTargets(t *testing.T) {
	g := newGame(t, everywhere, nil)
	key := g.task("a").Key
	if got := fmt.Sprint(g.s.JumpTargets(g.p, key)); got != "[b r]" {
		t.Errorf("the token can be moved to %s", got)
	}
	for _, id := range strings.Fields("a late inner bs c undo handler d e end beside es answer s p nothing") {
		ev := Event{
			Type: Operate, Operation: "jump", Key: key, Element: id, Actor: &Actor{Person: "admin", Admin: true},
			Reason: "because of the reason",
		}
		if got := code(g.step(ev)); got != "no-such-target" {
			t.Errorf("a jump to %s is refused by %q", id, got)
		}
	}
	if got := fmt.Sprint(g.s.Skipped(g.p, key, "r")); got != "[b c d]" {
		t.Errorf("a jump to r skips %s", got)
	}
}

// TestStateOfBefore: a straight return that an earlier release has stored, without the tokens of the other
// branches, still finds its way when it does not come straight back.
func TestStateOfBefore(t *testing.T) {
	g, closed := newGame(t, branches(forkJoin), nil), map[string]int64{}
	for _, line := range strings.Split("uw agree w; ua agree a; ua2 agree a2; ub agree b; uc return c to=a mode=resume", "; ") {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
	}
	root := g.s.owners[g.s.key]
	root.Arrived, root.Resumes[0].Again = nil, nil
	for _, line := range strings.Split("ua disagree a; ua2 agree a2", "; ") {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(g.open()); got != "[c]" {
		t.Errorf("open are %s, want [c]", got)
	}
}
