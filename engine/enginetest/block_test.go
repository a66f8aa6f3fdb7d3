package enginetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/feel"
)

// TestRandomModels plays random block-structured models: after each step the
// open tasks are those of a direct interpretation of the blocks, every active
// element is there for a reason, and a twin whose state is stored and loaded
// between any two steps gives the same effects, byte for byte.
func TestRandomModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := draw(t, rapid.IntRange(0, 4).Draw(t, "depth"))
		p := newPair(t, tree)
		sent := 0
		for step := 0; !p.machine.over; step++ {
			p.compare()
			if step > 2_000 {
				t.Fatalf("the model does not end")
			}
			data := p.decisions(step > 60)
			// Handlers that run beside multiply with each signal.
			if signals := p.machine.signals(); len(signals) > 0 && sent < maxSignals && rapid.IntRange(0, 3).Draw(t, "signal") == 0 {
				sent++
				p.signal(rapid.SampledFrom(signals).Draw(t, "which"))
				continue
			}
			p.complete(rapid.IntRange(0, len(p.machine.tasks)-1).Draw(t, "task"), data)
		}
		p.end()
	})
}

// maxSignals bounds the signals of one run.
const maxSignals = 8

// pair is the interpretation and two engines, one of which loads its state before each step.
type pair struct {
	t       *rapid.T
	tree    *block
	xml     []byte
	machine *machine
	engines [2]play.Driver
	root    int64
	tasks   []engine.Task
	active  map[int64]engine.ElementEntered
	callers map[int64]int64 // call activity instance of a called process instance
	ended   bool
	sent    int
}

var morning = time.Date(2022, 6, 10, 9, 0, 0, 0, time.UTC)

func newPair(t *rapid.T, tree *block) *pair {
	m, diags := bpmn.Parse(tree.xml())
	if m == nil {
		t.Fatalf("parse: %v", diags)
	}
	bpmn.Repair(m) // the writer leaves the lists of flows out
	xml, err := m.Write()
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{t: t, tree: tree, xml: xml, active: map[int64]engine.ElementEntered{}, callers: map[int64]int64{},
		engines: [2]play.Driver{play.NewMemory(false), play.NewMemory(true)}}
	for _, e := range p.engines {
		if _, err := e.Deploy([]play.File{{Name: "p.bpmn", Data: p.xml}}, morning); err != nil {
			t.Fatalf("deploy: %v\n%s", err, p.xml)
		}
	}
	data := p.decisions(false)
	p.machine = interpret(tree, data)
	p.both(func(e play.Driver) ([]engine.Effect, error) {
		root, effects, err := e.Start(engine.Event{ID: "u:1", Type: engine.Start, Process: "p", Variables: vars(data)}, morning)
		p.root = root
		return effects, err
	})
	return p
}

// decisions draws a value for every choice; finish makes loops end.
func (p *pair) decisions(finish bool) map[int]int {
	data := map[int]int{}
	p.tree.walk(func(b *block) {
		switch b.kind {
		case xorBlock, orBlock, loopBlock, whileBlock, throwBlock:
			data[b.id] = rapid.IntRange(0, 3).Draw(p.t, "decision")
			if finish {
				data[b.id] = 0
			}
		}
	})
	return data
}

func vars(data map[int]int) engine.Vars {
	v := engine.Vars{}
	for id, n := range data {
		v[fmt.Sprintf("d%d", id)] = number(n)
	}
	return v
}

func number(n int) feel.Value {
	v, err := feel.ParseNumber(strconv.Itoa(n))
	if err != nil {
		panic(err)
	}
	return v
}

// both does the same to both engines and follows the effects.
func (p *pair) both(do func(play.Driver) ([]engine.Effect, error)) {
	var bytes [2]string
	for i, e := range p.engines {
		effects, err := do(e)
		if err != nil {
			p.t.Fatalf("step %d: %v\n%s", p.sent, err, p.xml)
		}
		bytes[i] = dumpEffects(p.t, effects)
		if i == 0 {
			p.follow(effects)
		}
	}
	if bytes[0] != bytes[1] {
		p.t.Fatalf("storing the state changes what happens:\n%s\n%s\n%s", bytes[0], bytes[1], p.xml)
	}
	p.sent++
}

func dumpEffects(t *rapid.T, effects []engine.Effect) string {
	out := ""
	for _, e := range effects {
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf("%T %s\n", e, data)
	}
	return out
}

func (p *pair) follow(effects []engine.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case engine.ElementEntered:
			p.active[e.Key] = e
		case engine.ElementLeft:
			if _, ok := p.active[e.Key]; !ok {
				p.t.Fatalf("element %s is left, but was not entered", e.Element)
			}
			delete(p.active, e.Key)
		case engine.TaskOpened:
			p.tasks = append(p.tasks, e.Task)
		case engine.TaskClosed:
			p.tasks = slices.DeleteFunc(p.tasks, func(t engine.Task) bool { return t.Key == e.Key })
		case engine.InstanceStarted:
			p.callers[e.Key] = e.ParentElement
		case engine.InstanceEnded:
			p.ended = p.ended || e.Key == p.root
		case engine.IncidentRaised:
			p.t.Fatalf("incident %s at %s: %s\n%s", e.Code, e.Element, e.Message, p.xml)
		}
	}
}

// compare holds the engine against the interpretation, and tokens against what they wait for.
func (p *pair) compare() {
	var open []string
	for _, t := range p.tasks {
		open = append(open, t.Element)
	}
	slices.Sort(open)
	if want := p.machine.open(); !slices.Equal(open, want) {
		p.t.Fatalf("after %d steps open tasks are %v, expected %v\n%s", p.sent, open, want, p.xml)
	}
	holds := map[int64]bool{}
	for _, e := range p.active {
		holds[e.Scope] = true
		holds[p.callers[e.Scope]] = true
	}
	waits := map[int64]bool{}
	for _, t := range p.tasks {
		waits[t.ElementKey] = true
	}
	for key, e := range p.active {
		if !waits[key] && !holds[key] && e.Kind != "boundaryEvent" {
			p.t.Fatalf("after %d steps %s is active, but neither waits nor holds anything\n%s", p.sent, e.Element, p.xml)
		}
	}
}

// same is the engine's task for a task of the interpretation. Of several with one
// id, the places in which they were entered give the order in both.
func (p *pair) same(want *run) int64 {
	var runs []*run
	for _, r := range p.machine.tasks {
		if r.b.name() == want.b.name() {
			runs = append(runs, r)
		}
	}
	var tasks []engine.Task
	for _, t := range p.tasks {
		if t.Element == want.b.name() {
			tasks = append(tasks, t)
		}
	}
	slices.SortFunc(runs, func(a, b *run) int { return slices.Compare(a.place(), b.place()) })
	slices.SortFunc(tasks, func(a, b engine.Task) int { return slices.Compare(p.place(a.ElementKey), p.place(b.ElementKey)) })
	return tasks[slices.Index(runs, want)].Key
}

func (p *pair) place(key int64) []int64 {
	var out []int64
	for e, ok := p.active[key]; ok; e, ok = p.active[key] {
		out = append(out, key)
		if key = e.Scope; p.callers[key] != 0 {
			key = p.callers[key]
		}
	}
	slices.Reverse(out)
	return out
}

func (p *pair) complete(i int, data map[int]int) {
	key := p.same(p.machine.tasks[i])
	p.machine.complete(i, data)
	p.both(func(e play.Driver) ([]engine.Effect, error) {
		return e.Send(
			p.root,
			engine.Event{ID: fmt.Sprintf("u:%d", p.sent+1), Type: engine.Operate, Key: key, Operation: "complete", Variables: vars(data)},
			morning,
		)
	})
}

func (p *pair) signal(id int) {
	p.machine.signal(id)
	p.both(func(e play.Driver) ([]engine.Effect, error) {
		return e.Send(
			p.root, engine.Event{ID: fmt.Sprintf("u:%d", p.sent+1), Type: engine.BroadcastSignal, Name: fmt.Sprintf("s%d", id)}, morning,
		)
	})
}

func (p *pair) end() {
	if !p.ended || len(p.active) > 0 || len(p.tasks) > 0 {
		p.t.Fatalf("the interpretation is over; the instance ended: %v, active: %v\n%s", p.ended, p.active, p.xml)
	}
}
