package feel

import (
	"fmt"
	"slices"
	"strings"
)

// Builtin is a built-in function: one name with one or more signatures.
type Builtin struct {
	Name string
	// Group is the heading the function stands under in the documentation.
	Group string
	// Examples are lines of the form "expression → result".
	Examples []string
	// Camunda tells that only the Camunda dialect has the function.
	Camunda bool

	result     string // the type it gives
	signatures []signature
	spread     bool // several arguments stand for one list
	quiet      int  // 1: trouble in the arguments is no reason for a warning
	fn         *Func
}

// signature is one way to call a built-in.
type signature struct {
	text     string // as it is written in the tables
	params   []Param
	needed   int     // how many must be given; the rest may be left out
	nullable []bool  // whether the parameter may be null
	kinds    []basic // of the parameters, as far as they are basic types
	variadic bool    // the last parameter takes the remaining arguments
	run      func(c *Call, a []Value) Value
}

// Signatures are the ways to call the function, such as "substring(string: string, start position: number)".
func (b *Builtin) Signatures() []string {
	texts := make([]string, len(b.signatures))
	for i, s := range b.signatures {
		texts[i] = b.Name + "(" + s.text + "): " + b.result
	}
	return texts
}

// define is a line in the tables of built-ins: name, type of the result, signatures.
func define(name, result string, sigs ...signature) *Builtin {
	return &Builtin{Name: name, result: result, signatures: sigs}
}

func (b *Builtin) example(lines ...string) *Builtin {
	b.Examples = append(b.Examples, lines...)
	return b
}

// of makes a signature from its text: parameters with a colon and a type. "?" after the name: may be left
// out; "?" after the type: may be null; "..." after the type: takes the remaining arguments.
func of(text string, run func(c *Call, a []Value) Value) signature {
	s := signature{text: text, run: run}
	if text == "" {
		return s
	}
	for _, part := range strings.Split(text, ", ") {
		id, typ, _ := strings.Cut(part, ": ")
		id, optional := strings.CutSuffix(id, "?")
		typ, rest := strings.CutSuffix(typ, "...")
		typ, nullable := strings.CutSuffix(typ, "?")
		t := tableType(typ)
		kind, ok := t.(basic)
		if !ok || kind == anyDuration {
			kind = unknownType
		}
		s.kinds = append(s.kinds, kind)
		s.params = append(s.params, Param{id, t})
		s.nullable = append(s.nullable, nullable)
		s.variadic = rest
		if !optional && (!rest || s.needed == 0) {
			s.needed++
		}
	}
	return s
}

// tableTypes are types that only the tables of built-ins name.
var tableTypes = map[string]Type{
	"any":           Any,
	"duration":      anyDuration,
	"function":      anyFunction,
	"list<string>":  &ListType{StringType},
	"list<number>":  &ListType{NumberType},
	"list<context>": &ListType{anyContext},
}

func tableType(name string) Type {
	if t, ok := TypeByName(name); ok {
		return t
	}
	return tableTypes[name]
}

// library is the built-ins of a dialect.
type library struct {
	functions map[string]*Builtin
	names     nameTable // of those that contain keywords
}

var standard, camunda = newLibrary(false), newLibrary(true)

func libraryOf(o Options) *library {
	if o.Camunda {
		return camunda
	}
	return standard
}

func newLibrary(camunda bool) *library {
	l := &library{map[string]*Builtin{}, nameTable{}}
	for _, b := range Builtins() {
		if b.Camunda && !camunda {
			continue
		}
		l.functions[b.Name] = b
		if slices.ContainsFunc(strings.Fields(b.Name), func(w string) bool { return keywords[w] }) {
			l.names.add(b.Name)
		}
	}
	return l
}

// groups are the tables of built-ins in the order of the documentation.
var groups = func() []group {
	all := []group{
		{"Conversion", conversionFunctions}, {"Boolean", booleanFunctions}, {"String", stringFunctions},
		{"List", listFunctions}, {"Numeric", numberFunctions}, {"Date and time", temporalFunctions},
		{"Range", rangeFunctions}, {"Context", contextFunctions}, {"Working days", calendarFunctions},
		{"Camunda dialect", camundaFunctions},
	}
	for _, g := range all {
		for _, b := range g.functions {
			b.Group = g.name
			b.Camunda = g.name == "Camunda dialect"
			b.fn = b.value()
		}
	}
	return all
}()

type group struct {
	name      string
	functions []*Builtin
}

// Builtins lists the built-in functions by group and in the order of the tables.
func Builtins() []*Builtin {
	var all []*Builtin
	for _, g := range groups {
		all = append(all, g.functions...)
	}
	return all
}

// value is the function as a value.
func (b *Builtin) value() *Func {
	s := b.signatures[0]
	return &Func{Name: b.Name, Params: s.params, Result: tableType(b.result), Variadic: s.variadic || b.spread, builtin: b,
		Invoke: func(c *Call, args []Value) Value { return b.call(c.run, args) }}
}

// call runs the first signature that takes the arguments.
func (b *Builtin) call(r *run, args []Value) Value {
	if !r.step(1) {
		return nil
	}
	if b.spread && len(args) > 1 {
		args = []Value{append(List(nil), args...)}
	}
	var why string
	for i := range b.signatures {
		s := &b.signatures[i]
		fitted, problem := s.fit(args)
		if problem == "" {
			return s.run(&r.self, fitted)
		}
		if why == "" {
			why = problem
		}
	}
	return r.fail(r.at, "%s: %s", b.Name, why)
}

// fit converts the arguments to the types of the parameters; omitted ones become null.
func (s *signature) fit(args []Value) ([]Value, string) {
	if len(args) < s.needed || len(args) > len(s.params) && !s.variadic {
		return nil, fmt.Sprintf("takes %s, not %d", s.arity(), len(args))
	}
	out := args
	if n := len(s.params); len(args) < n && !s.variadic {
		out = make([]Value, n)
		copy(out, args)
	}
	for i, v := range args {
		p := min(i, len(s.params)-1)
		if v == nil {
			if !s.nullable[p] {
				return nil, "argument “" + s.params[p].Name + "” is null"
			}
			continue
		}
		if k := s.kinds[p]; k == Any || k == kindOf(v) {
			continue
		}
		t := s.params[p].Type
		w, ok := Coerce(v, t)
		if !ok {
			return nil, fmt.Sprintf("argument “%s” is %s instead of a %s", s.params[p].Name, describe(v), t)
		}
		if &out[0] == &args[0] {
			out = append([]Value(nil), args...)
		}
		out[i] = w
	}
	return out, ""
}

func (s *signature) arity() string {
	switch {
	case s.variadic:
		return fmt.Sprintf("%d or more arguments", s.needed)
	case s.needed == len(s.params):
		return fmt.Sprintf("%d arguments", s.needed)
	}
	return fmt.Sprintf("%d to %d arguments", s.needed, len(s.params))
}

// order gives for each parameter of a signature the place of the named argument, or -1.
func (s *signature) order(names []string) ([]int, bool) {
	places := make([]int, len(s.params))
	used := 0
	for i, p := range s.params {
		places[i] = slices.Index(names, p.Name)
		if places[i] >= 0 {
			used++
		} else if i < s.needed || s.variadic {
			return nil, false
		}
	}
	return places, used == len(names)
}
