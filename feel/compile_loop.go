package feel

// bindIterators binds the names of a loop and gives a closure that runs body for each combination,
// the last iterator fastest. body answers false to end early.
func (c *compiler) bindIterators(its []iterator) func(r *run, body func() bool) bool {
	type source struct {
		from, to eval
		slot     int
		node     iterator
	}
	sources := make([]source, len(its))
	for i, it := range its {
		s := source{from: c.node(it.from), node: it}
		if it.to != nil {
			s.to = c.node(it.to)
		}
		s.slot = c.bind(local{name: it.name})
		sources[i] = s
	}
	var nest func(r *run, i int, body func() bool) bool
	nest = func(r *run, i int, body func() bool) bool {
		if i == len(sources) {
			return body()
		}
		s := sources[i]
		each := func(v Value) bool {
			if !r.step(1) {
				return false
			}
			r.slots[s.slot] = v
			return nest(r, i+1, body)
		}
		if s.to != nil {
			return r.eachBetween(s.node.from.place(), s.from(r), s.to(r), each)
		}
		return r.each(s.node.from.place(), s.from(r), each)
	}
	return func(r *run, body func() bool) bool { return nest(r, 0, body) }
}

// each runs over a list, the elements of a range, or a single value as a list of one. False: ended early
// or nothing to run over.
func (r *run) each(at span, v Value, yield func(Value) bool) bool {
	switch v := v.(type) {
	case nil:
		r.fail(at, "null instead of a list to run over")
		return false
	case List:
		for _, e := range v {
			if !yield(e) {
				return false
			}
		}
		return true
	case *Range:
		return r.eachInRange(at, v, yield)
	}
	return yield(v)
}

// eachInRange runs over the whole numbers or days of a range value.
func (r *run) eachInRange(at span, v *Range, yield func(Value) bool) bool {
	low, high := v.Low, v.High
	switch l := low.(type) {
	case Number:
		h, ok := high.(Number)
		if !ok || !l.IsInt() || !h.IsInt() {
			break
		}
		if !v.LowIncluded {
			l, _ = l.Add(Int(1))
		}
		if !v.HighIncluded {
			h, _ = h.Sub(Int(1))
		}
		return l.Cmp(h) > 0 || r.eachBetween(at, l, h, yield)
	case Date:
		h, ok := high.(Date)
		if !ok {
			break
		}
		ok1, ok2 := true, true
		if !v.LowIncluded {
			l, ok1 = l.AddDays(1)
		}
		if !v.HighIncluded {
			h, ok2 = h.AddDays(-1)
		}
		return !ok1 || !ok2 || l.days() > h.days() || r.eachBetween(at, l, h, yield)
	}
	r.fail(at, "one can only run over ranges of whole numbers or dates, not over %s", Text(v))
	return false
}

// eachBetween runs from low to high, downwards when high is less.
func (r *run) eachBetween(at span, low, high Value, yield func(Value) bool) bool {
	if d, ok := low.(Date); ok {
		if e, ok := high.(Date); ok {
			return eachDay(d.days(), e.days(), yield)
		}
	}
	l, ok1 := low.(Number)
	h, ok2 := high.(Number)
	if !ok1 || !ok2 || !l.IsInt() || !h.IsInt() {
		r.fail(at, "one can only run from a whole number or date to another, not from %s to %s", describe(low), describe(high))
		return false
	}
	step := Int(int64(h.Cmp(l)))
	for i := l; ; {
		if !yield(i) {
			return false
		}
		if i.Cmp(h) == 0 {
			return true
		}
		next, ok := i.Add(step)
		if !ok || next.Cmp(i) == 0 { // beyond 34 digits one more is the same
			r.fail(at, "the range leaves the exact whole numbers")
			return false
		}
		i = next
	}
}

func eachDay(from, to int64, yield func(Value) bool) bool {
	step := int64(cmpInt(to, from))
	for i := from; ; i += step {
		d, _ := dateOfDays(i)
		if !yield(d) {
			return false
		}
		if i == to {
			return true
		}
	}
}

// loop is for … return: a list of the body's values. "partial" is the list so far.
func (c *compiler) loop(n *loop) eval {
	base := len(c.locals)
	run1 := c.bindIterators(n.iterators)
	partial := c.bind(local{name: "partial"})
	body := c.node(n.body)
	c.unbind(len(c.locals) - base)
	return func(r *run) Value {
		out := List{}
		ok := run1(r, func() bool {
			r.slots[partial] = out[:len(out):len(out)]
			v := body(r)
			out = append(out, v)
			return !r.stopped
		})
		if !ok {
			return nil
		}
		return out
	}
}

// quantified is some and every with the logic of or and and.
func (c *compiler) quantified(n *quantified) eval {
	base := len(c.locals)
	run1 := c.bindIterators(n.iterators)
	body := c.node(n.body)
	c.unbind(len(c.locals) - base)
	at := n.body.place()
	return func(r *run) Value {
		var result Value = n.every
		decided := false
		ok := run1(r, func() bool {
			v := body(r)
			if _, isBool := v.(bool); !isBool {
				r.fail(at, "the condition is %s instead of true or false", describe(v))
			}
			if n.every {
				result = and3(result, v)
			} else {
				result = or3(result, v)
			}
			decided = result == !n.every
			return !decided && !r.stopped
		})
		if !ok && !decided {
			return nil
		}
		return result
	}
}
