package bundles

import (
	"slices"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
)

// Refusal is a refusal of the engine as the books know refusals: with what it speaks of.
func Refusal(r *engine.Refusal) *models.Refusal {
	out := models.Refuse(r.Code, "message", r.Message)
	for name, value := range r.Args {
		out.Args[name] = value
	}
	return out
}

// Principals are whose inboxes a task lies in: the holder; of an approval the
// active seats; else persons and posts that may take it, and where nobody does,
// who assigns it. A post with a single holder is that person: nobody else could
// claim the task before him. Of a post some of whose holders may not take it the
// others are named.
func Principals(t engine.Task, in engine.Input) []string {
	var to []string
	for _, seat := range t.Seats {
		switch {
		case seat.State != "active":
		case seat.Actor != "":
			to = append(to, seat.Actor)
			if seat.Principal != "" && seat.Principal != seat.Actor { // either acts
				to = append(to, seat.Principal)
			}
		case seat.Group != "":
			to = append(to, but(seat.Group, seat.Out, in)...)
		}
	}
	switch {
	case len(t.Seats) > 0:
	case t.Assignee != "":
		to = []string{t.Assignee}
	default:
		to = append(to, t.Users...)
		for _, g := range t.Groups {
			to = append(to, but(g, t.Out, in)...)
		}
	}
	to = append(to, t.Governors...)
	for i, p := range to {
		if role, dept := models.SplitPost(p); role == "" || dept == "" {
			continue
		}
		if holders := in.Org.At(in.Now).Holders(p); len(holders) == 1 && len(to) == 1 {
			to[i] = holders[0]
		}
	}
	return to
}

// but is a post, or those of its holders who are not out.
func but(post string, out []string, in engine.Input) []string {
	if len(out) == 0 {
		return []string{post}
	}
	return slices.DeleteFunc(in.Org.At(in.Now).Holders(post), func(p string) bool { return slices.Contains(out, p) })
}
