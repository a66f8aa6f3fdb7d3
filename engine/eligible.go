package engine

import (
	"slices"
	"strings"
)

// Reasons of Eligible, in the order in which they are looked for (domain:
// access.md §3, X0); the first that holds is the answer.
const (
	whySelf      = "self"           // he is the giver
	whyUnknown   = "no-such-person" // nobody has this id
	whyInactive  = "inactive"       // not active, or without a valid post
	whyAdmin     = "admin"          // one of the three administrators
	whyReadOnly  = "read-only"      // an auditor
	whyExternal  = "external"       // an outsider without a part in the case, or for a task of the house
	whyApplicant = "applicant"      // of the applicant's side
	whyInitiator = "initiator"      // the initiator, or an author of what is approved
	whyAvoided   = "avoided"        // must have no part in the case
	whySeated    = "already-seated" // in the same task
	whyDuty      = "duty"           // has signed a duty that must be another person's
	whyNotHeld   = "post-not-held"  // he does not hold the post that was named
	whyReceiver  = "not-receiver"   // none of his posts is among the task's receivers
	whyEligible  = "eligible"
)

// decided on, and then nobody's approval any more: what an approval after the
// decision on the matter is about. Its initiator may sign there.
var afterDecision = []string{"procurement", "contract", "construction", "acceptance", "payment", "archive", "rectification", "operation"}

// giving is a question about somebody who is to get a task, or a seat of it.
type giving struct {
	n     *node
	op    string
	giver string // "": the system, or nobody yet
	seat  int    // number of the seat that is given on; 0: of a plain task, or a new one
	base  []string
}

// eligible is the one rule for everybody who is given a task or a seat by
// somebody else; post, where one is named, is what he would act in. The reason
// of a yes says in which post.
func (x *exec) eligible(g giving, person, post string) (bool, Why) {
	no := func(rule string, args ...string) (bool, Why) {
		return false, reason(rule, append(args, "person", person)...)
	}
	if x.in.Org == nil {
		return true, Why{Rule: "no-organisation"}
	}
	r := x.roster()
	posts := r.postsOf(person)
	switch {
	case g.giver != "" && g.giver == person:
		return no(whySelf)
	case r.index.people[person] == nil:
		return no(whyUnknown)
	case post != "" && !r.Holds(person, post):
		return no(whyNotHeld, "post", post)
	case len(posts) == 0:
		return no(whyInactive)
	}
	if g.base == nil {
		g.base = x.base(g)
	}
	if post != "" {
		posts = slices.DeleteFunc(posts, func(p *Post) bool { return p.ID() != post })
	}
	if why := x.outsider(g, person); why != nil && (g.op != "cc" || why.Rule != whyReadOnly) {
		return false, *why
	}
	if g.op == "cc" { // to read: who sees the matter is asked elsewhere
		if len(g.n.el.user.receivers["cc"]) > 0 && len(x.qualifying(g, posts)) == 0 {
			return no(whyReceiver)
		}
		return true, reason(whyEligible, "person", person)
	}
	fit := x.qualifying(g, posts)
	where := post
	if len(fit) > 0 {
		where = fit[0].ID()
	}
	if why := x.barred(g.n, g.seat, person, where, g.base); why != nil {
		return false, *why
	}
	if x.sits(g.n, g.seat, person) {
		return no(whySeated)
	}
	if len(fit) == 0 {
		return no(whyReceiver)
	}
	for _, p := range fit { // the first in which no duty is against it
		if other := x.separated(g.n, g.seat, g.duty(), person, p.ID()); other != "" {
			if p == fit[len(fit)-1] {
				return no(whyDuty, "duty", g.duty(), "other", other)
			}
			continue
		}
		return true, reason(whyEligible, "person", person, "post", p.ID())
	}
	return no(whyReceiver)
}

func (g giving) duty() string { return g.n.dutyOf(g.seat) }

func reason(rule string, args ...string) Why {
	w := Why{Rule: rule}
	for i := 0; i+1 < len(args); i += 2 {
		if w.Args == nil {
			w.Args = map[string]string{}
		}
		w.Args[args[i]] = args[i+1]
	}
	return w
}

// outsider is why a person may hold no task of this kind at all.
func (x *exec) outsider(g giving, person string) *Why {
	r := x.roster()
	kinds := map[roleKind]bool{}
	for _, p := range r.postsOf(person) {
		kinds[kindOf(p.Role)] = true
	}
	var why Why
	switch {
	case kinds[roleAdministrator] || r.index.people[person].Admin:
		why = reason(whyAdmin, "person", person)
	case kinds[roleReadOnly]:
		why = reason(whyReadOnly, "person", person)
	case kinds[roleExternal] && (!slices.ContainsFunc(g.base, isExternal) || !x.party(person)):
		why = reason(whyExternal, "person", person)
	default:
		return nil
	}
	return &why
}

func isExternal(post string) bool {
	role, _ := splitPost(post)
	return kindOf(role) == roleExternal
}

// party reports whether a person, or an organisation that he has a post in, has a part in the case.
func (x *exec) party(person string) bool {
	posts := x.roster().postsOf(person)
	return slices.ContainsFunc(x.in.Case.Parties, func(p Party) bool {
		return p.Role != Avoided && p.Span.At(x.in.Now) && (p.Person == person ||
			p.Person == "" && slices.ContainsFunc(posts, func(q *Post) bool { return q.Unit == p.Unit && kindOf(q.Role) == roleExternal }))
	})
}

// barred is why a person may not hold a task, or a seat of it, whoever gives it
// to him or names him: the applicant's side, the initiator, who is avoided.
func (x *exec) barred(n *node, _ int, person, post string, base []string) *Why {
	var why Why
	switch {
	case x.applies(person) && len(base) > 0 && !slices.ContainsFunc(base, ofApplicant) &&
		!(n.plan() == nil && x.names(n, person)):
		why = reason(whyApplicant, "person", person)
	case n.plan() != nil && x.began(n, person) && !n.el.user.mayDecideOwn():
		why = reason(whyInitiator, "person", person)
	case x.avoided(person, post):
		why = reason(whyAvoided, "person", person)
	default:
		return nil
	}
	return &why
}

// names reports whether the model means a person himself: who begins a matter
// has work of his own in it, whatever his post.
func (x *exec) names(n *node, person string) bool {
	probe := &Task{}
	return x.candidates(n, probe) == nil && (probe.Assignee == person || slices.Contains(probe.Users, person))
}

// ofApplicant reports whether a post acts for an applying unit, or for an outside organisation.
func ofApplicant(post string) bool {
	role, _ := splitPost(post)
	return roles[role].Side == sideApplicant || isExternal(post)
}

// applies reports whether a person is of the applicant's side in this case: he
// acts for a unit that applies, or has written what is approved.
func (x *exec) applies(person string) bool {
	for _, p := range x.in.Case.At(x.in.Now, Author) {
		if p.Person == person {
			return true
		}
	}
	for _, p := range x.in.Case.At(x.in.Now, Applicant) {
		for _, q := range x.roster().postsOf(person) {
			if p.Unit != "" && q.Unit == p.Unit && roles[q.Role].Side == sideApplicant {
				return true
			}
		}
	}
	return false
}

// initiator is who began the matter: the case's, else the root's variable.
func (x *exec) initiator() string {
	if x.in.Case.Initiator != "" {
		return x.in.Case.Initiator
	}
	if root := x.s.owners[x.s.key]; root != nil {
		if name, ok := root.Vars["initiator"].(string); ok {
			return name
		}
	}
	return ""
}

// began reports whether a person has begun or written the matter that an approval decides on.
func (x *exec) began(n *node, person string) bool {
	if slices.Contains(afterDecision, n.el.user.about) || person == "" {
		return false
	}
	if v, known := (vars{x: x, n: n}).Get("initiator"); known && v == any(person) {
		return true
	}
	return person == x.initiator() || slices.ContainsFunc(x.in.Case.At(x.in.Now, Author), func(p Party) bool { return p.Person == person })
}

// mayDecideOwn reports whether the model lets who applies decide himself; a statutory signature never.
func (u *userPlan) mayDecideOwn() bool {
	return u.approval != nil && u.approval.applicant == "allow" && !u.statutory
}

// avoided reports whether a person, or the unit of a post, must have no part in the case.
func (x *exec) avoided(person, post string) bool {
	unit := unitOf(post)
	return slices.ContainsFunc(x.in.Case.At(x.in.Now, Avoided), func(p Party) bool {
		return p.Person != "" && p.Person == person || p.Person == "" && p.Unit != "" && p.Unit == unit
	})
}

// sits reports whether a person has a seat of the task that counts, other than one.
func (x *exec) sits(n *node, no int, person string) bool {
	if n.Task == nil {
		return false
	}
	if len(n.Task.Seats) == 0 {
		return n.Task.Assignee == person
	}
	return slices.ContainsFunc(n.Task.Seats, func(s Seat) bool {
		return s.No != no && !s.Over() && (s.Actor == person || s.Principal == person)
	})
}

// base are the posts that a task, or the seat that is given on, is of: whom the
// model names, and the posts of persons whom it names.
func (x *exec) base(g giving) []string {
	if g.n.Task != nil && g.seat > 0 && g.seat <= len(g.n.Task.Seats) {
		s := g.n.Task.Seats[g.seat-1]
		if home := orID(s.Home, s.Group); home != "" {
			return []string{home}
		}
		return x.postIDs(orID(s.Principal, s.Actor))
	}
	probe := &Task{}
	if err := x.candidates(g.n, probe); err != nil && g.n.Task != nil {
		probe = g.n.Task
	}
	out := slices.Clone(probe.Groups)
	for _, person := range append(slices.Clone(probe.Users), probe.Assignee) {
		for _, id := range x.postIDs(person) {
			out = appendNew(out, id)
		}
	}
	return out
}

func (x *exec) postIDs(person string) []string {
	var out []string
	for _, p := range x.roster().postsOf(person) {
		if roles[p.Role].Kind != roleAdministrator && roles[p.Role].Kind != roleReadOnly {
			out = append(out, p.ID())
		}
	}
	return out
}

// qualifying are those of some posts in which the receivers of the task take it.
func (x *exec) qualifying(g giving, posts []*Post) []*Post {
	sets := g.n.el.user.receivers[g.op]
	var out []*Post
	for _, set := range sets {
		for _, p := range posts {
			if !slices.Contains(out, p) && x.inSet(g, set, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

func (x *exec) inSet(g giving, set string, p *Post) bool {
	r := x.roster()
	switch role, function, named := strings.Cut(set, "@"); {
	case set == setNobody:
		return false
	case named && function == unitOwn:
		return p.Role == role && slices.ContainsFunc(g.base, func(b string) bool { return unitOf(b) == p.Unit })
	case named:
		return p.Role == role && slices.Contains(r.Units(function), p.Unit)
	case len(g.base) == 0: // the model names nobody: everybody of the house may have it
		return kindOf(p.Role) == roleBusiness
	case set == setCandidates:
		return slices.Contains(g.base, p.ID()) || g.vacant(r) && x.inSet(g, setUnit, p)
	case set == setUnit:
		return slices.ContainsFunc(g.base, func(b string) bool {
			role, unit := splitPost(b)
			return unit == p.Unit && kindOf(role) == kindOf(p.Role)
		})
	}
	return slices.ContainsFunc(g.base, func(b string) bool {
		fit := func(q *Post) bool { return x.barred(g.n, g.seat, q.Person, q.ID(), g.base) == nil }
		return slices.ContainsFunc(r.above(unitOf(b), r.rankOf(b), fit), func(q *Post) bool { return q.ID() == p.ID() })
	})
}

// vacant reports whether nobody holds any of the posts that the task is of: then
// who governs assigns somebody else of the unit.
func (g giving) vacant(r Roster) bool {
	return (g.op == "assign" || g.op == "reassign") && !slices.ContainsFunc(g.base, func(b string) bool { return len(r.Holders(b)) > 0 })
}

// receiver is why the event's operation may give the task, or a seat, to a
// person; a *Refusal where it may not. Nobody is always allowed.
func (x *exec) receiver(n *node, no int, person string) (*Why, error) {
	if person == "" {
		return nil, nil
	}
	g := giving{n: n, op: x.ev.Operation, seat: no}
	if x.ev.Actor != nil {
		g.giver = x.ev.Actor.Person
	}
	ok, why := x.eligible(g, person, "")
	if ok {
		return &why, nil
	}
	return nil, notEligible(person, why)
}

// notEligible is the refusal of a receiver, or of a holder.
func notEligible(person string, why Why) *Refusal {
	switch why.Rule {
	case whyUnknown:
		return refuse(whyUnknown, "%q is not a person", person)
	case whyDuty:
		f := refuse(
			"duty-separated", "%s has signed %s in this case; %s must be another person's", person, why.Args["other"], why.Args["duty"],
		)
		f.Args = map[string]string{"person": person, "duty": why.Args["duty"], "other": why.Args["other"]}
		return f
	}
	f := refuse("receiver-not-eligible", "%s may not have the task: %s", person, why.Rule)
	f.Args = map[string]string{"person": person, "why": why.Rule}
	return f
}
