package engine

import (
	"maps"
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
)

// reseatAll looks at every open task again after the organisation has changed:
// what a deputy has not touched goes back to its principal when the deputyship is
// over, what somebody has claimed who has left goes back to the others, and a
// seat that nobody could take is taken by who can now (domain: access.md §4, 20, 8).
func (x *exec) reseatAll() error {
	if x.ev.Actor != nil {
		return refuse("system-only", "only the system seats people anew")
	}
	if x.in.Org == nil || x.s.version < semanticsSeats {
		return nil
	}
	for _, n := range slices.Clone(x.s.nodes) {
		if n.Task == nil || n.gone || n.suspended() {
			continue
		}
		moved := false
		if n.plan() != nil {
			moved = x.reseatSeats(n)
		} else {
			moved = x.reseatPlain(n)
		}
		if moved {
			x.changed(n)
		}
	}
	return nil
}

// back gives the seats of a task that a deputy has not touched back to their
// principals where the deputyship is over; whether any has moved.
func (x *exec) back(n *node) bool {
	if x.in.Org == nil || x.s.version < semanticsSeats {
		return false
	}
	var seats []seat.Seat
	for i, s := range n.Task.Seats {
		if s.Origin != seat.Proxy || s.For != 0 || s.State != seat.Active && s.State != seat.Waiting || s.Actor == s.Principal ||
			x.deputises(n, s.Actor, s.Principal, orID(s.Home, s.Group)) {
			continue
		}
		if seats == nil {
			seats = slices.Clone(n.Task.Seats)
		}
		why := reason(whyBack, "principal", s.Principal, "deputy", s.Actor)
		seats[i].Actor, seats[i].Origin, seats[i].Why = s.Principal, seat.Initial, &why
	}
	if seats == nil {
		return false
	}
	n.Task.Seats = seats
	return true
}

// reseatSeats moves the untouched seats of an approval; whether any has moved.
func (x *exec) reseatSeats(n *node) bool {
	moved := x.back(n)
	seats, left := slices.Clone(n.Task.Seats), false
	for i := range seats {
		s := &seats[i]
		if s.State != seat.Active && s.State != seat.Waiting || s.For != 0 {
			continue
		}
		if s.Actor != "" && s.Group != "" && s.Origin == seat.Initial && !x.roster().Active(s.Actor) &&
			len(x.roster().Holders(s.Group)) > 0 {
			why := reason(whyLeft, "person", s.Actor)
			s.Actor, s.Principal, s.Why, left = "", "", &why, true
		}
	}
	if left {
		n.Task.Seats = seats
	}
	return x.regovern(n) || moved || left
}

// reseatPlain does so for a plain task.
func (x *exec) reseatPlain(n *node) bool {
	t, moved := n.Task, false
	r := x.roster()
	if t.Assignee != "" && !r.Active(t.Assignee) && (len(t.Users) > 0 || len(t.Groups) > 0) {
		t.Whys = append(slices.Clone(t.Whys), reason(whyLeft, "person", t.Assignee))
		t.Assignee, t.Post, moved = "", "", true
	}
	for _, deputy := range slices.Sorted(maps.Keys(t.For)) {
		principal := t.For[deputy]
		post := ""
		if len(t.Groups) > 0 {
			post = t.Groups[0]
		}
		if t.Assignee == deputy || x.deputises(n, deputy, principal, post) {
			continue // he is at it, or still may
		}
		t.Users = slices.DeleteFunc(slices.Clone(t.Users), func(p string) bool { return p == deputy })
		if len(t.Groups) == 0 && !slices.Contains(t.Users, principal) {
			t.Users = append(t.Users, principal)
		}
		t.Whys = append(slices.Clone(t.Whys), reason(whyBack, "principal", principal, "deputy", deputy))
		t.For, moved = nil, true
		break
	}
	return x.regovern(n) || moved
}

// regovern tells whether somebody has become able, or nobody is able any more, to
// take the task; then those who assign it change.
func (x *exec) regovern(n *node) bool {
	t := n.Task
	stuck := !x.takeable(n)
	switch {
	case stuck && len(t.Governors) == 0:
		t.Governors = x.governors()
		return len(t.Governors) > 0
	case !stuck && len(t.Governors) > 0:
		t.Governors = nil
		return true
	}
	return false
}

// takeable reports whether for every seat that is open, or for the plain task,
// there is somebody who can act.
func (x *exec) takeable(n *node) bool {
	t, r := n.Task, x.roster()
	group := func(no int, post string, out []string) bool {
		return slices.ContainsFunc(r.Holders(post), func(p string) bool {
			return !slices.Contains(out, p) && x.barred(n, no, p, post, nil) == nil && x.separated(n, no, n.dutyOf(no), p, post) == ""
		})
	}
	if len(t.Seats) > 0 {
		for _, s := range t.Seats {
			if s.State != seat.Active {
				continue
			}
			if s.Actor == "" && !group(s.No, s.Group, s.Out) || s.Actor != "" && !r.Active(s.Actor) && !r.Active(s.Principal) {
				return false
			}
		}
		return true
	}
	if t.Assignee != "" {
		return r.Active(t.Assignee)
	}
	return len(t.Users) == 0 && len(t.Groups) == 0 || slices.ContainsFunc(t.Users, r.Active) ||
		slices.ContainsFunc(t.Groups, func(g string) bool { return group(0, g, t.Out) })
}

// deputises reports whether a deputyship for a post is in force now. Whether the
// deputy may, apart from that, was asked when he got the seat, and is again when he acts.
func (x *exec) deputises(n *node, deputy, principal, post string) bool {
	return slices.ContainsFunc(x.roster().index.proxies[principal], func(p *Proxy) bool {
		return p.Deputy == deputy && p.Span.At(x.in.Now) && x.covers(p, n, post)
	})
}
