package feel

// numeric computes a number without boxing it. When the value is no number, ok is false and v has it.
type numeric func(r *run) (n Number, v Value, ok bool)

func box(n Number, v Value, ok bool) Value {
	if ok {
		return n
	}
	return v
}

func (f numeric) boxed() eval {
	return func(r *run) Value { return box(f(r)) }
}

// number compiles a node whose value is expected to be a number.
func (c *compiler) number(n node) numeric {
	if b, ok := n.(*binary); ok && operatorLevel(token{kind: tokOp, text: b.op}) >= levelAdd {
		before := c.impure
		f := c.numeric(b)
		if c.impure > before {
			return f
		}
		return c.unboxed(n, c.fold(n, f.boxed()))
	}
	return c.unboxed(n, c.node(n))
}

// unboxed looks into the value of a node.
func (c *compiler) unboxed(n node, ev eval) numeric {
	if k, ok := c.known[n].(Number); ok {
		return func(*run) (Number, Value, bool) { return k, nil, true }
	}
	return func(r *run) (Number, Value, bool) {
		v := ev(r)
		n, ok := v.(Number)
		return n, v, ok
	}
}

// numeric compiles arithmetic; values other than numbers take the long way.
func (c *compiler) numeric(n *binary) numeric {
	l, r := c.number(n.l), c.number(n.r)
	op, power := operations[n.op], n.op == "**" // powers may be costly and are counted
	return func(x *run) (Number, Value, bool) {
		a, av, ok1 := l(x)
		b, bv, ok2 := r(x)
		if ok1 && ok2 && !power {
			if s, ok := op(a, b); ok {
				return s, nil, true
			}
		}
		v := x.arithmetic(n.span, n.op, box(a, av, ok1), box(b, bv, ok2))
		s, ok := v.(Number)
		return s, v, ok
	}
}

var operations = map[string]func(Number, Number) (Number, bool){
	"+": Number.Add, "-": Number.Sub, "*": Number.Mul, "/": Number.Quo, "**": Number.Pow,
}
