package verify

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
)

// implementation checks that something does the work of a task that is not done
// by people. An abstract or manual task is passed without a trace, as it should be.
func (l *linter) implementation(e *bpmn.Element) {
	if e.Ext.TaskDefinition != nil || e.Ext.Command != "" {
		return
	}
	done := true
	switch e.Kind {
	case bpmn.KindServiceTask:
		done = false
	case bpmn.KindSendTask:
		done = e.Activity.Message != nil || e.Activity.Operation != nil && e.Activity.Operation.InMessage != nil
	case bpmn.KindScriptTask, bpmn.KindGlobalScriptTask:
		done = e.Ext.Script != nil || e.Activity.Script != ""
	case bpmn.KindBusinessRuleTask, bpmn.KindGlobalBusinessRuleTask:
		done = e.Ext.CalledDecision != nil && e.Ext.CalledDecision.Decision != ""
	}
	if !done {
		l.report("no-implementation-"+string(e.Kind), bpmn.Error, e, "")
	}
}

// functions checks that the expressions of an element call functions that exist.
func (l *linter) functions(e *bpmn.Element) {
	for _, text := range l.expressions(e) {
		l.called(e, strings.TrimPrefix(text, "="))
	}
	if a := e.Activity; a != nil && e.Ext.Script == nil && strings.Contains(strings.ToLower(a.ScriptFormat), "feel") {
		l.called(e, strings.TrimPrefix(strings.TrimSpace(a.Script), "="))
	}
}

func (l *linter) called(e *bpmn.Element, text string) {
	parsed, _ := feel.Parse(text, feel.Options{Camunda: true})
	if parsed == nil {
		return // compiling reports it
	}
	for _, f := range parsed.UnknownFunctions() {
		if len(f.Nearest) == 0 {
			l.report("unknown-function-name", bpmn.Error, e, f.Name)
			continue
		}
		l.report("misspelt-function", bpmn.Error, e, f.Name)
		l.findings[len(l.findings)-1].Instead = strings.Join(f.Nearest, ", ")
	}
}

// inputs checks that the data that an activity asks for can come from somewhere:
// when nothing writes them by name, and nobody who could bring them comes before.
func (l *linter) inputs() {
	for _, e := range engine.NeverFilled(l.model) {
		if !slices.ContainsFunc(l.withoutPassing(e), bringsData) {
			l.report("input-never", bpmn.Error, e, "")
		}
	}
}

// withoutPassing lists the elements of the process of an element that do not lie behind it alone.
func (l *linter) withoutPassing(e *bpmn.Element) []*bpmn.Element {
	if e.Parent == nil {
		return nil
	}
	seen := map[*bpmn.Element]bool{e: true}
	var out, stack []*bpmn.Element
	for _, other := range e.Parent.Scope.Elements {
		if len(other.Incoming) == 0 && other.Kind != bpmn.KindBoundaryEvent {
			stack = append(stack, other)
		}
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		out = append(append(out, at), at.Descendants()...)
		for _, f := range at.Outgoing {
			if f.Target != nil {
				stack = append(stack, f.Target)
			}
		}
		if at.Activity != nil {
			stack = append(stack, at.Activity.Boundary...)
		}
	}
	if e.Parent.Parent != nil {
		out = append(out, l.withoutPassing(e.Parent)...)
	}
	return out
}

// bringsData reports whether an element can bring variables that the model does not name.
func bringsData(e *bpmn.Element) bool {
	if len(e.Ext.Outputs) > 0 {
		return false
	}
	switch e.Kind {
	case bpmn.KindUserTask, bpmn.KindReceiveTask, bpmn.KindCallActivity:
		return true
	}
	return e.Ext.TaskDefinition != nil || e.Event != nil && !e.Kind.IsThrow() && len(e.Event.Definitions) > 0
}
