package rules

import (
	"slices"
	"strings"
)

// Changed are the ids of decisions, functions and check points of other rules
// that read otherwise than here, or are not here.
func (c *Checks) Changed(other *Checks) (out []string) {
	for _, id := range sortedKeys(other.source) {
		if c.source[id] != other.source[id] {
			out = append(out, id)
		}
	}
	for _, p := range other.Points {
		was, ok := c.Point(p.Name)
		if !ok || was.Before != p.Before || !slices.Equal(was.Rules, p.Rules) {
			out = append(out, p.Service)
		}
	}
	return out
}

// Has says whether a decision, function or check point of this id is among the rules.
func (c *Checks) Has(id string) bool {
	_, ok := c.source[id]
	return ok || slices.ContainsFunc(c.Points, func(p Point) bool { return p.Service == id })
}

// Affected are the rules of other whose answer can differ from theirs here: they, what
// they lean on, or a parameter that they read ("B06.L3") is another.
func (c *Checks) Affected(other *Checks, params []string) (out []string) {
	for _, id := range sortedKeys(other.Rules) {
		r, was := other.Rules[id], c.Rules[id]
		if was == nil || c.whole(id) != other.whole(id) || slices.ContainsFunc(params, r.Reads) {
			out = append(out, id)
		}
	}
	return out
}

// whole is the text of a decision with all that it leans on.
func (c *Checks) whole(id string) string {
	parts := append(closure(c.deps, id), id)
	slices.Sort(parts)
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(c.source[p])
		b.WriteByte(0)
	}
	return b.String()
}
