package play

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// Memory is the driver on engine.Step in memory.
type Memory struct {
	store   bool // store and load the state between any two steps
	latest  map[string]*engine.Program
	sources map[string]*bpmn.Model // latest model of each process and global task
	roots   map[int64]*root
	next    int64
}

// root is a root instance: its stored state and, unless it must be loaded, the living one.
type root struct {
	program *engine.Program
	stored  []byte
	state   *engine.State
}

// NewMemory is a driver in memory. With store, it serialises and restores the
// state between any two steps, and holds that this changes nothing.
func NewMemory(store bool) *Memory {
	return &Memory{store: store, latest: map[string]*engine.Program{}, sources: map[string]*bpmn.Model{}, roots: map[int64]*root{}}
}

var _ Driver = (*Memory)(nil)

// callables lists what instances can be instances of, in document order.
func callables(m *bpmn.Model) []*bpmn.Element {
	return append(append([]*bpmn.Element{}, m.Processes...), m.GlobalTasks...)
}

// earlier lists the deployed models of which something would stay the latest version.
func (m *Memory) earlier(files []File) []*bpmn.Model {
	replaced := map[string]bool{}
	for _, f := range files {
		if model, _ := bpmn.Parse(f.Data); model != nil {
			for _, e := range callables(model) {
				replaced[e.ID] = true
			}
		}
	}
	var out []*bpmn.Model
	seen := map[*bpmn.Model]bool{}
	for _, id := range slices.Sorted(maps.Keys(m.sources)) {
		if model := m.sources[id]; !replaced[id] && !seen[model] {
			seen[model] = true
			out = append(out, model)
		}
	}
	return out
}

func (m *Memory) Deploy(files []File, now time.Time) ([]engine.StartTrigger, error) {
	p, models, err := gate(files, m.earlier(files))
	if err != nil {
		return nil, err
	}
	all, err := p.Starts(engine.Input{Now: now, Zone: time.UTC})
	if err != nil {
		return nil, &Rejected{[]bpmn.Diagnostic{{Message: err.Error()}}}
	}
	mine := map[string]bool{}
	for _, model := range models {
		for _, e := range callables(model) {
			mine[e.ID] = true
			m.latest[e.ID], m.sources[e.ID] = p, model
		}
	}
	var triggers []engine.StartTrigger
	for _, t := range all {
		if mine[t.Process] {
			triggers = append(triggers, t)
		}
	}
	return triggers, nil
}

func (m *Memory) NextStart(t engine.StartTrigger, now time.Time) (engine.StartTrigger, bool) {
	return m.latest[t.Process].NextStart(t, engine.Input{Now: now, Zone: time.UTC})
}

func (m *Memory) Start(ev engine.Event, now time.Time) (int64, []engine.Effect, error) {
	p := m.latest[ev.Process]
	if p == nil {
		return 0, nil, &engine.Refusal{Code: "no-such-process", Message: fmt.Sprintf("no process %q is deployed", ev.Process)}
	}
	if ev.Key == 0 {
		m.next++
		ev.Key = m.next
	}
	key := ev.Key
	r := &root{program: p, state: engine.NewState(key)}
	if err := r.keep(); err != nil {
		return 0, nil, err
	}
	effects, err := m.step(r, ev, now)
	if err != nil {
		return 0, nil, err
	}
	m.roots[key] = r
	return key, effects, nil
}

func (m *Memory) Send(key int64, ev engine.Event, now time.Time) ([]engine.Effect, error) {
	r := m.roots[key]
	if r == nil {
		return nil, &engine.Refusal{Code: "no-such-instance", Message: fmt.Sprintf("no root instance %d", key)}
	}
	return m.step(r, ev, now)
}

func (m *Memory) step(r *root, ev engine.Event, now time.Time) ([]engine.Effect, error) {
	if m.store || r.state == nil {
		if err := r.load(); err != nil {
			return nil, err
		}
	}
	effects, err := engine.Step(r.program, r.state, ev, engine.Input{Now: now, Zone: time.UTC})
	if err != nil {
		r.state = nil // it must not be used again; the stored one is as it was
		return nil, err
	}
	return effects, r.keep()
}

// keep stores the state.
func (r *root) keep() error {
	data, err := json.Marshal(r.state)
	if err != nil {
		return fmt.Errorf("store the state: %w", err)
	}
	r.stored = data
	return nil
}

// load restores the state, and holds that storing it again gives the same bytes.
func (r *root) load() error {
	r.state = &engine.State{}
	if err := json.Unmarshal(r.stored, r.state); err != nil {
		return fmt.Errorf("load the state: %w", err)
	}
	again, err := json.Marshal(r.state)
	if err != nil {
		return fmt.Errorf("store the state: %w", err)
	}
	if !bytes.Equal(again, r.stored) {
		return errors.New("a loaded state is stored as other bytes")
	}
	return nil
}

// Stored is the state of a root instance as it was stored last, or nil.
func (m *Memory) Stored(root int64) []byte {
	if r := m.roots[root]; r != nil {
		return r.stored
	}
	return nil
}

// Restart drops all living states: the next step loads them.
func (m *Memory) Restart() error {
	for _, r := range m.roots {
		if err := r.load(); err != nil {
			return err
		}
	}
	return nil
}

func (m *Memory) Close() error { return nil }
