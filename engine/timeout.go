package engine

import (
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
)

// What a model says of a task whose time is over (qc:sla late). The usual
// reminders come in any case; "remind" says that nothing else is to happen.
const (
	lateRemind   = "remind"
	lateSuperior = "superior" // who holds it is relieved by his superior
	lateDeputy   = "deputy"   // by who deputises for him, else by his superior
	lateReturn   = "return"   // it goes back as a return does
	lateAgree    = "agree"    // silence counts as consent: of what SilentKinds names alone
)

// LateActions are the words of qc:sla late.
var LateActions = []string{lateRemind, lateSuperior, lateDeputy, lateReturn, lateAgree}

// SilentKinds are the kinds of tasks (qc:task about) of which silence is consent
// (domain: rule G06). No other task ever ends by the clock in somebody's favour.
var SilentKinds = []string{"trim.reply", "circulate.info", "cc"}

// whyLate is the reason of who has got a task that another one did not do in time.
const whyLate = "late-up"

// timeout does what the model says of a task whose time is over. The shell judges
// when that is; nobody's name stands under it.
func (x *exec) timeout(n *node) error {
	if x.ev.Actor != nil {
		return refuse("system-only", "only the system acts when a time is over")
	}
	if n.Now != nil {
		return refuse("no-timeout", "an added step has no such rule")
	}
	switch n.el.user.late {
	case lateSuperior, lateDeputy:
		return x.relieve(n)
	case lateReturn:
		return x.returnLate(n)
	case lateAgree:
		return x.passLate(n)
	}
	return refuse("no-timeout", "%s does not say what happens when its time is over", n.el.id)
}

// relieve gives every seat that could act, or the plain task, to who stands above
// its holder, or deputises for him.
func (x *exec) relieve(n *node) error {
	moved := false
	if n.plan() == nil {
		moved = x.relieveTask(n)
	} else {
		n.Task.Seats = slices.Clone(n.Task.Seats)
		for i := range n.Task.Seats {
			if s := &n.Task.Seats[i]; s.State == seat.Active && s.For == 0 {
				moved = x.relieveSeat(n, s) || moved
			}
		}
	}
	if !moved {
		return refuse("nobody-eligible", "nobody may take %s in place of who has it", n.el.id)
	}
	x.regovern(n)
	x.changed(n)
	return nil
}

func (x *exec) relieveSeat(n *node, s *seat.Seat) bool {
	post := s.Group
	if posts := x.postIDs(s.Principal); post == "" && len(posts) > 0 {
		post = posts[0]
	}
	if n.el.user.late == lateDeputy && s.Principal != "" && s.Actor == s.Principal {
		if deputy, why := x.deputyOf(n, n.Task, s.Principal, post, n.dutyOf(s.No)); deputy != "" && !x.sits(n, s.No, deputy) {
			s.Actor, s.Origin, s.Why = deputy, seat.Proxy, why
			return true
		}
	}
	above := x.superiors(n, s.No, post)
	if len(above) == 0 {
		return false
	}
	why := reason(whyLate, "from", post, "post", above[0].ID())
	if len(above) == 1 {
		s.Give(above[0].Person, &why)
	} else {
		s.Give("", &why)
	}
	s.Origin, s.Out = seat.Escalation, nil
	return true
}

func (x *exec) relieveTask(n *node) bool {
	t, holder, post := n.Task, n.Task.Assignee, n.Task.Post
	if holder == "" && len(t.Users) == 1 && len(t.Groups) == 0 {
		holder = t.Users[0]
	}
	if posts := x.postIDs(holder); post == "" && holder != "" && len(posts) > 0 {
		post = posts[0]
	}
	if post == "" && len(t.Groups) > 0 {
		post = t.Groups[0]
	}
	if n.el.user.late == lateDeputy && holder != "" && len(t.For) == 0 {
		if deputy, why := x.deputyOf(n, t, holder, post, n.dutyOf(0)); deputy != "" {
			t.Assignee, t.Users, t.For = "", appendNew(appendNew(slices.Clone(t.Users), holder), deputy), withPrincipal(nil, deputy, holder)
			t.Whys = append(slices.Clone(t.Whys), *why)
			return true
		}
	}
	above := x.superiors(n, 0, post)
	if len(above) == 0 {
		return false
	}
	t.Whys = append(slices.Clone(t.Whys), reason(whyLate, "from", post, "post", above[0].ID()))
	t.Assignee, t.Users, t.Groups, t.For, t.Out, t.Post = "", nil, []string{above[0].ID()}, nil, nil, above[0].ID()
	if len(above) == 1 {
		t.Assignee, t.Groups = above[0].Person, nil
	}
	return true
}

// superiors are those next above a post who may hold a task, or a seat of it.
func (x *exec) superiors(n *node, no int, post string) []*Post {
	if x.in.Org == nil || post == "" {
		return nil
	}
	r, g := x.roster(), giving{n: n, seat: no}
	g.base = x.base(g)
	var seen []string
	return r.above(unitOf(post), r.rankOf(post), func(p *Post) bool {
		if slices.Contains(seen, p.Person) {
			return false // in another post
		}
		seen = append(seen, p.Person)
		return !x.sits(n, no, p.Person) && x.outsider(g, p.Person) == nil && x.barred(n, no, p.Person, p.ID(), g.base) == nil &&
			x.separated(n, no, n.dutyOf(no), p.Person, p.ID()) == ""
	})
}

// returnLate takes the matter back to where a return leads that says nothing else.
func (x *exec) returnLate(n *node) error {
	if n.plan() == nil {
		for _, id := range n.el.user.returnTo {
			if l, ok := n.reaches(x.p, id); ok {
				return x.returnAcross(n, l, nil)
			}
		}
		return refuse("no-such-target", "%s does not say where it goes back to", n.el.id)
	}
	if l, across := x.goesAcross(n); across {
		return x.returnAcross(n, l, doneSeats(n))
	}
	target, err := x.returnTarget(n)
	if err != nil {
		return err
	}
	return x.replay(n, target, "timeout", doneSeats(n))
}

// passLate lets silence be consent: who has not spoken is passed over, what the
// others have said stands. One who disagreed was not silent.
func (x *exec) passLate(n *node) error {
	u := n.el.user
	if u.statutory || !slices.Contains(SilentKinds, u.about) {
		return refuse("silence-no-consent", "silence is no consent in %s", n.el.id)
	}
	vs := Vars{"silent": true}
	if n.plan() == nil {
		return x.finishTask(n, vs)
	}
	seats := slices.Clone(n.Task.Seats)
	for i := range seats {
		switch s := &seats[i]; {
		case s.State == seat.Done && s.For == 0 && s.Decision == seat.Disagree:
			return refuse("result-known", "somebody has disagreed")
		case s.State == seat.Active, s.State == seat.Waiting, s.State == seat.Suspended:
			s.State = seat.Skipped
		}
	}
	n.Task.Seats = seats
	n.sign(signed{Element: n.Element, Task: n.Task.Key, Seats: doneSeats(n)})
	vs["approved"], vs["verdict"], vs["dissent"] = true, string(seat.Agreed), dissent(seats)
	return x.finishTask(n, vs)
}
