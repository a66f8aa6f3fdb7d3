package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// sheet is a process of a draft and two approvals in a row, the second of which
// can return to the draft.
const sheet = `<process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="draft"/>
<userTask id="draft"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f2" sourceRef="draft" targetRef="first"/>
<userTask id="first"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="ann"/>
<qc:approval xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" policy="any" operations="agree,return,withdraw" returnTo="draft"/></extensionElements></userTask>
<sequenceFlow id="f3" sourceRef="first" targetRef="fork"/><parallelGateway id="fork"/>
<sequenceFlow id="f4" sourceRef="fork" targetRef="beside"/><sequenceFlow id="f5" sourceRef="fork" targetRef="second"/>
<userTask id="beside"><extensionElements><zeebe:userTask/></extensionElements></userTask>
<userTask id="second"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="bob, eve" candidateGroups="CHIEF@D1"/>
<zeebe:ioMapping><zeebe:output source="=approved" target="ok"/><zeebe:output source="=dissent" target="dissent"/></zeebe:ioMapping>
<qc:approval xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" policy="POLICY" operations="agree,disagree,abstain,return,transfer,delegate,addBefore,addAfter,addParallel,removeSign,jump" returnTo="draft"/>
<qc:sla xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" workdays="3"/></extensionElements></userTask>
<sequenceFlow id="f6" sourceRef="second" targetRef="join"/><sequenceFlow id="f7" sourceRef="beside" targetRef="join"/><parallelGateway id="join"/>
<sequenceFlow id="f8" sourceRef="join" targetRef="after"/><userTask id="after"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`

// people acts: "bob agree", "cid/CHIEF@D1 agree", "bob transfer zoe".
func act(element, words string) func(*game) error {
	return func(g *game) error {
		w := strings.Fields(words)
		person, post, _ := strings.Cut(w[0], "/")
		ev := Event{
			Type: Operate, Key: g.task(element).Key, Operation: w[1], Actor: &Actor{Person: person, Post: post, Admin: person == "admin"},
			Reason: "because of the reason", Opinion: "an opinion of some length",
		}
		if len(w) > 2 {
			ev.To = w[2]
		}
		return g.step(ev)
	}
}

// reachSecond plays until both the second approval and the task beside it are open.
func reachSecond(t *testing.T, policy string) *game {
	t.Helper()
	g := newGame(t, strings.Replace(sheet, "POLICY", policy, 1), Vars{"initiator": "ivo"})
	for _, do := range []func(*game) error{act("draft", "ivo complete"), act("first", "ann agree")} {
		if err := do(g); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

func TestApprovalVerdicts(t *testing.T) {
	for _, c := range []struct {
		policy string
		acts   []string // with the refusal code after "!"
		ok     any      // nil: undecided
	}{
		{"any", []string{"bob agree"}, true},
		{"any", []string{"eve disagree"}, false},
		{"any", []string{"mallory agree !not-your-task"}, nil},
		{"any", []string{"cid/CHIEF@D1 agree"}, true},
		{"all", []string{"bob agree", "eve agree", "cid/CHIEF@D1 agree"}, true},
		{"all", []string{"bob agree", "eve disagree", "cid/CHIEF@D1 agree"}, false},
		{"all", []string{"bob agree", "bob agree !already-decided"}, nil},
		{"sequential", []string{"eve agree !not-your-turn", "bob agree", "eve agree", "cid/CHIEF@D1 agree"}, true},
		{"all", []string{"bob transfer zoe", "bob agree !not-your-task", "zoe agree", "eve agree", "cid/CHIEF@D1 agree"}, true},
		{"all", []string{"bob recall !nothing-to-recall", "bob reject !operation-not-allowed"}, nil},
		{"all", []string{"bob delegate zoe", "bob agree !seat-suspended", "zoe answer", "bob agree", "eve agree", "cid/CHIEF@D1 agree"},
			true},
	} {
		name := c.policy + ": " + strings.Join(c.acts, ", ")
		g := reachSecond(t, c.policy)
		for _, words := range c.acts {
			words, want, _ := strings.Cut(words, " !")
			if got := code(act("second", words)(g)); got != want {
				t.Errorf("%s: %q is refused by %q, want %q", name, words, got, want)
			}
		}
		got := g.s.nodes[0].Vars["ok"]
		if got != c.ok {
			t.Errorf("%s: ok is %v, want %v", name, got, c.ok)
		}
		if open := slices.Contains(g.open(), "second"); open != (c.ok == nil) {
			t.Errorf("%s: open are %v", name, g.open())
		}
	}
}

func TestReturnByReplay(t *testing.T) {
	g := reachSecond(t, "all")
	first := g.task("second").Round
	if err := act("second", "eve agree")(g); err != nil {
		t.Fatal(err)
	}
	preview, err := Preview(
		g.p, g.s,
		Event{Type: Operate, Key: g.task("second").Key, Operation: "return", Actor: &Actor{Person: "bob"}, Reason: "because of the reason"},
		g.in,
	)
	if err != nil || len(preview.Ends) != 2 || len(preview.Opens) != 1 || len(preview.Voids) != 2 || preview.Completes {
		t.Errorf("the preview of a return is %+v, %v", preview, err)
	}
	if err := act("second", "bob return")(g); err != nil {
		t.Fatal(err)
	}
	voided := map[int64][]int{}
	for _, e := range g.effects {
		if v, ok := e.(VerdictsVoided); ok {
			voided[v.Task] = v.Seats
		}
	}
	if len(voided) != 2 {
		t.Errorf("void are %v; want eve's verdict and ann's", voided)
	}
	if got := fmt.Sprint(g.open()); got != "[draft]" {
		t.Errorf("open are %s", got)
	}
	for _, do := range []func(*game) error{act("draft", "ivo complete"), act("first", "ann agree")} {
		if err := do(g); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.task("second").Round; got != first+1 {
		t.Errorf("the second visit is round %d", got)
	}
	for _, s := range g.task("second").Seats {
		if s.Decision != "" {
			t.Errorf("seat %d has kept %q", s.No, s.Decision)
		}
	}
}

func TestReturnTargets(t *testing.T) {
	for target, want := range map[string]string{"": "", "first": "", "after": "no-such-target", "nowhere": "no-such-target",
		"second": "no-such-target", "fork": "no-such-target"} {
		g := reachSecond(t, "any")
		err := g.step(
			Event{
				Type: Operate, Key: g.task("second").Key, Operation: "return", Element: target, Actor: &Actor{Person: "bob"},
				Reason: "because of the reason",
			},
		)
		if code(err) != want {
			t.Errorf("a return to %q: %v, want %q", target, err, want)
		}
	}
}

// TestReturnTakesTokensBack: a token that waits at a join behind the target is taken back too.
func TestReturnTakesTokensBack(t *testing.T) {
	g := reachSecond(t, "any")
	for _, do := range []func(*game) error{act("beside", "ann complete"), act("second", "bob return"), act("draft", "ivo complete"),
		act("first", "ann agree"),
		act("second", "bob agree")} {
		if err := do(g); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(g.open()); got != "[beside]" {
		t.Errorf("open are %s: the token of the first round has joined the second", got)
	}
}

func TestWithdraw(t *testing.T) {
	g := newGame(t, strings.Replace(sheet, "POLICY", "any", 1), Vars{"initiator": "ivo"})
	if err := act("draft", "ivo complete")(g); err != nil {
		t.Fatal(err)
	}
	if got := code(act("first", "ann withdraw")(g)); got != "not-the-initiator" {
		t.Errorf("another person's withdrawal: %q", got)
	}
	if err := act("first", "ivo withdraw")(g); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(g.open()); got != "[draft]" {
		t.Errorf("open are %s", got)
	}
}

// TestDueWorkdays: three working days after Monday, 5 January 2026 is Thursday.
func TestDueWorkdays(t *testing.T) {
	g := reachSecond(t, "any")
	if got := g.task("second").Due.Format("2006-01-02T15:04:05Z07:00"); got != "2026-01-08T23:59:59+08:00" {
		t.Errorf("due at %s", got)
	}
}

// TestReassign: an administrator gives an open seat to somebody else.
func TestReassign(t *testing.T) {
	g := reachSecond(t, "any")
	if got := code(act("second", "bob reassign zoe")(g)); got != "admin-only" {
		t.Errorf("a reassignment by a holder: %q", got)
	}
	if got := code(act("second", "admin reassign zoe")(g)); got != "seat-required" {
		t.Errorf("a reassignment that names none of three seats: %q", got)
	}
	if err := g.step(Event{Type: Operate, Key: g.task("second").Key, Operation: "reassign", To: "zoe", Seat: 1,
		Actor: &Actor{Person: "admin", Admin: true}}); err != nil {
		t.Fatal(err)
	}
	if err := act("second", "zoe agree")(g); err != nil {
		t.Error(err)
	}
}

// TestPlainTask: who may do what with a task that nobody has to approve.
func TestPlainTask(t *testing.T) {
	task := `<process id="p" isExecutable="true"><userTask id="u"><extensionElements><zeebe:userTask/>` +
		`<zeebe:assignmentDefinition candidateUsers="ann" candidateGroups="=[&quot;G@&quot; + d]"/></extensionElements></userTask></process>`
	for _, acts := range [][]string{
		{"bob claim !not-your-task", "ann claim", "ann claim !already-yours", "bob/G@1 claim !claimed-by-other",
			"bob/G@1 complete !not-your-task", "ann unclaim", "bob/G@1 claim", "bob complete"},
		{"ann unclaim !not-claimed", "ann assign bob !admin-only", "admin assign bob", "ann complete !not-your-task", "bob transfer ann",
			"ann complete", "ann complete !task-closed"},
		{"bob/G@1 complete"},
		{"ann agree !unknown-operation"},
	} {
		g := newGame(t, task, Vars{"d": "1"})
		key := g.task("u").Key
		for _, words := range acts {
			words, want, _ := strings.Cut(words, " !")
			g.tasks[key] = Task{Key: key, Element: "u"}
			if got := code(act("u", words)(g)); got != want {
				t.Errorf("%v: %q is refused by %q, want %q", acts, words, got, want)
			}
		}
	}
}

func TestStaleVersion(t *testing.T) {
	g := newGame(
		t,
		`<process id="p" isExecutable="true"><userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`,
		nil,
	)
	key := g.task("u").Key
	if err := g.step(Event{Type: Operate, Key: key, Operation: "claim", Version: 1, Actor: &Actor{Person: "ann"}}); err != nil {
		t.Fatal(err)
	}
	if got := code(g.step(Event{Type: Operate, Key: key, Operation: "complete", Version: 1,
		Actor: &Actor{Person: "ann"}})); got != "stale-version" {
		t.Errorf("an old version: %q", got)
	}
	if err := g.step(Event{Type: Operate, Key: key, Operation: "complete", Version: 2, Actor: &Actor{Person: "ann"},
		Variables: Vars{"x": feel.Int(1)}}); err != nil {
		t.Error(err)
	}
	if !g.s.Ended() {
		t.Error("the instance has not ended")
	}
}

// TestContentChanged: a verdict holds for the content it was given on.
func TestContentChanged(t *testing.T) {
	g := reachSecond(t, "all")
	task := g.task("second")
	if err := g.step(Event{Type: Operate, Key: task.Key, Operation: "agree", Digest: "d1", Actor: &Actor{Person: "bob"}}); err != nil {
		t.Fatal(err)
	}
	if got := code(g.step(Event{Type: Operate, Key: task.Key, Operation: "contentChanged", Digest: "d2",
		Actor: &Actor{Person: "bob"}})); got != "system-only" {
		t.Errorf("by a person: %q", got)
	}
	if err := g.step(Event{Type: Operate, Key: task.Key, Operation: "contentChanged", Digest: "d2"}); err != nil {
		t.Fatal(err)
	}
	if v, ok := g.effects[0].(VerdictsVoided); !ok || v.Task != task.Key || len(v.Seats) != 1 {
		t.Errorf("effects: %+v", g.effects)
	}
	if err := act("second", "bob agree")(g); err != nil {
		t.Errorf("bob's second verdict: %v", err)
	}
}

// TestVacantPost: who has left is not waited for; where nobody is left, the one
// whose vote the model names among them, the approval stops, or waits for who
// governs to assign somebody.
func TestVacantPost(t *testing.T) {
	for _, c := range []struct{ more, left, want string }{
		{``, "bob", "open"},
		{``, "bob eve cid", "governed"},
		{`empty="block"`, "bob eve cid", "empty-block"},
		{`veto="bob"`, "bob", "empty-block"},
		{`minSeats="3"`, "bob", "empty-block"},
		{`empty="auto_skip"`, "bob eve cid", "after"},
	} {
		g := newGame(t, strings.Replace(sheet, "POLICY", `all" `+c.more+` dedupe="none`, 1), Vars{"initiator": "ivo"})
		g.in.Org = office(g.in.Now)
		g.in.Org.People = append(g.in.Org.People, Person{ID: "kim", Active: []Span{{}}})
		g.in.Org.Posts = append(g.in.Org.Posts, Post{Person: "kim", Role: "BUREAU_CHIEF", Unit: "D1"})
		g.in.Org.Functions = []Function{{Name: "bureau", Unit: "D1"}}
		for i, p := range g.in.Org.People {
			if slices.Contains(strings.Fields(c.left), p.ID) {
				g.in.Org.People[i].Active = []Span{{To: g.in.Now}}
			}
		}
		for _, do := range []func(*game) error{act("draft", "ivo complete"), act("first", "ann agree")} {
			if err := do(g); err != nil {
				t.Fatal(err)
			}
		}
		got := "after"
		for _, e := range g.effects {
			switch e := e.(type) {
			case IncidentRaised:
				got = e.Code
			case TaskOpened:
				if e.Task.Element == "second" {
					if got = "open"; len(e.Task.Governors) > 0 {
						got = "governed"
					}
				}
			case TaskClosed:
				if e.Outcome == Completed && got != "after" {
					got = "after"
				}
			}
		}
		if got != c.want {
			t.Errorf("%s, %s left: %s, want %s", c.more, c.left, got, c.want)
		}
	}
}
