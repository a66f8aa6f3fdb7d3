package feel

import "sort"

// listFunctions are DMN 1.5 §10.3.4.4, table 74, sort (§10.3.4.9) and the statistics.
var listFunctions = []*Builtin{
	define("list contains", "boolean", of("list: list, element: any?", func(c *Call, a []Value) Value {
		return indexOf(c, a[0].(List), a[1]) >= 0
	})).example(`list contains([1, 2, 3], 2) → true`),
	define("list replace", "list",
		of("list: list, position: number, newItem: any?", listReplaceAt),
		of("list: list, match: function, newItem: any?", listReplaceMatch)).
		example(`list replace([2, 4, 7, 8], 3, 6) → [2, 4, 6, 8]`,
			`list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) → [5, 5, 7, 8]`),
	define("count", "number", of("list: list", func(_ *Call, a []Value) Value { return Int(int64(len(a[0].(List)))) })).spreads().
		example(`count([1, 2, 3]) → 3`, `count([]) → 0`),
	define("min", "Any", of("list: list", extreme(-1))).spreads().
		example(`min([1, 2, 3]) → 1`, `min(date("2024-01-01"), date("2023-01-01")) → 2023-01-01`),
	define("max", "Any", of("list: list", extreme(1))).spreads().example(`max(1, 2, 3) → 3`),
	define("sum", "number", of("list: list", func(c *Call, a []Value) Value { return fold(c, a[0].(List), Number.Add) })).spreads().
		example(`sum([1.1, 2.2, 3.3]) → 6.6`),
	define("product", "number", of("list: list", func(c *Call, a []Value) Value { return fold(c, a[0].(List), Number.Mul) })).spreads().
		example(`product([2, 3, 4]) → 24`),
	define("mean", "number", of("list: list", mean)).spreads().example(`mean([1, 2, 3]) → 2`),
	define("median", "number", of("list: list", median)).spreads().example(`median(8, 2, 5, 3, 4) → 4`, `median([6, 1, 2, 3]) → 2.5`),
	define("stddev", "number", of("list: list", stddev)).spreads().example(`stddev([2, 4, 7, 5]) → 2.081665999466132735282297706979931`),
	define("mode", "list<number>", of("list: list", mode)).spreads().example(`mode([6, 1, 9, 6, 1]) → [1, 6]`),
	define("all", "boolean", of("list: list", logic(true, and3))).spreads().example(`all([true, null, false]) → false`),
	define("any", "boolean", of("list: list", logic(false, or3))).spreads().example(`any([false, null, true]) → true`),
	define("sublist", "list", of("list: list, start position: number, length?: number", sublist)).
		example(`sublist([4, 5, 6], 1, 2) → [4, 5]`, `sublist([4, 5, 6], -2) → [5, 6]`),
	define("append", "list", of("list: list, item: any?...", func(c *Call, a []Value) Value {
		return grow(c, a[0].(List), a[1:])
	})).example(`append([1], 2, 3) → [1, 2, 3]`),
	define("concatenate", "list", of("list: list...", concatenate)).example(`concatenate([1, 2], [3]) → [1, 2, 3]`),
	define("insert before", "list", of("list: list, position: number, newItem: any?", insertBefore)).
		example(`insert before([1, 3], 1, 2) → [2, 1, 3]`),
	define("remove", "list", of("list: list, position: number", remove)).example(`remove([1, 2, 3], 2) → [1, 3]`),
	define("reverse", "list", of("list: list", func(c *Call, a []Value) Value {
		l := a[0].(List)
		if !c.Step(len(l)) {
			return nil
		}
		out := make(List, len(l))
		for i, e := range l {
			out[len(l)-1-i] = e
		}
		return out
	})).example(`reverse([1, 2, 3]) → [3, 2, 1]`),
	define("index of", "list<number>", of("list: list, match: any?", func(c *Call, a []Value) Value {
		out := List{}
		for i, e := range a[0].(List) {
			if !c.Step(1) {
				return nil
			}
			if c.run.same(e, a[1]) == true {
				out = append(out, Int(int64(i+1)))
			}
		}
		return out
	})).example(`index of([1, 2, 3, 2], 2) → [2, 4]`),
	define("union", "list", of("list: list...", func(c *Call, a []Value) Value {
		if l, ok := concatenate(c, a).(List); ok {
			return distinct(c, l)
		}
		return nil
	})).example(`union([1, 2], [2, 3]) → [1, 2, 3]`),
	define("distinct values", "list", of("list: list", func(c *Call, a []Value) Value { return distinct(c, a[0].(List)) })).
		example(`distinct values([1, 2, 3, 2, 1]) → [1, 2, 3]`),
	define("flatten", "list", of("list: list", func(c *Call, a []Value) Value {
		out := List{}
		if !flatten(c, a[0].(List), &out, 0) {
			return nil
		}
		return out
	})).example(`flatten([[1, 2], [[3]], 4]) → [1, 2, 3, 4]`),
	define("sort", "list", of("list: list, precedes?: function?", sortList)).
		example(`sort([3, 1, 4, 5, 2], function(x, y) x < y) → [1, 2, 3, 4, 5]`),
}

// spreads lets the function take the elements of its list as arguments.
func (b *Builtin) spreads() *Builtin {
	b.spread = true
	b.signatures[0].text += "…"
	return b
}

func indexOf(c *Call, l List, v Value) int {
	for i, e := range l {
		if !c.Step(1) {
			break
		}
		if c.run.same(e, v) == true {
			return i
		}
	}
	return -1
}

func grow(c *Call, l List, items []Value) Value {
	if !c.Step(len(l) + len(items)) {
		return nil
	}
	return append(append(make(List, 0, len(l)+len(items)), l...), items...)
}

// place turns a position from 1, or from -1 backwards, into an index.
func place(position Value, n int) (int, bool) {
	p, ok := position.(Number)
	if !ok {
		return 0, false
	}
	i, ok := p.Int64()
	switch {
	case !ok:
	case i > 0 && i <= int64(n):
		return int(i - 1), true
	case i < 0 && -i <= int64(n):
		return n + int(i), true
	}
	return 0, false
}

func listReplaceAt(c *Call, a []Value) Value {
	l := a[0].(List)
	i, ok := place(a[1], len(l))
	if !ok {
		c.Warn("the position lies outside the list")
		return nil
	}
	out, ok := grow(c, l, nil).(List)
	if !ok {
		return nil
	}
	out[i] = a[2]
	return out
}

func listReplaceMatch(c *Call, a []Value) Value {
	out := make(List, 0, len(a[0].(List)))
	for _, e := range a[0].(List) {
		switch c.Invoke(a[1].(*Func), e, a[2]) {
		case true:
			out = append(out, a[2])
		case false:
			out = append(out, e)
		default:
			c.Warn("the function gives neither true nor false")
			return nil
		}
	}
	return out
}

// extreme finds the least (side -1) or greatest (side 1) element.
func extreme(side int) func(*Call, []Value) Value {
	return func(c *Call, a []Value) Value {
		l := a[0].(List)
		if len(l) == 0 {
			c.Warn("the list is empty")
			return nil
		}
		best := l[0]
		for _, e := range l {
			order, ok := Compare(e, best)
			if !ok || !c.Step(1) {
				c.Warn(describe(e) + " and " + describe(best) + " have no order")
				return nil
			}
			if order*side > 0 {
				best = e
			}
		}
		return best
	}
}

// numbers checks that the list is not empty and holds numbers only.
func numbers(c *Call, l List) ([]Number, bool) {
	if len(l) == 0 {
		c.Warn("the list is empty")
		return nil, false
	}
	if !c.Step(len(l)) {
		return nil, false
	}
	ns := make([]Number, len(l))
	for i, e := range l {
		n, ok := e.(Number)
		if !ok {
			c.Warn("the list holds " + describe(e) + " instead of a number")
			return nil, false
		}
		ns[i] = n
	}
	return ns, true
}

func fold(c *Call, l List, op func(Number, Number) (Number, bool)) Value {
	ns, ok := numbers(c, l)
	if !ok {
		return nil
	}
	total := ns[0]
	for _, n := range ns[1:] {
		if total, ok = op(total, n); !ok {
			c.Warn("the result leaves decimal128")
			return nil
		}
	}
	return total
}

func mean(c *Call, a []Value) Value {
	l := a[0].(List)
	total, ok := fold(c, l, Number.Add).(Number)
	if !ok {
		return nil
	}
	return orNil(total.Quo(Int(int64(len(l)))))
}

func orNil(n Number, ok bool) Value {
	if !ok {
		return nil
	}
	return n
}

func median(c *Call, a []Value) Value {
	ns, ok := numbers(c, a[0].(List))
	if !ok {
		return nil
	}
	sort.SliceStable(ns, func(i, j int) bool { return ns[i].Cmp(ns[j]) < 0 })
	mid := len(ns) / 2
	if len(ns)%2 == 1 {
		return ns[mid]
	}
	total, ok := ns[mid-1].Add(ns[mid])
	if !ok {
		return nil
	}
	return orNil(total.Quo(Int(2)))
}

// stddev is the deviation of a sample, which has at least two elements.
func stddev(c *Call, a []Value) Value {
	ns, ok := numbers(c, a[0].(List))
	if !ok {
		return nil
	}
	m, ok := mean(c, a).(Number)
	if !ok || len(ns) < 2 {
		c.Warn("the deviation of a sample needs two numbers")
		return nil
	}
	total := Int(0)
	for _, n := range ns {
		d, ok1 := n.Sub(m)
		sq, ok2 := d.Mul(d)
		var ok3 bool
		if total, ok3 = total.Add(sq); !ok1 || !ok2 || !ok3 {
			return nil
		}
	}
	variance, ok := total.Quo(Int(int64(len(ns) - 1)))
	if !ok {
		return nil
	}
	return orNil(variance.unary(decimal128.Sqrt))
}

// mode lists the most frequent numbers in ascending order.
func mode(c *Call, a []Value) Value {
	l := a[0].(List)
	if len(l) == 0 {
		return List{}
	}
	ns, ok := numbers(c, l)
	if !ok {
		return nil
	}
	sort.SliceStable(ns, func(i, j int) bool { return ns[i].Cmp(ns[j]) < 0 })
	out, most := List{}, 0
	for i := 0; i < len(ns); {
		j := i
		for j < len(ns) && ns[j].Cmp(ns[i]) == 0 {
			j++
		}
		switch {
		case j-i > most:
			out, most = List{ns[i]}, j-i
		case j-i == most:
			out = append(out, ns[i])
		}
		i = j
	}
	return out
}

// logic folds booleans; an element of another kind makes the result null.
func logic(start bool, op func(a, b Value) Value) func(*Call, []Value) Value {
	return func(c *Call, a []Value) Value {
		var result Value = start
		for _, e := range a[0].(List) {
			if _, ok := e.(bool); !ok && e != nil {
				c.Warn("the list holds " + describe(e) + " instead of true or false")
				return nil
			}
			result = op(result, e)
		}
		return result
	}
}

func sublist(c *Call, a []Value) Value {
	l := a[0].(List)
	start, ok := place(a[1], len(l))
	if !ok {
		c.Warn("the start position lies outside the list")
		return nil
	}
	end := len(l)
	if n, given := a[2].(Number); given {
		length, ok := whole(n)
		if !ok || length < 1 || length > int64(len(l)-start) {
			c.Warn("the list has not as many elements from there")
			return nil
		}
		end = start + int(length)
	}
	return l[start:end:end]
}

func concatenate(c *Call, a []Value) Value {
	out := List{}
	for _, l := range a {
		if !c.Step(len(l.(List))) {
			return nil
		}
		out = append(out, l.(List)...)
	}
	return out
}

func insertBefore(c *Call, a []Value) Value {
	l := a[0].(List)
	i, ok := place(a[1], len(l))
	if !ok || !c.Step(len(l)) {
		c.Warn("the position lies outside the list")
		return nil
	}
	out := append(make(List, 0, len(l)+1), l[:i]...)
	return append(append(out, a[2]), l[i:]...)
}

func remove(c *Call, a []Value) Value {
	l := a[0].(List)
	i, ok := place(a[1], len(l))
	if !ok || !c.Step(len(l)) {
		c.Warn("the position lies outside the list")
		return nil
	}
	return append(append(make(List, 0, len(l)), l[:i]...), l[i+1:]...)
}

// distinct keeps the first of equal elements.
func distinct(c *Call, l List) Value {
	out := List{}
	for _, e := range l {
		if indexOf(c, out, e) < 0 {
			out = append(out, e)
		}
	}
	return out
}

func flatten(c *Call, l List, out *List, depth int) bool {
	if depth > maxNesting {
		c.Warn("the lists are nested too deep")
		return false
	}
	if !c.Step(len(l) + 1) {
		return false
	}
	for _, e := range l {
		if inner, ok := e.(List); ok {
			if !flatten(c, inner, out, depth+1) {
				return false
			}
		} else {
			*out = append(*out, e)
		}
	}
	return true
}

// sortList sorts stably by the function, or ascending without one.
func sortList(c *Call, a []Value) Value {
	l, ok := grow(c, a[0].(List), nil).(List)
	if !ok {
		return nil
	}
	precedes, given := a[1].(*Func)
	failed := false
	sort.SliceStable(l, func(i, j int) bool {
		if failed {
			return false
		}
		if !given {
			order, ok := Compare(l[i], l[j])
			failed = !ok || !c.Step(1)
			return order < 0
		}
		v := c.Invoke(precedes, l[i], l[j])
		before, ok := v.(bool)
		failed = !ok
		return before
	})
	if failed {
		c.Warn("the elements have no order")
		return nil
	}
	return l
}
