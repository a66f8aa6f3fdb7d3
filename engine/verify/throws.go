package verify

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
)

// bundle is what is deployed together: who calls whom.
type bundle struct {
	processes map[string]*bpmn.Element
	callers   map[string][]*bpmn.Element // call activities that name a process
}

func bundleOf(models []*bpmn.Model) *bundle {
	b := &bundle{processes: map[string]*bpmn.Element{}, callers: map[string][]*bpmn.Element{}}
	for _, m := range models {
		for _, p := range executable(m) {
			b.processes[p.ID] = p
			for _, e := range descendants(p) {
				if id, fixed := calledBy(e); fixed && !slices.Contains(b.callers[id], e) {
					b.callers[id] = append(b.callers[id], e)
				}
			}
		}
	}
	return b
}

// userTask finds a user task of any of the processes, nil for none.
func (b *bundle) userTask(id string) *bpmn.Element {
	for _, p := range b.processes {
		for _, e := range descendants(p) {
			if e.ID == id && e.Kind == bpmn.KindUserTask {
				return e
			}
		}
	}
	return nil
}

// executable lists the processes of a model that are run.
func executable(m *bpmn.Model) []*bpmn.Element {
	var out []*bpmn.Element
	for _, p := range m.Processes {
		if p.Process != nil && p.Process.Executable {
			out = append(out, p)
		}
	}
	return out
}

// descendants lists all elements that a scope holds, at any depth.
func descendants(scope *bpmn.Element) []*bpmn.Element {
	if scope.Scope == nil {
		return nil
	}
	var out []*bpmn.Element
	for _, e := range scope.Scope.Elements {
		out = append(append(out, e), descendants(e)...)
	}
	return out
}

// calledBy is the process that a call activity names; false when an expression says it.
func calledBy(e *bpmn.Element) (string, bool) {
	if e.Kind != bpmn.KindCallActivity {
		return "", false
	}
	id := e.Activity.CalledElement
	if c := e.Ext.CalledElement; c != nil && c.Process != "" {
		id = c.Process
	}
	if strings.HasPrefix(id, "=") {
		return "", false
	}
	return id[strings.LastIndexByte(id, ':')+1:], id != ""
}

// throwing looks at what an event throws: does anything catch it?
func (l *linter) throwing(e *bpmn.Element) {
	if e.Event == nil || e.Kind != bpmn.KindEndEvent && e.Kind != bpmn.KindIntermediateThrowEvent {
		return
	}
	for _, d := range e.Event.Definitions {
		switch {
		case d.Kind == bpmn.ErrorEvent && !l.bundle.catches(e, d, nil):
			l.report("uncaught-error", bpmn.Error, e, codeOf(d))
		case d.Kind == bpmn.EscalationEvent && !l.bundle.catches(e, d, nil):
			l.report("uncaught-escalation", bpmn.Warn, e, codeOf(d))
		case d.Kind == bpmn.CompensateEvent && !compensates(e, d):
			l.report("no-compensation", bpmn.Warn, e, "")
		}
	}
}

// codeOf is the code of an error or escalation; "" stands for every code.
func codeOf(d *bpmn.EventDefinition) string {
	switch {
	case d.Error != nil && d.Error.Code != "":
		return d.Error.Code
	case d.Error != nil:
		return d.Error.ID
	case d.Escalation != nil && d.Escalation.Code != "":
		return d.Escalation.Code
	case d.Escalation != nil:
		return d.Escalation.ID
	}
	return ""
}

// catches reports whether an error or escalation is caught on every way outwards:
// by event sub-processes and boundary events of the scopes around, through call
// activities into their processes (BPMN 2.0.2 §10.5.6).
func (b *bundle) catches(from *bpmn.Element, d *bpmn.EventDefinition, passed []*bpmn.Element) bool {
	for at := from; at.Parent != nil; at = at.Parent {
		scope := at.Parent
		for _, sub := range scope.Scope.EventSubs {
			if sub != at && slices.ContainsFunc(sub.Scope.Starts, func(s *bpmn.Element) bool { return takes(s, d) }) {
				return true
			}
		}
		if scope.Activity != nil && !scope.EventSubProcess() &&
			slices.ContainsFunc(scope.Activity.Boundary, func(e *bpmn.Element) bool { return takes(e, d) }) {
			return true
		}
		if scope.Parent == nil {
			return b.callersCatch(scope, d, passed)
		}
	}
	return false
}

func (b *bundle) callersCatch(process *bpmn.Element, d *bpmn.EventDefinition, passed []*bpmn.Element) bool {
	callers := b.callers[process.ID]
	if slices.Contains(passed, process) {
		return true // around in a circle: the way in decides
	}
	for _, c := range callers {
		if !slices.ContainsFunc(c.Activity.Boundary, func(e *bpmn.Element) bool { return takes(e, d) }) &&
			!b.catches(c, d, append(passed, process)) {
			return false
		}
	}
	return len(callers) > 0
}

// takes reports whether an event catches what is thrown.
func takes(e *bpmn.Element, thrown *bpmn.EventDefinition) bool {
	return slices.ContainsFunc(e.Event.Definitions, func(d *bpmn.EventDefinition) bool {
		if d.Kind != thrown.Kind {
			return false
		}
		code, want := codeOf(d), codeOf(thrown)
		return code == "" || code == want || strings.HasPrefix(want, "=")
	})
}

// compensates reports whether there is anything to compensate where an event says so.
func compensates(e *bpmn.Element, d *bpmn.EventDefinition) bool {
	if d.Activity != nil {
		return handled(d.Activity)
	}
	scope := e.Parent
	for scope.EventSubProcess() && scope.Parent != nil {
		scope = scope.Parent
	}
	return slices.ContainsFunc(descendants(scope), handled)
}

// handled reports whether an activity has a compensation handler, or something in it has.
func handled(e *bpmn.Element) bool {
	if e.Activity == nil {
		return false
	}
	if len(e.Activity.Handlers) > 0 {
		return true
	}
	return e.Scope != nil && slices.ContainsFunc(descendants(e), func(c *bpmn.Element) bool {
		return c.Activity != nil && len(c.Activity.Handlers) > 0 || c.Kind == bpmn.KindStartEvent && c.Has(bpmn.CompensateEvent)
	})
}

// endlessCalls reports calls in a circle that no way leads out of.
func (b *bundle) endlessCalls(m *bpmn.Model, limit int) []Finding {
	circle := map[*bpmn.Element]bool{}
	for _, p := range b.processes {
		circle[p] = b.calls(p, p, map[*bpmn.Element]bool{})
	}
	ends := map[*bpmn.Element]bool{} // processes of circles that can complete
	for changed := true; changed; {
		changed = false
		for p := range circle {
			if circle[p] && !ends[p] && b.canEnd(p, circle, ends, limit) {
				ends[p], changed = true, true
			}
		}
	}
	var out []Finding
	for _, p := range executable(m) {
		if !circle[p] || ends[p] {
			continue
		}
		for _, e := range descendants(p) {
			if id, fixed := calledBy(e); fixed && circle[b.processes[id]] && !ends[b.processes[id]] {
				out = append(
					out,
					Finding{
						Code: "endless-call", Severity: bpmn.Error, Process: p.ID, Element: e.ID, Name: e.Name, Line: e.Pos.Line,
						Col: e.Pos.Col, Arg: id,
					},
				)
			}
		}
	}
	return out
}

// calls reports whether a process calls another, at any depth.
func (b *bundle) calls(p, goal *bpmn.Element, seen map[*bpmn.Element]bool) bool {
	for _, e := range descendants(p) {
		id, fixed := calledBy(e)
		next := b.processes[id]
		if !fixed || next == nil {
			continue
		}
		if next == goal {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if b.calls(next, goal, seen) {
				return true
			}
		}
	}
	return false
}

// canEnd reports whether a process can complete although calls in circles do not return, except those to processes known to end.
func (b *bundle) canEnd(p *bpmn.Element, circle, ends map[*bpmn.Element]bool, limit int) bool {
	v := &verifier{limit: limit, inner: map[*bpmn.Element]outcome{}}
	for _, e := range descendants(p) {
		id, fixed := calledBy(e)
		if next := b.processes[id]; fixed && next != nil && circle[next] && !ends[next] {
			v.inner[e] = outcome{}
		}
	}
	v.scope(p)
	return v.inner[p].completes
}
