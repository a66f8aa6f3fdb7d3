package forms

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// MaxRows is how many rows a dynamic list may have: three quotes for each of the two thousand lines of a budget.
const MaxRows = 6000

// Validate checks submitted data and returns what may be stored: the answers
// to what the form asks, without hidden, read-only and computed fields.
//
// scope are variables that expressions and options may refer to beside the
// data. Numbers in data are json.Number (or float64), as encoding/json reads
// them. Problems are in the order of the form; then nothing may be stored.
func (f *Form) Validate(data, scope map[string]any, env feel.Env) (map[string]any, []Problem) {
	p := &pass{env: env}
	clean := p.level(f.components, "", &sight{outer: &sight{own: scope}, data: data, given: scope})
	return clean, p.problems
}

// pass is one validation.
type pass struct {
	env      feel.Env
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

// level validates the components of one level (the form, or a row) against the level's data.
func (p *pass) level(cs []*component, pointer string, s *sight) map[string]any {
	rest, clean := clone(s.data), map[string]any{}
	p.components(cs, rest, clean, pointer, "", p.settle(cs, s), false)
	p.unknown(rest, pointer)
	return clean
}

// components validates the components whose data stand below prefix (dotted) in rest and clean.
func (p *pass) components(cs []*component, rest, clean map[string]any, pointer, prefix string, s *sight, hidden bool) {
	for _, c := range cs {
		off := hidden || p.truth(c.hide, s)
		path := join(prefix, c.path())
		switch {
		case c.kind == kindNone:
		case c.kind == kindGroup && c.Path == "":
			p.components(c.Components, rest, clean, pointer, path, s, off)
		case c.kind == kindGroup:
			p.components(c.Components, rest, clean, pointer, path, p.group(c, s), off)
		case c.kind == kindComputed:
			take(rest, path)
			if v, _ := lookup(s.own, c.path()); !off && v != nil {
				put(clean, path, v)
			}
		case off || c.readonlyTrue || p.truth(c.readonly, s):
			take(rest, path)
		default:
			value, _ := take(rest, path)
			at := pointer + pointerTo(path)
			if v, ok := p.value(c, value, at, s); ok {
				put(clean, path, v)
			}
		}
	}
}

// compute is what an expression field says; nil where it says nothing.
func (p *pass) compute(c *component, s *sight) any {
	if c.computed == nil {
		return nil
	}
	v, _ := c.computed.Eval(p.env, s)
	return plain(v)
}

// value validates one value; ok is false when there is nothing to store.
func (p *pass) value(c *component, value any, at string, s *sight) (any, bool) {
	if empty(c.kind, value) {
		if p.required(c, s) {
			p.add(at, c, "required")
			return nil, false
		}
		return nothing(c.kind, value)
	}
	if c.kind == kindList {
		return p.rows(c, value, at, s)
	}
	before := len(p.problems)
	v := checks[c.kind](p, c, value, at, s)
	return v, len(p.problems) == before
}

func (p *pass) rows(c *component, value any, at string, s *sight) (any, bool) {
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
		out = append(out, p.level(c.Components, rowAt, &sight{outer: s, data: m, place: i + 1}))
	}
	return out, true
}

func (p *pass) required(c *component, s *sight) bool {
	return string(c.Validate.Required) == "true" || p.truth(c.required, s)
}

// truth evaluates a condition; anything but true is false, as in form-js.
func (p *pass) truth(program *feel.Program, s *sight) bool {
	if program == nil {
		return false
	}
	v, _ := program.Eval(p.env, s)
	return v == true
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
		return len(v) == 0 && (k == kindChoices || k == kindList || k == kindFiles) // to a box or a text no list is an answer
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

// pointerTo is the place of a dotted path (RFC 6901).
func pointerTo(path string) string { return "/" + strings.ReplaceAll(path, ".", "/") }

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
