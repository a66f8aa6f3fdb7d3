package engine

import (
	"fmt"
	"testing"
)

const waits = `<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
<userTask id="a"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="a" targetRef="m"/>
<intermediateCatchEvent id="m"><messageEventDefinition messageRef="msg"/></intermediateCatchEvent><sequenceFlow id="f3" sourceRef="m" targetRef="b"/>
<userTask id="b"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f4" sourceRef="b" targetRef="e"><conditionExpression>=x = 1</conditionExpression></sequenceFlow>
<endEvent id="e"/></process><message id="msg" name="paid"><extensionElements><zeebe:subscription correlationKey="=&quot;k&quot;"/></extensionElements></message>`

var admin = &Actor{Person: "adm", Admin: true}

// moveFrom jumps with the token at an element.
func (g *game) moveFrom(from, to, seen string) error {
	g.t.Helper()
	for _, at := range g.s.Places(g.p) {
		if at.Element == from {
			return g.step(Event{Type: Operate, Operation: "jump", Key: at.Key, Element: to, Actor: admin, Reason: "a test", Seen: seen})
		}
	}
	g.t.Fatalf("no token at %s", from)
	return nil
}

// A token that waits for a message, or that an incident stops, is moved like one
// at a task; one who saw the case elsewhere is refused.
func TestMoveAnyToken(t *testing.T) {
	g := newGame(t, waits, nil)
	stale := g.s.Standing()
	if err := g.step(Event{Type: Operate, Operation: "complete", Key: g.task("a").Key}); err != nil {
		t.Fatal(err)
	}
	at := g.s.Places(g.p)
	if len(at) != 1 || at[0].Element != "m" || fmt.Sprint(at[0].Messages) != "[paid]" || at[0].Task != 0 {
		t.Fatalf("tokens rest at %+v", at)
	}
	if got := fmt.Sprint(g.s.JumpTargets(g.p, at[0].Key)); got != "[a b]" {
		t.Errorf("the token can be moved to %s", got)
	}
	if err := g.moveFrom("m", "b", stale); code(err) != "moved-on" {
		t.Errorf("by who saw another standing: %v", err)
	}
	if err := g.moveFrom("m", "nowhere", ""); code(err) != "no-such-target" {
		t.Errorf("to nowhere: %v", err)
	}
	if err := g.moveFrom("m", "b", g.s.Standing()); err != nil || fmt.Sprint(g.open()) != "[b]" {
		t.Fatalf("forward: %v, open %v", err, g.open())
	}
	if err := g.step(Event{Type: Operate, Operation: "complete", Key: g.task("b").Key}); err != nil {
		t.Fatal(err)
	}
	if at := g.s.Places(g.p); len(at) != 1 || !at[0].Stuck {
		t.Fatalf("the lack of a flow should have stopped the token: %+v", at)
	}
	if err := g.moveFrom("b", "a", ""); err != nil || fmt.Sprint(g.open()) != "[a]" {
		t.Fatalf("away from an incident: %v, open %v", err, g.open())
	}
	if err := g.step(Event{Type: Cancel, Key: 3, Actor: admin, Seen: stale}); code(err) != "moved-on" {
		t.Errorf("ended by who saw another standing: %v", err)
	}
	if err := g.step(Event{Type: Operate, Operation: "jump", Key: 3, Element: "b", Actor: admin}); code(err) != "no-such-token" {
		t.Errorf("the instance itself: %v", err)
	}
}

// What people do without moving a token leaves the standing as it is.
func TestStanding(t *testing.T) {
	g := tokenGame(t)
	if err := say(t, g, map[string]int64{}, "ann complete a"); err != nil {
		t.Fatal(err)
	}
	before := g.s.Standing()
	if err := g.step(Event{Type: Suspend, Key: 3}); err != nil || g.s.Standing() != before {
		t.Errorf("suspended: %v", err)
	}
	if _, yes := g.s.Suspended(); !yes {
		t.Error("it is not suspended")
	}
}
