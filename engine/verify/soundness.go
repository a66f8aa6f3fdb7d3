package verify

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/quancheng/quancheng/bpmn"
)

// DefaultLimit is how many states of a scope are explored; people's models have some hundred.
const DefaultLimit = 20_000

// Soundness explores every process of a model, with its sub-processes; limit
// bounds the states of each scope.
func Soundness(m *bpmn.Model, limit int) []Finding {
	v := &verifier{limit: limit, inner: map[*bpmn.Element]outcome{}}
	for _, p := range m.Processes {
		if p.Process != nil && p.Process.Executable {
			v.scope(p)
		}
	}
	return v.findings
}

type verifier struct {
	limit    int
	findings []Finding
	inner    map[*bpmn.Element]outcome
}

// scope explores the scopes inside, then the scope.
func (v *verifier) scope(e *bpmn.Element) {
	for _, c := range e.Scope.Elements {
		if c.Scope != nil {
			v.scope(c)
		}
	}
	whole := newNet(e, v.inner)
	s := explore(reduce(whole), v.limit)
	ended := func(clean bool) bool {
		return slices.ContainsFunc(s.states, func(st *state) bool { return st.over && st.clean == clean })
	}
	v.inner[e] = outcome{completes: s.cut || e.Scope.AdHoc != nil || ended(true) || interrupted(e), throws: ended(false)}
	if s.troubled() { // the whole net tells more of it, unless it is too large
		if full := explore(whole, v.limit); !full.cut {
			s = full
		}
	}
	pairs := besides(whole)
	v.stuck(s, pairs)
	v.unbounded(s, pairs)
	v.endless(s)
	v.twice(s, pairs)
	v.unvisited(s, whole)
	v.deadEnds(e)
	if s.cut || pairs.cut {
		v.report(s, "not-explored", bpmn.Warn, e, -1)
		v.findings[len(v.findings)-1].Arg = strconv.Itoa(v.limit)
	}
}

// troubled reports whether a state shows a problem.
func (s *space) troubled() bool {
	v := &verifier{}
	v.stuck(s, nil)
	v.unbounded(s, nil)
	v.endless(s)
	return len(v.findings) > 0 || len(s.stuck) > 0
}

// interrupted reports whether an event sub-process can end the scope.
func interrupted(e *bpmn.Element) bool {
	return slices.ContainsFunc(e.Scope.EventSubs, func(c *bpmn.Element) bool {
		return slices.ContainsFunc(c.Scope.Starts, func(st *bpmn.Element) bool { return st.Event.Interrupting })
	})
}

func (v *verifier) report(s *space, code string, severity bpmn.Severity, e *bpmn.Element, at int) {
	f := Finding{Code: code, Severity: severity, Process: s.scope.ID, Element: e.ID, Name: e.Name, Line: e.Pos.Line, Col: e.Pos.Col}
	if at >= 0 {
		f.Trace = s.trace(at)
	}
	v.findings = append(v.findings, f)
}

// severity of a problem that the states show: a warning when it takes several
// conditions to turn out in a certain way that are looked at side by side, and
// may exclude each other. Of choices on one way, one behind another, the author
// has drawn what comes of them.
func severity(s *space, pairs *together, states []int) bpmn.Severity {
	if pairs != nil && pairs.concurrent(s.needed(states)) {
		return bpmn.Warn
	}
	return bpmn.Error
}

// stuck reports joins that wait for ever, each once.
func (v *verifier) stuck(s *space, pairs *together) {
	at := map[*bpmn.Element][]int{}
	var order []*bpmn.Element
	for i, st := range s.states {
		if st.over || len(st.next) > 0 || slices.Contains(s.grown, i) || i >= s.done {
			continue
		}
		for _, e := range s.waiting(st) {
			if at[e] == nil {
				order = append(order, e)
			}
			at[e] = append(at[e], i)
		}
	}
	for _, e := range order {
		s.stuck = append(s.stuck, e)
		if e.Scope != nil && s.target[s.entry[e]].options == nil {
			continue // it never ends: the findings inside say why
		}
		code, first := "deadlock", at[e][0]
		if slices.ContainsFunc(s.trace(first), s.isEnd) {
			code = "tokens-left"
		}
		v.report(s, code, severity(s, pairs, at[e]), e, first)
	}
}

// waiting are the elements at which the tokens of a state stand, without those
// that wait for what another of them holds back.
func (s *space) waiting(st *state) []*bpmn.Element {
	var all []*bpmn.Element
	for p, m := range st.marks {
		if m > 0 && s.target[p] != nil && s.target[p].el != nil && !slices.Contains(all, s.target[p].el) {
			all = append(all, s.target[p].el)
		}
	}
	var first []*bpmn.Element
	for _, e := range all {
		behind := func(o *bpmn.Element) bool {
			return o != e && s.behind([]*bpmn.Element{o})[e] && !s.behind([]*bpmn.Element{e})[o]
		}
		if !slices.ContainsFunc(all, behind) {
			first = append(first, e)
		}
	}
	return first
}

func (s *space) isEnd(id string) bool { return s.ends[id] }

func (v *verifier) unbounded(s *space, pairs *together) {
	if len(s.grown) == 0 {
		return
	}
	i, at := s.grown[0], (*bpmn.Element)(nil)
	if pairs != nil {
		if _, growing := pairs.meetings(); len(growing) > 0 {
			at = growing[0].parts
		}
	}
	v.report(s, "unbounded", severity(s, pairs, s.grown), cmp.Or(at, s.elementOf(i)), i)
}

// elementOf is the element that moved last to come to a state.
func (s *space) elementOf(i int) *bpmn.Element {
	if via := s.states[i].via; via != nil && via.el != nil {
		return via.el
	}
	return s.next(i)
}

// endless reports loops without a way out: states from which neither the end nor another problem can be reached.
func (v *verifier) endless(s *space) {
	if s.cut {
		return
	}
	var rest []int
	for i, st := range s.states {
		if st.over || len(st.next) == 0 || slices.Contains(s.grown, i) {
			rest = append(rest, i)
		}
	}
	for i, good := range s.canReach(rest) {
		if !good && s.returns(i) {
			v.report(s, "no-end", bpmn.Error, s.next(i), i)
			return
		}
	}
}

// next is an element that a token of a state is at.
func (s *space) next(i int) *bpmn.Element {
	for p, m := range s.states[i].marks {
		if m > 0 && s.target[p] != nil && s.target[p].el != nil {
			return s.target[p].el
		}
	}
	return s.scope
}

// unvisited reports elements that nothing reaches; of several in a row the first, of a circle one.
func (v *verifier) unvisited(s *space, whole *net) {
	if len(s.grown) > 0 {
		return
	}
	visited := whole.reachable()
	behind := s.behind(s.stuck)
	var dead, told []*bpmn.Element
	for _, e := range s.scope.Scope.Elements {
		if visited[e] || e.EventSubProcess() || standsApart(e) || behind[e] ||
			e.Kind == bpmn.KindBoundaryEvent && !visited[e.Event.AttachedTo] {
			continue
		}
		dead = append(dead, e)
	}
	tell := func(e *bpmn.Element) {
		told = append(told, e)
		v.report(s, "unreachable", bpmn.Error, e, -1)
	}
	for _, e := range dead {
		if !slices.ContainsFunc(e.Incoming, func(f *bpmn.Flow) bool { return f.Source != e && slices.Contains(dead, f.Source) }) {
			tell(e)
		}
	}
	for _, e := range dead { // what is behind none of them goes round in a circle
		if !s.behind(told)[e] {
			tell(e)
		}
	}
}

// twice reports elements that two tokens come to without having been joined.
func (v *verifier) twice(s *space, pairs *together) {
	if s.scope.Scope.AdHoc != nil { // an ad-hoc sub-process may begin anything at any time
		return
	}
	for _, d := range pairs.doubles() {
		code, e, severity := "twice", d.el, bpmn.Error
		switch {
		case d.reminds:
			code, severity = "overlap", bpmn.Warn
		case d.grows && len(s.grown) > 0:
			continue
		case d.grows:
			code, e = "unbounded", cmp.Or(d.parts, d.el)
		}
		if pairs.concurrent(pairs.needed(d)) {
			severity = bpmn.Warn
		}
		v.report(s, code, severity, e, -1)
		v.findings[len(v.findings)-1].Trace = d.way
	}
}

// deadEnds reports elements behind which the drawing stops while the scope has
// end events (BPMN 2.0.2 §10.5.3: then every element is connected to its next).
func (v *verifier) deadEnds(scope *bpmn.Element) {
	isEnd := func(e *bpmn.Element) bool { return e.Kind == bpmn.KindEndEvent }
	if scope.Scope.AdHoc != nil || !slices.ContainsFunc(scope.Scope.Elements, isEnd) {
		return
	}
	for _, e := range scope.Scope.Elements {
		if len(e.Outgoing) > 0 || isEnd(e) || standsApart(e) || e.EventSubProcess() || isLinkThrow(e) {
			continue
		}
		v.findings = append(
			v.findings,
			Finding{
				Code: "dead-end", Severity: bpmn.Error, Process: scope.ID, Element: e.ID, Name: e.Name, Line: e.Pos.Line, Col: e.Pos.Col,
			},
		)
	}
}
