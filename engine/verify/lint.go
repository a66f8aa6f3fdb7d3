package verify

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// linter looks at single elements of a model, beyond what the standard demands.
type linter struct {
	Surroundings
	model    *bpmn.Model
	process  *bpmn.Element
	findings []Finding
	bundle   *bundle
	roster   engine.Roster
	founded  bool                // somebody holds a post: the organisation is known
	own      map[*bpmn.Node]bool // XML of elements and flows, which are looked at for themselves
}

// lint checks the dialect, and that what a model names is there.
func lint(m *bpmn.Model, around Surroundings) []Finding {
	l := &linter{
		Surroundings: around, model: m, bundle: bundleOf(append([]*bpmn.Model{m}, around.Resources.Models...)),
		roster: around.Org.At(around.Now), own: ownNodes(m),
	}
	l.founded = len(l.roster.Posts()) > 0
	for _, p := range m.Processes {
		if p.Process != nil && p.Process.Executable {
			l.process = p
			l.walk(p)
		}
	}
	for _, g := range m.GlobalTasks {
		l.process = g
		l.element(g)
	}
	l.inputs()
	return l.findings
}

// Staffing are the findings about people and units alone: functions that no unit
// serves, and posts that nobody holds. Nothing is explored for it.
func Staffing(m *bpmn.Model, around Surroundings) []Finding {
	return slices.DeleteFunc(lint(m, around), func(f Finding) bool {
		return !slices.Contains([]string{"no-unit", "unknown-function", "unknown-group", "vacant-group"}, f.Code)
	})
}

func (l *linter) walk(scope *bpmn.Element) {
	for _, e := range scope.Scope.Elements {
		l.element(e)
		if e.Scope != nil {
			l.walk(e)
		}
	}
}

func (l *linter) report(code string, severity bpmn.Severity, e *bpmn.Element, arg string) {
	l.findings = append(
		l.findings,
		Finding{
			Code: code, Severity: severity, Process: l.process.ID, Element: e.ID, Name: e.Name, Line: e.Pos.Line, Col: e.Pos.Col, Arg: arg,
		},
	)
}

func (l *linter) element(e *bpmn.Element) {
	l.units(e)
	l.implementation(e)
	l.functions(e)
	l.throwing(e)
	switch e.Kind {
	case bpmn.KindUserTask, bpmn.KindGlobalUserTask:
		l.userTask(e)
	case bpmn.KindExclusiveGateway, bpmn.KindInclusiveGateway:
		l.gateway(e)
	case bpmn.KindStartEvent:
		if e.Parent == l.process && e.Has(bpmn.ConditionalEvent) {
			l.report("conditional-start", bpmn.Warn, e, "")
		}
	}
	if t := e.Ext.TaskDefinition; t != nil && !strings.HasPrefix(t.Type, "=") {
		if command, ok := strings.CutPrefix(t.Type, "command:"); ok {
			l.command(e, command)
		} else if l.JobType != nil && !l.JobType(t.Type) {
			l.report("unknown-job", bpmn.Error, e, t.Type)
		}
	}
	if e.Ext.Command != "" {
		l.command(e, e.Ext.Command)
	}
}

func (l *linter) command(e *bpmn.Element, name string) {
	if l.Command != nil && !l.Command(name) {
		l.report("unknown-command", bpmn.Error, e, name)
	}
}

// gateway warns of a choice that may have no way out.
func (l *linter) gateway(e *bpmn.Element) {
	if len(e.Outgoing) > 1 && !slices.ContainsFunc(e.Outgoing, func(f *bpmn.Flow) bool { return f.Default || f.Condition == nil }) {
		l.report("no-default", bpmn.Warn, e, "")
	}
}

// userTask checks that somebody can do the task.
func (l *linter) userTask(e *bpmn.Element) {
	l.authority(e)
	a := e.Ext.Assignment
	if a == nil || a.Assignee == "" && a.Users == "" && a.Groups == "" {
		l.report("no-candidates", bpmn.Warn, e, "")
		return
	}
	l.staffing(e, a.Groups)
	l.persons(e, a)
}
