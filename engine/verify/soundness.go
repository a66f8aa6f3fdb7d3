package verify

import (
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
	s := explore(newNet(e, v.inner), v.limit)
	ended := func(clean bool) bool {
		return slices.ContainsFunc(s.states, func(st *state) bool { return st.over && st.clean == clean })
	}
	v.inner[e] = outcome{completes: s.cut || e.Scope.AdHoc != nil || ended(true) || interrupted(e), throws: ended(false)}
	v.stuck(s)
	v.unbounded(s)
	v.endless(s)
	v.unvisited(s)
	v.twice(s)
	if s.cut {
		v.report(s, "not-explored", bpmn.Warn, e, -1)
		v.findings[len(v.findings)-1].Arg = strconv.Itoa(v.limit)
	}
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

// severity of a problem that the states show: a warning when it takes several conditions to turn out in a certain way.
func severity(s *space, states []int) bpmn.Severity {
	if s.conditions(states) > 1 {
		return bpmn.Warn
	}
	return bpmn.Error
}

// stuck reports joins that wait for ever, each once.
func (v *verifier) stuck(s *space) {
	at := map[*bpmn.Element][]int{}
	var order []*bpmn.Element
	for i, st := range s.states {
		if st.over || len(st.next) > 0 || slices.Contains(s.grown, i) || i >= s.done {
			continue
		}
		if p := slices.IndexFunc(st.marks, func(m uint8) bool { return m > 0 }); p >= 0 && s.target[p] != nil {
			e := s.target[p].el
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
		v.report(s, code, severity(s, at[e]), e, first)
	}
}

func (s *space) isEnd(id string) bool {
	return slices.ContainsFunc(s.nodes, func(n *node) bool { return n.el.ID == id && n.effect == ends })
}

func (v *verifier) unbounded(s *space) {
	if len(s.grown) == 0 {
		return
	}
	i := s.grown[0]
	v.report(s, "unbounded", severity(s, s.grown), s.states[i].via.el, i)
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
		st := s.states[i]
		if !good && st.via != nil && s.returns(i) {
			v.report(s, "no-end", bpmn.Error, st.via.el, i)
			return
		}
	}
}

// unvisited reports elements that nothing reaches; of several in a row the first.
func (v *verifier) unvisited(s *space) {
	if s.cut || len(s.grown) > 0 {
		return
	}
	behind := s.behind(s.stuck)
	reached := func(e *bpmn.Element) bool {
		return s.visited[e] || e.EventSubProcess() || standsApart(e) || behind[e]
	}
	for _, e := range s.scope.Scope.Elements {
		if reached(e) || e.Kind == bpmn.KindBoundaryEvent && !s.visited[e.Event.AttachedTo] {
			continue
		}
		first := !slices.ContainsFunc(e.Incoming, func(f *bpmn.Flow) bool { return f.Source != nil && f.Source != e && !reached(f.Source) })
		if first {
			v.report(s, "unreachable", bpmn.Error, e, -1)
		}
	}
}

// twice reports activities that two tokens can enter at a time, unless a finding says more.
func (v *verifier) twice(s *space) {
	if len(s.grown) > 0 {
		return
	}
	seen := map[*node]bool{}
	for i, st := range s.states {
		if st.over {
			continue
		}
		for _, n := range s.nodes {
			if n.need > 1 || n.join != joinAny || n.el.Activity == nil || seen[n] {
				continue
			}
			total := 0
			for _, p := range n.ins {
				total += int(st.marks[p])
			}
			if total > 1 {
				seen[n] = true
				v.report(s, "twice", bpmn.Warn, n.el, i)
			}
		}
	}
}
