package engine

import "github.com/quancheng/quancheng/bpmn"

// Marking is where the tokens of a living scope stand: a process instance, a
// sub-process, an iteration of one, or an event sub-process.
type Marking struct {
	Key    int64 // of the instance or element instance
	Scope  *bpmn.Element
	Tokens []Token
	Inner  []*Marking // living scopes in it, called processes too
}

// Token is one token of a scope, or several at the same place.
type Token struct {
	Element *bpmn.Element
	Via     *bpmn.Flow // it waits at the element, having come by this flow; nil: it is in the element
	Count   int
}

// After is the state that an event would leave; the state is untouched. An error is as of Step.
func (s *State) After(p *Program, ev Event, in Input) (*State, error) {
	c, err := s.clone()
	if err != nil {
		return nil, err
	}
	_, err = Step(p, c, ev, in)
	return c, err
}

// Marking is where the tokens stand; nil: the instance has not begun, or has ended.
func (s *State) Marking(p *Program) (*Marking, error) {
	if err := s.bind(p); err != nil {
		return nil, err
	}
	root := s.owners[s.key]
	if root == nil || s.ended {
		return nil, nil
	}
	return root.marking(), nil
}

// marking is that of a node that holds a scope.
func (n *node) marking() *Marking {
	m := &Marking{Key: n.Key, Scope: n.el.src}
	if m.Scope.Scope == nil {
		return m // a global task: it holds itself
	}
	for _, c := range n.children {
		if !c.apart() {
			m.Tokens = append(m.Tokens, Token{Element: c.el.src, Count: 1})
		}
		m.Inner = append(m.Inner, c.scopes()...)
	}
	for _, a := range n.Arrived {
		for slot, count := range a.Tokens {
			if count == 0 {
				continue
			}
			t := Token{Element: a.el.src, Count: count}
			if len(a.el.in) > 0 {
				t.Via = a.el.in[slot].src
			}
			m.Tokens = append(m.Tokens, t)
		}
	}
	return m
}

// apart reports whether a node holds no token of the scope around it: an event
// sub-process, or what is at work for compensation.
func (n *node) apart() bool { return n.el.eventSub || n.For != 0 || n.Restored }

// scopes lists the scopes that an activity holds: itself, its iterations, or the process that it calls.
func (n *node) scopes() []*Marking {
	if !n.Body && n.el.kind.IsSubProcess() {
		return []*Marking{n.marking()}
	}
	var out []*Marking
	for _, c := range n.children {
		if c.Process != "" {
			out = append(out, c.marking())
		} else {
			out = append(out, c.scopes()...)
		}
	}
	return out
}
