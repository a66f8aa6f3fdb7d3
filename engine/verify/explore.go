package verify

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
)

// state is a marking that was reached.
type state struct {
	marks  []uint8 // tokens on each place
	over   bool    // the scope has ended
	clean  bool    // … normally or by a terminate event
	parent int     // -1: a beginning
	via    *node
	by     *option // of via
	next   []int
	ways   []*option // that lead to next
}

// space is the state space of a net.
type space struct {
	*net
	states []*state
	index  map[string]int
	grown  []int // states with more tokens than a state before: tokens without bound
	limit  int
	cut    bool            // the limit was reached
	done   int             // states that were expanded
	stuck  []*bpmn.Element // that wait for ever
}

// explore visits all states that can be reached, breadth first, so that traces are short.
func explore(n *net, limit int) *space {
	s := &space{net: n, index: map[string]int{}, limit: limit}
	for _, start := range n.starts {
		marks := make([]uint8, n.places)
		for _, p := range start {
			marks[p]++
		}
		s.reach(&state{marks: marks, parent: -1, over: len(start) == 0, clean: true})
	}
	for i := 0; i < len(s.states); i++ {
		if len(s.states) > limit {
			s.cut = true
			break
		}
		if !s.states[i].over && !slices.Contains(s.grown, i) {
			s.expand(i)
		}
		s.done = i + 1
	}
	return s
}

// reach notes a state and says its number.
func (s *space) reach(st *state) int {
	key := string(st.marks)
	if st.over {
		key = "over"
		if st.clean {
			key = "clean"
		}
	}
	if i, ok := s.index[key]; ok {
		return i
	}
	i := len(s.states)
	s.index[key] = i
	s.states = append(s.states, st)
	if !st.over && s.outgrows(st) {
		s.grown = append(s.grown, i)
	}
	return i
}

// outgrows reports whether a state has all tokens of one before it, and more.
// Where a join takes the tokens that are there, more need not stay more: then it
// must have two of them at one place.
func (s *space) outgrows(st *state) bool {
	for p := st.parent; p >= 0; p = s.states[p].parent {
		before := s.states[p].marks
		more := false
		for i, m := range st.marks {
			if m < before[i] {
				more = false
				break
			}
			more = more || m > before[i] && (m > 1 || !s.inclusive)
			if i == len(st.marks)-1 && more {
				return true
			}
		}
	}
	return false
}

func (s *space) expand(i int) {
	marks := s.states[i].marks
	for _, n := range s.nodes {
		if n.eager() {
			if p := marked(marks, n.ins); p >= 0 {
				s.fire(i, n, []int{p})
				return
			}
		}
	}
	for _, n := range s.nodes {
		for _, taken := range s.enabled(marks, n) {
			s.fire(i, n, taken)
		}
	}
}

func marked(marks []uint8, places []int) int {
	for _, p := range places {
		if marks[p] > 0 {
			return p
		}
	}
	return -1
}

// enabled lists the sets of tokens that a node can take now.
func (s *space) enabled(marks []uint8, n *node) [][]int {
	var have []int
	total := 0
	for _, p := range n.ins {
		if marks[p] > 0 {
			have = append(have, p)
			total += int(marks[p])
		}
	}
	switch {
	case len(have) == 0:
	case n.join == joinAll && len(have) == len(n.ins), n.join == joinInclusive && s.settled(marks, n):
		return [][]int{have}
	case n.join == joinAny && n.need > 1 && total >= n.need:
		var taken []int
		for _, p := range have {
			for range marks[p] {
				taken = append(taken, p)
			}
		}
		return [][]int{taken[:n.need]}
	case n.join == joinAny && n.need == 1:
		var out [][]int
		for _, p := range have {
			out = append(out, []int{p})
		}
		return out
	}
	return nil
}

// settled is the rule of the inclusive join (BPMN 2.0.2 §13.4.3): no token can
// still come to an empty place unless it can also come to one that has a token.
func (s *space) settled(marks []uint8, n *node) bool {
	for p, m := range marks {
		if m == 0 || slices.Contains(n.ins, p) {
			continue
		}
		toEmpty, toFull := false, false
		for i, in := range n.ins {
			if n.upstream[i][p] {
				toEmpty, toFull = toEmpty || marks[in] == 0, toFull || marks[in] > 0
			}
		}
		if toEmpty && !toFull {
			return false
		}
	}
	return true
}

// fire moves tokens in every way the node can.
func (s *space) fire(i int, n *node, taken []int) {
	from := s.states[i]
	for at := range n.options {
		o := &n.options[at]
		marks := slices.Clone(from.marks)
		for _, p := range taken {
			marks[p]--
		}
		full := false
		for _, p := range o.out {
			if full = full || marks[p] == 255; !full {
				marks[p]++
			}
		}
		st := &state{marks: marks, parent: i, via: n, by: o}
		switch {
		case n.effect == clears:
			st.over, st.clean = true, true
		case n.effect == throws, o.throws:
			st.over = true
		case !slices.ContainsFunc(marks, func(m uint8) bool { return m > 0 }):
			st.over, st.clean = true, true
		}
		from.next, from.ways = append(from.next, s.reach(st)), append(from.ways, o)
	}
}

// trace lists the ids of the elements on the way to a state.
func (s *space) trace(i int) []string {
	var out []string
	for ; i >= 0; i = s.states[i].parent {
		st := s.states[i]
		if st.via == nil {
			continue
		}
		for _, e := range slices.Backward(st.by.via) {
			out = append(out, e.ID)
		}
		if st.via.el != nil {
			out = append(out, st.via.el.ID)
		}
	}
	slices.Reverse(out)
	return out
}

// canReach marks the states from which one of the goals can be reached.
func (s *space) canReach(goals []int) []bool {
	before := make([][]int, len(s.states))
	for i, st := range s.states {
		for _, n := range st.next {
			before[n] = append(before[n], i)
		}
	}
	seen := make([]bool, len(s.states))
	stack := slices.Clone(goals)
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		stack = append(stack, before[i]...)
	}
	return seen
}

// needed lists the elements whose conditions must turn out in a certain way to get
// to the first of the states: those where another way, everything else being the
// same, leads past all of them for good.
func (s *space) needed(states []int) []*bpmn.Element {
	doomed := s.canReach(states)
	var out []*bpmn.Element
	for at := states[0]; s.states[at].parent >= 0; at = s.states[at].parent {
		st := s.states[at]
		from := s.states[st.parent]
		for _, p := range st.by.picks {
			escapes := func(i int) bool { return !doomed[from.next[i]] && differsAt(st.by.picks, from.ways[i].picks, p) }
			if !slices.Contains(out, p.at) && slices.ContainsFunc(indexes(from.next), escapes) {
				out = append(out, p.at)
			}
		}
	}
	return out
}

func indexes(list []int) []int {
	out := make([]int, len(list))
	for i := range out {
		out[i] = i
	}
	return out
}

// differsAt reports whether other picks go another way at p and no other way where both choose.
func differsAt(picks, other []pick, p pick) bool {
	differs := false
	for _, o := range other {
		for _, mine := range picks {
			if mine.at == o.at && mine.way != o.way {
				if mine != p {
					return false
				}
				differs = true
			}
		}
	}
	return differs
}

// returns reports whether a state can be reached again from itself.
func (s *space) returns(i int) bool {
	before := s.canReach([]int{i})
	return slices.ContainsFunc(s.states[i].next, func(n int) bool { return before[n] })
}

// behind lists elements, and all to which flows, boundary events and links lead from them.
func (s *space) behind(elements []*bpmn.Element) map[*bpmn.Element]bool {
	seen := map[*bpmn.Element]bool{}
	stack := slices.Clone(elements)
	for len(stack) > 0 {
		e := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[e] {
			continue
		}
		seen[e] = true
		for _, f := range e.Outgoing {
			if f.Target != nil {
				stack = append(stack, f.Target)
			}
		}
		if e.Activity != nil {
			stack = append(stack, e.Activity.Boundary...)
		}
		if isLinkThrow(e) {
			for _, p := range s.linked(e) {
				stack = append(stack, s.target[p].el)
			}
		}
	}
	return seen
}
