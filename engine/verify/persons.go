package verify

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/feel"
)

// persons checks that whom a task names is somebody, and that what an approval
// says of single ones speaks of those who decide it. Of expressions nothing is
// known before they run.
func (l *linter) persons(e *bpmn.Element, a *bpmn.AssignmentDefinition) {
	fixed := !strings.HasPrefix(a.Assignee, "=") && !strings.HasPrefix(a.Users, "=") && !strings.HasPrefix(a.Groups, "=")
	var named []string
	for _, list := range []string{a.Assignee, a.Users} {
		if !strings.HasPrefix(list, "=") {
			named = append(named, split(list)...)
		}
	}
	for _, person := range named {
		if l.founded && !l.roster.Known(person) {
			l.report("unknown-person", bpmn.Error, e, person)
		}
	}
	p := e.Ext.Approval
	if p == nil {
		return
	}
	l.keyFields(e, p.KeyFields)
	if !fixed {
		return
	}
	all := append(named, split(a.Groups)...)
	for _, one := range slices.Concat(p.Veto, p.Primary, slices.Sorted(maps.Keys(p.Weights))) {
		if !slices.Contains(all, one) {
			l.report("not-a-candidate", bpmn.Error, e, one)
		}
	}
	if n, err := strconv.Atoi(p.MinQuorum); err == nil && n > len(all) && len(all) > 0 {
		l.report("quorum", bpmn.Error, e, fmt.Sprint(n))
	}
}

// keyFields checks that what must not change is something that the process sets.
func (l *linter) keyFields(e *bpmn.Element, text string) {
	expression, ok := strings.CutPrefix(text, "=")
	if !ok {
		return
	}
	parsed, _ := feel.Parse(expression, feel.Options{Camunda: true})
	if parsed == nil {
		return // compiling reports it
	}
	known := l.variables()
	for _, name := range parsed.FreeNames() {
		if !slices.Contains(known, name) {
			l.report("unknown-key", bpmn.Error, e, name)
		}
	}
}

// variables are what the elements of the process write, and what its other
// expressions read: a called process gets variables that nobody in it writes, also
// from what was called before it.
func (l *linter) variables() []string {
	var out []string
	var walk func(*bpmn.Element)
	walk = func(scope *bpmn.Element) {
		for _, e := range scope.Scope.Elements {
			x := e.Ext
			for _, m := range slices.Concat(x.Inputs, x.Outputs) {
				out = append(out, m.Target)
			}
			if x.CalledDecision != nil {
				out = append(out, x.CalledDecision.Result)
			}
			if x.Script != nil {
				out = append(out, x.Script.Result)
			}
			for _, text := range l.expressions(e) {
				if x.Approval != nil && text == x.Approval.KeyFields {
					continue
				}
				if parsed, _ := feel.Parse(strings.TrimPrefix(text, "="), feel.Options{Camunda: true}); parsed != nil {
					out = append(out, parsed.FreeNames()...)
				}
			}
			if e.Scope != nil {
				walk(e)
			}
		}
	}
	walk(l.process)
	if len(l.bundle.callers[l.process.ID]) > 0 {
		for _, id := range slices.Sorted(maps.Keys(l.bundle.processes)) {
			walk(l.bundle.processes[id])
		}
	}
	return out
}
