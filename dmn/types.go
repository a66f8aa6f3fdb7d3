package dmn

import (
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// feelNamespaces are the namespaces of FEEL's own types in type references written as QNames.
var feelNamespaces = map[string]bool{
	"http://www.omg.org/spec/FEEL/20140401":         true,
	"http://www.omg.org/spec/DMN/20151101/feel.xsd": true,
	"http://www.omg.org/spec/DMN/20180521/FEEL/":    true,
	"https://www.omg.org/spec/DMN/20191111/FEEL/":   true,
	"https://www.omg.org/spec/DMN/20211108/FEEL/":   true,
	"https://www.omg.org/spec/DMN/20230324/FEEL/":   true,
	"http://www.w3.org/2001/XMLSchema":              true,
}

// itemTypes turns the item definitions of a unit into types, each once.
type itemTypes struct {
	c     *compiler
	u     *unit
	items map[string]*ItemDefinition
	built map[string]feel.Type
	late  map[string]*lateType // of definitions that are being built
	depth int                  // components and collections entered so far
}

func newItemTypes(c *compiler, u *unit) *itemTypes {
	t := &itemTypes{c: c, u: u, items: map[string]*ItemDefinition{}, built: map[string]feel.Type{}, late: map[string]*lateType{}}
	for _, d := range u.model.Items {
		if t.items[d.Name] != nil {
			c.fail("duplicate-name", u, d.Place, d.Name, "the type %q is defined twice", d.Name)
			continue
		}
		t.items[d.Name] = d
	}
	return t
}

// named is the type of an item definition, or nil where there is none of the name.
func (t *itemTypes) named(name string) feel.Type {
	if typ, ok := t.built[name]; ok {
		return typ
	}
	d := t.items[name]
	if d == nil {
		return nil
	}
	if late := t.late[name]; late != nil {
		if late.depth == t.depth {
			t.c.fail("type-cycle", t.u, d.Place, name, "the type %q refers to itself", name)
			return feel.Any
		}
		return late
	}
	late := &lateType{name: name, depth: t.depth}
	t.late[name] = late
	typ := t.definition(d, name)
	late.target = typ
	delete(t.late, name)
	t.built[name] = typ
	return typ
}

// definition builds the type of an item definition or component.
func (t *itemTypes) definition(d *ItemDefinition, name string) feel.Type {
	typ := t.base(d)
	if d.Allowed.Text != "" {
		typ = t.allow(typ, d.Allowed, name)
	}
	if d.IsCollection {
		typ = &feel.ListType{Elem: typ}
	}
	if d.Constraint.Text != "" {
		typ = t.constrain(typ, d.Constraint, name)
	}
	return typ
}

func (t *itemTypes) base(d *ItemDefinition) feel.Type {
	if d.IsCollection || len(d.Components) > 0 || d.Function != nil {
		t.depth++
		defer func() { t.depth-- }()
	}
	switch {
	case d.Function != nil:
		f := &feel.FunctionType{Result: orAny(t.ref(d.Function.OutputType, d.Place, d.Name))}
		for _, p := range d.Function.Parameters {
			f.Params = append(f.Params, orAny(t.ref(p.TypeRef, p.Place, p.Name)))
		}
		return f
	case len(d.Components) > 0:
		return t.record(d)
	}
	return orAny(t.ref(d.TypeRef, d.Place, d.Name))
}

// allow applies allowed values, which hold for the elements of a collection, not for the collection.
func (t *itemTypes) allow(typ feel.Type, tests Source, name string) feel.Type {
	if l, ok := typ.(*feel.ListType); ok {
		return &feel.ListType{Elem: t.allow(l.Elem, tests, name)}
	}
	return t.constrain(typ, tests, name)
}

func (t *itemTypes) constrain(base feel.Type, tests Source, name string) feel.Type {
	s := scope{u: t.u, owner: name, names: map[string]feel.Type{"?": base}}
	p := t.c.unary(tests, s)
	if p == nil {
		return base
	}
	return &constrainedType{name: name, base: base, tests: p}
}

// ref resolves a type reference; nil where there is none or after reporting an unknown one.
func (t *itemTypes) ref(ref string, at Place, owner string) feel.Type {
	if ref == "" {
		return nil
	}
	if typ := t.lookup(ref); typ != nil {
		return typ
	}
	t.c.fail("type-unknown", t.u, at, owner, "there is no type %q", ref)
	return nil
}

func (t *itemTypes) lookup(ref string) feel.Type {
	if typ := t.named(normalise(ref)); typ != nil {
		return typ
	}
	if typ, ok := feel.TypeByName(ref); ok {
		return typ
	}
	for _, imp := range t.u.imports {
		if rest, ok := strings.CutPrefix(ref, imp.name+"."); ok || imp.name == "" {
			if typ := imp.unit.types.lookup(rest); typ != nil {
				return typ
			}
		}
	}
	if prefix, local, ok := strings.Cut(ref, ":"); ok {
		return t.qualified(t.u.model.prefixes[prefix], local)
	}
	if numbers[ref] {
		return feel.NumberType
	}
	return nil
}

// numbers are the names that tools for Java engines, and DMN 1.1 with XML Schema, give to numbers.
var numbers = map[string]bool{"integer": true, "long": true, "double": true, "decimal": true}

// qualified finds a type by namespace, as DMN 1.1 wrote references.
func (t *itemTypes) qualified(space, local string) feel.Type {
	if feelNamespaces[space] {
		if typ, ok := feel.TypeByName(local); ok {
			return typ
		}
		if numbers[local] {
			return feel.NumberType
		}
		return nil
	}
	if space == t.u.model.Namespace {
		return t.named(local)
	}
	for _, imp := range t.u.imports {
		if imp.unit.model.Namespace == space {
			return imp.unit.types.named(local)
		}
	}
	return nil
}

// all are the types that expressions of the unit can name.
func (t *itemTypes) all() map[string]feel.Type {
	types := map[string]feel.Type{}
	for _, imp := range t.u.imports {
		for _, d := range imp.unit.model.Items {
			types[imp.qualify(d.Name)] = imp.unit.types.named(d.Name)
		}
	}
	for _, d := range t.u.model.Items {
		types[d.Name] = t.named(d.Name)
	}
	return types
}

func orAny(t feel.Type) feel.Type {
	if t == nil {
		return feel.Any
	}
	return t
}

// lateType stands for an item definition inside its own definition, as in a tree of persons.
type lateType struct {
	name   string
	depth  int
	target feel.Type
}

func (t *lateType) String() string { return t.name }

func (t *lateType) Contains(v feel.Value) bool { return t.target == nil || t.target.Contains(v) }

// constrainedType is an item definition with allowed values or a type constraint (DMN 1.5 §7.3.3).
type constrainedType struct {
	name  string
	base  feel.Type
	tests *feel.Program
}

func (t *constrainedType) String() string { return t.name }

// Base is the type without the constraint.
func (t *constrainedType) Base() feel.Type { return t.base }

// Contains reports whether v is null, or of the base type and within the constraint.
func (t *constrainedType) Contains(v feel.Value) bool {
	if v == nil {
		return true
	}
	if !t.base.Contains(v) {
		return false
	}
	ok, _ := t.tests.Eval(feel.Env{}, tested{value: v})
	return ok == true
}

// tested is the scope of unary tests: the value that is tested as "?", and the names around it.
type tested struct {
	value feel.Value
	outer feel.Vars
}

// Get returns the tested value for "?".
func (t tested) Get(name string) (feel.Value, bool) {
	if name == "?" {
		return t.value, true
	}
	if t.outer == nil {
		return nil, false
	}
	return t.outer.Get(name)
}
