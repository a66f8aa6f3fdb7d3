package engine

import (
	"testing"

	"github.com/quancheng/quancheng/feel"
)

// TestConditionalStart: an instance begins at a conditional start event only
// with data of which the condition is true; a refusal writes nothing.
func TestConditionalStart(t *testing.T) {
	p := program(
		t,
		`<process id="p" isExecutable="true"><startEvent id="none"/><startEvent id="s"><conditionalEventDefinition id="d"><condition xsi:type="tFormalExpression">=level &gt; 4 or businessKey = "flood"</condition></conditionalEventDefinition></startEvent></process>`,
	)
	for _, c := range []struct {
		name string
		ev   Event
		want string
	}{
		{"true", Event{Element: "s", Variables: Vars{"level": feel.Int(5)}}, ""},
		{"false", Event{Element: "s", Variables: Vars{"level": feel.Int(4)}}, "condition-not-met"},
		{"no data", Event{Element: "s"}, "condition-not-met"},
		{"of another kind", Event{Element: "s", Variables: Vars{"level": "high"}}, "condition-not-met"},
		{"by the business key", Event{Element: "s", BusinessKey: "flood"}, ""},
		{"elsewhere", Event{}, ""},
		{"no such definition", Event{Element: "s", Definition: 1, Variables: Vars{"level": feel.Int(5)}}, "no-such-start"},
		{"a negative definition", Event{Element: "s", Definition: -1}, "no-such-start"},
	} {
		g := &game{t: t, p: p, s: NewState(3), in: benchInput, tasks: map[int64]Task{}}
		c.ev.Type, c.ev.Process = Start, "p"
		if got := code(g.step(c.ev)); got != c.want {
			t.Errorf("%s: refused with %q, want %q", c.name, got, c.want)
		}
	}
}
