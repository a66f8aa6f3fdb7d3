package bundles

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Post is a post that a person holds: ROLE in UNIT.
type Post struct{ Role, Unit string }

// ID is ROLE@UNIT.
func (p Post) ID() string { return p.Role + "@" + p.Unit }

// Matter is how people find and govern a process (qc:process); of a process
// that says nothing of it, or is not in the bundle, nil.
func (b *Bundle) Matter(process string) *bpmn.Matter {
	if e := b.Process(process); e != nil {
		return e.Ext.Process
	}
	return nil
}

// BegunByPeople reports whether any person begins the process by himself.
func (b *Bundle) BegunByPeople(process string) bool {
	m := b.Matter(process)
	return m != nil && strings.TrimSpace(m.Start) != "" && b.start(process) != nil
}

// start is the start event at which a person begins a process: the none start,
// else one that a condition lets begin; nil when only outside events begin it.
func (b *Bundle) start(process string) *bpmn.Element {
	e := b.Process(process)
	if e == nil || e.Scope == nil {
		return nil
	}
	var conditional *bpmn.Element
	for _, s := range e.Scope.Starts {
		switch {
		case len(s.Event.Definitions) == 0:
			return s
		case s.Event.Definitions[0].Kind == bpmn.ConditionalEvent && conditional == nil:
			conditional = s
		}
	}
	return conditional
}

// StartElement is the start event that a Start by a person names: "" for the none start.
func (b *Bundle) StartElement(process string) string {
	if s := b.start(process); s != nil && len(s.Event.Definitions) > 0 {
		return s.ID
	}
	return ""
}

// StartForm is the id of the form with which a person begins a process, "" for none.
func (b *Bundle) StartForm(process string) string {
	if s := b.start(process); s != nil && s.Ext.Form != nil && b.Forms[s.Ext.Form.ID] != nil {
		return s.Ext.Form.ID
	}
	return ""
}

// Allows are those of a person's posts that a list of principals names: a role
// of any unit, a post ROLE@UNIT, the person himself, or "*" for everybody. The
// list is that of a qc:process attribute: separated by commas, or FEEL, which
// sees params, org and the variables given.
func Allows(list string, in engine.Input, vars map[string]any, person string, posts []Post) ([]string, error) {
	named, err := Names(list, in, vars)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range posts {
		if slices.ContainsFunc(named, func(n string) bool { return n == "*" || n == person || n == p.Role || n == p.ID() }) {
			out = append(out, p.ID())
		}
	}
	return out, nil
}

// Names evaluates a list of a qc:process attribute.
func Names(list string, in engine.Input, vars map[string]any) ([]string, error) {
	source, isFeel := strings.CutPrefix(strings.TrimSpace(list), "=")
	if !isFeel {
		return split(list), nil
	}
	expr, diags := feel.Parse(source, feel.Options{Camunda: true})
	if expr == nil {
		return nil, fmt.Errorf("expression %s: %v", list, diags)
	}
	program, diags := expr.Compile(feel.Scope{Open: true})
	if program == nil {
		return nil, fmt.Errorf("expression %s: %v", list, diags)
	}
	scope, err := Variables(vars)
	if err != nil {
		return nil, err
	}
	all := feel.MapVars{"org": in.Org.At(in.Now).Context()}
	params := feel.NewContext(len(in.Params))
	for _, name := range slices.Sorted(maps.Keys(in.Params)) {
		params.Set(name, in.Params[name])
	}
	all["params"] = params
	maps.Copy(all, feel.MapVars(scope))
	v, warnings := program.Eval(feel.Env{Now: in.Now, Zone: models.Zone, Calendar: in.Calendar}, all)
	var out []string
	switch v := v.(type) {
	case string:
		return split(v), nil
	case feel.List:
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out, nil
	case nil:
		return nil, nil // nobody: a function without a unit
	}
	return nil, fmt.Errorf("expression %s gives no list of names %v", list, warnings)
}

func split(list string) []string {
	var out []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Fill holds what a person fills in to begin a process against its start form,
// and returns what the form asks for. Without a start form nothing may be said.
func (b *Bundle) Fill(process string, in engine.Input, data map[string]any) (map[string]any, error) {
	form := b.Forms[b.StartForm(process)]
	if form == nil {
		if len(data) > 0 {
			return nil, models.Refuse("no-start-form")
		}
		return map[string]any{}, nil
	}
	clean, problems := form.Validate(data, nil, feel.Env{Now: in.Now, Zone: models.Zone, Calendar: in.Calendar})
	return clean, refusalOfForm(problems).OrNil()
}

// NamesMessage reports whether the model that a process stands in knows a message by a name.
func (b *Bundle) NamesMessage(process, name string) bool {
	m := b.file[process]
	if m == nil {
		return false
	}
	return slices.ContainsFunc(m.Messages, func(msg *bpmn.Message) bool { return msg.Name == name })
}
