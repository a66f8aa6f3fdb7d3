package seat

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Request is one operation on an approval task.
type Request struct {
	Operation Operation
	By        By
	Seat      int      // removeSign: the seat; others: the acting seat when the person holds several, 0: the first that may act
	To        []string // persons: transfer, delegate (one), addBefore, addAfter, addParallel (up to five)
	Mode      Kind     // addBefore, addAfter: how the added seats run; empty: all
	Weight    int      // addParallel under a weighted policy
	Opinion   string
	Reason    string
	Digest    string // of the content the person saw
	At        time.Time
	Why       map[string]*Why // why each person of To may be given a seat
	Evidence  string          // of what was decided on paper: what shows it, and when that was
	DecidedAt time.Time
}

// Result is what an operation does. The seats of the request are untouched.
type Result struct {
	Seats   []Seat
	Verdict Verdict
	Acted   int   // number of the seat that acted
	Changed []int // numbers of the seats that changed or are new
	Voided  []int // numbers of the seats whose decisions no longer count
}

// Refusal is a caller's fault; nothing has changed. Its code is stable.
type Refusal struct {
	Code    string
	Message string
}

// Error makes a Refusal an error.
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// turn is one operation while it is applied.
type turn struct {
	policy  Policy
	seats   []Seat
	seat    *Seat // that acts; nil when the owner of the task acts without a seat
	req     Request
	verdict Verdict // set by operations that decide the task by themselves
}

// Apply answers an operation of a person, or refuses it with a *Refusal.
func Apply(p Policy, seats []Seat, req Request) (Result, error) {
	op, ok := operations[req.Operation]
	if !ok {
		return Result{}, refuse("unknown-operation", "%q is not an operation on an approval task", req.Operation)
	}
	t := &turn{policy: p, seats: cloneSeats(seats), req: req}
	if err := t.begin(op); err != nil {
		return Result{}, err
	}
	acted := 0
	if t.seat != nil {
		acted = t.seat.No
	}
	if err := op.run(t); err != nil {
		return Result{}, err
	}
	return t.settle(seats, acted), nil
}

// Allowed lists the operations whose preconditions on the seats hold for a person, in the order of the table.
func Allowed(p Policy, seats []Seat, by By) []Operation {
	var out []Operation
	for _, name := range Operations {
		op := operations[name]
		t := &turn{policy: p, seats: cloneSeats(seats), req: Request{Operation: name, By: by}}
		if t.find(op) == nil && (op.may == nil || op.may(t)) {
			out = append(out, name)
		}
	}
	return out
}

// ContentChanged voids the decisions bound to other content than digest: their seats act again.
func ContentChanged(p Policy, seats []Seat, digest string) Result {
	t := &turn{policy: p, seats: cloneSeats(seats)}
	var voided []int
	for i := range t.seats {
		s := &t.seats[i]
		if s.State != Done || s.Digest == "" || s.Digest == digest || s.Decision == Answered {
			continue
		}
		voided = append(voided, s.No)
		s.State, s.Decision, s.Digest, s.SignedAt = Active, "", "", time.Time{}
		if p.row().sequential && s.For == 0 {
			s.State = Waiting
		}
	}
	if p.row().sequential && len(voided) > 0 {
		t.restartSequence()
	}
	r := t.settle(seats, 0)
	r.Voided = append(voided, r.Voided...)
	return r
}

// Reopen lets the holder of a decided seat decide again; in a sequence those after him wait.
func Reopen(p Policy, seats []Seat, no int) []Seat {
	t := &turn{policy: p, seats: cloneSeats(seats)}
	s := &t.seats[no-1]
	s.State, s.Decision, s.Digest, s.SignedAt = Active, "", "", time.Time{}
	if p.row().sequential {
		s.State = Waiting
		t.restartSequence()
	}
	return t.seats
}

// restartSequence gives the turn to the first open voter.
func (t *turn) restartSequence() {
	for i := range t.seats {
		if s := &t.seats[i]; s.For == 0 && s.State == Active {
			s.State = Waiting
		}
	}
	next(t.seats, 0)
}

func cloneSeats(seats []Seat) []Seat {
	out := slices.Clone(seats)
	for i := range out {
		out[i].Chain = slices.Clone(out[i].Chain)
	}
	return out
}

// begin checks who acts and with what.
func (t *turn) begin(op operation) error {
	if err := t.find(op); err != nil {
		return err
	}
	if op.reason && !t.reasoned() {
		return errReason
	}
	if op.people == 0 {
		return nil
	}
	if len(t.req.To) == 0 {
		return refuse("person-required", "name the person")
	}
	if len(t.req.To) > op.people {
		return refuse("too-many-persons", "at most %d may be named", op.people)
	}
	if m := t.req.Mode; m != "" && m != Any && m != All && m != Sequential {
		return refuse("bad-mode", "added seats run any, all or sequential, not %q", m)
	}
	for i, person := range t.req.To {
		switch {
		case strings.TrimSpace(person) == "":
			return refuse("person-required", "name the person")
		case person == t.req.By.Person:
			return refuse("to-self", "name another person than yourself")
		case slices.Contains(t.req.To[:i], person), t.sits(person):
			return refuse("already-seated", "%s already has a seat in this task", person)
		}
	}
	return nil
}

var errReason = refuse("reason-required", "give a reason of at least %d characters", minReason)

// minReason is the length of a reason in characters (approval.md §1).
const minReason = 5

func (t *turn) reasoned() bool {
	return utf8.RuneCountInString(strings.TrimSpace(t.req.Reason)) >= minReason ||
		utf8.RuneCountInString(strings.TrimSpace(t.req.Opinion)) >= minReason
}

// sits reports whether a person has a seat that counts or is in play.
func (t *turn) sits(person string) bool {
	return anySeat(t.seats, func(s *Seat) bool {
		return s.State != Void && s.State != Skipped && (s.Actor == person || s.Principal == person)
	})
}

// find chooses the seat that acts: the person's own before a group's.
func (t *turn) find(op operation) error {
	if op.seatless {
		return nil
	}
	var best *Seat
	for i := range t.seats {
		s := &t.seats[i]
		if !s.HeldBy(t.req.By) || t.req.Seat != 0 && t.req.Seat != s.No {
			continue
		}
		if best == nil || rank(s, op) > rank(best, op) {
			best = s
		}
	}
	switch {
	case best != nil && rank(best, op) >= rankMay:
		t.seat = best
		return nil
	case op.owner && t.req.By.Owner:
		return nil
	case best == nil:
		return t.notHolder()
	}
	return unfit(best, op)
}

// rankMay and above: the seat may act.
const rankMay = 4

func rank(s *Seat, op operation) int {
	switch {
	case s.State == Active && op.fits(s) && s.Actor != "":
		return rankMay + 1
	case s.State == Active && op.fits(s):
		return rankMay
	case s.State == Active:
		return 3
	case s.open():
		return 2
	}
	return 1
}

func (t *turn) notHolder() error {
	if anySeat(t.seats, func(s *Seat) bool { return s.State == Active && s.Group != "" && s.Actor != "" && t.req.By.in(s.Group) }) {
		return refuse("claimed-by-other", "another member of the group holds this seat")
	}
	return refuse("not-your-task", "you have no seat in this task")
}

// unfit says why a person's best seat may not act.
func unfit(s *Seat, op operation) error {
	switch s.State {
	case Active:
		if s.Origin == Delegated {
			return refuse("delegate-answers", "a delegate answers; the one who asked decides")
		}
		return refuse("not-for-this-seat", "this seat cannot do that: its origin is %s", s.Origin)
	case Waiting:
		return refuse("not-your-turn", "others sign before you")
	case Suspended:
		return refuse("seat-suspended", "wait for those you have asked")
	case Done:
		return refuse("already-decided", "this seat has already decided")
	}
	return refuse("seat-closed", "the task was decided without this seat")
}

// settle lets helpers and sequences move on, decides, and closes what a verdict ends.
func (t *turn) settle(before []Seat, acted int) Result {
	t.progress()
	v := t.decide()
	r := Result{Verdict: v, Acted: acted}
	switch v {
	case Undecided:
	case Agreed, Disagreed:
		t.close(Skipped, func(*Seat) bool { return true })
	case Rejected:
		t.close(Void, func(*Seat) bool { return true })
	default:
		t.close(Void, func(*Seat) bool { return true })
		for i := range t.seats {
			if s := &t.seats[i]; s.State == Done && s.Decision != Return && s.Decision != Answered {
				r.Voided = append(r.Voided, s.No)
			}
		}
	}
	for i := range t.seats {
		if i >= len(before) || !reflect.DeepEqual(before[i], t.seats[i]) {
			r.Changed = append(r.Changed, t.seats[i].No)
		}
	}
	r.Seats = t.seats
	return r
}

// decide is the verdict of the policy, held back while after-signers are at it.
func (t *turn) decide() Verdict {
	if t.verdict != Undecided {
		return t.verdict
	}
	after := func(s *Seat) bool { return s.Origin == AddedAfter }
	if anySeat(t.seats, func(s *Seat) bool {
		return after(s) && s.State == Done && (s.Decision == Disagree || s.Decision == Return)
	}) {
		return Again
	}
	v := Decide(t.policy, t.seats)
	if v == Agreed && anySeat(t.seats, func(s *Seat) bool { return after(s) && s.open() }) {
		t.close(Skipped, func(s *Seat) bool { return !after(s) })
		return Undecided
	}
	return v
}

// close ends the open seats that f chooses.
func (t *turn) close(as State, f func(*Seat) bool) {
	for i := range t.seats {
		if s := &t.seats[i]; s.open() && f(s) {
			s.State = as
		}
	}
}

// progress moves helpers and the sequence of voters on, and wakes those who waited for helpers.
func (t *turn) progress() {
	for i := range t.seats {
		if t.seats[i].State == Suspended || t.seats[i].State == Done {
			t.help(&t.seats[i])
		}
	}
	if t.policy.row().sequential {
		next(t.seats, 0)
	}
}

func (t *turn) help(s *Seat) {
	helps := func(h *Seat) bool { return h.For == s.No }
	for i := range t.seats {
		h := &t.seats[i]
		if !helps(h) {
			continue
		}
		if h.State == Done && (h.Mode == Any || h.Decision == Return) {
			t.close(Skipped, helps)
		}
		if h.Mode == Sequential {
			next(t.seats, s.No)
		}
	}
	if s.State == Suspended && !anySeat(t.seats, func(h *Seat) bool { return helps(h) && h.open() }) {
		s.State = Active
	}
}
