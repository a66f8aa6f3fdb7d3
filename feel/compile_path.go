package feel

// path is x.field: an entry, a property of a temporal, duration or range, or of each element of a list.
// A dotted name of the scope, such as an imported element, goes first.
func (c *compiler) path(n *path) eval {
	if id := dotted(n, maxDotted); id != "" {
		if _, ok := c.scope.Names[id]; ok && !c.isLocal(id) {
			return c.global(&name{n.span, id}, false)
		}
	}
	x := c.node(n.x)
	return func(r *run) Value { return r.field(n, x(r)) }
}

// maxDotted is the most parts of a name of the scope that contains points.
const maxDotted = 8

// dotted is the text of a path made of at most so many names and nothing else.
func dotted(n node, parts int) string {
	switch n := n.(type) {
	case *name:
		return n.id
	case *path:
		if parts == 1 {
			return ""
		}
		if s := dotted(n.x, parts-1); s != "" {
			return s + "." + n.field
		}
	}
	return ""
}

func (c *compiler) isLocal(id string) bool {
	for _, l := range c.locals {
		if l.name == id {
			return true
		}
	}
	return false
}

func (r *run) field(n *path, v Value) Value {
	switch v := v.(type) {
	case *Context:
		if e, ok := v.Get(n.field); ok {
			return e
		}
		if r.muted() {
			return nil
		}
		return r.fail(n.span, "the context has no entry “%s”%s", n.field, hintAfter(nearest(n.field, v.keys)))
	case List:
		if !r.step(len(v)) {
			return nil
		}
		l := make(List, len(v))
		for i, e := range v {
			l[i] = r.field(n, e)
		}
		return l
	case nil:
		return r.fail(n.span, "“%s” of null", n.field)
	}
	if p, ok := property(v, n.field); ok {
		return p
	}
	return r.fail(n.span, "%s has no property “%s”", describe(v), n.field)
}

func hintAfter(hint string) string {
	if hint == "" {
		return ""
	}
	return "; " + hint
}

// property is DMN 1.5 tables 53 and 54: the properties of temporals, durations and ranges.
func property(v Value, field string) (Value, bool) {
	switch v := v.(type) {
	case Date:
		return dateProperty(v, field)
	case Time:
		return timeProperty(v, field)
	case DateTime:
		if p, ok := dateProperty(v.date, field); ok {
			return p, true
		}
		return timeProperty(v.Clock(), field, v.date)
	case YearsMonths:
		switch field {
		case "years":
			return Int(int64(v) / 12), true
		case "months":
			return Int(int64(v) % 12), true
		}
	case DaysTime:
		return durationProperty(v, field)
	case *Range:
		return rangeProperty(v, field)
	}
	return nil, false
}

func dateProperty(d Date, field string) (Value, bool) {
	switch field {
	case "year":
		return Int(int64(d.year)), true
	case "month":
		return Int(int64(d.month)), true
	case "day":
		return Int(int64(d.day)), true
	case "weekday":
		return Int(int64(d.Weekday())), true
	}
	return nil, false
}

// timeProperty needs the date, when there is one, for the offset of a named zone.
func timeProperty(t Time, field string, on ...Date) (Value, bool) {
	h, m, s, nanos := t.Clock()
	switch field {
	case "hour":
		return Int(int64(h)), true
	case "minute":
		return Int(int64(m)), true
	case "second":
		if nanos != 0 {
			return DaysTime{int64(s), int32(nanos)}.seconds(), true
		}
		return Int(int64(s)), true
	case "time offset":
		if t.zone == nil {
			return nil, true
		}
		day := Date{1970, 1, 1}
		if len(on) > 0 {
			day = on[0]
		}
		return daysTime(t.zone.offsetAt(day, t.nanos), 0), true
	case "timezone":
		if id := t.zone.Name(); id != "" {
			return id, true
		}
		return nil, true
	}
	return nil, false
}

func durationProperty(d DaysTime, field string) (Value, bool) {
	days, h, m, s, nanos, neg := d.parts()
	sign := int64(1)
	if neg {
		sign = -1
	}
	switch field {
	case "days":
		return Int(sign * days), true
	case "hours":
		return Int(sign * h), true
	case "minutes":
		return Int(sign * m), true
	case "seconds":
		n := DaysTime{s, int32(nanos)}.seconds()
		if neg {
			n = n.Neg()
		}
		return n, true
	}
	return nil, false
}

func rangeProperty(v *Range, field string) (Value, bool) {
	switch field {
	case "start":
		return v.Low, true
	case "end":
		return v.High, true
	case "start included":
		return v.LowIncluded, true
	case "end included":
		return v.HighIncluded, true
	}
	return nil, false
}

// filter keeps the elements for which the condition is true, or picks one by its place.
func (c *compiler) filter(n *filter) eval {
	x := c.node(n.x)
	if index, ok := c.constantIndex(n.cond); ok {
		return func(r *run) Value {
			v := x(r)
			if v == nil {
				return r.fail(n.x.place(), "null has no elements")
			}
			return r.pickAt(n, asList(v), index)
		}
	}
	slot := c.bind(local{name: "item", item: true})
	cond := c.node(n.cond)
	c.unbind(1)
	return func(r *run) Value {
		v := x(r)
		if v == nil {
			return r.fail(n.x.place(), "null has no elements")
		}
		return r.filter(n, asList(v), slot, cond)
	}
}

// constantIndex is the number of a literal index.
func (c *compiler) constantIndex(n node) (Number, bool) {
	if neg, ok := n.(*negation); ok {
		i, ok := c.constantIndex(neg.x)
		return i.Neg(), ok
	}
	l, ok := n.(*literal)
	if !ok {
		return Number{}, false
	}
	i, ok := l.value.(Number)
	return i, ok
}

// asList makes a list of one of any other value.
func asList(v Value) List {
	if l, ok := v.(List); ok {
		return l
	}
	return List{v}
}

// pickAt picks by place, from 1, or from -1 backwards.
func (r *run) pickAt(n *filter, l List, index Number) Value {
	i, ok := index.Int64()
	switch {
	case !ok:
		return r.fail(n.span, "the index %s is no whole number", index)
	case i > 0 && i <= int64(len(l)):
		return l[i-1]
	case i < 0 && -i <= int64(len(l)):
		return l[int64(len(l))+i]
	}
	return r.fail(n.span, "there is no element %d in a list of %d", i, len(l))
}

// filter runs the condition for each element. A condition that is a number, which the first
// element shows, is an index.
func (r *run) filter(n *filter, l List, slot int, cond eval) Value {
	kept := List{}
	if len(l) == 0 {
		r.slots[slot] = nil
		r.silent++ // there is no element to warn about
		v := cond(r)
		r.silent--
		if index, ok := v.(Number); ok {
			return r.pickAt(n, l, index)
		}
		return kept
	}
	for i, item := range l {
		if !r.step(1) {
			return nil
		}
		r.slots[slot] = item
		switch v := cond(r).(type) {
		case bool:
			if v {
				kept = append(kept, item)
			}
		case Number:
			if i == 0 {
				return r.pickAt(n, l, v)
			}
		case nil:
		default:
			if i == 0 {
				return r.fail(n.span, "the filter is %s instead of a condition or an index", describe(v))
			}
		}
	}
	return kept
}
