package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/engine/seat"
)

// results are what commands and messages bring; each mapping takes what it names.
const results = `{"acceptDecision":"accept","acceptNo":"县数资受〔2026〕9号","acceptedOn":"2026-11-30","ruleVersion":"DEMO-2022.3","supplementRound":1,"supplementItems":[],
	"declaredTotal":1360000.00,"lineCount":3,"revisionNo":2,"mlpsLevel":2,"projectName":"示例","submittedOn":"2026-11-30","preReviewed":true,
	"experts":["expert-01","expert-02","expert-03"],"expertLeader":"expert-01","drawNo":"CQ-2026-099","conflict":false,"overall":"revise","expertsMissing":0,"scoreAverage":74.5,
	"reviewConclusion":"revise","reviewedTotal":1224000.00,"cutTotal":136000.00,"cutRate":10.00,"flatCut":true,"crossDiff":0,"crossWithin":true,"deptAnswer":"agree","objectionCount":0,
	"opinionNo":"县数资意〔2026〕9号","meetingApproved":true,"approvalNo":"县数资审〔2026〕9号","approvedTotal":1224000.00,"issuedTotal":1224000.00,"budgetState":"FULL","budgetDecision":"resend",
	"planNo":"CG-2026-009","planTotal":1224000.00,"maxPackage":1224000.00,"procurementState":"AWARDED","awardTotal":1200000.00,"failedDecision":"retry","contractNo":"HT-9","contractTotal":1200000.00,
	"signedOn":"2026-11-30","milestones":[{"no":1,"name":"开工"},{"no":2,"name":"上线"}],"supplierOrg":"SU01","supervisorOrg":"SV01","startedOn":"2026-11-30","percent":100,
	"milestonesOpen":0,"blockersOpen":0,"materialsMissing":0,"mlpsMissing":false,"acceptanceConclusion":"pass","trialEnds":"2027-02-28","paymentState":"PENDING","paidTotal":0.00,
	"remainingTotal":1200000.00,"paymentTerm":"合同生效","paymentAmount":360000.00,"archiveOk":true,"archiveProblems":[],"collected":true,"issueNo":"ZG-2026-009","severity":"B","rectDays":10,
	"ownerDept":"DP18","rectState":"OPEN","verifyResult":"pass"}`

// record makes the chains: in every stored state everything that could happen next.
func (w *corpusWorld) record(t *testing.T, programs map[string]*Program) (out []corpusChain) {
	t.Helper()
	var vars Vars
	if err := json.Unmarshal([]byte(results), &vars); err != nil {
		t.Fatal(err)
	}
	for _, root := range w.Roots {
		s := &State{}
		if err := json.Unmarshal(root.State, s); err != nil {
			t.Fatal(err)
		}
		for i, begin := range w.events(t, programs[root.Bundle], s, vars) {
			begin.Event.ID = fmt.Sprintf("u:corpus:%d-%d", root.Key, i)
			out = append(out, w.chain(t, programs[root.Bundle], root, begin, vars))
		}
	}
	return out
}

// chain applies an event, and answers the commands that follow.
func (w *corpusWorld) chain(t *testing.T, p *Program, root corpusRoot, begin corpusStep, vars Vars) corpusChain {
	t.Helper()
	c, before, ev := corpusChain{Root: root.Key}, root.State, begin.Event
	for range 4 {
		step := w.step(t, p, before, ev, begin.Now)
		c.Steps = append(c.Steps, step)
		job := commandOf(step.Effects)
		if step.Refused != "" || job == 0 {
			return c
		}
		before, ev = step.State, Event{ID: fmt.Sprintf("j:%d:1", job), Type: CompleteJob, Key: job, Variables: vars}
	}
	return c
}

// commandOf is the first command that a step asks for.
func commandOf(effects json.RawMessage) int64 {
	var all []struct {
		JobOpened *struct {
			Key  int64
			Type string
		}
	}
	if json.Unmarshal(effects, &all) != nil {
		return 0
	}
	for _, e := range all {
		if e.JobOpened != nil && strings.HasPrefix(e.JobOpened.Type, "command:") {
			return e.JobOpened.Key
		}
	}
	return 0
}

// events are what could happen in a state.
func (w *corpusWorld) events(t *testing.T, p *Program, s *State, vars Vars) (out []corpusStep) {
	t.Helper()
	if err := s.bind(p); err != nil {
		t.Fatal(err)
	}
	add := func(at time.Time, all ...Event) {
		for _, ev := range all {
			out = append(out, corpusStep{Event: ev, Now: at})
		}
	}
	for _, n := range s.nodes {
		if n.Task != nil {
			add(w.Now, w.acts(n, vars)...)
		}
		if n.Job != nil {
			add(w.Now, Event{Type: CompleteJob, Key: n.Job.Key, Variables: vars}, Event{Type: FailJob, Key: n.Job.Key, Message: "没有回应"})
		}
		for _, i := range n.Incidents {
			add(w.Now, Event{Type: ResolveIncident, Key: i.Key})
		}
		for _, wait := range n.Waits {
			switch wait.Kind {
			case waitTimer:
				add(wait.Due.Add(time.Second), Event{Type: FireTimer, Key: wait.Key})
			case waitMessage:
				add(w.Now, Event{Type: CorrelateMessage, Key: wait.Key, Name: wait.Name, CorrelationKey: wait.Correlation, Variables: vars})
			}
		}
	}
	if !s.ended {
		add(w.Now, Event{Type: Suspend, Key: s.key}, Event{Type: Resume, Key: s.key}, Event{Type: Cancel, Key: s.key, Reason: "终止"})
	}
	return out
}

// operations on tasks; those that a task does not have are refused, which is an outcome too.
var operations = []string{
	"complete", "claim", "agree", "disagree", "abstain", "return", "reject", "transfer", "delegate", "addBefore", "addAfter", "addParallel",
	"removeSign", "withdraw",
}

// acts are the operations of a task, each by one who may do it.
func (w *corpusWorld) acts(n *node, vars Vars) (out []Event) {
	t, who := n.Task, w.actorOf(n.Task)
	for _, o := range operations {
		if o != "complete" && o != "claim" && n.el.user.approval == nil {
			continue
		}
		ev := Event{
			Type: Operate, Key: t.Key, Operation: o, Actor: w.actor(who), Opinion: "同意", Reason: "按程序办理", Code: "duplicate",
			Variables: vars,
		}
		switch o {
		case "transfer", "delegate":
			ev.To = "gao-fenguan"
		case "addBefore", "addAfter", "addParallel":
			ev.Persons = []string{"qin-heyan"}
		case "removeSign":
			ev.Seat = len(t.Seats)
		}
		out = append(out, ev)
	}
	head := w.actor("zhao-kezhang")
	head.Admin = true
	return append(out, Event{Type: Operate, Key: t.Key, Operation: "jump", Element: otherTask(n.el), Actor: head, Reason: "重新办理"},
		Event{Type: Operate, Key: t.Key, Operation: "reassign", To: "gao-fenguan", Seat: 1, Actor: head, Reason: "人员调整"})
}

// otherTask is another user task of the same scope, the first by id.
func otherTask(el *element) string {
	for _, id := range slices.Sorted(mapKeys(el.proc.elements)) {
		if other := el.proc.elements[id]; other.user != nil && other.scope == el.scope && other != el {
			return id
		}
	}
	return el.id
}

// actorOf is the first who may act on a task.
func (w *corpusWorld) actorOf(t *Task) string {
	first := func(person, group string) string {
		if person == "" && len(w.Posts[group]) > 0 {
			return w.Posts[group][0]
		}
		return person
	}
	for _, x := range t.Seats {
		if x.State == seat.Active {
			return first(x.Actor, x.Group)
		}
	}
	who := t.Assignee
	for _, g := range t.Groups {
		who = first(who, g)
	}
	if who == "" && len(t.Users) > 0 {
		who = t.Users[0]
	}
	return who
}

func (w *corpusWorld) actor(person string) *Actor {
	a := &Actor{Person: person}
	for _, post := range slices.Sorted(mapKeys(w.Posts)) {
		if slices.Contains(w.Posts[post], person) {
			a.Groups = append(a.Groups, post)
		}
	}
	if len(a.Groups) > 0 {
		a.Post = a.Groups[0]
	}
	return a
}
