package feel

import "strings"

// Type is a FEEL type (DMN 1.5 §10.3.2.9). Embedders may add their own, such
// as item definitions with constraints.
type Type interface {
	String() string
	// Contains reports whether the value conforms to the type. Null conforms to every type (null is
	// not an instance of any, though: that is the business of "instance of").
	Contains(v Value) bool
}

type basic uint8

// The built-in types without parameters.
const (
	Any basic = iota
	NullType
	NumberType
	StringType
	BooleanType
	DateType
	TimeType
	DateTimeType
	YearsMonthsType
	DaysTimeType
	anyList
	anyContext
	anyRange
	anyFunction
	anyDuration
	unknownType
)

var basicNames = [...]string{"Any", "Null", "number", "string", "boolean", "date", "time", "date and time",
	"years and months duration", "days and time duration", "list", "context", "range", "function", "duration", "unknown"}

// basicTypes are the names that "instance of" and type references may use.
var basicTypes = map[string]Type{
	"Any": Any, "Null": NullType, "number": NumberType, "string": StringType, "boolean": BooleanType,
	"date": DateType, "time": TimeType, "date and time": DateTimeType, "dateTime": DateTimeType,
	"years and months duration": YearsMonthsType, "yearMonthDuration": YearsMonthsType,
	"days and time duration": DaysTimeType, "dayTimeDuration": DaysTimeType,
	"list": anyList, "context": anyContext, "range": anyRange, "function": anyFunction,
}

// TypeByName finds a built-in type by the name FEEL or DMN gives it.
func TypeByName(name string) (Type, bool) {
	t, ok := basicTypes[name]
	return t, ok
}

func (b basic) String() string { return basicNames[b] }

// Contains reports whether v is null or of the type.
func (b basic) Contains(v Value) bool {
	if v == nil || b == Any {
		return true
	}
	if b == anyDuration {
		k := kindOf(v)
		return k == YearsMonthsType || k == DaysTimeType
	}
	return kindOf(v) == b
}

func kindOf(v Value) basic {
	switch v.(type) {
	case nil:
		return NullType
	case bool:
		return BooleanType
	case Number:
		return NumberType
	case string:
		return StringType
	case Date:
		return DateType
	case Time:
		return TimeType
	case DateTime:
		return DateTimeType
	case YearsMonths:
		return YearsMonthsType
	case DaysTime:
		return DaysTimeType
	case List:
		return anyList
	case *Context:
		return anyContext
	case *Range:
		return anyRange
	case *Func:
		return anyFunction
	}
	return unknownType
}

// ListType is list<Elem>.
type ListType struct{ Elem Type }

// String is the type as FEEL writes it.
func (t *ListType) String() string { return "list<" + t.Elem.String() + ">" }

// Contains reports whether v is null or a list whose elements conform.
func (t *ListType) Contains(v Value) bool {
	if v == nil {
		return true
	}
	l, ok := v.(List)
	if !ok {
		return false
	}
	for _, e := range l {
		if !t.Elem.Contains(e) {
			return false
		}
	}
	return true
}

// RangeType is range<Elem>.
type RangeType struct{ Elem Type }

// String is the type as FEEL writes it.
func (t *RangeType) String() string { return "range<" + t.Elem.String() + ">" }

// Contains reports whether v is null or a range whose bounds conform.
func (t *RangeType) Contains(v Value) bool {
	if v == nil {
		return true
	}
	r, ok := v.(*Range)
	return ok && t.Elem.Contains(r.Low) && t.Elem.Contains(r.High)
}

// Field is an entry of a context type.
type Field struct {
	Name string
	Type Type
}

// ContextType is context<name: type, …>.
type ContextType struct{ Fields []Field }

// String is the type as FEEL writes it.
func (t *ContextType) String() string {
	parts := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		parts[i] = f.Name + ": " + f.Type.String()
	}
	return "context<" + strings.Join(parts, ", ") + ">"
}

// Contains reports whether v is null or a context that has all fields; more are allowed.
func (t *ContextType) Contains(v Value) bool {
	if v == nil {
		return true
	}
	c, ok := v.(*Context)
	if !ok {
		return false
	}
	for _, f := range t.Fields {
		if e, ok := c.Get(f.Name); !ok || !f.Type.Contains(e) {
			return false
		}
	}
	return true
}

// FunctionType is function<params> -> result.
type FunctionType struct {
	Params []Type
	Result Type
}

// String is the type as FEEL writes it.
func (t *FunctionType) String() string {
	parts := make([]string, len(t.Params))
	for i, p := range t.Params {
		parts[i] = p.String()
	}
	return "function<" + strings.Join(parts, ", ") + "> -> " + t.Result.String()
}

// Contains reports whether v is null or a function that can stand in for the type: it accepts at least these
// parameters and promises at most this result. What a function says nothing about, it may well do: the result
// of a function literal is known only when it runs.
func (t *FunctionType) Contains(v Value) bool {
	if v == nil {
		return true
	}
	f, ok := v.(*Func)
	if !ok {
		return false
	}
	if f.builtin != nil {
		return f.builtin.accepts(len(t.Params))
	}
	if len(f.Params) != len(t.Params) {
		return false
	}
	for i, p := range f.Params {
		if !Subtype(t.Params[i], orAny(p.Type)) {
			return false
		}
	}
	return f.Result == nil || Subtype(f.Result, t.Result)
}

func orAny(t Type) Type {
	if t == nil {
		return Any
	}
	return t
}

// Subtype reports whether every value of a conforms to b (DMN 1.5 §10.3.2.9.3).
func Subtype(a, b Type) bool {
	if b == Any || a == NullType {
		return true
	}
	switch b := b.(type) {
	case basic:
		return a == b || b == kindOfType(a)
	case *ListType:
		a, ok := a.(*ListType)
		return ok && Subtype(a.Elem, b.Elem)
	case *RangeType:
		a, ok := a.(*RangeType)
		return ok && Subtype(a.Elem, b.Elem)
	case *ContextType:
		a, ok := a.(*ContextType)
		return ok && subContext(a, b)
	case *FunctionType:
		a, ok := a.(*FunctionType)
		return ok && subFunction(a, b)
	}
	return a == b
}

func kindOfType(t Type) basic {
	switch t := t.(type) {
	case basic:
		return t
	case *ListType:
		return anyList
	case *RangeType:
		return anyRange
	case *ContextType:
		return anyContext
	case *FunctionType:
		return anyFunction
	}
	return unknownType
}

func subContext(a, b *ContextType) bool {
	for _, want := range b.Fields {
		found := false
		for _, f := range a.Fields {
			found = found || f.Name == want.Name && Subtype(f.Type, want.Type)
		}
		if !found {
			return false
		}
	}
	return true
}

func subFunction(a, b *FunctionType) bool {
	if len(a.Params) != len(b.Params) {
		return false
	}
	for i := range a.Params {
		if !Subtype(b.Params[i], a.Params[i]) {
			return false
		}
	}
	return Subtype(a.Result, b.Result)
}

// TypeOf is the type of a value as precisely as the value shows, down to a depth of maxTypeDepth.
func TypeOf(v Value) Type { return typeOf(v, maxTypeDepth) }

const maxTypeDepth = 12

func typeOf(v Value, depth int) Type {
	if depth == 0 {
		return kindOf(v)
	}
	switch v := v.(type) {
	case List:
		return &ListType{commonType(v, depth-1)}
	case *Context:
		t := &ContextType{Fields: make([]Field, v.Len())}
		for i := range t.Fields {
			k, e := v.Entry(i)
			t.Fields[i] = Field{k, typeOf(e, depth-1)}
		}
		return t
	case *Range:
		return &RangeType{commonType(List{v.Low, v.High}, depth-1)}
	case *Func:
		t := &FunctionType{Result: orAny(v.Result)}
		for _, p := range v.Params {
			t.Params = append(t.Params, orAny(p.Type))
		}
		return t
	}
	return kindOf(v)
}

func commonType(values []Value, depth int) Type {
	var common Type = NullType
	for _, v := range values {
		t := typeOf(v, depth)
		switch {
		case Subtype(t, common):
		case Subtype(common, t):
			common = t
		default:
			return Any
		}
	}
	if common == NullType {
		return Any
	}
	return common
}

// Constrained is a type of the embedder that takes only some values of its base.
type Constrained interface {
	Type
	Base() Type
}

// unconstrained is the type without its constraints.
func unconstrained(t Type) Type {
	switch t := t.(type) {
	case Constrained:
		return unconstrained(t.Base())
	case *ListType:
		return &ListType{unconstrained(t.Elem)}
	case *ContextType:
		c := &ContextType{Fields: make([]Field, len(t.Fields))}
		for i, f := range t.Fields {
			c.Fields[i] = Field{f.Name, unconstrained(f.Type)}
		}
		return c
	}
	return t
}

// InstanceOf is the "instance of" operator: conforming, and not null unless the type is Null. Constraints
// play no part in it.
func InstanceOf(v Value, t Type) bool {
	if v == nil {
		return t == NullType
	}
	return t.Contains(v)
}

// Coerce applies the implicit conversions of DMN 1.5 §10.3.2.9.4: a conforming value stays, a singleton
// list gives its element, a value becomes a list of one, a date becomes its midnight in UTC. Otherwise
// the answer is null and false.
func Coerce(v Value, t Type) (Value, bool) {
	if t == nil || t.Contains(v) {
		return v, true
	}
	if l, ok := v.(List); ok && len(l) == 1 {
		if t.Contains(l[0]) {
			return l[0], true
		}
	}
	if _, isList := v.(List); !isList {
		if one := (List{v}); isListType(t) && t.Contains(one) {
			return one, true
		}
	}
	if d, ok := v.(Date); ok {
		if dt := (DateTime{date: d, zone: UTC}); t.Contains(dt) {
			return dt, true
		}
	}
	return nil, false
}

// isListType asks the type itself, so that item definitions of the embedder need no marker.
func isListType(t Type) bool { return t.Contains(List{}) }
