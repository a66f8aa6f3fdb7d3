package engine

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// blocks is how many random models TestBlockStructuredModels plays.
var blocks = flag.Int("blocks", 1500, "number of random block-structured models")

// block is a piece of a block-structured process, interpreted directly: the
// naive twin of the engine. enabled lists the tasks that are open now; complete
// ends one of them.
type block interface {
	start()
	enabled() []string
	complete(task string) bool // false: no such task is open
	done() bool
	xml(w *writer, from string) string // writes the block after a node, and returns the node to go on from
}

type leaf struct {
	id   string
	open bool
	over bool
}

func (l *leaf) start()     { l.open, l.over = true, false }
func (l *leaf) done() bool { return l.over }
func (l *leaf) enabled() []string {
	if l.open {
		return []string{l.id}
	}
	return nil
}
func (l *leaf) complete(task string) bool {
	if !l.open || task != l.id {
		return false
	}
	l.open, l.over = false, true
	return true
}

// seq runs blocks one after the other; also the content of a scope.
type seq struct {
	parts []block
	at    int
	scope string // "", subProcess, callActivity
}

func (s *seq) start() {
	s.at = 0
	if len(s.parts) > 0 {
		s.parts[0].start()
		s.skip()
	}
}

// skip goes over parts that are done as soon as they start.
func (s *seq) skip() {
	for s.at < len(s.parts) && s.parts[s.at].done() {
		if s.at++; s.at < len(s.parts) {
			s.parts[s.at].start()
		}
	}
}
func (s *seq) done() bool { return s.at >= len(s.parts) }
func (s *seq) enabled() []string {
	if s.done() {
		return nil
	}
	return s.parts[s.at].enabled()
}
func (s *seq) complete(task string) bool {
	if s.done() || !s.parts[s.at].complete(task) {
		return false
	}
	s.skip()
	return true
}

// split runs some of its branches at the same time: a gateway and its join.
type split struct {
	gateway  string
	branches []block
	taken    []bool
}

func (s *split) each(f func(block)) {
	for i, b := range s.branches {
		if s.taken[i] {
			f(b)
		}
	}
}
func (s *split) start() { s.each(block.start) }
func (s *split) done() bool {
	all := true
	s.each(func(b block) { all = all && b.done() })
	return all
}
func (s *split) enabled() (out []string) {
	s.each(func(b block) { out = append(out, b.enabled()...) })
	return out
}
func (s *split) complete(task string) bool {
	found := false
	s.each(func(b block) { found = found || b.complete(task) })
	return found
}

// repeat runs its content several times: a loop over a gateway, a standard
// loop, or a sequential multi-instance.
type repeat struct {
	seq
	times, round int
	kind         string // gateway, standard, sequential
}

func (r *repeat) start() {
	r.round = 1
	r.seq.start()
	r.again()
}
func (r *repeat) again() {
	for r.seq.done() && r.round < r.times {
		r.round++
		r.seq.start()
	}
}
func (r *repeat) complete(task string) bool {
	ok := r.seq.complete(task)
	r.again()
	return ok
}

// copies is a parallel multi-instance of one task.
type copies struct {
	id          string
	total, left int
	started     bool
}

func (c *copies) start()            { c.left, c.started = c.total, true }
func (c *copies) done() bool        { return c.started && c.left == 0 }
func (c *copies) enabled() []string { return slices.Repeat([]string{c.id}, c.left) }
func (c *copies) complete(task string) bool {
	if task != c.id || c.left == 0 {
		return false
	}
	c.left--
	return true
}

// maker draws random blocks.
type maker struct {
	r *rand.Rand
	n int
}

func (m *maker) id(prefix string) string { m.n++; return fmt.Sprintf("%s%d", prefix, m.n) }

func (m *maker) sequence(depth int) seq {
	s := seq{}
	for range 1 + m.r.IntN(3) {
		s.parts = append(s.parts, m.block(depth))
	}
	return s
}

func (m *maker) block(depth int) block {
	if depth == 0 {
		return &leaf{id: m.id("t")}
	}
	switch m.r.IntN(9) {
	case 0, 1, 2:
		return m.split(depth)
	case 3:
		s := m.sequence(depth - 1)
		s.scope = []string{"subProcess", "callActivity"}[m.r.IntN(2)]
		return &s
	case 4:
		return &repeat{seq: m.sequence(depth - 1), times: 1 + m.r.IntN(3), kind: []string{"gateway", "standard", "sequential"}[m.r.IntN(3)]}
	case 5:
		return &copies{id: m.id("t"), total: m.r.IntN(4)}
	}
	return &leaf{id: m.id("t")}
}

func (m *maker) split(depth int) block {
	s := &split{gateway: []string{"exclusiveGateway", "parallelGateway", "inclusiveGateway"}[m.r.IntN(3)]}
	for range 2 + m.r.IntN(2) {
		if m.r.IntN(6) == 0 {
			s.branches = append(s.branches, &seq{}) // a flow straight to the join
		} else {
			b := m.sequence(depth - 1)
			s.branches = append(s.branches, &b)
		}
		s.taken = append(s.taken, s.gateway == "parallelGateway" || s.gateway == "inclusiveGateway" && m.r.IntN(2) == 0)
	}
	if !slices.Contains(s.taken, true) {
		s.taken[m.r.IntN(len(s.taken))] = true
	}
	return s
}

// writer collects the XML of a model.
type writer struct {
	strings.Builder
	n     int
	calls []string // processes of call activities
}

func (w *writer) id() string { w.n++; return fmt.Sprintf("x%d", w.n) }

func (w *writer) flow(from, to, condition string) {
	if condition != "" {
		condition = `<conditionExpression xsi:type="tFormalExpression">` + condition + `</conditionExpression>`
	}
	fmt.Fprintf(w, `<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, w.id(), from, to, condition)
}

func (w *writer) node(from, xml string, args ...any) string {
	id := w.id()
	w.element(from, id, xml, args...)
	return id
}

func (w *writer) element(from, id, xml string, args ...any) {
	fmt.Fprintf(w, xml, append([]any{id}, args...)...)
	if from != "" {
		w.flow(from, id, "")
	}
}

func (l *leaf) xml(w *writer, from string) string {
	w.element(from, l.id, jobTask)
	return l.id
}

func (c *copies) xml(w *writer, from string) string {
	w.element(from, c.id, `<serviceTask id="%s"><extensionElements><zeebe:taskDefinition type="work"/></extensionElements>`+
		`<multiInstanceLoopCharacteristics><loopCardinality>=%d</loopCardinality></multiInstanceLoopCharacteristics></serviceTask>`, c.total)
	return c.id
}

func (s *seq) xml(w *writer, from string) string {
	switch s.scope {
	case "subProcess":
		return s.wrap(w, from, "")
	case "callActivity":
		inner := &writer{n: w.n + 1000*(len(w.calls)+1)}
		id := inner.id()
		s.content(inner)
		w.n = inner.n
		w.calls = append(w.calls, inner.calls...)
		w.calls = append(w.calls, fmt.Sprintf(`<process id="p%s" isExecutable="true">%s</process>`, id, inner.String()))
		return w.node(from, `<callActivity id="%s"><extensionElements><zeebe:calledElement processId="p%s"/></extensionElements></callActivity>`, id)
	}
	for _, p := range s.parts {
		from = p.xml(w, from)
	}
	return from
}

// content writes the parts between a start and an end event.
func (s *seq) content(w *writer) {
	at := w.node("", `<startEvent id="%s"/>`)
	for _, p := range s.parts {
		at = p.xml(w, at)
	}
	w.node(at, `<endEvent id="%s"/>`)
}

// wrap writes the parts in a sub-process with a loop marker.
func (s *seq) wrap(w *writer, from, marker string) string {
	id := w.id()
	fmt.Fprintf(w, `<subProcess id="%s">%s`, id, marker)
	s.content(w)
	w.WriteString(`</subProcess>`)
	w.flow(from, id, "")
	return id
}

func (s *split) xml(w *writer, from string) string {
	fork := w.node(from, "<"+s.gateway+` id="%s"/>`)
	join := w.node("", "<"+s.gateway+` id="%s"/>`)
	for i, b := range s.branches {
		first := w.node("", `<task id="%s"/>`)
		condition := fmt.Sprintf("=%t", s.taken[i])
		if s.gateway == "parallelGateway" {
			condition = ""
		}
		w.flow(fork, first, condition)
		w.flow(b.xml(w, first), join, "")
	}
	return join
}

func (r *repeat) xml(w *writer, from string) string {
	switch r.kind {
	case "standard":
		return r.wrap(w, from, fmt.Sprintf(`<standardLoopCharacteristics loopMaximum="%d"/>`, r.times))
	case "sequential":
		return r.wrap(w, from, fmt.Sprintf(`<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>=%d</loopCardinality></multiInstanceLoopCharacteristics>`, r.times))
	}
	script := `<scriptTask id="%s"><extensionElements><zeebe:script expression="=%s" resultVariable="%s"/></extensionElements></scriptTask>`
	counter := "n" + w.id()
	merge := w.node("", `<exclusiveGateway id="%s"/>`)
	w.flow(w.node(from, script, "0", counter), merge, "")
	at := w.node(merge, script, counter+" + 1", counter)
	choice := w.node(r.seq.xml(w, at), `<exclusiveGateway id="%s"/>`)
	w.flow(choice, merge, fmt.Sprintf("=%s &lt; %d", counter, r.times))
	after := w.node("", `<task id="%s"/>`)
	w.flow(choice, after, fmt.Sprintf("=%s >= %d", counter, r.times))
	return after
}

// TestBlockStructuredModels plays random models beside a direct interpretation
// of their block tree: after every step the same tasks are open. Between any
// two steps the state is stored and restored, and a step from the restored
// state gives byte-equal effects.
func TestBlockStructuredModels(t *testing.T) {
	for seed := range uint64(*blocks) {
		m := &maker{r: rand.New(rand.NewPCG(seed, 4))}
		root := m.sequence(3)
		w := &writer{}
		root.content(w)
		body := `<process id="p" isExecutable="true">` + w.String() + "</process>" + strings.Join(w.calls, "")
		if err := playBlocks(t, program(t, body), &root, m.r); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, body)
		}
	}
}

func playBlocks(t *testing.T, p *Program, root *seq, r *rand.Rand) error {
	root.start()
	s := NewState(3)
	open := map[int64]string{}
	ev := Event{Type: Start, Process: "p"}
	for {
		stored, err := json.Marshal(s)
		if err != nil {
			return err
		}
		restored := &State{}
		if err := json.Unmarshal(stored, restored); err != nil {
			return err
		}
		effects := mustStep(t, p, s, ev)
		if again := mustStep(t, p, restored, ev); fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", effects) {
			return fmt.Errorf("the restored state went another way:\n%+v\n%+v", effects, again)
		}
		if a, b := asJSON(s), asJSON(restored); a != b {
			return fmt.Errorf("the restored state became another:\n%s\n%s", a, b)
		}
		for _, e := range effects {
			switch e := e.(type) {
			case JobOpened:
				open[e.Key] = e.Element
			case JobClosed:
				delete(open, e.Key)
			case IncidentRaised:
				return fmt.Errorf("incident %s: %s", e.Code, e.Message)
			}
		}
		want := root.enabled()
		if got := values(open); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			return fmt.Errorf("open are %v, the block tree says %v", got, want)
		}
		if s.Ended() != root.done() {
			return fmt.Errorf("ended: %t, the block tree says %t", s.Ended(), root.done())
		}
		if s.Ended() {
			return nil
		}
		keys := sortedKeys(open)
		key := keys[r.IntN(len(keys))]
		root.complete(open[key])
		ev = Event{Type: CompleteJob, Key: key}
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func values(m map[int64]string) []string {
	out := make([]string, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}
