package verify

import (
	"regexp"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
)

// staffing checks that somebody holds the posts that a task names. Posts are
// filled at run time: until then an administrator gets the task.
func (l *linter) staffing(e *bpmn.Element, groups string) {
	if !l.founded {
		return
	}
	for _, g := range l.groupsOf(groups) {
		role, unit, _ := strings.Cut(g, "@")
		switch {
		case !l.held(role+"@") && !engine.KnownRole(role):
			l.report("unknown-group", bpmn.Error, e, g)
		case !l.held(role + "@"):
			l.report("unknown-group", bpmn.Warn, e, g)
		case unit != "" && len(l.roster.Holders(g)) == 0:
			l.report("vacant-group", bpmn.Warn, e, g)
		}
	}
}

// held reports whether somebody holds a post that begins so.
func (l *linter) held(prefix string) bool {
	return slices.ContainsFunc(l.roster.Posts(), func(g string) bool { return strings.HasPrefix(g, prefix) })
}

var quoted = regexp.MustCompile(`"([^"]*@[^"]*)"`)

// groupsOf lists the groups that a list names. Of an expression it is what the
// units by function make of it, and the texts with an @ in it that depend on
// more; one that ends there, such as "CLERK@" + deptId, stands for every unit.
func (l *linter) groupsOf(list string) []string {
	expression, ok := strings.CutPrefix(list, "=")
	if !ok {
		return split(list)
	}
	out := l.resolved(expression)
	for _, m := range quoted.FindAllStringSubmatch(expression, -1) {
		if !slices.ContainsFunc(out, func(g string) bool { return strings.HasPrefix(g, m[1]) }) {
			out = append(out, m[1])
		}
	}
	return out
}

// resolved is what an expression gives while only the organisation is known.
func (l *linter) resolved(expression string) []string {
	parsed, _ := feel.Parse(expression, feel.Options{Camunda: true})
	if parsed == nil {
		return nil
	}
	program, _ := parsed.Compile(feel.Scope{Open: true})
	if program == nil {
		return nil
	}
	v, _ := program.Eval(feel.Env{Now: l.Now}, feel.MapVars{"org": l.roster.Context()})
	var out []string
	if text, ok := v.(string); ok {
		out = split(text)
	}
	items, _ := v.(feel.List)
	for _, item := range items {
		if text, ok := item.(string); ok {
			out = append(out, text)
		}
	}
	return slices.DeleteFunc(out, func(g string) bool { return !strings.Contains(g, "@") })
}

func split(list string) []string {
	var out []string
	for _, g := range strings.Split(list, ",") {
		if g = strings.TrimSpace(g); g != "" {
			out = append(out, g)
		}
	}
	return out
}

// units checks what the expressions of an element read of "org": that there is
// such a function, and that a unit has it.
func (l *linter) units(e *bpmn.Element) {
	var seen []string
	for _, text := range l.expressions(e) {
		parsed, _ := feel.Parse(strings.TrimPrefix(text, "="), feel.Options{Camunda: true})
		if parsed == nil {
			continue // compiling reports it
		}
		for _, function := range parsed.FieldsOf("org") {
			if slices.Contains(seen, function) {
				continue
			}
			seen = append(seen, function)
			switch {
			case !slices.Contains(engine.FunctionNames, function):
				l.report("unknown-function", bpmn.Warn, e, function)
			case l.founded && len(l.roster.Units(function)) == 0:
				l.report("no-unit", bpmn.Warn, e, function)
			}
		}
	}
}

// expressions are the FEEL texts in the XML of an element and of the flows that
// leave it, without those of the elements in it.
func (l *linter) expressions(e *bpmn.Element) []string {
	out := l.feelIn(e.Node, nil)
	for _, f := range e.Outgoing {
		if f.Condition != nil && strings.HasPrefix(f.Condition.Text, "=") {
			out = append(out, f.Condition.Text)
		}
	}
	return out
}

func (l *linter) feelIn(n *bpmn.Node, out []string) []string {
	if n == nil {
		return out
	}
	for _, a := range n.Attrs {
		if strings.HasPrefix(a.Value, "=") {
			out = append(out, a.Value)
		}
	}
	for _, c := range n.Children {
		switch text := strings.TrimSpace(c.Data); {
		case c.Type == bpmn.ElementNode && !l.own[c]:
			out = l.feelIn(c, out)
		case (c.Type == bpmn.TextNode || c.Type == bpmn.CDataNode) && strings.HasPrefix(text, "="):
			out = append(out, text)
		}
	}
	return out
}

// ownNodes is the XML of all elements and flows of a model.
func ownNodes(m *bpmn.Model) map[*bpmn.Node]bool {
	own := map[*bpmn.Node]bool{}
	var visit func(*bpmn.Element)
	visit = func(e *bpmn.Element) {
		own[e.Node] = true
		if e.Scope == nil {
			return
		}
		for _, f := range e.Scope.Flows {
			own[f.Node] = true
		}
		for _, child := range e.Scope.Elements {
			visit(child)
		}
	}
	for _, p := range m.Processes {
		visit(p)
	}
	return own
}
