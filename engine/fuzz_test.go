package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// everything is a program that uses every behaviour.
func everything(t testing.TB) *Program {
	t.Helper()
	data, err := os.ReadFile("testdata/everything.bpmn")
	if err != nil {
		t.Fatal(err)
	}
	m, diags := bpmn.Parse(data)
	if bpmn.HasErrors(diags) {
		t.Fatal(diags)
	}
	p, diags := Compile(m, Resources{})
	if p == nil {
		t.Fatal(diags)
	}
	return p
}

// fuzzEvent reads one event from four bytes: what, about which key, with what.
func fuzzEvent(s *State, b []byte) Event {
	types := []EventType{Operate, CompleteJob, FailJob, ThrowError, FireTimer, CorrelateMessage, BroadcastSignal, SetVariables,
		ResolveIncident, Operate, CompleteJob, RaiseIncident, Suspend, Resume, Cancel, Start, "nonsense"}
	operations := []string{
		"complete", "claim", "unclaim", "assign", "transfer", "agree", "disagree", "return", "abstain", "delegate", "answer", "addBefore",
		"addAfter", "addParallel", "removeSign", "withdraw", "jump", "reassign", "nonsense",
	}
	names := []string{"", "sig", "m", "E", "X", "other"}
	persons := []string{"u1", "u2", "u3", ""}
	keys := sortedKeys(s.owners)
	ev := Event{ID: "f", Type: types[int(b[0])%len(types)], Key: int64(b[1])}
	if len(keys) > 0 && b[1] < 250 {
		ev.Key = keys[int(b[1])%len(keys)]
	}
	ev.Operation, ev.Name = operations[int(b[2])%len(operations)], names[int(b[2])%len(names)]
	ev.To, ev.Retries, ev.Seat = persons[int(b[3])%len(persons)], int(b[3]%3), int(b[3]%5)
	ev.Element, ev.Reason = []string{"", "draft", "user", "nowhere"}[int(b[3]/4)%4], "a reason that is long enough"
	ev.Variables = Vars{
		[]string{"x", "stop", "items", "a"}[int(b[3])%4]: []feel.Value{feel.Int(int64(b[2] % 7)), true, "text", nil,
			feel.List{feel.Int(1)}}[int(b[2])%5],
	}
	if b[2] > 40 {
		ev.Actor = &Actor{Person: persons[int(b[2])%3], Groups: []string{"g1"}[:b[2]%2], Admin: b[2] > 220}
	}
	return ev
}

// FuzzStep plays arbitrary events on a model with every behaviour. A refusal
// leaves the state as it was, Check agrees with Step, and the state stays whole.
func FuzzStep(f *testing.F) {
	f.Add([]byte{0xff, 1, 0, 0, 0, 2, 3, 4, 5})
	f.Add([]byte{0x3f, 1, 4, 0, 0, 1, 4, 0, 0, 1, 4, 0, 0, 6, 0, 1, 0})
	p := everything(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 400 {
			return
		}
		s := NewState(5)
		in := benchInput
		start := Vars{"x": feel.Int(int64(data[0] % 4)), "items": feel.List{feel.Int(1), feel.Int(2), feel.Int(3)}, "initiator": "u1"}
		for i, name := range []string{"a", "b", "c", "d", "e", "f"} {
			start[name] = data[0]&(1<<i) != 0
		}
		if _, err := Step(p, s, Event{Type: Start, Process: "p", Variables: start}, in); err != nil {
			t.Fatal(err)
		}
		for b := data[1:]; len(b) >= 4; b = b[4:] {
			in.Now = in.Now.Add(time.Duration(b[3]) * time.Minute)
			s = fuzzStep(t, p, s, fuzzEvent(s, b), in)
		}
	})
}

func fuzzStep(t *testing.T, p *Program, s *State, ev Event, in Input) *State {
	before := asJSON(s)
	checked := Check(p, s, ev, in)
	if after := asJSON(s); after != before {
		t.Fatalf("Check of %+v changed the state", ev)
	}
	_, err := Step(p, s, ev, in)
	if fmt.Sprint(err) != fmt.Sprint(checked) {
		t.Fatalf("Check of %+v says %v, Step says %v", ev, checked, err)
	}
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("%+v: %v", ev, err)
	}
	stored := asJSON(s)
	if err != nil {
		stored = before
	} else {
		whole(t, s)
	}
	restored := &State{}
	if err := json.Unmarshal([]byte(stored), restored); err != nil {
		t.Fatal(err)
	}
	return restored
}

// whole checks what must hold of a state between two steps.
func whole(t *testing.T, s *State) {
	t.Helper()
	living := 0
	for _, n := range s.nodes {
		if n.gone {
			continue
		}
		living++
		switch {
		case s.owners[n.Key] != n:
			t.Fatalf("node %d is not in the index", n.Key)
		case n.parent != nil && (n.parent.gone || !slices.Contains(n.parent.children, n)):
			t.Fatalf("node %d of %s is not among its scope's children", n.Key, n.Element)
		case n.inflight != 0:
			t.Fatalf("%d tokens are on their way in %s", n.inflight, n.Element)
		case n.Process == "" && len(n.children) == 0 && len(n.Arrived) == 0 && len(n.Waits) == 0 && n.Task == nil && n.Job == nil &&
			len(n.Incidents) == 0 && n.Undo == nil:
			t.Fatalf("nothing will ever move the token in %s %d: %s", n.Element, n.Key, asJSON(s))
		}
	}
	if s.ended != (living == 0) {
		t.Fatalf("ended: %t, but %d element instances live", s.ended, living)
	}
}
