package engine

import (
	"maps"
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// authority compiles who may be given a task, and whether it may be taken back.
func (c *compiler) authority(el *element, u *userPlan) {
	u.receivers, _ = ParseReceivers(nil)
	t := el.src.Ext.Task
	if t == nil {
		return
	}
	r, err := ParseReceivers(t.Receivers)
	if err != nil {
		c.fail("receivers", t.Pos, el.id, "the receivers of %s: %v", el.id, err)
		return
	}
	u.receivers = r
	switch t.Recall {
	case "", "true":
	case "open":
		u.recallOpen = true
	case "false":
		u.recall = c.expr(el.id, t.Pos, "=false")
	default:
		u.recall = c.expr(el.id, t.Pos, t.Recall)
	}
}

// staff decides who may take a plain task. One that names nobody is anybody's.
func (x *exec) staff(n *node, t *Task) error {
	if x.in.Org == nil || x.s.version < semanticsSeats || t.Assignee == "" && len(t.Users) == 0 && len(t.Groups) == 0 {
		return nil
	}
	holders, whys, err := x.resolve(n, t)
	if err != nil {
		return err
	}
	named := t.Assignee
	t.Assignee, t.Users, t.Groups = "", nil, nil
	for _, h := range holders {
		switch {
		case h.Person == "" && h.Group != "":
			t.Groups = appendNew(t.Groups, h.Group)
		case h.Person != "":
			t.Users = appendNew(t.Users, h.Person)
		}
		if h.Deputy != "" {
			t.Users = appendNew(t.Users, h.Deputy)
			t.For = withPrincipal(t.For, h.Deputy, h.Person)
		}
		for _, out := range h.Out {
			t.Out = appendNew(t.Out, out)
		}
	}
	if len(t.Users) == 1 && t.Users[0] == named && len(t.Groups) == 0 {
		t.Assignee, t.Users = named, nil
	}
	x.explain(t, holders, whys)
	return nil
}

func withPrincipal(of map[string]string, deputy, principal string) map[string]string {
	out := maps.Clone(of)
	if out == nil {
		out = map[string]string{}
	}
	out[deputy] = principal
	return out
}

// explain keeps what is to be said of who takes a task beyond what the seats
// themselves say, and who assigns it where nobody does.
func (x *exec) explain(t *Task, holders []seat.Holder, whys []Why) {
	if x.in.Org == nil || x.s.version < semanticsSeats {
		return
	}
	t.Whys = whys
	if slices.ContainsFunc(holders, func(h seat.Holder) bool { return h.Why != nil && h.Why.Rule == whyEmptyAdmin && !h.Skipped }) {
		t.Governors = x.governors()
	}
}

// passDecided ends an approval at once whose seats have all been decided before
// it opened: everybody has approved on the way, or nobody is asked.
func (x *exec) passDecided(n *node) error {
	t := n.Task
	if len(t.Seats) == 0 || slices.ContainsFunc(t.Seats, func(s Seat) bool { return s.State != seat.Skipped }) {
		return nil
	}
	passed := n.takeKept(signed{Element: n.Element, Task: t.Key})
	for _, s := range t.Seats {
		if s.Why != nil && s.Why.Rule == whyPathSkip {
			passed.By = append(passed.By, served{Duty: n.dutyOf(s.No), Person: s.Why.Args["person"], Task: t.Key})
		}
	}
	n.sign(passed)
	return x.finishTask(n, Vars{"approved": true, "verdict": string(seat.Agreed), "dissent": feel.List{}})
}

// mayAct refuses who holds a task, or a seat of it, and may not: the applicant's
// side, who is avoided, who has signed a separate duty, who has another seat.
func (x *exec) mayAct(n *node, no int) error {
	a := x.ev.Actor
	if a == nil || x.in.Org == nil || x.s.version < semanticsSeats || no == 0 && len(n.Task.Seats) > 0 {
		return nil
	}
	post := orID(n.Task.Post, a.Post)
	if no > 0 {
		s := &n.Task.Seats[no-1]
		if s.For != 0 || s.Principal != a.Person && s.Principal != "" {
			post = a.Post // a deputy, or who only gives an opinion
		} else {
			post = orID(s.Group, a.Post)
		}
	}
	base := x.base(giving{n: n, seat: no})
	if why := x.barred(n, no, a.Person, post, base); why != nil {
		return notEligible(a.Person, *why)
	}
	if no > 0 && x.sits(n, no, a.Person) {
		return notEligible(a.Person, reason(whySeated, "person", a.Person))
	}
	duty := n.dutyOf(no)
	if other := x.separated(n, no, duty, a.Person, post); other != "" {
		return notEligible(a.Person, reason(whyDuty, "person", a.Person, "duty", duty, "other", other))
	}
	return nil
}

// serveSeat notes the duty for which a seat has been signed.
func (x *exec) serveSeat(n *node, no int) {
	if no == 0 || x.s.version < semanticsSeats {
		return
	}
	s := n.Task.Seats[no-1]
	if s.State == seat.Done && s.For == 0 {
		x.s.serve(n.dutyOf(no), s.Actor, orID(s.Group, x.ev.Actor.Post), n.Task.Key)
	}
}

// removes refuses to take away a seat that the model has made, where its
// signature can never be missing.
func (x *exec) removes(n *node) error {
	no := x.ev.Seat
	if x.ev.Operation != "removeSign" || no < 1 || no > len(n.Task.Seats) {
		return nil
	}
	if s := n.Task.Seats[no-1]; n.el.user.statutory && n.Now == nil && s.AddedBy == "" {
		return refuse("seat-by-rule", "seat %d is demanded by rule and cannot be removed", no)
	}
	return nil
}
