package enginetest

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/engine/verify"
)

// TestNoCaseStrands walks at random through random models, with every kind of
// operation: an open case always waits for somebody or something, an approval
// never sits with nobody, what is offered holds, and what goes on can be played
// to its end. QUANCHENG_WALKS says how many walks; 300 else.
func TestNoCaseStrands(t *testing.T) {
	walks := flag.Lookup("rapid.checks")
	before := walks.Value.String()
	if err := walks.Value.Set(cmp.Or(os.Getenv("QUANCHENG_WALKS"), "300")); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = walks.Value.Set(before) }()
	told := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t, drawWild(t, rapid.IntRange(1, 4).Draw(t, "depth")), told)
		for step := 0; step < 40 && !w.s.Ended(); step++ {
			if choices := w.choices(); len(choices) > 0 {
				w.act(rapid.SampledFrom(choices).Draw(t, "act"))
			}
		}
		w.playOut()
		told["walks"]++
	})
	t.Log(told)
}

// act is something that can be tried.
type act struct {
	name string
	do   func(*walk)
}

// walk is an instance that is walked through.
type walk struct {
	t      *rapid.T
	tree   *block
	xml    []byte
	p      *engine.Program
	s      *engine.State
	in     engine.Input
	tasks  map[int64]engine.Task
	made   []engine.Event // decisions that closed approvals
	waits  map[int64]engine.SubscriptionOpened
	jobs   map[int64]string
	stops  map[int64]string // incidents
	paused bool
	log    []string
	told   map[string]int
}

func newWalk(t *rapid.T, tree *block, told map[string]int) *walk {
	m, diags := bpmn.Parse(tree.xml())
	if m == nil {
		t.Fatalf("parse: %v", diags)
	}
	bpmn.Repair(m)
	p, diags := engine.Compile(m, engine.Resources{})
	if p == nil {
		t.Fatalf("compile: %v\n%s", diags, tree.xml())
	}
	w := &walk{t: t, tree: tree, xml: tree.xml(), p: p, s: engine.NewState(5), in: engine.Input{Now: morning}, told: told,
		tasks: map[int64]engine.Task{}, waits: map[int64]engine.SubscriptionOpened{}, jobs: map[int64]string{}, stops: map[int64]string{}}
	vs := w.decisions(false)
	vs["initiator"], vs["amount"] = "ann", number(1)
	w.send(engine.Event{Type: engine.Start, Process: "p", Variables: vs})
	return w
}

func (w *walk) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter\n  %s\n%s", fmt.Sprintf(format, args...), strings.Join(w.log, "\n  "), w.xml)
}

// decisions draws a value for every choice; finish makes loops end.
func (w *walk) decisions(finish bool) engine.Vars {
	vs := engine.Vars{}
	w.tree.walk(func(b *block) {
		switch b.kind {
		case xorBlock, orBlock, loopBlock, whileBlock, throwBlock:
			n := 0
			if !finish {
				n = rapid.IntRange(0, 3).Draw(w.t, "decision")
			}
			vs[fmt.Sprintf("d%d", b.id)] = number(n)
		}
	})
	return vs
}

// send applies an event, and holds what must hold afterwards. A refusal changes nothing.
func (w *walk) send(ev engine.Event) bool {
	stored, err := json.Marshal(w.s)
	if err != nil {
		w.fail("store: %v", err)
	}
	effects, err := engine.Step(w.p, w.s, ev, w.in)
	refusal := (*engine.Refusal)(nil)
	switch {
	case errors.As(err, &refusal):
		w.told["refused: "+refusal.Code]++
		w.load(stored)
		return false
	case err != nil:
		w.fail("%+v: %v", ev, err)
	}
	if stored, err = json.Marshal(w.s); err != nil {
		w.fail("store: %v", err)
	}
	w.load(stored)
	for _, e := range effects {
		w.follow(e)
	}
	if _, open := w.tasks[ev.Key]; ev.Type == engine.Operate && !open &&
		slices.Contains([]string{"agree", "disagree", "abstain", "reject"}, ev.Operation) {
		w.made = append(w.made, ev)
	}
	w.told[strings.TrimPrefix(string(ev.Type)+" "+ev.Operation, "operate ")]++
	w.hold()
	return true
}

func (w *walk) load(stored []byte) {
	w.s = &engine.State{}
	if err := json.Unmarshal(stored, w.s); err != nil {
		w.fail("load: %v", err)
	}
}

func (w *walk) follow(e engine.Effect) {
	switch e := e.(type) {
	case engine.TaskOpened:
		w.tasks[e.Task.Key] = e.Task
	case engine.TaskChanged:
		w.tasks[e.Task.Key] = e.Task
	case engine.TaskClosed:
		delete(w.tasks, e.Key)
	case engine.SubscriptionOpened:
		w.waits[e.Key] = e
	case engine.SubscriptionClosed:
		delete(w.waits, e.Key)
	case engine.JobOpened:
		w.jobs[e.Key] = e.Type
	case engine.JobClosed:
		delete(w.jobs, e.Key)
	case engine.IncidentRaised:
		w.stops[e.Key] = e.Code
	case engine.IncidentResolved:
		delete(w.stops, e.Key)
	}
}

// hold checks the invariants.
func (w *walk) hold() {
	_, timer := w.s.NextDue()
	if !w.s.Ended() && !timer && len(w.tasks)+len(w.waits)+len(w.jobs)+len(w.stops) == 0 {
		w.fail("the case is open and waits for nothing")
	}
	for _, t := range w.tasks {
		if t.Policy != "" && !slices.ContainsFunc(t.Seats, func(s engine.Seat) bool { return s.State == seat.Active && s.Actor != "" }) {
			w.fail("the approval %s sits with nobody: %+v", t.Element, t.Seats)
		}
	}
	if w.s.Ended() {
		return
	}
	for key, code := range w.stops {
		if code != "job-failed" && code != "uncaught-error" {
			w.fail("incident %d: %s", key, code)
		}
	}
	nothing := engine.Event{Type: engine.SetVariables, Key: w.s.Key()}
	if v, path := verify.After(w.p, w.s, nothing, w.in, 5_000); v != verify.Sound {
		w.told["marking "+string(v)]++
		if v == verify.Unsound {
			w.fail("the case can get stuck by %v", path)
		}
	}
}

var people = []string{"ann", "bob", "cid", "dan", "eve"}

const why = "because of the reason"

func by(person string) *engine.Actor { return &engine.Actor{Person: person} }

var admin = &engine.Actor{Person: "root", Admin: true}

// choices are kinds of acts, each with one drawn later.
func (w *walk) choices() []act {
	var out []act
	if w.paused {
		return []act{{"resume", func(w *walk) { w.pause(false) }}}
	}
	some := func(n int, name string, times int, do func(*walk)) {
		for range times {
			if n > 0 {
				out = append(out, act{name, do})
			}
		}
	}
	some(len(w.tasks), "work", 6, (*walk).work)
	some(len(w.tasks), "return", 3, (*walk).sendBack)
	some(len(w.tasks), "jump", 2, (*walk).jump)
	some(len(w.made), "recall", 2, (*walk).recall)
	some(len(w.waits), "happen", 1, (*walk).happen)
	some(len(w.jobs), "job", 3, (*walk).job)
	some(len(w.stops), "resolve", 2, (*walk).resolve)
	if _, timer := w.s.NextDue(); timer {
		some(1, "time", 1, (*walk).time)
	}
	some(rapid.IntRange(0, 30).Draw(w.t, "terminate")/30, "terminate", 1, func(w *walk) {
		w.note("terminate")
		w.send(engine.Event{Type: engine.Cancel, Key: w.s.Key(), Actor: admin})
	})
	some(rapid.IntRange(0, 4).Draw(w.t, "pause")/4, "pause", 1, func(w *walk) { w.pause(true) })
	return out
}

func (w *walk) act(a act) { a.do(w) }

// note logs what is done next.
func (w *walk) note(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

func pick[V any](w *walk, m map[int64]V) int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return rapid.SampledFrom(keys).Draw(w.t, "key")
}

// sitting are the seats of a task that may act.
func sitting(t engine.Task) []engine.Seat {
	return slices.DeleteFunc(slices.Clone(t.Seats), func(s engine.Seat) bool { return s.State != seat.Active })
}

// work does something with a task that moves it on, or adds to it.
func (w *walk) work() {
	t := w.tasks[pick(w, w.tasks)]
	if t.Policy == "" {
		w.note("complete %s", t.Element)
		w.send(engine.Event{Type: engine.Operate, Key: t.Key, Operation: "complete", Variables: w.decisions(false)})
		return
	}
	s := rapid.SampledFrom(sitting(t)).Draw(w.t, "seat")
	operation := rapid.SampledFrom([]string{"agree", "agree", "agree", "agree", "disagree", "abstain", "reject", "transfer", "delegate",
		"addBefore", "addAfter", "addParallel", "removeSign", "contentChanged"}).Draw(w.t, "operation")
	if s.Origin == seat.Delegated && operation != "removeSign" {
		operation = "answer"
	}
	ev := engine.Event{
		Type: engine.Operate, Key: t.Key, Operation: operation, Actor: by(s.Actor), Seat: s.No, Opinion: why, Reason: why, Code: "scope",
		Digest: "1", Variables: w.decisions(false),
	}
	switch operation {
	case "transfer", "delegate", "addBefore", "addAfter", "addParallel":
		ev.To = rapid.SampledFrom(people).Draw(w.t, "person")
	case "removeSign":
		ev.Actor = admin
		ev.Seat = rapid.IntRange(1, len(t.Seats)).Draw(w.t, "removed")
	case "contentChanged":
		ev.Actor, ev.Digest = nil, rapid.SampledFrom([]string{"1", "2"}).Draw(w.t, "digest")
	}
	w.note("%s %s by %s to %s", operation, t.Element, s.Actor, ev.To)
	w.send(ev)
}

// holds asks whether an act that is offered leaves a case that still ends.
func (w *walk) holds(ev engine.Event) {
	if v, path := verify.After(w.p, w.s, ev, w.in, 5_000); v == verify.Unsound {
		w.fail("%s to %s strands the case by %v", ev.Operation, ev.Element, path)
	}
}

// sendBack returns or withdraws to one of the targets that are offered.
func (w *walk) sendBack() {
	t := w.tasks[pick(w, w.tasks)]
	targets := w.s.ReturnTargets(w.p, t.Key)
	if len(targets) == 0 {
		return
	}
	ev := engine.Event{
		Type: engine.Operate, Key: t.Key, Operation: "return", Reason: why, Element: rapid.SampledFrom(targets).Draw(w.t, "target"),
	}
	s := rapid.SampledFrom(sitting(t)).Draw(w.t, "seat")
	ev.Actor = by(s.Actor)
	switch rapid.IntRange(0, 3).Draw(w.t, "how") {
	case 0:
		ev.Mode = "resume"
	case 1:
		ev.Operation, ev.Actor = "withdraw", by("ann")
	}
	w.note("%s %s %s to %s", ev.Operation, ev.Mode, t.Element, ev.Element)
	w.holds(ev)
	if w.send(ev) {
		w.canEnd()
	}
}

func (w *walk) jump() {
	t := w.tasks[pick(w, w.tasks)]
	targets := w.s.JumpTargets(w.p, t.Key)
	if len(targets) == 0 {
		return
	}
	ev := engine.Event{
		Type: engine.Operate, Key: t.Key, Operation: "jump", Reason: why, Actor: admin,
		Element: rapid.SampledFrom(targets).Draw(w.t, "target"),
	}
	if v, _ := verify.After(w.p, w.s, ev, w.in, 5_000); v != verify.Sound {
		w.told["jump "+string(v)]++
		return
	}
	w.note("jump %s to %s", t.Element, ev.Element)
	if w.send(ev) {
		w.canEnd()
	}
}

func (w *walk) recall() {
	was := rapid.SampledFrom(w.made[max(0, len(w.made)-2):]).Draw(w.t, "decision")
	ev := engine.Event{Type: engine.Operate, Key: was.Key, Operation: "recall", Reason: why, Actor: was.Actor}
	w.note("recall %d of %d", was.Key, len(w.made))
	w.holds(ev)
	if w.send(ev) {
		w.canEnd()
	}
}

func (w *walk) happen() {
	s := w.waits[pick(w, w.waits)]
	w.note("%s %s", s.Kind, s.Name)
	if s.Kind == "signal" {
		w.send(engine.Event{Type: engine.BroadcastSignal, Name: s.Name})
		return
	}
	w.send(engine.Event{Type: engine.CorrelateMessage, Key: s.Key, Name: s.Name})
}

func (w *walk) job() {
	key := pick(w, w.jobs)
	ev := engine.Event{Type: engine.CompleteJob, Key: key}
	switch rapid.IntRange(0, 4).Draw(w.t, "how") {
	case 0:
		ev.Type, ev.Retries = engine.FailJob, rapid.IntRange(0, 1).Draw(w.t, "retries")
	case 1:
		ev.Type, ev.Name = engine.ThrowError, "err"
	}
	w.note("%s %d", ev.Type, key)
	w.send(ev)
}

func (w *walk) resolve() {
	key := pick(w, w.stops)
	w.note("resolve %s", w.stops[key])
	w.send(engine.Event{Type: engine.ResolveIncident, Key: key})
}

func (w *walk) time() {
	due, _ := w.s.NextDue()
	if due.After(w.in.Now) {
		w.in.Now = due
	}
	w.note("time")
	w.send(engine.Event{Type: engine.FireTimer, Key: w.s.DueTimers(w.in.Now)[0]})
}

func (w *walk) pause(on bool) {
	ev := engine.Event{Type: engine.Resume, Key: w.s.Key(), Actor: admin}
	if on {
		ev.Type = engine.Suspend
	}
	w.note("%s", ev.Type)
	w.in.Now = w.in.Now.Add(time.Minute)
	if w.send(ev) {
		w.paused = on
	}
}

// canEnd plays a copy of the walk to its end.
func (w *walk) canEnd() {
	stored, err := json.Marshal(w.s)
	if err != nil {
		w.fail("store: %v", err)
	}
	c := *w
	c.log, c.told = slices.Clone(w.log), map[string]int{}
	c.tasks, c.waits, c.jobs, c.stops = copied(w.tasks), copied(w.waits), copied(w.jobs), copied(w.stops)
	c.load(stored)
	c.playOut()
}

func copied[V any](m map[int64]V) map[int64]V {
	out := make(map[int64]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// maxFinish is how many events a case takes at most to its end when everything is completed.
const maxFinish = 500

// playOut completes everything until the case ends.
func (w *walk) playOut() {
	if w.paused {
		w.pause(false)
	}
	for range maxFinish {
		if w.s.Ended() {
			return
		}
		if !w.send(w.next()) {
			w.fail("%+v is refused", w.next())
		}
	}
	w.fail("the case does not end")
}

// next is an event that takes the case on.
func (w *walk) next() engine.Event {
	first := func(keys []int64) int64 { return slices.Min(keys) }
	keys := func(m map[int64]string) (out []int64) {
		for k := range m {
			out = append(out, k)
		}
		return out
	}
	switch {
	case len(w.stops) > 0:
		key := first(keys(w.stops))
		w.note("finish: resolve %s", w.stops[key])
		return engine.Event{Type: engine.ResolveIncident, Key: key}
	case len(w.jobs) > 0:
		w.note("finish: job")
		return engine.Event{Type: engine.CompleteJob, Key: first(keys(w.jobs)), Variables: w.decisions(true)}
	}
	if open := sortedTasks(w.tasks); len(open) > 0 {
		t := open[0]
		w.note("finish: %s", t.Element)
		ev := engine.Event{Type: engine.Operate, Key: t.Key, Operation: "complete", Variables: w.decisions(true)}
		if t.Policy != "" {
			s := sitting(t)[0]
			ev.Operation, ev.Actor, ev.Seat, ev.Opinion = "agree", by(s.Actor), s.No, why
			if s.Origin == seat.Delegated {
				ev.Operation = "answer"
			}
		}
		return ev
	}
	for _, s := range w.waits {
		if s.Kind == "message" {
			w.note("finish: message %s", s.Name)
			return engine.Event{Type: engine.CorrelateMessage, Key: s.Key, Name: s.Name}
		}
	}
	w.fail("nothing is left to do, and the case is open")
	return engine.Event{}
}

func sortedTasks(m map[int64]engine.Task) []engine.Task {
	out := make([]engine.Task, 0, len(m))
	for _, t := range m {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b engine.Task) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
