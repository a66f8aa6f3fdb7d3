package forms

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// MaxRows is how many rows a dynamic list may have.
const MaxRows = 500

// Validate checks submitted data and returns what may be stored: the answers
// to what the form asks, without hidden, read-only and computed fields.
//
// scope are variables that expressions and options may refer to beside the
// data. Numbers in data are json.Number (or float64), as encoding/json reads
// them. Problems are in the order of the form; then nothing may be stored.
func (f *Form) Validate(data, scope map[string]any, env feel.Env) (map[string]any, []Problem) {
	p := &pass{env: env, scope: scope}
	clean := p.level(f.components, data, "", nil)
	return clean, p.problems
}

// pass is one validation.
type pass struct {
	env      feel.Env
	scope    map[string]any
	problems []Problem
}

func (p *pass) add(pointer string, c *component, code string, args ...string) {
	p.problems = append(p.problems, Problem{Pointer: pointer, Code: code, Label: c.label(), English: c.Properties.English, Args: args})
}

func (c *component) label() string {
	for _, s := range []string{c.Label, c.DateLabel, c.Key, c.Path} {
		if s != "" {
			return s
		}
	}
	return c.ID
}

// level validates the components of one level (the form, or a row) against the
// level's data. outer are the variables of the levels around it.
func (p *pass) level(cs []*component, data map[string]any, pointer string, outer map[string]any) map[string]any {
	rest := clone(data)
	vars := maps.Clone(p.scope)
	if vars == nil {
		vars = map[string]any{}
	}
	maps.Copy(vars, outer)
	maps.Copy(vars, data)
	clean := map[string]any{}
	p.components(cs, rest, clean, pointer, "", vars, false)
	p.unknown(rest, pointer)
	return clean
}

// components validates the components whose data stand below prefix (dotted).
func (p *pass) components(cs []*component, rest, clean map[string]any, pointer, prefix string, vars map[string]any, hidden bool) {
	for _, c := range cs {
		off := hidden || p.truth(c.hide, vars)
		path := join(prefix, c.path())
		switch {
		case c.kind == kindNone:
		case c.kind == kindGroup:
			p.components(c.Components, rest, clean, pointer, path, vars, off)
		case c.kind == kindComputed:
			take(rest, path)
			if v := p.compute(c, vars); !off && v != nil {
				put(clean, path, v)
				put(vars, path, v)
			}
		case off || c.readonlyTrue || p.truth(c.readonly, vars):
			take(rest, path)
		default:
			value, _ := take(rest, path)
			at := pointer + "/" + strings.ReplaceAll(path, ".", "/")
			if v, ok := p.value(c, value, at, vars); ok {
				put(clean, path, v)
			}
		}
	}
}

// compute is what an expression field says; nil where it says nothing.
func (p *pass) compute(c *component, vars map[string]any) any {
	if c.computed == nil {
		return nil
	}
	v, _ := c.computed.Eval(p.env, values(vars))
	return plain(v)
}

// value validates one value; ok is false when there is nothing to store.
func (p *pass) value(c *component, value any, at string, vars map[string]any) (any, bool) {
	if empty(c.kind, value) {
		if p.required(c, vars) {
			p.add(at, c, "required")
			return nil, false
		}
		return nothing(c.kind, value)
	}
	if c.kind == kindList {
		return p.rows(c, value, at, vars)
	}
	before := len(p.problems)
	v := checks[c.kind](p, c, value, at, vars)
	return v, len(p.problems) == before
}

func (p *pass) rows(c *component, value any, at string, vars map[string]any) (any, bool) {
	rows, ok := value.([]any)
	if !ok {
		p.add(at, c, "list")
		return nil, false
	}
	if len(rows) > MaxRows {
		p.add(at, c, "tooMany", strconv.Itoa(MaxRows))
		return nil, false
	}
	out := make([]any, 0, len(rows))
	for i, row := range rows {
		rowAt := at + "/" + strconv.Itoa(i)
		m, ok := row.(map[string]any)
		if !ok {
			p.add(rowAt, c, "object")
			continue
		}
		out = append(out, p.level(c.Components, m, rowAt, vars))
	}
	return out, true
}

func (p *pass) required(c *component, vars map[string]any) bool {
	return string(c.Validate.Required) == "true" || p.truth(c.required, vars)
}

// truth evaluates a condition; anything but true is false, as in form-js.
func (p *pass) truth(program *feel.Program, vars map[string]any) bool {
	if program == nil {
		return false
	}
	v, _ := program.Eval(p.env, values(vars))
	return v == true
}

// values turns JSON values into FEEL values; what cannot be turned is left out and reads as null.
func values(vars map[string]any) feel.MapVars {
	out := make(feel.MapVars, len(vars))
	for name, v := range vars {
		raw, err := json.Marshal(v)
		if err != nil {
			continue
		}
		if fv, err := feel.FromJSON(raw); err == nil {
			out[name] = fv
		}
	}
	return out
}

// unknown reports what the form does not ask for.
func (p *pass) unknown(rest map[string]any, pointer string) {
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		p.problems = append(p.problems, Problem{Pointer: pointer + "/" + escape(name), Code: "unknown", Label: name})
	}
}

func empty(k kind, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case bool:
		return k == kindBool && !v
	}
	return false
}

// nothing is what an empty answer is stored as: an unticked box is false, a list
// without rows or choices that was sent a list, so that a model can decide on them; no
// text, number or moment is no answer.
func nothing(k kind, v any) (any, bool) {
	switch k {
	case kindBool:
		return false, true
	case kindChoices, kindList, kindFiles:
		_, list := v.([]any)
		return []any{}, list
	}
	return nil, false
}

func join(prefix, path string) string {
	if prefix == "" || path == "" {
		return prefix + path
	}
	return prefix + "." + path
}

func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// clone copies the maps (not the lists) of a JSON value, so that take can empty them.
func clone(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		if inner, ok := v.(map[string]any); ok {
			v = clone(inner)
		}
		out[k] = v
	}
	return out
}

// take removes and returns the value at a dotted path, and the maps on the way that it leaves empty.
func take(m map[string]any, path string) (any, bool) {
	head, tail, nested := strings.Cut(path, ".")
	v, ok := m[head]
	if !ok {
		return nil, false
	}
	if !nested {
		delete(m, head)
		return v, true
	}
	inner, isMap := v.(map[string]any)
	if !isMap {
		return nil, false
	}
	v, ok = take(inner, tail)
	if len(inner) == 0 {
		delete(m, head)
	}
	return v, ok
}

// put sets the value at a dotted path.
func put(m map[string]any, path string, v any) {
	head, tail, nested := strings.Cut(path, ".")
	if !nested {
		m[head] = v
		return
	}
	inner, ok := m[head].(map[string]any)
	if !ok {
		inner = map[string]any{}
		m[head] = inner
	}
	put(inner, tail, v)
}
