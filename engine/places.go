package engine

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/quancheng/quancheng/engine/seat"
)

// RestingPlace is where a token of a case rests, as people see it who govern the case.
type RestingPlace struct {
	Key      int64  // element instance; a jump names it
	Instance int64  // process instance that holds it
	Process  string // id
	Element  string // id
	Kind     string // BPMN local name
	Task     int64  // its open task, 0 for none
	Job      bool   // outside work is under way
	Stuck    bool   // an incident stops it
	Messages []string
	Signals  []string
	Timers   []time.Time // due moments, earliest first
}

// Places are the places where tokens rest, in the order in which they were
// entered. The iterations of a loop are one place: that of the loop. Tokens that
// wait at a join rest nowhere else and cannot be moved; they are not listed.
func (s *State) Places(p *Program) []RestingPlace {
	if s.bind(p) != nil {
		return nil
	}
	var out []RestingPlace
	seen := map[int64]bool{}
	for _, leaf := range s.nodes {
		n := leaf
		if leaf.gone || len(leaf.children) > 0 || !leaf.movable() {
			continue
		}
		for n.iteration() {
			n = n.parent
		}
		if !seen[n.Key] && n.movable() {
			seen[n.Key] = true
			out = append(out, n.place(leaf))
		}
	}
	return out
}

// place describes a token by the node that a jump moves and the one in it that waits.
func (n *node) place(leaf *node) RestingPlace {
	at := RestingPlace{
		Key: n.Key, Instance: n.instance().Key, Process: n.el.proc.id, Element: n.Element, Kind: string(n.el.kind),
		Job: leaf.Job != nil, Stuck: len(n.Incidents)+len(leaf.Incidents) > 0,
	}
	if leaf.Task != nil {
		at.Task = leaf.Task.Key
	}
	for _, w := range slices.Concat(leaf.Waits, outer(n, leaf)) {
		switch w.Kind {
		case waitMessage:
			at.Messages = append(at.Messages, w.Name)
		case waitSignal:
			at.Signals = append(at.Signals, w.Name)
		case waitTimer:
			at.Timers = append(at.Timers, w.Due)
		}
	}
	slices.SortFunc(at.Timers, time.Time.Compare)
	return at
}

func outer(n, leaf *node) []*wait {
	if n == leaf {
		return nil
	}
	return n.Waits
}

// movable reports whether a node holds a token that somebody may move: no process
// instance, no event sub-process, nothing that is at work for compensation.
func (n *node) movable() bool {
	return n.Process == "" && n.el != nil && !n.el.eventSub && n.For == 0 && !n.Restored
}

// tokenNode finds the token that is to be moved: by its element instance or by its task.
func (x *exec) tokenNode() (*node, error) {
	n := x.s.owners[x.ev.Key]
	if n == nil || n.Key != x.ev.Key {
		return x.taskNode()
	}
	if !n.movable() {
		return nil, refuse("no-such-token", "%d holds no token that can be moved", x.ev.Key)
	}
	return n, nil
}

// token finds a token as tokenNode does, nil for none.
func (s *State) token(key int64) *node {
	n := s.owners[key]
	if n == nil || !n.movable() || n.Key != key && (n.Task == nil || n.Task.Key != key) {
		return nil
	}
	return n
}

// Standing names where all tokens stand and how far their approvals have come: it
// changes when the case moves on, and not when somebody claims a task or writes.
func (s *State) Standing() string {
	h := fnv.New128a()
	for _, n := range s.nodes {
		if n.gone {
			continue
		}
		done := 0
		if n.Task != nil {
			for _, seatOf := range n.Task.Seats {
				if seatOf.State == seat.Done {
					done++
				}
			}
		}
		_, _ = fmt.Fprintf(h, "%d@%s:%d;", n.Key, n.Element, done)
		for _, a := range n.Arrived {
			_, _ = fmt.Fprintf(h, "%s%v;", a.Element, a.Tokens)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// asSeen refuses an event whose actor saw the case where it does not stand any more.
func (x *exec) asSeen() error {
	if x.ev.Seen != "" && x.ev.Seen != x.s.Standing() {
		return refuse("moved-on", "the case has moved on since it was looked at")
	}
	return nil
}

// Suspended reports whether the root instance is suspended, and since when.
func (s *State) Suspended() (since time.Time, yes bool) {
	root := s.owners[s.key]
	if root == nil || !root.Suspended {
		return time.Time{}, false
	}
	return root.Paused, true
}
