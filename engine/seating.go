package engine

import (
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
)

// Rules by which seats are taken (domain: access.md §4): the slugs of their reasons.
const (
	whyRole        = "role"         // he holds the post that the model names
	whyNamed       = "named"        // the model names him
	whyParty       = "party"        // his organisation is a party of the case
	whySuperior    = "superior"     // of somebody who may not
	whyProxy       = "proxy"        // he deputises for an absent one
	whyProxyKept   = "proxy-kept"   // the deputy may not; the principal himself does it
	whyLeft        = "left"         // is not active any more
	whySameSeat    = "same-seat"    // one person, one seat
	whyPathSkip    = "path-skip"    // has approved before
	whyKept        = "kept"         // has approved in the round before, and nothing has changed since
	whyPathKept    = "path-kept"    // has, but this must be another duty's signature
	whyApplicantUp = "applicant-up" // is the applicant himself
	whyUnitAvoids  = "unit-avoids"  // the unit applies, or must have no part
	whySelfReview  = "self-review"  // the reviewing unit applies itself: others review
	whyDutyOut     = "duty-out"     // has signed a separate duty
	whyUnitMerged  = "unit-merged"  // the unit has ended, another one goes on
	whyEmptyAdmin  = "empty-admin"  // nobody is left: who governs assigns somebody
	whyEmptyBlock  = "empty-block"  // nobody is left, and it cannot be passed
	whyBack        = "back"         // a deputyship has ended
)

// semanticsSeats is the version since which seats are taken by all of the rules;
// before, whoever was named and active sat.
const semanticsSeats = 3

// selfReviewers are the duties that other units of the joint review have where the
// reviewing unit itself applies, and which of them, counted from 0.
var selfReviewers = map[string]int{"A": 0, "B": 1}

// seating decides who takes the seats of one visit of a token.
type seating struct {
	x    *exec
	n    *node
	t    *Task
	base []string // all that the model names
	out  []seat.Holder
	whys []Why
	lost bool // somebody whose vote the model names is not there
}

// resolve makes holders of whom the model names: assignee, candidate users and
// candidate groups, in this order, after the rules of approval.md §2.
func (x *exec) resolve(n *node, t *Task) ([]seat.Holder, []Why, error) {
	if x.in.Org == nil || x.s.version < semanticsSeats {
		return x.resolveFormer(n, t)
	}
	s := &seating{x: x, n: n, t: t, base: x.base(giving{n: n})}
	no := 0
	for _, person := range append(slices.Clip([]string{t.Assignee}), t.Users...) {
		if person != "" {
			s.person(no, person)
			no++
		}
	}
	for _, group := range t.Groups {
		s.group(no, group)
		no++
	}
	err := s.enough(no)
	return s.out, s.whys, err
}

// note keeps a decision, for the whole task.
func (s *seating) note(rule string, args ...string) Why {
	w := reason(rule, args...)
	s.whys = append(s.whys, w)
	return w
}

// duty of the candidate with a number.
func (s *seating) duty(no int) string {
	t := s.n.el.src.Ext.Task
	switch {
	case t == nil || len(t.Separate) == 0:
		return ""
	case len(t.Separate) == 1:
		return t.Separate[0]
	}
	return t.Separate[min(no, len(t.Separate)-1)]
}

// rights are what the model gives to one that it names.
func (s *seating) rights(no int, name string) seat.Holder {
	h := seat.Holder{}
	if p := s.n.el.user.approval; p != nil {
		h.Weight, h.Veto, h.Primary = p.weights[name], slices.Contains(p.veto, name), slices.Contains(p.primary, name)
	}
	if t := s.n.el.src.Ext.Task; t != nil && len(t.Separate) > 1 {
		h.Duty = s.duty(no)
	}
	return h
}

// person seats somebody whom the model names.
func (s *seating) person(no int, name string) {
	h := s.rights(no, name)
	if !s.x.roster().Active(name) {
		s.note(whyLeft, "person", name)
		s.lost = s.lost || h.Veto || h.Primary || h.Weight > 0
		return
	}
	posts := s.x.postIDs(name)
	post := ""
	if len(posts) > 0 {
		post = posts[0]
	}
	h.Person, h.Post = name, post
	why := s.note(whyNamed, "person", name)
	s.take(no, h, post, why)
}

// group seats the holders of a post.
func (s *seating) group(no int, post string) {
	r := s.x.roster()
	h := s.rights(no, post)
	role, unit := splitPost(post)
	if now := r.standing(unit); now != unit {
		s.note(whyUnitMerged, "old", unit, "new", now)
		post, unit = role+"@"+now, now
	}
	if s.avoids(no, unit) {
		s.instead(no, h, post)
		return
	}
	members := r.Holders(post)
	if fallback := roles[role].Fallback; len(members) == 0 && fallback != "" {
		post = fallback + "@" + unit
		members = r.Holders(post)
	}
	why := reason(whyRole, "post", post)
	if isExternal(post) {
		why = reason(whyParty, "post", post, "org", unit)
	}
	if len(members) == 0 {
		s.vacant(h, post)
		return
	}
	s.members(no, h, post, members, why)
}

// members seats those of a group who may.
func (s *seating) members(no int, h seat.Holder, post string, members []string, why Why) {
	var left []string
	var last string
	for _, m := range members {
		if rule := s.against(no, m, post); rule != "" {
			h.Out, last = append(h.Out, m), rule
			continue
		}
		left = append(left, m)
	}
	switch {
	case len(left) == 0 && last == whySameSeat:
		s.merge(h, members[0])
	case len(left) == 0:
		s.upward(no, h, post, last)
	case len(left) == 1:
		s.whys = append(s.whys, why)
		h.Group = post
		if deputy, proxy := s.x.deputyOf(s.n, s.t, left[0], post, s.duty(no)); proxy != nil {
			s.whys = append(s.whys, *proxy)
			if deputy != "" {
				h.Person, h.Post, h.Group, h.Deputy, why = left[0], post, "", deputy, *proxy
			} else {
				why = *proxy
			}
		}
		s.seat(h, left, why)
	default:
		s.whys = append(s.whys, why)
		h.Group = post
		s.seat(h, left, why)
	}
}

// against is the rule that is against somebody's taking a seat, "" of none.
func (s *seating) against(no int, person, post string) string {
	x := s.x
	if s.sits(person) {
		s.note(whySameSeat, "person", person)
		return whySameSeat
	}
	if why := x.barred(s.n, 0, person, post, s.base); why != nil {
		if why.Rule == whyAvoided {
			s.note(whyUnitAvoids, "unit", unitOf(post), "person", person)
			return whyUnitAvoids
		}
		s.note(whyApplicantUp, "person", person)
		return whyApplicantUp
	}
	duty := s.duty(no)
	if other := x.separated(s.n, 0, duty, person, post); other != "" {
		s.note(whyDutyOut, "person", person, "duty", other)
		return whyDutyOut
	}
	return ""
}

func (s *seating) sits(person string) bool {
	return slices.ContainsFunc(s.out, func(h seat.Holder) bool { return h.Person == person })
}

// take seats a person, or whoever comes in his place.
func (s *seating) take(no int, h seat.Holder, post string, why Why) {
	switch rule := s.against(no, h.Person, post); rule {
	case "":
	case whySameSeat:
		s.merge(h, h.Person)
		return
	default:
		h.Out = append(h.Out, h.Person)
		h.Person, h.Post = "", ""
		s.upward(no, h, post, rule)
		return
	}
	if deputy, proxy := s.x.deputyOf(s.n, s.t, h.Person, post, s.duty(no)); proxy != nil {
		s.whys = append(s.whys, *proxy)
		h.Deputy, why = deputy, *proxy
	}
	s.seat(h, []string{h.Person}, why)
}

// merge gives the seat that a person has the rights of another one.
func (s *seating) merge(h seat.Holder, person string) {
	for i := range s.out {
		if o := &s.out[i]; o.Person == person {
			o.Weight, o.Veto, o.Primary = max(o.Weight, h.Weight), o.Veto || h.Veto, o.Primary || h.Primary
		}
	}
}

// seat adds a seat, skipped if who sits there has approved before.
func (s *seating) seat(h seat.Holder, persons []string, why Why) {
	if before := s.approved(h, persons); before != "" {
		why, h.Skipped = s.note(whyPathSkip, "person", before), true
	}
	h.Why = &why
	s.out = append(s.out, h)
}

// approved is one of some persons who has approved on the way before, as far as
// the model lets that count again; not where this must be another duty's.
func (s *seating) approved(h seat.Holder, persons []string) string {
	plan := s.n.el.user.approval
	if plan == nil || plan.dedupe == "none" {
		return ""
	}
	duty := orID(h.Duty, s.duty(0))
	if plan.dedupe == "" && (duty != "" || s.n.el.user.statutory) {
		return ""
	}
	for scope := s.n.parent; scope != nil; scope = scope.parent {
		for _, signed := range slices.Backward(scope.Signed) {
			for _, by := range signed.By {
				if !slices.Contains(persons, by.Person) || signed.Element == s.n.Element {
					continue
				}
				if duties[duty][by.Duty] != "" {
					s.note(whyPathKept, "person", by.Person)
					continue
				}
				return by.Person
			}
			if plan.dedupe != "any_earlier" {
				return ""
			}
		}
	}
	return ""
}

// avoids reports whether a unit must have no part in a duty: it applies, or is avoided.
func (s *seating) avoids(no int, unit string) bool {
	now, c := s.x.in.Now, s.x.in.Case
	at := func(p Party) bool { return p.Unit == unit && unit != "" }
	if slices.ContainsFunc(c.At(now, Avoided), func(p Party) bool { return at(p) && p.Person == "" }) {
		return true
	}
	return duties[s.duty(no)][Applicant] != "" && slices.ContainsFunc(c.At(now, Applicant), at)
}

// instead finds who acts for a unit that must have no part: of the duties of
// review another unit, of a signature the head of the unit above; else the seat
// is not made.
func (s *seating) instead(no int, h seat.Holder, post string) {
	unit := unitOf(post)
	if at, reviews := selfReviewers[s.duty(no)]; reviews {
		s.note(whySelfReview, "unit", unit)
		joint := slices.DeleteFunc(s.x.roster().Units(functionJoint), func(u string) bool { return s.avoids(no, u) })
		if at < len(joint) {
			other := "JOINT@" + joint[at]
			if members := s.x.roster().Holders(other); len(members) > 0 {
				s.members(no, h, other, members, reason(whySelfReview, "unit", unit, "post", other))
				return
			}
		}
		s.vacant(h, post)
		return
	}
	s.note(whyUnitAvoids, "unit", unit)
	if !s.apartItself(no) {
		s.upward(no, h, post, whyUnitAvoids)
	}
}

// apartItself reports whether a duty has several holders that must differ: one that nobody can have is not made.
func (s *seating) apartItself(no int) bool {
	duty := s.duty(no)
	return duties[duty][duty] != ""
}

// upward gives a seat that none of a post's holders may take to their superior,
// where the model lets it go there; else it is empty.
func (s *seating) upward(no int, h seat.Holder, post, rule string) {
	u := s.n.el.user
	if plan := u.approval; plan != nil && rule == whyApplicantUp && plan.applicant == "skip" && !u.statutory {
		why := s.whys[len(s.whys)-1]
		h.Group, h.Why, h.Skipped = post, &why, true
		s.out = append(s.out, h)
		return
	}
	if rule == whyDutyOut && s.apartItself(no) {
		return // printed as taken on by a duty before
	}
	up := rule == whyApplicantUp || rule == whyUnitAvoids || slices.Contains(u.receivers["transfer"], setSuperior)
	if !up || post == "" {
		s.vacant(h, post)
		return
	}
	r := s.x.roster()
	above := r.above(unitOf(post), r.rankOf(post), func(p *Post) bool {
		return !s.sits(p.Person) && !s.avoids(no, p.Unit) && s.x.barred(s.n, 0, p.Person, p.ID(), s.base) == nil &&
			s.x.separated(s.n, 0, s.duty(no), p.Person, p.ID()) == ""
	})
	if len(above) == 0 {
		s.vacant(h, post)
		return
	}
	why := s.note(whySuperior, "from", post, "post", above[0].ID())
	h.Out = nil
	if len(above) > 1 {
		h.Group = above[0].ID()
	} else {
		h.Person, h.Post = above[0].Person, above[0].ID()
	}
	s.seat(h, []string{above[0].Person}, why)
}

// vacant keeps a seat that nobody can take, for who governs to assign somebody.
func (s *seating) vacant(h seat.Holder, post string) {
	why := s.note(whyEmptyAdmin, "post", post)
	s.lost = s.lost || h.Veto || h.Primary || h.Weight > 0
	h.Person, h.Post, h.Group, h.Why = "", "", post, &why
	s.out = append(s.out, h)
}

// enough decides what becomes of a task for which somebody is missing.
func (s *seating) enough(named int) error {
	plan := s.n.el.user.approval
	empty := func(h seat.Holder) bool { return h.Why.Rule == whyEmptyAdmin }
	if plan == nil {
		return nil
	}
	id := s.n.el.id
	switch made := len(s.out); {
	case named == 0:
		return faultf("no-approver", "nobody is named to decide %s", id)
	case s.lost:
		return faultf(whyEmptyBlock, "somebody whose vote the model names is missing in %s", id)
	case made < plan.minSeats:
		return faultf(whyEmptyBlock, "only %d of at least %d seats can be taken in %s", made, plan.minSeats, id)
	case made > 0 && !slices.ContainsFunc(s.out, empty):
		return nil
	}
	switch {
	case plan.empty == "block":
		return faultf(whyEmptyBlock, "nobody can take a seat of %s", id)
	case plan.empty == "auto_skip" && !s.n.el.user.statutory:
		for i := range s.out {
			s.out[i].Skipped = s.out[i].Skipped || empty(s.out[i])
		}
	}
	if len(s.out) == 0 {
		s.vacant(seat.Holder{}, "")
	}
	return nil
}

// governors are the posts whose holders assign a task that has nobody.
func (x *exec) governors() []string {
	r := x.roster()
	for _, unit := range r.Units("bureau") {
		for role := "PROCESS_ADMIN"; role != ""; role = roles[role].Fallback {
			if post := role + "@" + unit; len(r.Holders(post)) > 0 {
				return []string{post}
			}
		}
	}
	return nil
}

// resolveFormer seats whom the model names, if he is active: all that a release
// before semanticsSeats did, and all that can be done without an organisation.
func (x *exec) resolveFormer(n *node, t *Task) ([]seat.Holder, []Why, error) {
	var holders []seat.Holder
	var whys []Why
	vacant := ""
	take := func(person, group string) {
		why := x.holding(person, group)
		if why.Rule == "vacant" && vacant == "" {
			vacant = orID(person, group)
		}
		holders, whys = append(holders, n.el.user.holder(person, group, why)), append(whys, why)
	}
	if t.Assignee != "" {
		take(t.Assignee, "")
	}
	for _, u := range t.Users {
		take(u, "")
	}
	for _, g := range t.Groups {
		take("", g)
	}
	switch {
	case n.el.user.approval == nil:
	case len(holders) == 0:
		return nil, nil, faultf("no-approver", "nobody is named to decide %s", n.el.id)
	case vacant != "":
		return nil, whys, faultf("no-approver", "nobody who is active holds %s, who must decide %s", vacant, n.el.id)
	}
	return holders, whys, nil
}

// holding says why a person, or else the holders of a post, sit where the model names them.
func (x *exec) holding(person, group string) Why {
	r := x.roster()
	switch {
	case person != "" && (x.in.Org == nil || r.Active(person)):
		return reason(whyNamed, "person", person)
	case person != "":
		return reason("vacant", "person", person)
	case x.in.Org == nil || len(r.Holders(group)) > 0:
		return reason("post", "post", group)
	}
	return reason("vacant", "post", group)
}

// holder is a candidate with the rights that the model gives it.
func (u *userPlan) holder(person, group string, why Why) seat.Holder {
	h := seat.Holder{Person: person, Group: group, Why: &why}
	if p := u.approval; p != nil {
		principal := orID(person, group)
		h.Weight, h.Veto, h.Primary = p.weights[principal], slices.Contains(p.veto, principal), slices.Contains(p.primary, principal)
	}
	return h
}
