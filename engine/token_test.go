package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// tokens is a draft and three approvals in a row; the third goes on to a
// service task. The amount may be changed with the draft and with b.
const tokens = `<process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
<userTask id="a"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
<userTask id="b">APPROVAL(bob, ben)</userTask><sequenceFlow id="f3" sourceRef="b" targetRef="c"/>
<userTask id="c">APPROVAL(cid)</userTask><sequenceFlow id="f4" sourceRef="c" targetRef="d"/>
<userTask id="d">APPROVAL(dan)</userTask><sequenceFlow id="f5" sourceRef="d" targetRef="x"/>
<exclusiveGateway id="x" default="f6"/><sequenceFlow id="f6" sourceRef="x" targetRef="number"/>
<sequenceFlow id="f8" sourceRef="x" targetRef="refused"><conditionExpression>=verdict = "reject"</conditionExpression></sequenceFlow>
<serviceTask id="number"><extensionElements><zeebe:taskDefinition type="command:number"/></extensionElements></serviceTask><sequenceFlow id="f7" sourceRef="number" targetRef="e"/>
<userTask id="e"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<userTask id="refused"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`

func tokenGame(t *testing.T) *game {
	t.Helper()
	body := tokens
	for _, who := range []string{"bob, ben", "cid", "dan"} {
		more := ""
		if who == "cid" {
			more = `<qc:task xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" statutory="true"/>`
		}
		body = strings.Replace(body, "APPROVAL("+who+")", approvalOf(who, more), 1)
	}
	return newGame(t, body, Vars{"amount": feel.Int(480000), "initiator": "ann"})
}

func approvalOf(who, more string) string {
	return `<extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="` + who +
		`"/><zeebe:ioMapping><zeebe:output source="=verdict" target="verdict"/>` +
		`<zeebe:output source="=rejectCode" target="rejectCode"/></zeebe:ioMapping>` + more +
		`<qc:approval xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" policy="all" operations="agree,disagree,reject,return,recall,claim" returnTo="a" keyFields="=[amount]"/></extensionElements>`
}

// say plays one line: "PERSON OPERATION ELEMENT [to=ELEMENT] [mode=M] [code=C] [amount=N]", "wait 25h", "suspend" or "resume".
func say(t *testing.T, g *game, closed map[string]int64, line string) error {
	t.Helper()
	w := strings.Fields(line)
	switch w[0] {
	case "wait":
		d, err := time.ParseDuration(w[1])
		if err != nil {
			t.Fatal(err)
		}
		g.in.Now = g.in.Now.Add(d)
		return nil
	case "suspend", "resume":
		return g.step(Event{Type: EventType(w[0]), Key: 3, Actor: &Actor{Person: "admin", Admin: len(w) == 1}})
	}
	ev := Event{Type: Operate, Operation: w[1], Actor: &Actor{Person: w[0], Admin: w[0] == "admin"}, Reason: "because of the reason"}
	if key := closed[w[2]]; w[1] == "recall" && key != 0 {
		ev.Key = key
	} else {
		ev.Key = g.task(w[2]).Key
		closed[w[2]] = ev.Key
	}
	for _, arg := range w[3:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "to":
			ev.Element = value
		case "mode":
			ev.Mode = value
		case "code":
			ev.Code = value
		case "asked":
			ev.Asked = value
		case "amount":
			ev.Variables = Vars{"amount": feel.Text(value)}
		}
	}
	return g.step(ev)
}

// TestTokenOperations plays what moves the token against its usual way. The
// numbers are scenarios of domain/approval.md §3.
func TestTokenOperations(t *testing.T) {
	toD := "ann complete a; bob agree b; ben agree b; cid agree c; "
	for _, c := range []struct{ name, play, open string }{
		{"the usual way", toD + "dan agree d", "[]"},
		{"return, the way again (23)", toD + "dan return d to=b; bob agree b; ben agree b", "[c]"},
		{"return, straight back (24)", toD + "dan return d to=b mode=resume; bob agree b; ben agree b", "[d]"},
		{"straight back only once", toD +
			"dan return d to=b mode=resume; bob agree b; ben agree b; dan return d to=b; bob agree b; ben agree b", "[c]"},
		{"straight back, but the amount changed (25)", toD + "dan return d to=a mode=resume; ann complete a amount=520000", "[b]"},
		{"straight back from the draft", toD + "dan return d to=a mode=resume; ann complete a", "[d]"},
		{"straight back twice in one another", toD +
			"dan return d to=c mode=resume; cid return c to=b mode=resume; bob agree b; ben agree b; cid agree c", "[d]"},
		{"not straight back after a disagreement", toD + "dan return d to=b mode=resume; bob disagree b; ben agree b", "[c]"},
		{"no return to where the token never was", "ann complete a; bob return b to=c !no-such-target", "[b]"},
		{"recall", "ann complete a; bob agree b; ben agree b; ben recall b; ben agree b", "[c]"},
		{"a recall keeps the others' verdicts", "ann complete a; bob agree b; ben agree b; ben recall b; bob agree b !already-decided",
			"[b]"},
		{"no recall of another's decision", "ann complete a; bob agree b; ben agree b; bob recall b !not-your-task", "[c]"},
		{"no recall after a claim, a signature (29)", toD + "ben recall b !recall-acted", "[d]"},
		{"no recall across a number (28)", toD + "dan agree d; dan recall d !nothing-to-recall", "[]"},
		{"no recall after a day", toD + "wait 25h; cid recall c !recall-too-late", "[d]"},
		{"recall within the day, twice not", toD + "wait 23h; cid recall c; cid recall c !nothing-to-recall", "[c]"},
		{"a rejection takes its way", toD + "dan reject d !reject-code-required; dan reject d code=scope", "[refused]"},
		{"one rejection ends a countersign", "ann complete a; bob reject b code=scope", "[c]"},
		{"jump forward", "ann complete a; bob jump b to=d !admin-only; admin jump b to=d !approval-unsigned", "[b]"},
		{"jump past nothing unsigned", toD + "admin jump d to=a !statutory-signed", "[d]"},
		{"jump back", "ann complete a; bob agree b; admin jump b to=a", "[a]"},
		{"no jump back across a signed statutory approval", toD +
			"admin jump d to=b !statutory-signed; admin jump d to=c !statutory-signed; admin jump d to=e !approval-unsigned", "[d]"},
		{"suspended: read only", "ann complete a; suspend; bob agree b !suspended; resume; bob agree b", "[b]"},
		{"only who administers suspends", "suspend bob !admin-only", "[a]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, closed := tokenGame(t), map[string]int64{}
			for _, line := range strings.Split(c.play, "; ") {
				line, want, _ := strings.Cut(line, " !")
				if got := code(say(t, g, closed, line)); got != want {
					t.Fatalf("%q is refused by %q, want %q", line, got, want)
				}
			}
			if got := fmt.Sprint(g.open()); got != c.open {
				t.Errorf("open are %s, want %s", got, c.open)
			}
		})
	}
}

// TestTargetsOffered: offered is what was visited and lies before.
func TestTargetsOffered(t *testing.T) {
	g, closed := tokenGame(t), map[string]int64{}
	for _, line := range []string{"ann complete a", "bob agree b", "ben agree b"} {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(g.s.ReturnTargets(g.p, g.task("c").Key)); got != "[a b]" {
		t.Errorf("c can be returned to %s", got)
	}
	if got := fmt.Sprint(g.s.JumpTargets(g.p, g.task("c").Key)); got != "[a b]" {
		t.Errorf("the token can be moved to %s", got)
	}
}

// TestPause (38, 36): a suspension stops the clocks; what was left is left afterwards.
func TestPause(t *testing.T) {
	g := newGame(t, `<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>
<userTask id="u"><extensionElements><zeebe:userTask/><qc:sla xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" workdays="3"/></extensionElements></userTask>
<boundaryEvent id="late" attachedToRef="u"><timerEventDefinition><timeDuration>PT48H</timeDuration></timerEventDefinition></boundaryEvent></process>`, nil)
	timer, _ := g.s.NextDue()
	due := g.task("u").Due
	closed := map[string]int64{}
	for _, line := range []string{"suspend", "wait 168h", "resume"} {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
		if at, armed := g.s.NextDue(); line == "wait 168h" && armed {
			t.Errorf("a timer of a suspended instance fires at %s", at)
		}
	}
	if at, _ := g.s.NextDue(); !at.Equal(timer.Add(168 * time.Hour)) {
		t.Errorf("the timer fires at %s, was %s", at, timer)
	}
	if at := g.task("u").Due; !at.Equal(due.AddDate(0, 0, 7)) {
		t.Errorf("due at %s, was %s", at, due)
	}
}
