package engine

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// approvalPlan is a compiled qc:approval: a user task that several people decide.
type approvalPlan struct {
	policy    seat.Policy
	threshold *expr // evaluated when the seats are made; nil: the policy has it
	quorum    *expr
	veto      []string // principals: persons or groups
	primary   []string
	weights   map[string]int
	returnTo  *element
	keyFields *expr  // what must not change for a return that comes straight back; nil: there is none
	keep      bool   // it stands where key fields are unchanged when the token comes again
	dedupe    string // "none", "any_earlier", else consecutive
	applicant string // "skip", "allow", else to the superior
	empty     string // "block", "auto_skip", else who governs assigns somebody
	minSeats  int
}

func (c *compiler) approval(el *element, u *userPlan, a *bpmn.Approval) {
	plan := &approvalPlan{
		veto: a.Veto, primary: a.Primary, weights: map[string]int{}, quorum: c.expr(el.id, a.Pos, a.MinQuorum),
		keyFields: c.expr(el.id, a.Pos, a.KeyFields), keep: a.Keep, dedupe: a.Dedupe, applicant: a.Applicant, empty: a.Empty, minSeats: 1,
	}
	if n, err := strconv.Atoi(a.MinSeats); err == nil && n > 0 {
		plan.minSeats = n
	}
	u.approval, u.operations = plan, a.Operations
	if len(u.operations) == 0 {
		u.operations = []string{"agree", "disagree"}
	}
	fixed := a.Threshold
	if strings.HasPrefix(fixed, "=") {
		plan.threshold, fixed = c.expr(el.id, a.Pos, fixed), ""
	}
	policy, err := seat.ParsePolicy(a.Policy, fixed)
	if err != nil {
		c.fail("approval", a.Pos, el.id, "the approval of %s: %v", el.id, err)
		return
	}
	if a.EarlyStop != nil {
		policy.EarlyStop = *a.EarlyStop
	}
	policy.AbstainAsNo = a.Abstain == "no"
	plan.policy = policy
	for _, op := range u.operations {
		if spec, known := OperationNamed(op); !known || spec.Plain || spec.Kind != OnSeat && spec.Kind != OnToken {
			c.fail("approval", a.Pos, el.id, "the approval of %s allows %q, which is not an operation", el.id, op)
		}
	}
	for _, principal := range slices.Sorted(maps.Keys(a.Weights)) {
		weight, err := strconv.Atoi(a.Weights[principal])
		if err != nil || weight < 1 {
			c.fail(
				"approval", a.Pos, el.id, "the weight of %s in the approval of %s is %q, not a number from 1", principal, el.id,
				a.Weights[principal],
			)
		}
		plan.weights[principal] = weight
	}
	if a.ReturnTo != "" {
		target := el.proc.elements[a.ReturnTo]
		if target == nil || target.scope != el.scope || !target.kind.IsActivity() {
			c.fail("approval", a.Pos, el.id, "the approval of %s returns to %q, which is no activity of the same scope", el.id, a.ReturnTo)
			return
		}
		plan.returnTo = target
	}
}

// signed is an approval that counts, until a return voids it.
type signed struct {
	Element string `json:"e"`
	Task    int64  `json:"t"`
	Seats   []int  `json:"s"`

	By  []served `json:"by,omitempty"` // who agreed
	Key string   `json:"k,omitempty"`  // key fields as they were signed, of an approval that stands while they are unchanged
	At  string   `json:"at,omitempty"` // of such a one that lies deeper than its scope: process/element
}

// sign notes the verdict of an approval in its scope. A later visit replaces it.
func (n *node) sign(s signed) {
	scope := n.parent
	if !scope.Body {
		scope.Signed = slices.DeleteFunc(scope.Signed, func(old signed) bool { return old.Element == s.Element })
	}
	scope.Signed = append(scope.Signed, s)
}

// handUp gives the verdicts in a scope that completes to the scope around it.
func (n *node) handUp() {
	if n.parent == nil || len(n.Signed) == 0 {
		return
	}
	if !n.parent.Body {
		n.parent.Signed = slices.DeleteFunc(n.parent.Signed, func(old signed) bool { return old.Element == n.Element })
	}
	for _, s := range n.Signed {
		s.At = s.place(n)
		s.Element = n.Element
		n.parent.Signed = append(n.parent.Signed, s)
	}
}

// seatApprovers makes the seats of an approval: assignee, candidate users and
// candidate groups, in this order. A group's seat is free until a member acts.
func (x *exec) seatApprovers(n *node, t *Task) error {
	if err := x.computePolicy(n); err != nil {
		return err
	}
	list, whys, err := x.resolve(n, t)
	if err != nil {
		return err
	}
	t.Assignee, t.Users, t.Groups = "", nil, nil
	x.explain(t, list, whys)
	t.Seats = seat.Open(n.policyOf(), list)
	if u := x.reseat; u != nil && u.Element == n.Element {
		t.Seats, x.reseat = u.Seats, nil
	}
	x.seatKept(n, t)
	return nil
}

// computePolicy evaluates what the model leaves to expressions.
func (x *exec) computePolicy(n *node) error {
	plan := n.el.user.approval
	if plan.threshold == nil && plan.quorum == nil {
		return nil
	}
	policy := plan.policy
	if plan.threshold != nil {
		v, why := x.eval(n, plan.threshold, nil)
		with, err := seat.ParsePolicy(string(policy.Kind), feel.Text(v))
		if err != nil || v == nil {
			return wrong("threshold", "the threshold", plan.threshold, v, why)
		}
		policy.Threshold = with.Threshold
	}
	if plan.quorum != nil {
		var err error
		if policy.MinQuorum, err = x.count(n, "the quorum", plan.quorum, 0); err != nil {
			return err
		}
	}
	n.Policy = &policy
	return nil
}

// policyOf is the policy of an open approval.
func (n *node) policyOf() seat.Policy {
	if n.Policy != nil {
		return *n.Policy
	}
	return n.plan().policy
}

// holders lists who can act on an approval now, for inboxes.
func holders(t *Task) {
	t.Assignee, t.Users, t.Groups = "", nil, nil
	for _, s := range t.Seats {
		if s.State != seat.Active {
			continue
		}
		switch {
		case s.Actor == "":
			t.Groups = appendNew(t.Groups, s.Group)
		default:
			t.Users = appendNew(t.Users, s.Actor)
			if s.Principal != "" {
				t.Users = appendNew(t.Users, s.Principal)
			}
		}
	}
	if len(t.Users) == 1 && len(t.Groups) == 0 {
		t.Assignee = t.Users[0]
	}
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// decide applies an operation to an approval task.
func (x *exec) decide(n *node) error {
	op := x.ev.Operation
	if op != "claim" && op != "unclaim" && op != "answer" && !slices.Contains(n.operations(), op) {
		return refuse("operation-not-allowed", "this task does not allow %q", op)
	}
	if move := tokenOperations[op]; move != nil {
		return move(x, n)
	}
	request, err := x.request(n)
	if err != nil {
		return err
	}
	if err := x.mayAct(n, n.seatOf(request.By)); err != nil {
		return err
	}
	if err := x.removes(n); err != nil {
		return err
	}
	result, err := seat.Apply(n.policyOf(), n.Task.Seats, request)
	var refusal *seat.Refusal
	switch {
	case errors.As(err, &refusal):
		return refuse(refusal.Code, "%s", refusal.Message)
	case err != nil:
		return err
	}
	if result.Verdict == seat.Returned {
		if _, across := x.goesAcross(n); !across {
			if _, err := x.returnTarget(n); err != nil {
				return err
			}
		}
	}
	if result.Verdict == seat.Rejected && x.ev.Code == "" {
		return refuse("reject-code-required", "say the kind of reason for the rejection")
	}
	if n.Now == nil {
		x.decision = &decided{
			scope: n.parent,
			made:  recallable{Element: n.Element, Task: n.Task.Key, Person: x.ev.Actor.Person, At: x.in.Now.UTC(), Seats: n.Task.Seats},
		}
	}
	n.Task.Seats = result.Seats
	x.serveSeat(n, result.Acted)
	return x.verdict(n, result)
}

// request is the event as the seats see it.
func (x *exec) request(n *node) (seat.Request, error) {
	ev := x.ev
	if ev.Actor == nil {
		return seat.Request{}, refuse("no-actor", "only a person can decide")
	}
	by := ev.Actor.by()
	persons := ev.Persons
	if ev.To != "" {
		persons = append([]string{ev.To}, persons...)
	}
	whys := map[string]*Why{}
	from := 0
	if len(persons) > 0 {
		if from = ev.Seat; from == 0 {
			from = n.seatOf(by)
		}
	}
	for _, p := range persons {
		why, err := x.receiver(n, from, p)
		if err != nil {
			return seat.Request{}, err
		}
		whys[p] = why
	}
	return seat.Request{
		Operation: seat.Operation(ev.Operation), By: by, Seat: ev.Seat, To: persons, Mode: seat.Kind(ev.Mode), Weight: ev.Weight,
		Opinion: ev.Opinion, Reason: ev.Reason, Digest: ev.Digest, At: x.in.Now, Why: whys, Evidence: ev.Evidence, DecidedAt: ev.DecidedAt,
	}, nil
}

// verdict moves the token when the seats have decided.
func (x *exec) verdict(n *node, r seat.Result) error {
	if r.Verdict != seat.Agreed && r.Verdict != seat.Disagreed {
		x.decision = nil
	}
	if n.Now != nil && r.Verdict == seat.Disagreed {
		r.Verdict, r.Voided = seat.Again, doneSeats(n)
	}
	switch r.Verdict {
	case seat.Undecided:
		x.changed(n)
		return nil
	case seat.Returned:
		if l, across := x.goesAcross(n); across {
			return x.returnAcross(n, l, r.Voided)
		}
		target, err := x.returnTarget(n)
		if err != nil {
			return err
		}
		if x.ev.Mode == modeResume {
			return x.returnResume(n, target, r.Voided)
		}
		return x.replay(n, target, "return", r.Voided)
	case seat.Again:
		return x.replay(n, n.el, "disagreed-after", r.Voided)
	case seat.ToInitiator:
		if target := n.plan().returnTo; target != nil && n.returnsTo(target) {
			return x.replay(n, target, "nobody-decided", r.Voided)
		}
	}
	task := n.Task.Key
	decided := signed{Element: n.Element, Task: task}
	for _, s := range r.Seats {
		if s.State == seat.Done {
			decided.Seats = append(decided.Seats, s.No)
		}
		if s.State == seat.Done && s.Decision == seat.Agree && s.For == 0 && x.s.version >= semanticsSeats {
			decided.By = append(decided.By, served{Duty: n.dutyOf(s.No), Person: s.Actor, Unit: unitOf(s.Group), Task: task})
		}
	}
	if err := x.keepable(n, r.Verdict, &decided); err != nil {
		return err
	}
	if n.Now == nil {
		n.sign(decided)
	}
	vs := Vars{}
	for name, v := range x.ev.Variables {
		vs[name] = v
	}
	vs["approved"] = r.Verdict == seat.Agreed
	vs["verdict"] = string(r.Verdict)
	if r.Verdict == seat.Rejected {
		vs["rejectCode"] = x.ev.Code
	}
	x.negative = r.Verdict != seat.Agreed
	vs["dissent"] = dissent(r.Seats)
	return x.finishTask(n, vs)
}

// dissent lists the opinions that disagreed.
func dissent(seats []seat.Seat) feel.List {
	out := feel.List{}
	for _, s := range seats {
		if s.State == seat.Done && (s.Decision == seat.Disagree || s.Decision == seat.Reject) {
			out = append(out, feel.NewContext(3).Set("principal", s.Principal).Set("group", s.Group).Set("opinion", s.Opinion))
		}
	}
	return out
}

// reassignSeat lets an administrator give an open seat to another person. Where
// several are open he names it.
func (x *exec) reassignSeat(n *node) error {
	seats := slices.Clone(n.Task.Seats)
	at, open := -1, 0
	for i, s := range seats {
		if s.State != seat.Active || x.ev.Seat != 0 && s.No != x.ev.Seat {
			continue
		}
		if open++; at < 0 {
			at = i
		}
	}
	switch {
	case at < 0:
		return refuse("no-such-seat", "the task has no such seat that is open")
	case open > 1:
		return refuse("seat-required", "%d seats are open; name the one that is given", open)
	case x.ev.To == "":
		return refuse("person-required", "name the person who gets the seat")
	}
	why, err := x.receiver(n, seats[at].No, x.ev.To)
	if err != nil {
		return err
	}
	seats[at].Give(x.ev.To, why)
	n.Task.Seats, n.Task.Governors = seats, nil
	x.changed(n)
	return nil
}

// contentChanged is the operation by which the shell says that what an approval
// is about has another digest now. Verdicts on other content are void.
const contentChanged = "contentChanged"

func (x *exec) contentChanged(n *node) error {
	switch {
	case x.ev.Actor != nil:
		return refuse("system-only", "only the system says that content has changed")
	case x.ev.Digest == "":
		return refuse("no-digest", "say the digest of the new content")
	}
	r := seat.ContentChanged(n.policyOf(), n.Task.Seats, x.ev.Digest)
	if len(r.Changed) == 0 {
		return nil
	}
	if len(r.Voided) > 0 {
		x.emit(VerdictsVoided{Task: n.Task.Key, Seats: r.Voided, Cause: contentChanged})
	}
	n.Task.Seats = r.Seats
	return x.verdict(n, r)
}
