package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// lateModel is a draft and an approval behind it, with what the model says of its time.
const lateModel = `<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="draft"/>
<userTask id="draft"><extensionElements><zeebe:userTask/></extensionElements></userTask><sequenceFlow id="f1" sourceRef="draft" targetRef="t"/>
<userTask id="t"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition %s/>%s</extensionElements></userTask><sequenceFlow id="f2" sourceRef="t" targetRef="next"/>
<userTask id="next"><extensionElements><zeebe:userTask/></extensionElements></userTask></process>`

func lateGame(t *testing.T, who, says, world string) *game {
	t.Helper()
	const ns = ` xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"`
	says = strings.NewReplacer("<qc:sla", "<qc:sla"+ns, "<qc:task", "<qc:task"+ns, "<qc:approval", "<qc:approval"+ns).Replace(says)
	g := &game{t: t, p: program(t, fmt.Sprintf(lateModel, who, says)), s: NewState(3), in: benchInput, tasks: map[int64]Task{}}
	g.in.Org = county()
	vs := Vars{"initiator": "zm"}
	seatingWorld(t, g.in.Org, &g.in, g.s, vs, world)
	if err := g.step(Event{Type: Start, Process: "p", Variables: vs}); err != nil {
		t.Fatal(err)
	}
	if err := g.step(Event{Type: Operate, Operation: "complete", Key: g.task("draft").Key}); err != nil {
		t.Fatal(err)
	}
	return g
}

func seated(t Task) string {
	var out []string
	for _, s := range t.Seats {
		who := orID(s.Principal, s.Group)
		if s.Actor != s.Principal {
			who += "/" + s.Actor
		}
		out = append(out, who+" "+string(s.State)+" "+string(s.Origin))
	}
	return strings.Join(out, ", ")
}

// TestTimeout: what a model says of a task whose time is over, with who relieves whom.
func TestTimeout(t *testing.T) {
	for name, c := range map[string]struct{ who, says, world, play, code, want string }{
		"usual":            {`candidateUsers="a1"`, `<qc:sla workdays="3"/><qc:approval policy="any"/>`, "", "", "no-timeout", "t: a1 active initial"},
		"superior":         {`candidateUsers="a1"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="any"/>`, "", "", "", "t: k active escalation"},
		"superior, twice":  {`candidateUsers="a1"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="any"/>`, "", "timeout", "", "t: dd active escalation"},
		"superior's group": {`candidateGroups="BUREAU_REVIEW_A@B"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="any"/>`, "", "", "", "t: k active escalation"},
		"superior barred":  {`candidateUsers="a1"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="any"/>`, "initiator=k@B", "", "", "t: dd active escalation"},
		"superior sits": {
			`candidateUsers="a1,k"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="all"/>`, "", "", "",
			"t: dd active escalation, dz active escalation",
		},
		"superior, one has signed": {
			`candidateUsers="a1,b1"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="all"/>`, "", "b1 agree", "",
			"t: k active escalation, b1 done initial",
		},
		"top":              {`candidateUsers="g0"`, `<qc:sla workdays="3" late="superior"/><qc:approval policy="any"/>`, "", "", "nobody-eligible", "t: g0 active initial"},
		"plain superior":   {`candidateUsers="a1"`, `<qc:sla workdays="3" late="superior"/>`, "", "", "", "t: k"},
		"plain of a group": {`candidateGroups="BUREAU_REVIEW_A@B"`, `<qc:sla workdays="3" late="superior"/>`, "", "", "", "t: k"},
		"return":           {`candidateUsers="a1"`, `<qc:sla workdays="3" late="return"/><qc:approval policy="any" returnTo="draft"/>`, "", "", "", "draft: "},
		"return, one has signed": {
			`candidateUsers="a1,b1"`, `<qc:sla workdays="3" late="return"/><qc:approval policy="all" returnTo="draft"/>`, "", "b1 agree", "", "draft: ",
		},
		"silence":           {`candidateUsers="a1"`, `<qc:sla workdays="3" late="agree"/><qc:task about="circulate.info"/><qc:approval policy="all"/>`, "", "", "", "next: "},
		"plain silence":     {`candidateUsers="a1"`, `<qc:sla workdays="3" late="agree"/><qc:task about="cc"/>`, "", "", "", "next: "},
		"silence elsewhere": {`candidateUsers="a1"`, `<qc:sla workdays="3" late="agree"/><qc:task about="application"/><qc:approval policy="all"/>`, "", "", "silence-no-consent", "t: a1 active initial"},
		"silence of a statutory": {
			`candidateUsers="a1"`, `<qc:sla workdays="3" late="agree"/><qc:task about="cc" statutory="true"/><qc:approval policy="all"/>`, "", "",
			"silence-no-consent", "t: a1 active initial",
		},
		"silence after dissent": {
			`candidateUsers="a1,b1"`, `<qc:sla workdays="3" late="agree"/><qc:task about="cc"/><qc:approval policy="all"/>`, "", "b1 disagree",
			"result-known", "t: a1 active initial, b1 done initial",
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := lateGame(t, c.who, c.says, c.world)
			ev := Event{Type: Operate, Operation: "timeout", Key: g.task("t").Key}
			for _, line := range strings.Split(c.play, "; ") {
				who, op, _ := strings.Cut(line, " ")
				var err error
				switch {
				case line == "timeout":
					err = g.step(ev)
				case line != "":
					err = g.step(Event{Type: Operate, Operation: op, Key: ev.Key, Actor: &Actor{Person: who}, Opinion: "看过了的意见"})
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			person := ev
			person.Actor = &Actor{Person: "k", Admin: true}
			if got := code(g.step(person)); got != "system-only" {
				t.Errorf("a person's: %s", got)
			}
			if got := code(g.step(ev)); got != c.code {
				t.Errorf("refused by %q, want %q", got, c.code)
			}
			for _, task := range g.tasks {
				if got := task.Element + ": " + orID(seated(task), task.Assignee); got != c.want {
					t.Errorf("open is %s, want %s", got, c.want)
				}
			}
		})
	}
}

// TestTimeoutToDeputy: who deputises comes before the superior.
func TestTimeoutToDeputy(t *testing.T) {
	g := lateGame(t, `candidateUsers="a1"`, `<qc:sla workdays="3" late="deputy"/><qc:approval policy="any"/>`, "")
	ev := Event{Type: Operate, Operation: "timeout", Key: g.task("t").Key}
	g.in.Org.Proxies = append(g.in.Org.Proxies, Proxy{Principal: "a1", Deputy: "a2"})
	g.in.Org = &Org{
		Version: 2, Functions: g.in.Org.Functions, Units: g.in.Org.Units, Posts: g.in.Org.Posts, People: g.in.Org.People, Proxies: g.in.Org.Proxies,
	}
	if err := g.step(ev); err != nil {
		t.Fatal(err)
	}
	if got := seated(g.task("t")); got != "a1/a2 active proxy" {
		t.Error(got)
	}
	if err := g.step(ev); err != nil { // the deputy does not do it either
		t.Fatal(err)
	}
	if got := seated(g.task("t")); got != "k active escalation" {
		t.Error(got)
	}
}

// TestLateSign: a decision on paper is signed for who made it, with the paper, by another person.
func TestLateSign(t *testing.T) {
	at := benchInput.Now.Add(-48 * time.Hour)
	good := Event{
		Type: Operate, Operation: "lateSign", Actor: &Actor{Person: "oa", Post: "OFFICE@B"}, Mode: "agree", To: "a1", Seat: 1, Opinion: "同意",
		Reason: "因公外出，纸质签批", Evidence: "42", DecidedAt: at,
	}
	for name, c := range map[string]struct {
		change func(*Event)
		code   string
	}{
		"good":             {func(*Event) {}, ""},
		"disagreed":        {func(e *Event) { e.Mode = "disagree" }, ""},
		"no paper":         {func(e *Event) { e.Evidence = "" }, "evidence-required"},
		"no day":           {func(e *Event) { e.DecidedAt = time.Time{} }, "decided-at-required"},
		"tomorrow":         {func(e *Event) { e.DecidedAt = benchInput.Now.Add(time.Hour) }, "decided-at-required"},
		"no opinion":       {func(e *Event) { e.Opinion = " " }, "opinion-required"},
		"himself":          {func(e *Event) { e.Actor = &Actor{Person: "a1"} }, "second-person-needed"},
		"somebody else":    {func(e *Event) { e.To = "k" }, "not-your-task"},
		"no such seat":     {func(e *Event) { e.Seat = 4 }, "no-such-seat"},
		"not in the model": {func(e *Event) { e.Mode = "abstain" }, "operation-not-allowed"},
		"no decision":      {func(e *Event) { e.Mode = "return" }, "operation-not-allowed"},
		"of a group":       {func(e *Event) { e.Seat, e.To = 2, "lx" }, ""},
		"of another group": {func(e *Event) { e.Seat, e.To = 2, "b1" }, "not-your-task"},
	} {
		g := lateGame(t, `candidateUsers="a1" candidateGroups="BUREAU_LEGAL@B"`, `<qc:approval policy="all"/>`, "")
		ev := good
		c.change(&ev)
		ev.Key = g.task("t").Key
		if got := code(g.step(ev)); got != c.code {
			t.Errorf("%s: refused by %q, want %q", name, got, c.code)
		}
		if c.code != "" {
			continue
		}
		s := g.task("t").Seats[ev.Seat-1]
		if s.State != "done" || s.Actor != ev.To || s.Evidence != "42" || !s.DecidedAt.Equal(at) || !s.SignedAt.Equal(benchInput.Now) {
			t.Errorf("%s: %+v", name, s)
		}
		if got := code(g.step(ev)); got != "already-decided" {
			t.Errorf("%s, twice: %q", name, got)
		}
	}
}

// TestAppendStep: steps of this case alone come behind a task, in their order, before the token leaves it.
func TestAppendStep(t *testing.T) {
	g := lateGame(t, `candidateUsers="a1"`, `<qc:approval policy="any" returnTo="draft"/>`, "")
	key := g.task("t").Key
	step := Event{
		Type: Operate, Operation: "appendStep", Key: key, Actor: &Actor{Person: "oa", Admin: true}, Opinion: "法制再审", Reason: "事项重大，再审一次",
		Persons: []string{"lx", "b1"},
	}
	for name, c := range map[string]struct {
		change func(*Event)
		code   string
	}{
		"no admin":   {func(e *Event) { e.Actor = &Actor{Person: "a1"} }, "admin-only"},
		"no reason":  {func(e *Event) { e.Reason = "再审" }, "reason-required"},
		"no name":    {func(e *Event) { e.Opinion = "" }, "step-name-required"},
		"nobody":     {func(e *Event) { e.Persons = nil }, "person-required"},
		"six":        {func(e *Event) { e.Persons = strings.Fields("a b c d e f") }, "too-many-persons"},
		"twice":      {func(e *Event) { e.Persons = []string{"lx", "lx"} }, "already-seated"},
		"applicant":  {func(e *Event) { e.Persons = []string{"zm"} }, "receiver-not-eligible"},
		"bad mode":   {func(e *Event) { e.Mode = "weight" }, "bad-mode"},
		"bad pause":  {func(e *Event) { e.Code = "holiday" }, "bad-pause"},
		"other unit": {func(e *Event) { e.Persons = []string{"p1"} }, "receiver-not-eligible"},
	} {
		ev := step
		c.change(&ev)
		if got := code(g.step(ev)); got != c.code {
			t.Errorf("%s: refused by %q, want %q", name, got, c.code)
		}
	}
	say := func(who, op, element string) string {
		t.Helper()
		return code(g.step(Event{
			Type: Operate, Operation: op, Key: g.task(element).Key, Actor: &Actor{Person: who}, Opinion: "看过了的意见", Reason: "因材料不全退回",
		}))
	}
	step.Code = "visit" // each of them holds up the clock of the stage
	for range maxAppended {
		if err := g.step(step); err != nil {
			t.Fatal(err)
		}
	}
	if got := code(g.step(step)); got != "too-many-steps" {
		t.Error(got)
	}
	if got := len(g.task("t").Steps); got != maxAppended {
		t.Errorf("%d steps wait", got)
	}
	if got := say("a1", "agree", "t"); got != "" {
		t.Fatal(got)
	}
	now := g.task("t")
	if now.Key == key || !now.Appended || now.Stops != "visit" || now.Name != "法制再审" || seated(now) != "lx active initial, b1 active initial" || now.Policy != "all" {
		t.Fatalf("%+v", now)
	}
	if got := say("lx", "return", "t"); got != "operation-not-allowed" {
		t.Error(got)
	}
	if got := say("a1", "agree", "t"); got != "not-your-task" {
		t.Error(got)
	}
	for i := range maxAppended {
		if got := g.task("t").Seats[0].State; got != "active" {
			t.Fatalf("step %d: %s", i, got)
		}
		if i == maxAppended-1 {
			break
		}
		if got := say("lx", "agree", "t") + say("b1", "agree", "t"); got != "" {
			t.Fatal(got)
		}
	}
	if got := say("lx", "disagree", "t"); got != "" { // who disagrees sends it to the task before, once more
		t.Fatal(got)
	}
	if got := say("b1", "agree", "t"); got != "" {
		t.Fatal(got)
	}
	again := g.task("t")
	if again.Appended || again.Stops != "" || again.Round != 2 || seated(again) != "a1 active initial" {
		t.Fatalf("%+v", again)
	}
	if got := say("a1", "agree", "t"); got != "" {
		t.Fatal(got)
	}
	if got := fmt.Sprint(g.open()); got != "[next]" {
		t.Error(got)
	}
	if v := g.s.owners[3].Vars["approved"]; v != true {
		t.Errorf("approved is %v", v)
	}
}

// TestBeginInTheMiddle: a case that was over begins again at one of its tasks, as it was.
func TestBeginInTheMiddle(t *testing.T) {
	p := program(t, fmt.Sprintf(lateModel, `candidateUsers="a1"`, ``))
	for into, want := range map[string]string{"t": "", "nothing": "no-such-target", "s": "no-such-target"} {
		g := &game{t: t, p: p, s: NewState(3), in: benchInput, tasks: map[int64]Task{}}
		if got := code(g.step(Event{Type: Start, Process: "p", Into: into})); got != want {
			t.Errorf("%s: %q, want %q", into, got, want)
		}
		if got := fmt.Sprint(g.open()); want == "" && got != "[t]" {
			t.Error(got)
		}
	}
}
