package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// county is the organisation of domain access.md §4, at 2026-01-05.
func county() *Org {
	ever := []Span{{}}
	o := &Org{Version: 1, Functions: []Function{{Name: "bureau", Unit: "B"}, {Name: "county", Unit: "C"}, {Name: "finance", Unit: "F"}}}
	for i, u := range []string{"J", "F", "P", "W"} {
		o.Functions = append(o.Functions, Function{Name: "joint", Unit: u, Order: i})
	}
	for _, u := range []string{"Z", "B", "F", "J", "P", "W", "C"} {
		parent := "C"
		if u == "C" {
			parent = ""
		}
		o.Units = append(o.Units, Unit{ID: u, Parent: parent})
	}
	for _, line := range strings.Fields("zm:APPLY_CLERK@Z:2 zh:APPLY_LEADER@Z:0 ca:BUREAU_ACCEPT@B:3 a1:BUREAU_REVIEW_A@B:3 a2:BUREAU_REVIEW_A@B:3 b1:BUREAU_REVIEW_B@B:3 k:BUREAU_CHIEF@B:2 lx:BUREAU_LEGAL@B:3 " +
		"dd:BUREAU_DEPUTY@B:1 dz:BUREAU_DIRECTOR@B:0 oa:OFFICE@B:3 vq:RECT_VERIFIER@B:3 f1:JOINT@F:0 f2:JOINT@F:3 j1:JOINT@J:0 p1:JOINT@P:0 w1:JOINT@W:0 g0:COUNTY_LEADER@C:0 g1:COUNTY_LEADER@C:1 k:PROCESS_ADMIN@B:2") {
		w := strings.Split(line, ":")
		role, unit := splitPost(w[1])
		o.Posts = append(o.Posts, Post{Person: w[0], Role: role, Unit: unit, Rank: int(w[2][0] - '0')})
		if !slices.ContainsFunc(o.People, func(p Person) bool { return p.ID == w[0] }) {
			o.People = append(o.People, Person{ID: w[0], Unit: unit, Active: ever})
		}
	}
	return o
}

// seatingModel has the tasks of the shipped models that the cases are about, each
// reached by a choice.
const seatingModel = `<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="t"/>
<userTask id="t"><extensionElements><zeebe:userTask/>%s</extensionElements></userTask></process>`

var seatingTasks = map[string]string{
	"joint": `<zeebe:assignmentDefinition candidateGroups='=for u in org.joint return "JOINT@" + u'/>
<qc:task statutory="true" receivers="transfer:=" separate="joint" jumped="never"/><qc:approval dedupe="none" empty="block" minSeats="2" policy="all"/>`,
	"director": `<zeebe:assignmentDefinition candidateGroups='="BUREAU_DIRECTOR@" + org.bureau'/>
<qc:task statutory="true" receivers="transfer:^,deputy:-,deputy:BUREAU_DEPUTY@own" separate="decide"/><qc:approval dedupe="none" empty="block" policy="any"/>`,
	"leader": `<zeebe:assignmentDefinition candidateGroups='="COUNTY_LEADER@" + org.county'/>
<qc:task statutory="true" receivers="transfer:=,deputy:="/><qc:approval dedupe="consecutive" empty="block" policy="any"/>`,
	"cross": `<zeebe:assignmentDefinition candidateGroups='="BUREAU_REVIEW_B@" + org.bureau'/><qc:task statutory="true" receivers="transfer:=,delegate:-,add:-" separate="B"/>`,
	"sheet": `<zeebe:assignmentDefinition candidateGroups='="BUREAU_REVIEW_A@" + org.bureau'/><qc:task statutory="true" receivers="transfer:=" separate="A"/>`,
	"simple": `<zeebe:assignmentDefinition candidateGroups='=["BUREAU_REVIEW_A@" + org.bureau, "BUREAU_REVIEW_B@" + org.bureau]'/>
<qc:task statutory="true" receivers="transfer:=,add:-" separate="A,B"/><qc:approval dedupe="none" policy="all"/>`,
	"head": `<zeebe:assignmentDefinition candidateGroups='="BUREAU_CHIEF@" + org.bureau'/>
<qc:task statutory="true" receivers="transfer:^" separate="head"/><qc:approval dedupe="any_earlier" policy="any"/>`,
	"sign": `<zeebe:assignmentDefinition candidateGroups='="APPLY_LEADER@Z"'/><qc:task about="application" statutory="true" separate="sign"/><qc:approval dedupe="none" policy="any"/>`,
	"legal": `<zeebe:assignmentDefinition candidateGroups='="BUREAU_LEGAL@" + org.bureau'/>
<qc:task statutory="true" separate="legal"/><qc:approval dedupe="none" policy="any"/>`,
	"own":   `<zeebe:assignmentDefinition candidateGroups="JOINT@F,COUNTY_LEADER@C"/><qc:approval policy="any"/>`,
	"veto":  `<zeebe:assignmentDefinition candidateUsers="k,dd"/><qc:approval policy="percent" veto="dd"/>`,
	"named": `<zeebe:assignmentDefinition candidateUsers="a1" candidateGroups="BUREAU_LEGAL@B,BUREAU_CHIEF@B"/><qc:approval policy="all"/>`,
}

// leave ends what somebody holds, or his activity.
func leave(o *Org, who string, at time.Time) {
	person, post, one := strings.Cut(who, ":")
	for i := range o.Posts {
		if p := &o.Posts[i]; p.Person == person && (!one || p.ID() == post) {
			p.To = at
		}
	}
	for i := range o.People {
		if p := &o.People[i]; p.ID == person && !one {
			p.Active = []Span{{To: at}}
		}
	}
}

// TestSeating: the cases of domain access.md §4.
func TestSeating(t *testing.T) {
	for _, c := range []struct {
		no, task, world string // world: words that change the organisation, the case, or what was signed
		seats, whys     string
	}{
		{"1", "joint", "", "JOINT@J JOINT@F JOINT@P JOINT@W", "role role role role"},
		{"2", "director", "proxy=dz>dd", "dz/dd", "role proxy"},
		{"2 capped", "director", "proxy=dz>dd:8000000 amount=7360000", "dz/dd", "role proxy"},
		{"3", "director", "proxy=dz>dd:5000000 amount=7360000", "BUREAU_DIRECTOR@B", "role proxy-kept"},
		{"4", "cross", "proxy=b1>a2 served=A:a1", "b1/a2", "role proxy"},
		{"5", "cross", "proxy=b1>a1 served=A:a1", "BUREAU_REVIEW_B@B", "role proxy-kept"},
		{"6", "cross", "proxy=b1>a2 proxy=a2>b1", "BUREAU_REVIEW_B@B", "role proxy-kept"},
		{"7", "cross", "proxy=b1>a2 proxy=a2>k", "b1/a2", "role proxy"},
		{"8", "sheet", "left=a1", "BUREAU_REVIEW_A@B", "role"},
		{"9", "own", "post=f1:COUNTY_LEADER@C:0", "JOINT@F COUNTY_LEADER@C", "role role"},
		{"10", "simple", "post=a1:BUREAU_REVIEW_B@B:3 left=b1", "BUREAU_REVIEW_A@B BUREAU_REVIEW_B@B", "role role"},
		{"10 signed", "cross", "post=a1:BUREAU_REVIEW_B@B:3 left=b1 served=A:a1", "BUREAU_REVIEW_B@B", "duty-out empty-admin"},
		{"12", "head", "served=A:k", "dd", "duty-out superior"},
		{"13", "sign", "initiator=zh@Z", "g0", "applicant-up superior"},
		{"14 A", "sheet", "initiator=oa@B", "JOINT@J", "self-review self-review"},
		{"14 B", "cross", "initiator=oa@B served=A:j1@J", "JOINT@F", "self-review self-review"},
		{"14 head", "head", "initiator=oa@B", "g0", "unit-avoids superior"},
		{"14 legal", "legal", "initiator=oa@B", "BUREAU_LEGAL@B", "role"},
		{"14 joint", "joint", "initiator=oa@B served=A:j1@J served=B:f1@F", "JOINT@F JOINT@P JOINT@W", "duty-out duty-out role role role"},
		{"14 director", "director", "initiator=oa@B", "g0", "unit-avoids superior"},
		{"15", "joint", "initiator=j1@J", "JOINT@F JOINT@P JOINT@W", "unit-avoids role role role"},
		{"16", "cross", "left=b1", "BUREAU_REVIEW_B@B", "empty-admin"},
		{"17", "leader", "left=g0 left=g1", "", "empty-block"},
		{"18", "joint", "merged=W>X post=w1:JOINT@X:0", "JOINT@J JOINT@F JOINT@P JOINT@X", "role role role unit-merged role"},
		{"19", "joint", "merged=W>Z initiator=zm@Z left=p1 left=j1 left=f1 left=f2", "", "empty-block"},
		{"veto", "veto", "left=dd", "", "empty-block"},
		{"same person", "named", "post=a1:BUREAU_LEGAL@B:3 left=lx", "a1 BUREAU_CHIEF@B", "named same-seat role"},
	} {
		in := benchInput
		in.Org = county()
		s := NewState(3)
		vs := Vars{}
		seatingWorld(t, in.Org, &in, s, vs, c.world)
		const ns = ` xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"`
		body := strings.NewReplacer("<qc:task", "<qc:task"+ns, "<qc:approval", "<qc:approval"+ns).Replace(seatingTasks[c.task])
		p := program(t, fmt.Sprintf(seatingModel, body))
		effects, err := Step(p, s, Event{Type: Start, Process: "p", Variables: vs}, in)
		if err != nil {
			t.Fatal(err)
		}
		seats, whys := seatingOf(effects)
		if seats != c.seats || whys != c.whys {
			t.Errorf("case %s: %q, %q\n want %q, %q", c.no, seats, whys, c.seats, c.whys)
		}
	}
}

// seatingWorld changes a county as the words say.
func seatingWorld(t *testing.T, o *Org, in *Input, s *State, vs Vars, words string) {
	t.Helper()
	for _, w := range strings.Fields(words) {
		what, arg, _ := strings.Cut(w, "=")
		a := strings.Split(arg, ":")
		switch what {
		case "proxy":
			from, to, _ := strings.Cut(a[0], ">")
			p := Proxy{
				ID: int64(len(o.Proxies) + 1), Principal: from, Deputy: to,
				Span: Span{From: in.Now.AddDate(0, 0, -1), To: in.Now.AddDate(0, 0, 5)},
			}
			if len(a) > 1 {
				n, _ := feel.ParseNumber(a[1])
				p.Cap = &n
			}
			o.Proxies = append(o.Proxies, p)
		case "amount":
			n, _ := feel.ParseNumber(arg)
			in.Case.Amount = &n
		case "served":
			person, unit, _ := strings.Cut(a[1], "@")
			s.serve(a[0], person, "X@"+orID(unit, "B"), 1)
		case "left":
			leave(o, arg, in.Now)
		case "post":
			role, unit := splitPost(a[1])
			o.Posts = append(o.Posts, Post{Person: a[0], Role: role, Unit: unit, Rank: int(a[2][0] - '0')})
		case "initiator":
			person, unit, _ := strings.Cut(arg, "@")
			in.Case.Initiator, in.Case.Unit = person, unit
			in.Case.Parties = append(in.Case.Parties, Party{Role: Applicant, Person: person, Unit: unit})
			vs["initiator"] = person
		case "merged":
			old, now, _ := strings.Cut(arg, ">")
			for i := range o.Units {
				if o.Units[i].ID == old {
					o.Units[i].To, o.Units[i].Successor = in.Now, now
				}
			}
		default:
			t.Fatalf("no word %q", what)
		}
	}
}

// seatingOf says the seats and reasons of the task that opened, or the incident instead.
func seatingOf(effects []Effect) (seats, whys string) {
	var who, why []string
	for _, e := range effects {
		switch e := e.(type) {
		case IncidentRaised:
			return "", e.Code
		case TaskOpened:
			for _, w := range e.Task.Whys {
				why = append(why, w.Rule)
			}
			for _, s := range e.Task.Seats {
				switch {
				case s.Principal == "":
					who = append(who, s.Group)
				case s.Actor != s.Principal:
					who = append(who, s.Principal+"/"+s.Actor)
				default:
					who = append(who, s.Principal)
				}
			}
			if len(e.Task.Seats) == 0 {
				who = append(who, e.Task.Groups...)
				for _, u := range e.Task.Users {
					if p := e.Task.For[u]; p != "" {
						who = append(who, p+"/"+u)
					} else if !slices.ContainsFunc(e.Task.Users, func(d string) bool { return e.Task.For[d] == u }) {
						who = append(who, u)
					}
				}
			}
		}
	}
	return strings.Join(who, " "), strings.Join(why, " ")
}
