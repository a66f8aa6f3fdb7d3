package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

const qcNS = ` xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"`

// stages is a life of three called processes: an application (draft, sign), a
// review (look, a plain task) and an approval (head, two beside each other, chief).
func stages() string {
	call := func(id, process, from, to string) string {
		return fmt.Sprintf(`<callActivity id="%[1]s"><extensionElements><zeebe:calledElement processId="%[2]s" `+
			`propagateAllChildVariables="true" propagateAllParentVariables="true"/></extensionElements></callActivity>`+
			`<sequenceFlow id="f_%[1]s" sourceRef="%[3]s" targetRef="%[1]s"/>`, id, process, from)
	}
	sign := func(who, operations, keep string) string {
		return `<extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="` + who + `"/>` +
			`<qc:task` + qcNS + ` returnTo="draft"/>` + `<qc:approval` + qcNS + ` policy="all" operations="` + operations +
			`" keyFields="=[amount]" keepIfUnchanged="` + keep + `"/></extensionElements>`
	}
	return `<process id="p" isExecutable="true"><startEvent id="s"/>` + call("c1", "apply", "s", "") + call("c2", "review", "c1", "") +
		call("c3", "decide", "c2", "") + `<endEvent id="e"/><sequenceFlow id="f" sourceRef="c3" targetRef="e"/></process>` +
		`<process id="apply" isExecutable="true"><startEvent id="s1"/><sequenceFlow id="a1" sourceRef="s1" targetRef="draft"/>
<userTask id="draft"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="ann"/>` +
		`<zeebe:ioMapping><zeebe:output source="=amount" target="amount"/></zeebe:ioMapping></extensionElements></userTask>
<sequenceFlow id="a2" sourceRef="draft" targetRef="sign"/><userTask id="sign">` +
		strings.Replace(sign("lea", "agree,return", "false"), `<qc:task`+qcNS+` returnTo="draft"/>`, "", 1) + `</userTask></process>` +
		`<process id="review" isExecutable="true"><startEvent id="s2"/><sequenceFlow id="b1" sourceRef="s2" targetRef="look"/>
<userTask id="look"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="rob"/><qc:task` + qcNS +
		` returnTo="draft"/></extensionElements></userTask></process>` +
		`<process id="decide" isExecutable="true"><startEvent id="s3"/><sequenceFlow id="d1" sourceRef="s3" targetRef="head"/>
<userTask id="head">` + sign("hal", "agree,return", "true") + `</userTask><sequenceFlow id="d2" sourceRef="head" targetRef="fork"/>
<parallelGateway id="fork"/><sequenceFlow id="d3" sourceRef="fork" targetRef="j1"/><sequenceFlow id="d4" sourceRef="fork" targetRef="j2"/>
<userTask id="j1">` + sign("joe", "agree,return", "true") + `</userTask><userTask id="j2">` + sign("jim", "agree,return", "false") + `</userTask>
<parallelGateway id="join"/><sequenceFlow id="d5" sourceRef="j1" targetRef="join"/><sequenceFlow id="d6" sourceRef="j2" targetRef="join"/>
<sequenceFlow id="d7" sourceRef="join" targetRef="chief"/><userTask id="chief">` + sign("che", "agree,return", "false") + `</userTask></process>`
}

// TestReturnsAcross: a return reaches the applicant from every stage, by the whole
// way again or straight back; a withdrawal from there needs the holder's consent.
func TestReturnsAcross(t *testing.T) {
	toLook := "ann complete draft amount=5; lea agree sign; "
	toHead := toLook + "rob complete look; "
	toFork := toHead + "hal agree head; "
	toChief := toFork + "joe agree j1; jim agree j2; "
	for _, c := range []struct{ name, play, open string }{
		{"from a plain task, the way again", toLook + "rob return look to=draft; ann complete draft amount=5; lea agree sign", "[look]"},
		{"from a plain task, its own target", toLook + "rob return look", "[draft]"},
		{"not by who does not hold it", toLook + "hal return look to=draft !not-your-task", "[look]"},
		{"not straight back from a plain task", toLook + "rob return look to=draft mode=resume !resume-undeclared", "[look]"},
		{"not to what the model does not name", toLook + "rob return look to=sign !no-such-target", "[look]"},
		{"from an approval, all again", toHead + "hal return head to=draft; ann complete draft amount=5; lea agree sign; rob complete look",
			"[head]"},
		{"not from where it came", "ann complete draft amount=5; lea return sign to=draft", "[draft]"},
		{"straight back", toHead + "hal return head to=draft mode=resume; ann complete draft amount=5.00", "[head]"},
		{"straight back, the amount changed", toHead + "hal return head to=draft mode=resume; ann complete draft amount=6", "[sign]"},
		{"straight back over what was signed", toChief + "che return chief to=draft mode=resume; ann complete draft amount=5; che agree chief",
			"[]"},
		{"straight back, then once more by the whole way", toChief +
			"che return chief to=draft mode=resume; ann complete draft amount=5; che return chief to=draft; ann complete draft amount=5",
			"[sign]"},
		{"not straight back while others work beside", toFork + "joe return j1 to=draft mode=resume !resume-parallel", "[j1 j2]"},
		{"from a branch: the others go, too", toFork + "joe agree j1; jim return j2 to=draft", "[draft]"},
		{"kept are siblings whose content is unchanged", toFork + "joe agree j1; jim return j2 to=draft; ann complete draft amount=5; " +
			"lea agree sign; rob complete look; jim agree j2", "[chief]"},
		{"not kept when it has changed", toFork + "joe agree j1; jim return j2 to=draft; ann complete draft amount=6; lea agree sign; " +
			"rob complete look; hal agree head; jim agree j2", "[j1]"},
		{"withdrawal asks for consent", toLook + "ann withdraw look !consent-required", "[look]"},
		{"consent is the holder's", toLook + "hal withdraw look asked=ann !not-your-task", "[look]"},
		{"not for who did not begin it", toLook + "lea withdraw look !not-the-initiator", "[look]"},
		{"with consent of a plain task's holder", toLook + "rob withdraw look asked=ann", "[draft]"},
		{"with consent of an approver", toFork + "joe agree j1; jim withdraw j2 asked=ann", "[draft]"},
		{"suspended: nothing moves", toLook + "suspend; rob return look to=draft !suspended; resume; rob return look to=draft", "[draft]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, closed := newGame(t, stages(), Vars{"initiator": "ann", "amount": feel.Int(1)}), map[string]int64{}
			for _, line := range strings.Split(c.play, "; ") {
				line, want, _ := strings.Cut(line, " !")
				if got := code(say(t, g, closed, line)); got != want {
					t.Fatalf("%q is refused by %q, want %q", line, got, want)
				}
			}
			if got := fmt.Sprint(g.open()); got != c.open {
				t.Errorf("open are %s, want %s", got, c.open)
			}
			for range 60 { // and the case can end from there
				for _, id := range g.open() {
					who := map[string]string{"draft": "ann complete", "sign": "lea agree", "look": "rob complete", "head": "hal agree",
						"j1": "joe agree", "j2": "jim agree", "chief": "che agree"}[id]
					if err := say(t, g, closed, who+" "+id); err != nil {
						t.Fatal(err)
					}
				}
			}
			if !g.s.Ended() {
				t.Errorf("the case does not end: %s", asJSON(g.s))
			}
		})
	}
}

// TestReturnAcrossTargets: what is offered, and which verdicts a return makes void.
func TestReturnAcrossTargets(t *testing.T) {
	g, closed := newGame(t, stages(), Vars{"initiator": "ann", "amount": feel.Int(1)}), map[string]int64{}
	for _, line := range strings.Split("ann complete draft amount=5; lea agree sign; rob complete look; hal agree head; joe agree j1; jim agree j2", "; ") {
		if err := say(t, g, closed, line); err != nil {
			t.Fatal(err)
		}
	}
	chief := g.task("chief")
	if got := fmt.Sprint(g.s.ReturnTargets(g.p, chief.Key)); got != "[head j1 j2 draft]" {
		t.Errorf("the chief can return to %s", got)
	}
	if got := g.s.TargetProcess(g.p, chief.Key, "draft") + " " + g.s.TargetProcess(g.p, chief.Key, "head"); got != "apply decide" {
		t.Errorf("the targets lie in %s", got)
	}
	if err := say(t, g, closed, "che return chief to=draft"); err != nil {
		t.Fatal(err)
	}
	void := map[int64]bool{}
	for _, e := range g.effects {
		if v, is := e.(VerdictsVoided); is {
			void[v.Task] = true
		}
	}
	for _, id := range []string{"sign", "head", "j1", "j2"} {
		if !void[closed[id]] {
			t.Errorf("what was signed in %s still counts", id)
		}
	}
}
