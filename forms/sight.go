package forms

import (
	"encoding/json"
	"reflect"

	"github.com/quancheng/quancheng/feel"
)

// maxRounds is how often the conditions of a level are asked again: how long a chain of fields that lean on each other may be.
const maxRounds = 20

// sight is what the expressions of a level (the form, a group with a path, a row) see: the answers as they will be
// stored, and what is around them. What was sent for a computed or read-only field, and what stands in a hidden one,
// decides nothing.
//
// As in form-js a level is "this", the one around it "parent", and the place of a row, from 1, "i".
type sight struct {
	outer *sight
	data  map[string]any // as it was sent
	given map[string]any // variables of the level, which read-only fields show
	own   map[string]any
	place int // of a row; 0: none
	known map[string]feel.Value
}

// Get returns the value of a name and whether it is known here or further out.
func (s *sight) Get(name string) (feel.Value, bool) {
	if v, ok := s.known[name]; ok {
		return v, true
	}
	v, ok := s.find(name)
	if !ok {
		return nil, false
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	value, err := feel.FromJSON(raw)
	if err != nil {
		return nil, false
	}
	if s.known == nil {
		s.known = map[string]feel.Value{}
	}
	s.known[name] = value
	return value, true
}

// find is the JSON value of a name.
func (s *sight) find(name string) (any, bool) {
	if v, ok := s.own[name]; ok {
		return v, true
	}
	if s.outer == nil {
		return nil, false
	}
	switch {
	case name == "this":
		return s.own, true
	case name == "parent":
		return s.outer.own, true
	case name == "i" && s.place > 0:
		return s.place, true
	}
	return s.outer.find(name)
}

// settle finds what the expressions of a level see. Conditions and computed fields may lean on each other in any
// order: they are asked until nothing changes.
func (p *pass) settle(cs []*component, s *sight) *sight {
	s.own = p.seen(cs, s, true)
	if !leaning(cs) {
		return s
	}
	for range maxRounds {
		next := p.seen(cs, s, false)
		if reflect.DeepEqual(next, s.own) {
			break
		}
		s.own, s.known = next, nil
	}
	return s
}

// leaning reports whether what a level shows depends on answers.
func leaning(cs []*component) bool {
	for _, c := range cs {
		if c.hide != nil || c.readonly != nil || c.computed != nil || leaning(c.Components) {
			return true
		}
	}
	return false
}

// seen is one round: the answers of a level as far as s shows and computes them; of the first round, all of them.
func (p *pass) seen(cs []*component, s *sight, first bool) map[string]any {
	out := map[string]any{}
	for _, c := range cs {
		path := c.path()
		switch {
		case c.kind == kindNone:
		case c.kind == kindGroup && path == "":
			if inner := c.Components; first || !p.truth(c.hide, s) {
				overlay(out, p.seen(inner, s, first))
			}
		case !first && p.truth(c.hide, s):
			put(out, path, nil)
		case c.kind == kindComputed:
			var v any
			if !first {
				v = p.compute(c, s)
			}
			put(out, path, v)
		case c.readonlyTrue || !first && p.truth(c.readonly, s):
			v, _ := lookup(s.given, path)
			put(out, path, v)
		default:
			v, _ := lookup(s.data, path)
			put(out, path, p.answer(c, v, s))
		}
	}
	return out
}

// answer is a value as expressions see it; what is wrong with it is said by the checks.
func (p *pass) answer(c *component, v any, s *sight) any {
	switch c.kind {
	case kindGroup:
		return p.group(c, s).own
	case kindList:
		rows, _ := v.([]any)
		if len(rows) > MaxRows {
			return nil
		}
		out := make([]any, len(rows))
		for i, row := range rows {
			m, _ := row.(map[string]any)
			out[i] = p.settle(c.Components, &sight{outer: s, data: m, place: i + 1}).own
		}
		return out
	case kindNumber:
		if text, ok := v.(string); ok && !c.AsText && decimalText.MatchString(text) {
			return json.Number(decimalOf(text).String())
		}
	}
	if empty(c.kind, v) {
		v, _ = nothing(c.kind, v)
	}
	return v
}

// group is the level of a group with a path.
func (p *pass) group(c *component, s *sight) *sight {
	return p.settle(c.Components, &sight{outer: s, data: mapAt(s.data, c.Path), given: mapAt(s.given, c.Path)})
}

func mapAt(m map[string]any, path string) map[string]any {
	v, _ := lookup(m, path)
	inner, _ := v.(map[string]any)
	return inner
}

// overlay puts what a group without a path holds beside what is there; maps that both have become one.
func overlay(to, from map[string]any) {
	for name, v := range from {
		inner, is := v.(map[string]any)
		if there, both := to[name].(map[string]any); is && both {
			overlay(there, inner)
			continue
		}
		to[name] = v
	}
}
