package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// TestForeignStates: a state that this engine or this bundle does not know is an error, not a guess.
func TestForeignStates(t *testing.T) {
	p := program(t, chain(userTaskXML, 1))
	s := NewState(7)
	mustStep(t, p, s, Event{Type: Start, Process: "p"})
	good := asJSON(s)
	for name, c := range map[string]struct{ old, new, want string }{
		"newer semantics": {`{"v":3`, `{"v":99`, "semantics version"},
		"lost scope":      {`"s":7`, `"s":8`, "not there"},
		"no object":       {good, `[]`, "read state"},
	} {
		err := json.Unmarshal([]byte(strings.Replace(good, c.old, c.new, 1)), &State{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	restored := &State{}
	if err := json.Unmarshal([]byte(strings.Replace(good, `"e":"e0"`, `"e":"gone"`, 1)), restored); err != nil {
		t.Fatal(err)
	}
	if _, err := Step(p, restored, Event{Type: Cancel}, benchInput); err == nil || !strings.Contains(err.Error(), `no element "gone"`) {
		t.Errorf("an element that the bundle lacks: %v", err)
	}
}

// TestExactNumbers: numbers survive storing with every digit, and dates become their texts.
func TestExactNumbers(t *testing.T) {
	p := program(t, chain(userTaskXML, 1))
	s := NewState(7)
	money, err := feel.ParseNumber("57117600.10")
	if err != nil {
		t.Fatal(err)
	}
	long, _ := feel.ParseNumber("0.1234567890123456789012345678901234")
	date, _ := feel.ParseDate("2026-01-05")
	mustStep(t, p, s, Event{Type: Start, Process: "p", Variables: Vars{"money": money, "long": long, "date": date}})
	before := s.owners[7].Vars
	restored := &State{}
	if err := json.Unmarshal([]byte(asJSON(s)), restored); err != nil {
		t.Fatal(err)
	}
	for name, want := range before {
		if got := restored.owners[7].Vars[name]; !feel.Same(got, want) {
			t.Errorf("%s is %v, was %v", name, got, want)
		}
	}
	if before["date"] != "2026-01-05" {
		t.Errorf("a date is kept as %v", before["date"])
	}
	if !strings.Contains(asJSON(s), "57117600.10") {
		t.Errorf("the money has lost a digit: %s", asJSON(s))
	}
}
