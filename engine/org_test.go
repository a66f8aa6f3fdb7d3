package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// TestIntervals: the beginning of an interval belongs to it, its end does not.
func TestIntervals(t *testing.T) {
	from, to := benchInput.Now, benchInput.Now.AddDate(0, 0, 1)
	span := Span{From: from, To: to}
	org := &Org{
		People: []Person{
			{ID: "ann", Active: []Span{span}}, {ID: "bob", Active: []Span{{}}}, {ID: "cid", Active: []Span{{To: from}, {From: to}}},
		},
		Posts: []Post{
			{Person: "bob", Role: "CHIEF", Unit: "D1", Span: span}, {Person: "ann", Role: "CHIEF", Unit: "D1"},
			{Person: "cid", Role: "CHIEF", Unit: "D1"}, {Person: "cid", Role: "CHIEF", Unit: "D1", Span: span},
		},
		Functions: []Function{
			{Name: "bureau", Unit: "D2", Span: Span{From: to}}, {Name: "bureau", Unit: "D1", Span: span},
			{Name: "joint", Unit: "D9", Order: 1}, {Name: "joint", Unit: "D8", Order: 2, Span: span},
		},
	}
	c := Case{Parties: []Party{{Role: Expert, Person: "bob", Span: span}, {Role: Supplier, Unit: "SU1"}}}
	for _, test := range []struct {
		at                     time.Time
		holders, bureau, joint string
		experts                int
	}{
		{from.Add(-1), "cid", "", "D9", 0},
		{from, "ann bob", "D1", "D9 D8", 1},
		{to.Add(-1), "ann bob", "D1", "D9 D8", 1},
		{to, "cid", "D2", "D9", 0},
	} {
		r := org.At(test.at)
		if got := strings.Join(r.Holders("CHIEF@D1"), " "); got != test.holders {
			t.Errorf("%s: the post is held by %q, want %q", test.at, got, test.holders)
		}
		for _, p := range []string{"ann", "bob", "cid", "zoe"} {
			if held := slices.Contains(strings.Fields(test.holders), p); r.Holds(p, "CHIEF@D1") != held {
				t.Errorf("%s: holds %s? want %v", test.at, p, held)
			}
		}
		if got := strings.Join(r.Units("bureau"), " "); got != test.bureau {
			t.Errorf("%s: the bureau is %q, want %q", test.at, got, test.bureau)
		}
		if got := strings.Join(r.Units("joint"), " "); got != test.joint {
			t.Errorf("%s: joint are %q, want %q", test.at, got, test.joint)
		}
		if got := len(c.At(test.at, Expert)); got != test.experts {
			t.Errorf("%s: %d experts, want %d", test.at, got, test.experts)
		}
	}
	var none *Org
	if r := none.At(from); r.Active("ann") || len(r.Holders("CHIEF@D1")) > 0 || len(r.Posts()) > 0 || len(r.Units("bureau")) > 0 {
		t.Error("there is somebody in no organisation")
	}
}

// TestOrgInExpressions: a function without a unit is null, joint a list, and a variable of the name goes first.
func TestOrgInExpressions(t *testing.T) {
	in := benchInput
	in.Org = &Org{
		Functions: []Function{{Name: "bureau", Unit: "D1"}, {Name: "joint", Unit: "D3", Order: 2}, {Name: "joint", Unit: "D2", Order: 1}},
	}
	for _, test := range []struct {
		org  *Org
		vars Vars
		src  string
		want string
	}{
		{in.Org, nil, `"CHIEF@" + org.bureau`, `"CHIEF@D1"`},
		{in.Org, nil, `org.finance`, `null`},
		{in.Org, nil, `for u in org.joint return "JOINT@" + u`, `["JOINT@D2","JOINT@D3"]`},
		{in.Org, Vars{"org": feel.NewContext(1).Set("bureau", "mine")}, `org.bureau`, `"mine"`},
		{nil, nil, `org.bureau`, `null`},
		{nil, nil, `count(org.joint)`, `0`},
	} {
		in.Org = test.org
		p := program(
			t,
			fmt.Sprintf(`<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>
<userTask id="u"><extensionElements><zeebe:userTask/><zeebe:ioMapping><zeebe:input source="=%s" target="x"/></zeebe:ioMapping></extensionElements></userTask></process>`,
				strings.ReplaceAll(test.src, `"`, "&quot;")),
		)
		effects, err := Step(p, NewState(7), Event{Type: Start, Process: "p", Variables: test.vars}, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range effects {
			if e, ok := e.(TaskOpened); ok {
				if got, _ := feel.ToJSON(e.Task.Inputs["x"]); string(got) != test.want {
					t.Errorf("%s: %s, want %s", test.src, got, test.want)
				}
			}
		}
	}
}

// office has ann, bob, dan, eve and the chief cid; old has just left.
func office(now time.Time) *Org {
	ever := []Span{{}}
	return &Org{Version: 4,
		People: []Person{
			{ID: "ann", Active: ever}, {ID: "bob", Active: ever}, {ID: "cid", Active: ever}, {ID: "dan", Active: ever},
			{ID: "eve", Active: ever}, {ID: "old", Active: []Span{{To: now}}},
		},
		Posts: []Post{{Person: "cid", Role: "CHIEF", Unit: "D1"}, {Person: "old", Role: "CHIEF", Unit: "D1"},
			{
				Person: "ann", Role: "CLERK", Unit: "D1",
			}, {Person: "bob", Role: "CLERK", Unit: "D1"}, {Person: "dan", Role: "CLERK", Unit: "D1"},
			{Person: "eve", Role: "CLERK", Unit: "D1"}},
	}
}

// TestResolveAndEligible: the questions get the answers that the steps go by, and leave the state as it is.
func TestResolveAndEligible(t *testing.T) {
	g := newGame(t, strings.Replace(sheet, "POLICY", "all", 1), Vars{"initiator": "ivo"})
	g.in.Org = office(g.in.Now)
	ask := func(element, want string) {
		t.Helper()
		before := asJSON(g.s)
		holders, whys, err := Resolve(g.p, g.s, element, g.in)
		got := code(err)
		for _, h := range holders {
			got += " " + orID(h.Person, h.Group) + ":" + h.Why.Rule
			if !slices.ContainsFunc(whys, func(w Why) bool { return w.Rule == h.Why.Rule }) {
				t.Errorf("%s carries %v, which is not among %v", h.Person, h.Why, whys)
			}
		}
		if got = strings.TrimSpace(got); got != want {
			t.Errorf("Resolve of %s: %q, want %q", element, got, want)
		}
		if asJSON(g.s) != before {
			t.Errorf("Resolve of %s has changed the state", element)
		}
	}
	ask("second", "bob:named eve:named CHIEF@D1:role")
	ask("draft", "")
	ask("nowhere", "no-such-element")
	g.in.Org = office(g.in.Now)
	g.in.Org.People[1].Active = []Span{{To: g.in.Now}}
	ask("second", "eve:named CHIEF@D1:role")
	g.in.Org = office(g.in.Now)
	for _, do := range []func(*game) error{act("draft", "ivo complete"), act("first", "ann agree")} {
		if err := do(g); err != nil {
			t.Fatal(err)
		}
	}
	ask("second", "bob:named eve:named CHIEF@D1:role")
	task := g.task("second")
	for _, q := range []struct {
		task             int64
		op, person, post string
		want             string
	}{
		{task.Key, "transfer", "dan", "", "eligible"},
		{task.Key, "transfer", "old", "", "inactive"},
		{task.Key, "addBefore", "zoe", "", "no-such-person"},
		{task.Key, "delegate", "cid", "CHIEF@D1", "eligible"},
		{task.Key, "delegate", "dan", "CHIEF@D1", "post-not-held"},
		{task.Key, "transfer", "bob", "", "already-seated"},
		{task.Key, "agree", "dan", "", "names-nobody"},
		{task.Key + 1<<10, "transfer", "dan", "", "no-such-task"},
	} {
		before := asJSON(g.s)
		ok, why := Eligible(g.p, g.s, q.task, q.op, q.person, q.post, g.in)
		if why.Rule != q.want || ok != (q.want == "eligible") {
			t.Errorf("%s to %s %s: %v %v, want %s", q.op, q.person, q.post, ok, why, q.want)
		}
		if asJSON(g.s) != before {
			t.Error("Eligible has changed the state")
		}
	}
	if got := code(act("second", "bob transfer old")(g)); got != "receiver-not-eligible" {
		t.Errorf("a transfer to somebody who has left: %q", got)
	}
	if err := act("second", "bob transfer dan")(g); err != nil {
		t.Fatal(err)
	}
	want := map[int]string{1: "eligible", 2: "named", 3: "role"}
	for _, s := range g.task("second").Seats {
		if s.Why == nil || s.Why.Rule != want[s.No] {
			t.Errorf("seat %d of %s has the reason %v, want %s", s.No, s.Principal, s.Why, want[s.No])
		}
	}
}

// TestStepIsPure: the same state, event and snapshot give the same bytes, also
// from a snapshot that was made anew with its rows in another order.
func TestStepIsPure(t *testing.T) {
	play := func(org func(time.Time) *Org) string {
		g := newGame(t, strings.Replace(sheet, "POLICY", "all", 1), Vars{"initiator": "ivo"})
		var out strings.Builder
		for _, do := range []func(*game) error{act("draft", "ivo complete"), act("first", "ann agree"), act("second", "bob transfer dan"),
			act("second", "eve agree"), act("second", "cid/CHIEF@D1 agree"), act("second", "dan agree"), act("beside", "ann complete")} {
			g.in.Org = org(g.in.Now)
			if err := do(g); err != nil {
				t.Fatal(err)
			}
			effects, err := json.Marshal(g.effects)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s\n%s\n", asJSON(g.s), effects)
		}
		return out.String()
	}
	shared := office(benchInput.Now)
	want := play(func(time.Time) *Org { return shared })
	if !strings.Contains(want, `"why":{"rule":"role"`) {
		t.Error("no seat says why")
	}
	for range 3 {
		got := play(func(now time.Time) *Org {
			org := office(now)
			slices.Reverse(org.People)
			slices.Reverse(org.Posts)
			return org
		})
		if got != want {
			t.Fatalf("another run gives\n%s\nnot\n%s", got, want)
		}
	}
}

// TestSeatsWithoutReason: a state of a release that kept no reasons still loads and runs.
func TestSeatsWithoutReason(t *testing.T) {
	g := reachSecond(t, "all")
	stored := asJSON(g.s)
	for _, why := range []string{`,"why":{"rule":"named","args":{"person":"bob"}}`, `,"why":{"rule":"named","args":{"person":"eve"}}`,
		`,"why":{"rule":"post","args":{"post":"CHIEF@D1"}}`} {
		before := stored
		if stored = strings.Replace(stored, why, "", -1); stored == before {
			t.Fatalf("no %s in %s", why, stored)
		}
	}
	g.s = &State{}
	if err := json.Unmarshal([]byte(stored), g.s); err != nil {
		t.Fatal(err)
	}
	if err := act("second", "bob agree")(g); err != nil {
		t.Fatal(err)
	}
}
