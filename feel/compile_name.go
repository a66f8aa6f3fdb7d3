package feel

import (
	"sort"
	"strings"
)

// name resolves from the inside out: local names, entries of filtered items, the scope, built-ins.
func (c *compiler) name(n *name) eval {
	c.impure++
	var items []int // slots of the filters on the way
	for i := len(c.locals) - 1; i >= 0; i-- {
		l := c.locals[i]
		switch {
		case l.item:
			items = append(items, l.slot)
			if l.name == n.id {
				return c.inItems(n, items, slotOf(l.slot))
			}
		case l.name == n.id:
			return c.inItems(n, items, slotOf(l.slot))
		}
	}
	return c.inItems(n, items, c.global(n, len(items) > 0))
}

func slotOf(slot int) eval { return func(r *run) Value { return r.slots[slot] } }

// inItems lets entries of the items that are being filtered go before what the name means outside.
func (c *compiler) inItems(n *name, slots []int, outside eval) eval {
	if len(slots) == 0 {
		return outside
	}
	return func(r *run) Value {
		for _, slot := range slots {
			if item, ok := r.slots[slot].(*Context); ok {
				if v, ok := item.Get(n.id); ok {
					return v
				}
			}
		}
		return outside(r)
	}
}

// global is a variable of the scope, a built-in, or unknown.
func (c *compiler) global(n *name, dynamic bool) eval {
	c.impure++
	id := n.id
	_, known := c.scope.Names[id]
	b := c.lib.functions[id]
	if !known && !dynamic && !c.scope.Open && b == nil && !c.camunda {
		c.report(Error, n.span, "unknown name “"+id+"”", c.suggest(id))
		return null
	}
	return func(r *run) Value {
		if m, ok := r.vars.(MapVars); ok {
			if v, ok := m[id]; ok {
				return v
			}
		} else if r.vars != nil {
			if v, ok := r.vars.Get(id); ok {
				return v
			}
		}
		if b != nil {
			return b.fn
		}
		return r.fail(n.span, "there is no variable “%s”", id)
	}
}

// suggest names the nearest known names.
func (c *compiler) suggest(id string) string {
	known := make([]string, 0, len(c.scope.Names)+len(c.locals))
	for k := range c.scope.Names {
		known = append(known, k)
	}
	for _, l := range c.locals {
		known = append(known, l.name)
	}
	for k := range c.lib.functions {
		known = append(known, k)
	}
	return nearest(id, known)
}

// nearest is a hint with the known names that are written similarly, or "".
func nearest(want string, known []string) string {
	names := nearestOf(want, known)
	if len(names) == 0 {
		return ""
	}
	for i := range names {
		names[i] = "“" + names[i] + "”"
	}
	return "did you mean " + strings.Join(names, " or ") + "?"
}

// nearestOf lists at most three of the known names that are written similarly, the nearest first.
func nearestOf(want string, known []string) []string {
	type candidate struct {
		name string
		dist int
	}
	var near []candidate
	lower := strings.ToLower(want)
	for _, k := range known {
		limit := max(2, len([]rune(want))/3)
		d := editDistance(lower, strings.ToLower(k), limit)
		if d <= limit && d < len([]rune(want)) {
			near = append(near, candidate{k, d})
		}
	}
	sort.Slice(near, func(i, j int) bool {
		return near[i].dist < near[j].dist || near[i].dist == near[j].dist && near[i].name < near[j].name
	})
	var names []string
	for _, n := range near[:min(3, len(near))] {
		names = append(names, n.name)
	}
	return names
}

// editDistance counts insertions, deletions and replacements, up to limit+1.
func editDistance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
