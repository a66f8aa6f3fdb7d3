package dmn

import (
	"slices"

	"github.com/quancheng/quancheng/feel"
)

// record builds the type of a definition with components. A component's tests may name its siblings (§7.3.3): such
// tests can only be made where all components are at hand, so they belong to the record.
func (t *itemTypes) record(d *ItemDefinition) feel.Type {
	fields := &feel.ContextType{}
	siblings := map[string]feel.Type{}
	for _, e := range d.Components {
		siblings[e.Name] = feel.Any
	}
	var checks []fieldCheck
	for _, e := range d.Components {
		part := *e
		for _, tests := range []*Source{&part.Allowed, &part.Constraint} {
			if !t.c.reads(*tests, siblings) {
				continue
			}
			s := scope{u: t.u, owner: d.Name, names: siblings}.with("?", nil)
			if p := t.c.unary(*tests, s); p != nil {
				checks = append(checks, fieldCheck{e.Name, tests == &part.Allowed && e.IsCollection, p})
			}
			*tests = Source{}
		}
		fields.Fields = append(fields.Fields, feel.Field{Name: e.Name, Type: t.definition(&part, d.Name+"."+e.Name)})
	}
	if checks == nil {
		return fields
	}
	return &recordType{d.Name, fields, checks}
}

// reads reports whether unary tests read one of the names.
func (c *compiler) reads(tests Source, names map[string]feel.Type) bool {
	if tests.Text == "" {
		return false
	}
	e, _ := feel.Parse(tests.Text, c.options(tests.Text, scope{}, true))
	return e != nil && slices.ContainsFunc(e.FreeNames(), func(n string) bool { _, ok := names[n]; return ok })
}

// recordType is a context type in which components constrain each other.
type recordType struct {
	name   string
	fields *feel.ContextType
	checks []fieldCheck
}

// fieldCheck are the unary tests of a component, for each of its elements or for the whole.
type fieldCheck struct {
	field string
	each  bool
	tests *feel.Program
}

func (t *recordType) String() string { return t.name }

// Base is the type without the constraints.
func (t *recordType) Base() feel.Type { return t.fields }

// Contains reports whether v is null, or a context whose components fit together.
func (t *recordType) Contains(v feel.Value) bool {
	if v == nil {
		return true
	}
	c, ok := v.(*feel.Context)
	return ok && t.fields.Contains(v) && !slices.ContainsFunc(t.checks, func(f fieldCheck) bool { return !f.holds(c) })
}

func (f fieldCheck) holds(c *feel.Context) bool {
	v, _ := c.Get(f.field)
	values := feel.List{v}
	if l, ok := v.(feel.List); ok && f.each {
		values = l
	}
	for _, v := range values {
		if ok, _ := f.tests.Eval(feel.Env{}, tested{v, c}); v != nil && ok != true {
			return false
		}
	}
	return true
}
