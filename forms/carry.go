package forms

import (
	"maps"
	"slices"
)

// Moved is an answer that went to a field of another name.
type Moved struct{ From, To, Label string }

// Left is an answer for which the newer form has no field.
type Left struct {
	Key, Label string
	Value      any
}

// Carry brings answers to an older version of a form into a newer one. A field
// is the same when it has the same key; else when its component has the same id,
// or says that it was the older key (properties.was). What has no field any more
// is left, and lost by nobody but who throws it away.
func (f *Form) Carry(older *Form, data map[string]any) (carried map[string]any, moved []Moved, left []Left) {
	rest, carried := clone(data), map[string]any{}
	old, order := map[string]*component{}, []string{}
	if older != nil {
		older.fields(func(path string, c *component) { old[path], order = c, append(order, path) })
	}
	taken := map[string]bool{}
	f.fields(func(path string, _ *component) {
		taken[path] = true
		if v, ok := take(rest, path); ok {
			put(carried, path, v)
		}
	})
	f.fields(func(path string, c *component) {
		if _, has := lookup(carried, path); has {
			return
		}
		for _, was := range order {
			o := old[was]
			if taken[was] || o.kind != c.kind || (o.ID == "" || o.ID != c.ID) && c.Properties.Was != was {
				continue
			}
			if v, ok := take(rest, was); ok {
				put(carried, path, v)
				moved = append(moved, Moved{From: was, To: path, Label: c.label()})
				return
			}
		}
	})
	leftOver(rest, "", old, &left)
	return carried, moved, left
}

// leftOver lists what stands below a level, by key.
func leftOver(rest map[string]any, prefix string, old map[string]*component, left *[]Left) {
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		path := join(prefix, name)
		if c := old[path]; c != nil {
			*left = append(*left, Left{Key: path, Label: c.label(), Value: rest[name]})
			continue
		}
		if inner, ok := rest[name].(map[string]any); ok {
			leftOver(inner, path, old, left)
			continue
		}
		*left = append(*left, Left{Key: path, Label: path, Value: rest[name]})
	}
}

// fields calls back for each field of the form's own level, groups opened, in order; rows of a list move as a whole.
func (f *Form) fields(each func(path string, c *component)) {
	var walk func(cs []*component, prefix string)
	walk = func(cs []*component, prefix string) {
		for _, c := range cs {
			switch path := join(prefix, c.path()); {
			case c.kind == kindGroup:
				walk(c.Components, path)
			case c.kind != kindNone && c.kind != kindComputed && path != prefix:
				each(path, c)
			}
		}
	}
	walk(f.components, "")
}
