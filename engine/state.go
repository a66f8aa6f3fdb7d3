package engine

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/quancheng/quancheng/engine/seat"
)

// semantics is the version of the token rules that new instances get. A change
// that would make a stored state move differently gets a new number, and old
// states keep the old rule.
const semantics = 3

// semanticsInputSets is the version since which activities wait for an input set.
const semanticsInputSets = 2

// counterBits is the room for keys below an instance key (DESIGN §7).
const counterBits = 20

// State is the whole state of a root process instance with its called
// instances. It serialises to JSON and back without loss.
type State struct {
	version int
	key     int64
	counter int64
	began   bool
	ended   bool
	nodes   []*node // every living element instance, by key; gone ones are swept at the end of a step
	owners  map[int64]*node
	bound   *Program
	duties  []served // what has been signed for, in any round

	joins       int // arrivals at inclusive and complex gateways
	conditional int // conditional waits
	hungry      int // activities that wait for an input set
	swept       int // nodes that are gone but still in the list
}

// NewState is the state at step 0 of a root instance that has not begun; Step with a Start event begins it.
func NewState(key int64) *State {
	return &State{version: semantics, key: key, owners: map[int64]*node{}}
}

// phase says what a node was about to do when an incident stopped it.
type phase uint8

const (
	phaseActive    phase = iota // entered, or waiting
	phaseEntering               // its activation failed
	phaseLeaving                // its completion failed
	phaseIterating              // a loop could not go on
	phaseJob                    // its job has no retries left
	phaseOutside                // the shell reported trouble
)

// node is one living element instance: a process instance, an activity, the
// body of a loop, or an event that waits.
type node struct {
	Key     int64  `json:"k"`
	Scope   int64  `json:"s,omitempty"`
	Element string `json:"e"`
	Process string `json:"p,omitempty"` // process instances: what they are instances of

	BusinessKey string    `json:"bk,omitempty"`
	At          string    `json:"at,omitempty"` // process instances: the event that began it
	AtDef       int       `json:"ad,omitempty"` // and which of its definitions
	Into        *entry    `json:"to,omitempty"` // call activities, process instances: they are to begin in the middle
	Suspended   bool      `json:"su,omitempty"`
	Paused      time.Time `json:"sp,omitzero"` // since when it is suspended

	Body      bool           `json:"b,omitempty"` // the body of a loop; its iterations are its children
	Loop      int            `json:"n,omitempty"` // loopCounter of an iteration
	Vars      Vars           `json:"v,omitempty"`
	Waits     []*wait        `json:"w,omitempty"`
	Arrived   []*arrival     `json:"a,omitempty"` // scopes: tokens at joins
	Multi     *multiState    `json:"m,omitempty"`
	Task      *Task          `json:"t,omitempty"`
	Job       *job           `json:"j,omitempty"`
	Policy    *seat.Policy   `json:"po,omitempty"` // of an approval whose policy was computed when its seats were made
	Steps     []appended     `json:"ap,omitempty"` // of a task: what was put behind it, and is to come
	Now       *appended      `json:"an,omitempty"` // the one of them that is open in its place
	Held      Vars           `json:"hv,omitempty"` // what the task has said, for when all of them are done
	Incidents []*incident    `json:"i,omitempty"`
	Recall    []recallable   `json:"rc,omitempty"` // scopes: decisions that can still be taken back
	Resumes   []resumption   `json:"rs,omitempty"` // scopes: returns that come straight back
	Hungry    bool           `json:"h,omitempty"`  // activities: waits for an input set; its boundary events listen already
	Mapped    bool           `json:"mp,omitempty"` // output mappings are done
	Rounds    map[string]int `json:"r,omitempty"`  // scopes: visits of user tasks
	Signed    []signed       `json:"sg,omitempty"` // scopes: approvals that count
	// scopes: approvals that a return has taken the token back past, and that stand if nothing has changed
	Kept      []signed  `json:"kp,omitempty"`
	Done      []*record `json:"d,omitempty"`  // scopes: completed activities that can be compensated
	Undo      *undo     `json:"u,omitempty"`  // throw events: compensation in progress
	For       int64     `json:"cf,omitempty"` // compensation handlers: the throw event they work for
	Restored  bool      `json:"re,omitempty"` // scopes: back for compensation only
	Stopped   bool      `json:"st,omitempty"` // scopes: an interrupting event sub-process took over
	Canceling bool      `json:"ca,omitempty"` // transactions: a cancel end event was reached
	Queue     []string  `json:"q,omitempty"`  // ad-hoc: activities still to begin
	Closing   bool      `json:"cl,omitempty"` // ad-hoc: completion condition held, waits for what runs

	el       *element
	parent   *node
	children []*node
	inflight int
	gone     bool
}

// arrival counts tokens that wait at a join.
type arrival struct {
	Element string `json:"e"`
	Tokens  []int  `json:"t"`           // per incoming flow
	Reset   []int  `json:"r,omitempty"` // complex gateway that fired: flows whose tokens it will swallow
	Stuck   int64  `json:"s,omitempty"` // complex gateway whose condition failed: the node with the incident
	el      *element
}

// wait is an open subscription, timer or condition.
type wait struct {
	Key         int64     `json:"k"`
	Element     string    `json:"e"` // the catching element
	Def         int       `json:"d,omitempty"`
	Kind        waitKind  `json:"t"`
	Name        string    `json:"n,omitempty"`
	Correlation string    `json:"c,omitempty"`
	Due         time.Time `json:"at,omitzero"`
	Left        int       `json:"l,omitempty"` // repetitions left after this one; -1: no end
	Begun       time.Time `json:"b,omitzero"`  // of a cycle: when it was armed; its moments are counted from there
	Held        bool      `json:"h,omitempty"` // condition was true when last looked at

	el   *element
	gone bool
}

type waitKind string

const (
	waitMessage   waitKind = "m"
	waitSignal    waitKind = "s"
	waitTimer     waitKind = "t"
	waitCondition waitKind = "c"
)

type job struct {
	Key     int64     `json:"k"`
	Type    string    `json:"t"`
	Retries int       `json:"r"`
	After   time.Time `json:"a,omitzero"`
}

type incident struct {
	Key     int64  `json:"k"`
	Phase   phase  `json:"p,omitempty"`
	Code    string `json:"c"`
	Message string `json:"m,omitempty"`
}

// stateJSON is the stored form of a state.
type stateJSON struct {
	Version int     `json:"v"`
	Key     int64   `json:"key"`
	Counter int64   `json:"n"`
	Began   bool    `json:"began,omitempty"`
	Ended   bool    `json:"ended,omitempty"`
	Nodes   []*node `json:"nodes,omitempty"`

	Duties []served `json:"duties,omitempty"`
}

// MarshalJSON writes the state. Equal states give equal bytes.
func (s *State) MarshalJSON() ([]byte, error) {
	s.sweep()
	return json.Marshal(stateJSON{s.version, s.key, s.counter, s.began, s.ended, s.nodes, s.duties})
}

// UnmarshalJSON reads a stored state.
func (s *State) UnmarshalJSON(data []byte) error {
	var j stateJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	if j.Version > semantics {
		return fmt.Errorf("read state: its semantics version is %d, this engine knows up to %d", j.Version, semantics)
	}
	*s = State{version: j.Version, key: j.Key, counter: j.Counter, began: j.Began, ended: j.Ended, nodes: j.Nodes, duties: j.Duties}
	return s.link()
}

// link restores what is not stored: parents, children and the index of keys.
func (s *State) link() error {
	s.owners = make(map[int64]*node, 2*len(s.nodes))
	for _, n := range s.nodes {
		if n == nil || s.owners[n.Key] != nil {
			return fmt.Errorf("read state: an element instance is missing or stored twice")
		}
		s.owners[n.Key] = n
	}
	for _, n := range s.nodes {
		if n.Scope != 0 {
			if n.parent = s.owners[n.Scope]; n.parent == nil || n.Scope >= n.Key {
				return fmt.Errorf("read state: element instance %d lies in %d, which is not there", n.Key, n.Scope)
			}
			n.parent.children = append(n.parent.children, n)
		}
		s.own(n)
	}
	return nil
}

// own indexes the keys that belong to a node.
func (s *State) own(n *node) {
	if n.Hungry {
		s.hungry++
	}
	for _, w := range n.Waits {
		s.owners[w.Key] = n
		if w.Kind == waitCondition {
			s.conditional++
		}
	}
	if n.Task != nil {
		s.owners[n.Task.Key] = n
	}
	if n.Job != nil {
		s.owners[n.Job.Key] = n
	}
	for _, i := range n.Incidents {
		s.owners[i.Key] = n
	}
}

// bind finds the compiled element of every node.
func (s *State) bind(p *Program) error {
	if s.bound == p {
		return nil
	}
	s.joins = 0
	for _, n := range s.nodes {
		proc := p.find(n.Process)
		switch {
		case n.Process != "" && proc != nil:
			n.el = proc.root
		case n.Process == "" && n.parent != nil && n.parent.el != nil:
			n.el = n.parent.el.proc.elements[n.Element]
		}
		if n.el == nil {
			return fmt.Errorf("engine: the bundle has no element %q of process %q", n.Element, n.Process)
		}
		for _, w := range n.Waits {
			if w.el = n.el.proc.elements[w.Element]; w.el == nil {
				return fmt.Errorf("engine: the bundle has no element %q", w.Element)
			}
		}
		for _, a := range n.Arrived {
			if a.el = n.el.proc.elements[a.Element]; a.el == nil || len(a.Tokens) < len(a.el.in) {
				return fmt.Errorf("engine: the bundle has no element %q", a.Element)
			}
			s.countJoin(a.el, 1)
		}
	}
	s.bound = p
	return nil
}

// countJoin notes arrivals that are decided when nothing else moves.
func (s *State) countJoin(el *element, by int) {
	if el != nil && el.upstream != nil {
		s.joins += by
	}
}

// sweep drops nodes that are gone.
func (s *State) sweep() {
	if s.swept > 0 {
		s.nodes = slices.DeleteFunc(s.nodes, func(n *node) bool { return n.gone })
		s.swept = 0
	}
}

// clone is a deep copy. FEEL values are immutable and shared.
func (s *State) clone() (*State, error) {
	data, err := s.MarshalJSON()
	if err != nil {
		return nil, err
	}
	c := &State{}
	return c, c.UnmarshalJSON(data)
}

// Key is the key of the root instance.
func (s *State) Key() int64 { return s.key }

// Ended reports whether the root instance is over.
func (s *State) Ended() bool { return s.ended }

// instance is the process instance that holds the node.
func (n *node) instance() *node {
	for n.Process == "" {
		n = n.parent
	}
	return n
}

// suspended reports whether a process instance above is suspended.
func (n *node) suspended() bool {
	for ; n != nil; n = n.parent {
		if n.Suspended {
			return true
		}
	}
	return false
}

// iteration reports whether the node is one iteration of a loop.
func (n *node) iteration() bool { return n.parent != nil && n.parent.Body && n.parent.el == n.el }

// find is the wait with a key.
func (n *node) wait(key int64) *wait {
	for _, w := range n.Waits {
		if w.Key == key {
			return w
		}
	}
	return nil
}

// Instance is a process instance that is not over: the root, or one that was called.
type Instance struct {
	Key         int64
	Process     string
	BusinessKey string
}

// Instances lists the process instances that are not over, in the order of their start.
func (s *State) Instances() (all []Instance) {
	for _, n := range s.nodes {
		if n.Process != "" && !n.gone {
			all = append(all, Instance{n.Key, n.Process, n.BusinessKey})
		}
	}
	return all
}

// TaskNames are the names of the open and suspended tasks, in the order of their keys, once a step has been made.
func (s *State) TaskNames() (names []string) {
	var open []*node
	for _, n := range s.nodes {
		if n.Task != nil && !n.gone && n.el != nil {
			open = append(open, n)
		}
	}
	slices.SortFunc(open, func(a, b *node) int { return cmp.Compare(a.Task.Key, b.Task.Key) })
	for _, n := range open {
		names = append(names, n.el.name)
	}
	return names
}
