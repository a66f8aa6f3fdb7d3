package verify

import (
	"cmp"
	"slices"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// Verdict says whether everything that is under way finds an end.
type Verdict string

// The verdicts.
const (
	Sound     Verdict = "sound"
	Unsound   Verdict = "unsound"
	Undecided Verdict = "undecided" // the budget of states was used up
)

// After says whether every token still finds an end after an event: a jump, a
// return. It explores from the marking that the event would leave, in every
// scope that lives then; budget bounds the states of each (0: DefaultLimit).
//
// Of an unsound one it says the way, as names for people, or ids where there are
// none: what the tokens pass, and where one is left for ever. What may go wrong
// only because conditions turn out in a certain way, and could do so before or
// from the scope's beginning, is the model's fault and not the event's. An event
// that Step refuses changes nothing: it is sound.
func After(p *engine.Program, s *engine.State, ev engine.Event, in engine.Input, budget int) (Verdict, []string) {
	next, err := s.After(p, ev, in)
	if err != nil {
		return Sound, nil
	}
	was, err := s.Marking(p)
	if err != nil {
		return Undecided, nil
	}
	m, err := next.Marking(p)
	if err != nil {
		return Undecided, nil
	}
	if m == nil { // the case has ended
		return Sound, nil
	}
	a := &after{static: verifier{limit: cmp.Or(budget, DefaultLimit), inner: map[*bpmn.Element]outcome{}}, was: map[int64]*engine.Marking{}}
	a.remember(was)
	return a.look(m)
}

// after is one question in progress.
type after struct {
	static verifier // how sub-processes that are yet to begin can end
	was    map[int64]*engine.Marking
}

func (a *after) remember(m *engine.Marking) {
	if m == nil {
		return
	}
	a.was[m.Key] = m
	for _, inner := range m.Inner {
		a.remember(inner)
	}
}

// look explores a living scope and all in it.
func (a *after) look(m *engine.Marking) (Verdict, []string) {
	verdict := Sound
	var unknown []string
	for _, inner := range m.Inner {
		switch v, path := a.look(inner); v {
		case Unsound:
			return v, path
		case Undecided:
			verdict, unknown = v, path
		}
	}
	if m.Scope.Scope == nil {
		return verdict, unknown
	}
	space := a.explore(m)
	if path := a.trouble(m, space); path != nil {
		return Unsound, path
	}
	if was := a.was[m.Key]; space.cut && (was == nil || !slices.Equal(was.Tokens, m.Tokens)) {
		return Undecided, []string{called(m.Scope)}
	}
	return verdict, unknown
}

// explore visits what can become of the tokens of a scope.
func (a *after) explore(m *engine.Marking) *space {
	n := a.net(m.Scope)
	n.stand(m.Tokens)
	return explore(n, a.static.limit)
}

// net is that of a scope, standing at its beginning.
func (a *after) net(scope *bpmn.Element) *net {
	for _, e := range scope.Scope.Elements {
		if _, known := a.static.inner[e]; e.Scope != nil && !known {
			a.static.scope(e)
		}
	}
	return newNet(scope, a.static.inner)
}

// trouble is the way to the first problem that the event brings, or nil.
func (a *after) trouble(m *engine.Marking, s *space) []string {
	found := problems(s)
	if len(found) == 0 {
		return nil
	}
	certain := !s.cut && !s.mayEnd()
	var before []Finding
	if !certain {
		before = problems(explore(a.net(m.Scope), a.static.limit))
	}
	if was := a.was[m.Key]; was != nil && !certain {
		before = append(before, problems(a.explore(was))...)
	}
	for _, f := range found {
		same := func(b Finding) bool { return b.Code == f.Code && b.Element == f.Element }
		if !slices.ContainsFunc(before, same) {
			return s.way(f)
		}
	}
	return nil
}

// problems are those of a scope that keep it from ending, or let something be done twice.
func problems(s *space) []Finding {
	v := &verifier{}
	pairs := besides(s.net)
	v.stuck(s, pairs)
	v.unbounded(s, pairs)
	v.endless(s)
	s.cut = s.cut || pairs.cut
	if e, way := pairs.doubled(); e != nil {
		v.findings = append(v.findings, Finding{Code: "twice", Element: e.ID, Trace: way})
	}
	for i := range v.findings {
		if v.findings[i].Code == "tokens-left" { // whether something has ended before is no matter here
			v.findings[i].Code = "deadlock"
		}
	}
	return v.findings
}

// mayEnd reports whether the scope can end at all.
func (s *space) mayEnd() bool {
	return slices.ContainsFunc(s.states, func(st *state) bool { return st.over })
}

// way is the trace of a finding, and where it ends, in names.
func (s *space) way(f Finding) []string {
	var out []string
	for _, id := range append(f.Trace, f.Element) {
		for _, e := range s.scope.Scope.Elements {
			if name := called(e); e.ID == id && (len(out) == 0 || out[len(out)-1] != name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// called is the name of an element for people.
func called(e *bpmn.Element) string { return cmp.Or(e.Name, e.ID) }
