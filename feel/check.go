package feel

// checker looks for what can only answer null: operators between kinds that have no result, properties that are
// not there, arguments of a wrong kind. It warns only where the types are known; nil is an unknown type.
type checker struct {
	*compiler
	bound []typedName // innermost last
}

type typedName struct {
	name string
	typ  Type
	item bool // of a filter: its entries are names too
}

// check warns about the expression; the compiler has already reported unknown names.
func (c *compiler) check(root node) {
	k := &checker{compiler: c}
	k.typ(root)
}

func (k *checker) bind(name string, t Type) { k.bound = append(k.bound, typedName{name: name, typ: t}) }

func (k *checker) unbind(to int) { k.bound = k.bound[:to] }

// basicOf is the kind of a known type; unknownType when there is nothing to say.
func basicOf(t Type) basic {
	if t == nil {
		return unknownType
	}
	switch kind := kindOfType(t); kind {
	case Any, NullType, anyDuration:
		return unknownType
	default:
		return kind
	}
}

// samples are values of the kinds; operators between kinds are tried out on them.
var samples = map[basic]Value{
	NumberType: Int(
		1,
	), StringType: "s", BooleanType: true, DateType: Date{2000, 1, 1}, TimeType: Time{}, DateTimeType: DateTime{date: Date{2000, 1, 1}},
	YearsMonthsType: YearsMonths(
		1,
	), DaysTimeType: DaysTime{1, 0}, anyList: List{}, anyContext: &Context{}, anyRange: &Range{}, anyFunction: &Func{},
}

// typ checks a node and what is below, and gives its type.
func (k *checker) typ(n node) Type {
	switch n := n.(type) {
	case *literal:
		return kindOf(n.value)
	case *atLiteral:
		return kindOf(n.value)
	case *name:
		return k.name(n)
	case *path:
		return k.path(n)
	case *negation:
		return k.negation(n)
	case *binary:
		return k.operator(n)
	case *between:
		x := k.typ(n.x)
		k.comparable(n.low, x, k.typ(n.low))
		k.comparable(n.high, x, k.typ(n.high))
		return BooleanType
	case *conditional:
		return k.conditional(n)
	case *loop:
		return k.loop(n)
	case *quantified:
		defer k.unbind(len(k.bound))
		k.iterators(n.iterators)
		k.boolean(n.body)
		return BooleanType
	case *list:
		return k.list(n)
	case *contextNode:
		return k.context(n)
	case *filter:
		return k.filter(n)
	case *call:
		return k.call(n)
	case *function:
		return k.function(n)
	case *in:
		return k.in(n)
	case *unaryTests:
		return k.tests(n.tests, k.scope.Names["?"])
	}
	for _, child := range children(n) {
		k.typ(child)
	}
	if _, ok := n.(*instanceOf); ok {
		return BooleanType
	}
	return nil
}

func (k *checker) name(n *name) Type {
	for i := len(k.bound) - 1; i >= 0; i-- {
		b := k.bound[i]
		if b.item {
			c, ok := b.typ.(*ContextType)
			if !ok && basicOf(b.typ) == unknownType && b.name != n.id {
				return nil // it may be an entry of the item
			}
			if ok {
				if f := c.field(n.id); f != nil {
					return f
				}
			}
		}
		if b.name == n.id {
			return b.typ
		}
	}
	return k.scope.Names[n.id]
}

func (t *ContextType) field(name string) Type {
	for _, f := range t.Fields {
		if f.Name == name {
			return f.Type
		}
	}
	return nil
}

func (k *checker) path(n *path) Type {
	if id := dotted(n, maxDotted); id != "" {
		if t, ok := k.scope.Names[id]; ok {
			return t
		}
	}
	t := k.typ(n.x)
	if l, ok := t.(*ListType); ok {
		return &ListType{orAny(k.entry(n, l.Elem))}
	}
	return k.entry(n, t)
}

func (k *checker) entry(n *path, t Type) Type {
	if c, ok := t.(*ContextType); ok {
		if f := c.field(n.field); f != nil {
			return f
		}
		known := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			known[i] = f.Name
		}
		k.report(Warn, n.span, "the context has no entry “"+n.field+"”", nearest(n.field, known))
		return nil
	}
	switch kind := basicOf(t); kind {
	case unknownType, anyContext, anyList, anyRange:
	default:
		v, ok := property(samples[kind], n.field)
		if !ok {
			k.report(Warn, n.span, "a "+kind.String()+" has no property “"+n.field+"”", "")
			return nil
		}
		if v != nil {
			return kindOf(v)
		}
	}
	return nil
}

func (k *checker) negation(n *negation) Type {
	t := k.typ(n.x)
	switch basicOf(t) {
	case unknownType, NumberType, YearsMonthsType, DaysTimeType:
		return t
	}
	k.report(Warn, n.span, "a "+t.String()+" has no negative", "")
	return nil
}

func (k *checker) operator(n *binary) Type {
	if n.op == "and" || n.op == "or" {
		k.boolean(n.l)
		k.boolean(n.r)
		return BooleanType
	}
	l, r := basicOf(k.typ(n.l)), basicOf(k.typ(n.r))
	known := l != unknownType && r != unknownType
	switch {
	case n.op == "=" || n.op == "!=":
		if known && l != r {
			k.report(Warn, n.span, "a "+l.String()+" and a "+r.String()+" are never equal; this answers null", "")
		}
		return BooleanType
	case operatorLevel(token{kind: tokOp, text: n.op}) == levelCompare:
		k.comparable(n, l, r)
		return BooleanType
	case !known:
		return nil
	}
	if l == NumberType && r == NumberType {
		return NumberType
	}
	v, ok := mixed(n.op, samples[l], samples[r])
	if !ok {
		k.report(Warn, n.span, "a "+l.String()+" "+n.op+" a "+r.String()+" has no result", "")
		return nil
	}
	return kindOf(v)
}

// comparable warns when values of the types have no order.
func (k *checker) comparable(n node, a, b Type) {
	l, r := basicOf(a), basicOf(b)
	if l == unknownType || r == unknownType {
		return
	}
	if _, ok := Compare(samples[l], samples[r]); !ok {
		k.report(Warn, n.place(), "a "+l.String()+" and a "+r.String()+" have no order; this answers null", "")
	}
}

// boolean warns when a condition has another type.
func (k *checker) boolean(n node) {
	if kind := basicOf(k.typ(n)); kind != unknownType && kind != BooleanType {
		k.report(Warn, n.place(), "this is a "+kind.String()+" instead of true or false", "")
	}
}

func (k *checker) conditional(n *conditional) Type {
	k.boolean(n.cond)
	then, otherwise := k.typ(n.then), k.typ(n.otherwise)
	if basicOf(then) == basicOf(otherwise) && kindOfType(orAny(then)) == then {
		return then
	}
	return nil
}

func (k *checker) iterators(its []iterator) {
	for _, it := range its {
		t := k.typ(it.from)
		if it.to != nil {
			k.typ(it.to)
		}
		switch source := t.(type) {
		case *ListType:
			t = source.Elem
		case *RangeType:
			t = source.Elem
		default:
			if kind := basicOf(t); kind == anyList || kind == anyRange {
				t = nil
			}
		}
		k.bind(it.name, t)
	}
}

func (k *checker) loop(n *loop) Type {
	defer k.unbind(len(k.bound))
	k.iterators(n.iterators)
	k.bind("partial", anyList)
	return &ListType{orAny(k.typ(n.body))}
}

func (k *checker) list(n *list) Type {
	var elem Type
	for i, item := range n.items {
		t := k.typ(item)
		if i == 0 {
			elem = t
		} else if t != elem { // types with parts are different values: their lists are of Any
			elem = nil
		}
	}
	return &ListType{orAny(elem)}
}

func (k *checker) context(n *contextNode) Type {
	defer k.unbind(len(k.bound))
	t := &ContextType{}
	for _, e := range n.entries {
		v := orAny(k.typ(e.value))
		k.bind(e.key, v)
		t.Fields = append(t.Fields, Field{e.key, v})
	}
	return t
}

func (k *checker) filter(n *filter) Type {
	t := k.typ(n.x)
	elem := t
	if l, ok := t.(*ListType); ok {
		elem = l.Elem
	} else if basicOf(t) == anyList {
		elem = nil
	}
	defer k.unbind(len(k.bound))
	k.bound = append(k.bound, typedName{"item", elem, true})
	switch basicOf(k.typ(n.cond)) {
	case NumberType:
		return elem
	case BooleanType:
		if elem != nil {
			return &ListType{elem}
		}
	}
	return nil
}

func (k *checker) function(n *function) Type {
	if n.external {
		return nil
	}
	defer k.unbind(len(k.bound))
	for _, p := range n.params {
		var t Type
		if p.typ != nil {
			t = k.resolved[p.typ]
		}
		k.bind(p.name, t)
	}
	k.typ(n.body)
	return nil
}

func (k *checker) in(n *in) Type { return k.tests(n.tests, k.typ(n.x)) }

// tests checks unary tests against the type of the value.
func (k *checker) tests(tests []node, x Type) Type {
	defer k.unbind(len(k.bound))
	k.bind("?", x)
	for _, t := range tests {
		c, ok := t.(*comparison)
		switch {
		case !ok:
			k.typ(t)
		case c.op == "=" || c.op == "!=":
			k.typ(c.x)
		default:
			k.comparable(c, x, k.typ(c.x))
		}
	}
	return BooleanType
}

func (k *checker) call(n *call) Type {
	args := make([]Type, len(n.args))
	for i, a := range n.args {
		args[i] = k.typ(a)
	}
	b := k.builtinOf(n.fn)
	if b == nil {
		k.typ(n.fn)
		return nil
	}
	for _, t := range k.bound {
		if id, ok := n.fn.(*name); ok && t.name == id.id {
			return nil
		}
	}
	if len(b.signatures) == 1 && n.names == nil && !b.spread {
		k.arguments(n, b, args)
	}
	if t := tableType(b.result); t != Any {
		return t
	}
	return nil
}

// arguments warns of an argument that no conversion fits to its parameter.
func (k *checker) arguments(n *call, b *Builtin, args []Type) {
	s := &b.signatures[0]
	for i, t := range args {
		p := min(i, len(s.params)-1)
		if p < 0 {
			return
		}
		got, want := basicOf(t), s.kinds[p]
		switch {
		case got == unknownType, want == unknownType, want == Any, got == want, got == anyList, want == anyList,
			got == DateType && want == DateTimeType:
		default:
			k.report(
				Warn, n.args[i].place(), "argument “"+s.params[p].Name+"” of "+b.Name+" is a "+got.String()+" instead of a "+want.String(),
				"",
			)
		}
	}
}
