package verify

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// shippedScopes are the processes in the binary and what they hold.
func shippedScopes(t testing.TB) []*bpmn.Element {
	t.Helper()
	bundle, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	var scopes []*bpmn.Element
	for _, f := range bundle.Of(".bpmn") {
		m, _ := bpmn.Parse(f.Data)
		for _, p := range m.Processes {
			scopes = append(scopes, within(p)...)
		}
	}
	return scopes
}

func within(scope *bpmn.Element) []*bpmn.Element {
	out := []*bpmn.Element{scope}
	for _, e := range scope.Scope.Elements {
		if e.Scope != nil {
			out = append(out, within(e)...)
		}
	}
	return out
}

// TestShippedDecided: with one token anywhere in a shipped model it is known
// within a tenth of the states allowed what becomes of it, and from their
// beginnings no two tokens come to one place.
func TestShippedDecided(t *testing.T) {
	a := &after{static: verifier{limit: DefaultLimit / 10, inner: map[*bpmn.Element]outcome{}}}
	for _, scope := range shippedScopes(t) {
		for _, e := range scope.Scope.Elements {
			if e.Activity == nil || e.EventSubProcess() || standsApart(e) {
				continue
			}
			s := a.explore(&engine.Marking{Scope: scope, Tokens: []engine.Token{{Element: e, Count: 1}}})
			if s.cut || !s.mayEnd() && len(problems(s)) == 0 {
				t.Errorf("from %s in %s: %d states, %v", e.ID, scope.ID, len(s.states), problems(s))
			}
		}
		if e, way := besides(newNet(scope, a.static.inner)).doubled(); e != nil {
			t.Errorf("%s can get two tokens by %v", e.ID, way)
		}
	}
}

// BenchmarkAfter explores from every activity of the shipped models.
func BenchmarkAfter(b *testing.B) {
	scopes := shippedScopes(b)
	asked := 0
	for b.Loop() {
		asked = 0
		a := &after{static: verifier{limit: DefaultLimit, inner: map[*bpmn.Element]outcome{}}}
		for _, scope := range scopes {
			for _, e := range scope.Scope.Elements {
				if e.Activity != nil && !e.EventSubProcess() {
					problems(a.explore(&engine.Marking{Scope: scope, Tokens: []engine.Token{{Element: e, Count: 1}}}))
					asked++
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*asked), "µs/question")
}

// TestDoubled finds two tokens on one way where a branch holds a choice or an inner block.
func TestDoubled(t *testing.T) {
	for _, c := range []struct{ name, flows, want string }{
		{"a choice in a branch", "s g A q X Y C e; s>g g>A g>q q>X q>Y A>C X>C Y>C C>e", "C"},
		{"a block in a branch", "s g A B h X Y k m C e; s>g g>A g>B A>h h>X h>Y X>k Y>k k>m B>m m>C C>e", "m"},
		{"joined", "s g A q X Y m k C e; s>g g>A g>q q>X q>Y X>m Y>m m>k A>k k>C C>e", ""},
		{"a choice only", "s q X Y C e; s>q q>X q>Y X>C Y>C C>e", ""},
		{"a loop around a block", "s m g X Y k q e; s>m m>g g>X g>Y X>k Y>k k>q q>m q>e", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if e, _ := besides(newNet(words(t, c.flows), nil)).doubled(); e != nil {
				got = e.ID
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// words writes a process of elements, whose first letters say their kinds (s start, e end, g h k parallel,
// q m exclusive, others tasks), and of flows.
func words(t *testing.T, text string) *bpmn.Element {
	t.Helper()
	kinds := map[byte]string{
		's': "startEvent", 'e': "endEvent", 'g': "parallelGateway", 'h': "parallelGateway", 'k': "parallelGateway", 'q': "exclusiveGateway",
		'm': "exclusiveGateway",
	}
	elements, flows, _ := strings.Cut(text, ";")
	var b strings.Builder
	b.WriteString(`<definitions xmlns="` + bpmn.NamespaceBPMN + `" id="d" targetNamespace="t"><process id="p" isExecutable="true">`)
	for _, id := range strings.Fields(elements) {
		kind := cmp.Or(kinds[id[0]], "task")
		fmt.Fprintf(&b, `<%s id="%s"/>`, kind, id)
	}
	for i, f := range strings.Fields(flows) {
		from, to, _ := strings.Cut(f, ">")
		fmt.Fprintf(&b, `<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s"/>`, i, from, to)
	}
	b.WriteString(`</process></definitions>`)
	m, diags := bpmn.Parse([]byte(b.String()))
	if m == nil {
		t.Fatal(diags)
	}
	return m.Processes[0]
}
