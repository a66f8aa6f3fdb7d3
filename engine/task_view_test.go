package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// TestWhatATaskIsAbout: a task says what it edits and is about; its amount is a
// number, or not known yet, or an incident.
func TestWhatATaskIsAbout(t *testing.T) {
	for _, c := range []struct{ amount, want string }{
		{`1200000.50`, `1200000.50`},
		{`=declared * 2`, `84`},
		{`=missing`, ``},
		{``, ``},
		{`=&quot;much&quot;`, `incident amount`},
		{`much`, `incident amount`},
	} {
		p := program(
			t,
			fmt.Sprintf(`<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>
<userTask id="u"><extensionElements><zeebe:userTask/><qc:task xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" edits="sheet.a, lines" about="sheet" amount="%s"/></extensionElements></userTask></process>`, c.amount),
		)
		effects, err := Step(p, NewState(7), Event{Type: Start, Process: "p", Variables: Vars{"declared": feel.Int(42)}}, benchInput)
		if err != nil {
			t.Fatal(err)
		}
		got := "nothing"
		for _, e := range effects {
			switch e := e.(type) {
			case IncidentRaised:
				got = "incident " + e.Code
			case TaskOpened:
				if got = ""; e.Task.Amount != nil {
					got = e.Task.Amount.String()
				}
				if !slices.Equal(e.Task.Edits, []string{"sheet.a", "lines"}) || e.Task.About != "sheet" {
					t.Errorf("it edits %v and is about %q", e.Task.Edits, e.Task.About)
				}
				var back Task
				if err := json.Unmarshal([]byte(asJSON(e.Task)), &back); err != nil || asJSON(back) != asJSON(e.Task) {
					t.Errorf("%s is read back as %s (%v)", asJSON(e.Task), asJSON(back), err)
				}
			}
		}
		if got != c.want {
			t.Errorf("amount %s: %q, want %q", c.amount, got, c.want)
		}
	}
}
