// Package seat is the arithmetic of an approval task: who sits, who may act,
// what an operation does to the seats, and when the policy has decided.
//
// It is pure: Open makes the seats of one visit of the token, Apply answers one
// operation with new seats and a verdict, and nothing is changed in place.
// Policies are rows of one table (policy.go), operations of another
// (operation.go). Moving the token is the engine's business.
package seat

import (
	"slices"
	"time"
)

// Seat is one approver's place in an approval task. Its number is its index in
// the task plus one, for ever: seats are added at the end and never taken away.
type Seat struct {
	No        int    `json:"no"`
	Principal string `json:"principal"` // whose authority; empty while a group's seat is free
	Actor     string `json:"actor"`     // who acts; empty while a group's seat is free
	// post in which it is held, "ROLE@DEPT": what it was resolved from, or of whom it was given to
	Group    string    `json:"group,omitempty"`
	Home     string    `json:"home,omitempty"`     // post that it was resolved from, once it was given to another one
	Duty     string    `json:"duty,omitempty"`     // where the seats of a task have duties of their own
	Out      []string  `json:"out,omitempty"`      // holders of the group who may not take it
	Origin   Origin    `json:"origin"`             // how it came about
	State    State     `json:"state"`              // waiting, active, suspended, done, skipped, void
	Decision Decision  `json:"decision,omitempty"` // what its holder said, once done
	Opinion  string    `json:"opinion,omitempty"`
	Digest   string    `json:"digest,omitempty"` // content that was approved
	SignedAt time.Time `json:"signedAt,omitzero"`
	// of a decision on paper that was signed late (补签): what shows it, and when it was decided; empty: decided when it was signed
	Evidence  string    `json:"evidence,omitempty"`
	DecidedAt time.Time `json:"decidedAt,omitzero"`
	Chain     []string  `json:"chain,omitempty"` // earlier holders, oldest first
	Weight    int       `json:"weight,omitempty"`
	Veto      bool      `json:"veto,omitempty"`
	Primary   bool      `json:"primary,omitempty"`
	For       int       `json:"for,omitempty"`     // number of the seat it helps: delegate, addBefore, addAfter
	Mode      Kind      `json:"mode,omitempty"`    // how the helpers of one seat run: any, all, sequential
	AddedBy   string    `json:"addedBy,omitempty"` // who added it
	Why       *Why      `json:"why,omitempty"`     // why its holder has it; nil: not kept yet when the seat was made
}

// Why is the reason of a decision about people: a rule, and what it spoke of.
type Why struct {
	Rule string            `json:"rule"` // stable slug; of a negative answer the code of the refusal
	Args map[string]string `json:"args,omitempty"`
}

// Post is the post that a reason names, "" of none.
func (w *Why) Post() string {
	if w == nil {
		return ""
	}
	return w.Args["post"]
}

// Give hands the seat to a person for good; the post that the reason names goes with it.
func (s *Seat) Give(person string, why *Why) {
	if s.Principal != "" {
		s.Chain = append(slices.Clone(s.Chain), s.Principal)
	}
	if post := why.Post(); post != "" && post != s.Group {
		if s.Home == "" {
			s.Home = s.Group
		}
		s.Group = post
	}
	s.Principal, s.Actor, s.Why = person, person, why
}

// named reports whether the model, or whoever made the seat, meant its holder and not a group.
func (s *Seat) named() bool {
	return s.Why != nil && s.Why.Rule != "post" && s.Why.Rule != "role" && s.Why.Rule != ""
}

// Origin says how a seat came about, or how it got its present holder.
type Origin string

// The origins.
const (
	Initial     Origin = "initial"
	Transferred Origin = "transfer"
	Delegated   Origin = "delegate"
	AddedBefore Origin = "addBefore"
	AddedAfter  Origin = "addAfter"
	AddedBeside Origin = "addParallel"
	Proxy       Origin = "proxy"
	Escalation  Origin = "escalation"
)

// State of a seat.
type State string

// The states.
const (
	Waiting   State = "waiting"   // its turn has not come
	Active    State = "active"    // its holder may act
	Suspended State = "suspended" // its holder waits for helpers
	Done      State = "done"      // its holder has decided
	Skipped   State = "skipped"   // the task was decided without it
	Void      State = "void"      // taken away, or ended by a return
)

// Decision is what the holder of a seat said.
type Decision string

// The decisions.
const (
	Agree    Decision = "agree"
	Disagree Decision = "disagree"
	Abstain  Decision = "abstain"
	Return   Decision = "return"
	Reject   Decision = "reject"
	Answered Decision = "answer" // a delegate's advice: an opinion, not a decision
)

// Over reports whether the seat does not count: it is void, or the task was decided without it.
func (s *Seat) Over() bool { return s.State == Void || s.State == Skipped }

// open reports whether the seat is still in play.
func (s *Seat) open() bool { return s.State == Waiting || s.State == Active || s.State == Suspended }

// votes reports whether the seat belongs to the policy, and is not a helper of another seat.
func (s *Seat) votes() bool { return s.For == 0 && s.State != Void && s.State != Skipped }

// HeldBy is the identity test for a seat: the actor, the principal a proxy acts
// for, or any member of the group whose seat is free.
func (s *Seat) HeldBy(by By) bool {
	if s.Actor == "" {
		return s.Group != "" && by.in(s.Group) && !slices.Contains(s.Out, by.Person)
	}
	return by.Person != "" && (s.Actor == by.Person || s.Principal == by.Person) && !s.otherPost(by)
}

// otherPost reports whether a person acts in another post than that in which he
// has the seat: its rights are of that post alone. Of a seat that was given on
// before seats kept their receiver's post nobody knows it; it is his in any.
func (s *Seat) otherPost(by By) bool {
	given := len(s.Chain) > 0 && s.Why.Post() == ""
	return by.Strict && !given && s.Group != "" && s.Principal == by.Person && !by.in(s.Group)
}

// By is the person behind an operation.
type By struct {
	Person string
	Groups []string // posts the person acts in for this operation
	Strict bool     // he has chosen his post: the rights of his others do not count
	Owner  bool     // owner of the task or process administrator
}

func (b By) in(group string) bool {
	for _, g := range b.Groups {
		if g == group {
			return true
		}
	}
	return false
}

// Holder is a candidate to be seated: a person, or else a group one of whose members will act.
type Holder struct {
	Person  string
	Group   string
	Weight  int // for the weighted vote; 0 counts as 1
	Veto    bool
	Primary bool
	Why     *Why // why it sits here

	Deputy  string   // who may act for the person too
	Post    string   // that the person has it in
	Duty    string   // where the seats have duties of their own
	Out     []string // members of the group who may not take it
	Skipped bool     // it has decided before, and is not asked again
}

// Open makes the seats of one visit of the token, in the order of the holders.
// The same person or group gets one seat, with the greatest weight and every
// right it was listed with.
func Open(p Policy, holders []Holder) []Seat {
	var seats []Seat
	for _, h := range holders {
		if i := seated(seats, h); i >= 0 {
			s := &seats[i]
			s.Weight = max(s.Weight, h.Weight, 1)
			s.Veto, s.Primary = s.Veto || h.Veto, s.Primary || h.Primary
			continue
		}
		s := Seat{No: len(seats) + 1, Principal: h.Person, Actor: h.Person, Group: h.Group, Origin: Initial,
			State: Waiting, Weight: max(h.Weight, 1), Veto: h.Veto, Primary: h.Primary, Why: h.Why, Duty: h.Duty, Out: h.Out}
		if h.Person != "" {
			s.Group = h.Post
		}
		if h.Deputy != "" {
			s.Actor, s.Origin = h.Deputy, Proxy
		}
		if h.Skipped {
			s.State = Skipped
		}
		seats = append(seats, s)
	}
	if p.row().primary && !anySeat(seats, func(s *Seat) bool { return s.Primary }) && len(seats) > 0 {
		seats[0].Primary = true // the first listed leads, as on paper
	}
	if p.row().sequential {
		next(seats, 0)
	} else {
		activate(seats, 0)
	}
	return seats
}

func seated(seats []Seat, h Holder) int {
	for i := range seats {
		s := &seats[i]
		if h.Person != "" && s.Principal == h.Person || h.Person == "" && s.Principal == "" && s.Group == h.Group {
			return i
		}
	}
	return -1
}

// activate lets all waiting seats that help seat number helped (0: the voters) act.
func activate(seats []Seat, helped int) {
	for i := range seats {
		if s := &seats[i]; s.For == helped && s.State == Waiting {
			s.State = Active
		}
	}
}

// next lets the first waiting seat of a sequence act, unless one is at it.
func next(seats []Seat, helped int) {
	for i := range seats {
		s := &seats[i]
		if s.For != helped || !s.open() {
			continue
		}
		if s.State == Waiting {
			s.State = Active
		}
		return
	}
}

func anySeat(seats []Seat, f func(*Seat) bool) bool {
	for i := range seats {
		if f(&seats[i]) {
			return true
		}
	}
	return false
}
