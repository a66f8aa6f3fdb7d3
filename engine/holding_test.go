package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/engine/seat"
)

// holdingModel is a small life of a case: drafted, signed, checked twice by
// different people, countersigned, decided.
const holdingModel = `<process id="p" isExecutable="true" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"><startEvent id="s"/><sequenceFlow id="f0" sourceRef="s" targetRef="draft"/>
<userTask id="draft"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="APPLY_CLERK@Z"/><qc:task about="application" separate="draft" receivers="transfer:="/></extensionElements></userTask><sequenceFlow id="f1" sourceRef="draft" targetRef="sign"/>
<userTask id="sign"><extensionElements><zeebe:userTask/>SIGN</extensionElements></userTask><sequenceFlow id="f2" sourceRef="sign" targetRef="sheet"/>
<userTask id="sheet"><extensionElements><zeebe:userTask/>SHEET</extensionElements></userTask><sequenceFlow id="f3" sourceRef="sheet" targetRef="cross"/>
<userTask id="cross"><extensionElements><zeebe:userTask/>CROSS</extensionElements></userTask><sequenceFlow id="f4" sourceRef="cross" targetRef="head"/>
<userTask id="head"><extensionElements><zeebe:userTask/>HEAD</extensionElements></userTask><sequenceFlow id="f5" sourceRef="head" targetRef="joint"/>
<userTask id="joint"><extensionElements><zeebe:userTask/>JOINT</extensionElements></userTask><sequenceFlow id="f6" sourceRef="joint" targetRef="director"/>
<userTask id="director"><extensionElements><zeebe:userTask/>DIRECTOR</extensionElements></userTask></process>`

// TestNobodyHoldsWhatHeMayNot: in random organisations with absences, whatever is
// tried, nobody holds a seat that he may not hold, every open task has somebody who
// can act or is shown as stuck, and what a preview says is what happens.
func TestNobodyHoldsWhatHeMayNot(t *testing.T) {
	body := holdingModel
	const ns = ` xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"`
	for name, task := range seatingTasks {
		task = strings.Replace(
			task, "policy=", `operations="agree,return,transfer,delegate,addBefore,addParallel,removeSign" returnTo="draft" policy=`, 1,
		)
		task += `<qc:sla workdays="3" late="` + []string{lateSuperior, lateDeputy, lateReturn}[len(name)%3] + `"/>`
		body = strings.Replace(body, ">"+strings.ToUpper(name)+"</", " >"[1:]+task+"</", 1)
		body = strings.Replace(body, strings.ToUpper(name)+"</", task+"</", 1)
	}
	body = strings.NewReplacer("<qc:task", "<qc:task"+ns, "<qc:approval", "<qc:approval"+ns, "<qc:sla", "<qc:sla"+ns,
		`isExecutable="true" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0"`, `isExecutable="true"`).
		Replace(body)
	p := program(t, body)
	done, taken := 0, map[string]int{}
	for seed := uint64(1); seed <= 150; seed++ {
		r := rand.New(rand.NewPCG(seed, 7))
		in := benchInput
		in.Org = randomCounty(r, in)
		in.Case = Case{Initiator: "zm", Unit: "Z", Parties: []Party{{Role: Applicant, Person: "zm", Unit: "Z"}}}
		s := NewState(3)
		if _, err := Step(p, s, Event{Type: Start, Process: "p", Variables: Vars{"initiator": "zm"}}, in); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			done += holdingStep(t, seed, r, p, &s, in, taken)
			heldRightly(t, seed, p, s, in)
			if t.Failed() {
				return
			}
		}
	}
	for _, op := range []string{"timeout", "lateSign", "appendStep", "transfer", "reassign", "return"} {
		if taken[op] < 5 {
			t.Errorf("%s was taken %d times: the test tries too little of it", op, taken[op])
		}
	}
	if done < 400 {
		t.Errorf("only %d of the acts were taken: the test tries too little", done)
	}
}

// randomCounty takes posts away, gives some twice, and lets people deputise.
func randomCounty(r *rand.Rand, in Input) *Org {
	o := county()
	o.Posts = slices.DeleteFunc(o.Posts, func(p Post) bool { return r.IntN(7) == 0 })
	for range r.IntN(5) {
		p := o.Posts[r.IntN(len(o.Posts))]
		p.Person = o.People[r.IntN(len(o.People))].ID
		o.Posts = append(o.Posts, p)
	}
	for i := range r.IntN(4) {
		o.Proxies = append(
			o.Proxies,
			Proxy{ID: int64(i), Principal: o.People[r.IntN(len(o.People))].ID, Deputy: o.People[r.IntN(len(o.People))].ID,
				Span: Span{From: in.Now.AddDate(0, 0, -1), To: in.Now.AddDate(0, 0, 9)}},
		)
	}
	return o
}

// holdingStep tries one act of somebody on some open task; 1 if it was taken.
func holdingStep(t *testing.T, seed uint64, r *rand.Rand, p *Program, s **State, in Input, taken map[string]int) int {
	var open []*node
	for _, n := range (*s).nodes {
		if n.Task != nil && !n.gone {
			open = append(open, n)
		}
	}
	if len(open) == 0 {
		return 0
	}
	n := open[r.IntN(len(open))]
	people := in.Org.People
	who := people[r.IntN(len(people))].ID
	if able := inboxesOf(n, in); len(able) > 0 && r.IntN(4) > 0 {
		who = able[r.IntN(len(able))]
	}
	var posts []string
	for _, q := range in.Org.At(in.Now).postsOf(who) {
		posts = append(posts, q.ID())
	}
	post := ""
	if len(posts) > 0 {
		post = posts[r.IntN(len(posts))]
	}
	for _, q := range posts {
		if slices.Contains(n.Task.Groups, q) && r.IntN(3) > 0 {
			post = q
		}
	}
	op := []string{"complete", "agree", "agree", "claim", "transfer", "delegate", "addBefore", "addParallel", "reassign", "return",
		"answer", "timeout", "lateSign", "appendStep"}[r.IntN(14)]
	if n.plan() == nil && op == "agree" {
		op = "complete"
	}
	admin := op == "reassign" || op == "appendStep"
	ev := Event{Type: Operate, Key: n.Task.Key, Operation: op, Actor: &Actor{Person: who, Post: post, Admin: admin},
		Reason: "because of the reason", Opinion: "an opinion of some length",
		Seat: map[bool]int{true: 1 + r.IntN(3)}[(op == "reassign" || op == "lateSign") && n.plan() != nil]}
	switch op {
	case "timeout":
		ev.Actor = nil
	case "lateSign":
		ev.Mode, ev.Evidence, ev.DecidedAt, ev.To = "agree", "1", in.Now.AddDate(0, 0, -1), people[r.IntN(len(people))].ID
		if ev.Seat > 0 && ev.Seat <= len(n.Task.Seats) && r.IntN(4) > 0 {
			ev.To = n.Task.Seats[ev.Seat-1].Actor
			if in := in.Org.At(in.Now).Holders(n.Task.Seats[ev.Seat-1].Group); ev.To == "" && len(in) > 0 {
				ev.To = in[r.IntN(len(in))]
			}
		}
		ev.Actor.Person = "lx"
	}
	if spec, _ := OperationNamed(op); spec.People > 0 {
		ev.To = people[r.IntN(len(people))].ID
		ok, why := false, Why{}
		for _, a := range EligibleOf(p, *s, Asking{Task: ev.Key, Operation: op, Giver: who, Post: post, Seat: ev.Seat}, []string{ev.To},
			in) {
			ok, why = a.OK, a.Why
		}
		defer func() {
			if !ok && why.Rule == whyEligible {
				t.Errorf("seed %d: %v is no reason against", seed, why)
			}
		}()
	}
	foretold, foreseen := Preview(p, *s, ev, in)
	next, err := (*s).clone()
	if err != nil {
		t.Fatal(err)
	}
	effects, err := Step(p, next, ev, in)
	if (err == nil) != (foreseen == nil) {
		t.Errorf("seed %d: preview says %v, the step %v", seed, foreseen, err)
	}
	if err != nil {
		return 0
	}
	var opened []string
	for _, e := range effects {
		if e, ok := e.(TaskOpened); ok && next.owners[e.Task.Key] != nil {
			opened = append(opened, fmt.Sprint(e.Task.Element, e.Task.Users, e.Task.Groups, e.Task.Assignee))
		}
	}
	var told []string
	for _, o := range foretold.Opens {
		told = append(told, fmt.Sprint(o.Element, o.Users, o.Groups, o.Assignee))
	}
	if !slices.Equal(opened, told) {
		t.Errorf("seed %d: preview says %v, then %v opened", seed, told, opened)
	}
	*s = next
	taken[op]++
	return 1
}

// inboxesOf are those in whose inboxes a task lies.
func inboxesOf(n *node, in Input) []string {
	shown := *n.Task
	if n.plan() != nil {
		holders(&shown)
	}
	out := append(slices.Clone(shown.Users), shown.Assignee)
	for _, g := range shown.Groups {
		out = append(out, in.Org.At(in.Now).Holders(g)...)
	}
	return slices.DeleteFunc(out, func(p string) bool { return p == "" })
}

// heldRightly holds every open task against the rules, told in a second way.
func heldRightly(t *testing.T, seed uint64, p *Program, s *State, in Input) {
	x, err := onlooker(p, s, in)
	if err != nil {
		t.Fatal(err)
	}
	r := x.roster()
	signed := map[string][]string{}
	for _, d := range s.duties {
		signed[d.Person] = append(signed[d.Person], d.Duty)
	}
	for _, n := range s.nodes {
		if n.Task == nil || n.gone {
			continue
		}
		seen, somebody := map[string]bool{}, len(n.Task.Seats) == 0
		for _, one := range n.Task.Seats {
			if one.Over() || one.Actor == "" {
				somebody = somebody || one.State == seat.Active && len(r.Holders(one.Group)) > len(one.Out)
				continue
			}
			somebody = somebody || one.State == seat.Active && (r.Active(one.Actor) || r.Active(one.Principal))
			if seen[one.Actor] {
				t.Errorf("seed %d: %s has two seats of %s", seed, one.Actor, n.Element)
			}
			seen[one.Actor] = true
			if one.Actor == "zm" {
				t.Errorf("seed %d: the applicant sits in %s", seed, n.Element)
			}
			if kinds := r.postsOf(one.Actor); len(kinds) == 0 {
				t.Errorf("seed %d: %s without a post sits in %s", seed, one.Actor, n.Element)
			}
		}
		for person, ds := range signed {
			for _, d := range ds {
				for i := range n.Task.Seats {
					if one := n.Task.Seats[i]; one.Actor == person && one.For == 0 && !one.Over() &&
						duties[n.dutyOf(one.No)][d] == apartPerson {
						t.Errorf("seed %d: %s, who has signed %s, sits in %s", seed, person, d, n.Element)
					}
				}
			}
		}
		if len(n.Task.Seats) == 0 {
			somebody = x.takeable(n)
		}
		if !somebody && len(n.Task.Governors) == 0 && len(x.governors()) > 0 {
			t.Errorf("seed %d: nobody can act on %s, and nobody is told: %+v", seed, n.Element, n.Task)
		}
	}
}
