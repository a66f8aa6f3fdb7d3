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
	keyFields *expr // what must not change for a return that comes straight back; nil: there is none
}

func (c *compiler) approval(el *element, u *userPlan, a *bpmn.Approval) {
	plan := &approvalPlan{veto: a.Veto, primary: a.Primary, weights: map[string]int{}, quorum: c.expr(el.id, a.Pos, a.MinQuorum), keyFields: c.expr(el.id, a.Pos, a.KeyFields)}
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
		if !slices.Contains(seat.Operations, seat.Operation(op)) && tokenOperations[op] == nil && administrative[op] == nil && op != "recall" {
			c.fail("approval", a.Pos, el.id, "the approval of %s allows %q, which is not an operation", el.id, op)
		}
	}
	for _, principal := range slices.Sorted(maps.Keys(a.Weights)) {
		weight, err := strconv.Atoi(a.Weights[principal])
		if err != nil || weight < 1 {
			c.fail("approval", a.Pos, el.id, "the weight of %s in the approval of %s is %q, not a number from 1", principal, el.id, a.Weights[principal])
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

// holder is a candidate with the rights that the model gives it.
func (p *approvalPlan) holder(person, group string) seat.Holder {
	principal := orID(person, group)
	return seat.Holder{Person: person, Group: group, Weight: p.weights[principal],
		Veto: slices.Contains(p.veto, principal), Primary: slices.Contains(p.primary, principal)}
}

// signed is an approval that counts, until a return voids it.
type signed struct {
	Element string `json:"e"`
	Task    int64  `json:"t"`
	Seats   []int  `json:"s"`
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
		s.Element = n.Element
		n.parent.Signed = append(n.parent.Signed, s)
	}
}

// seatApprovers makes the seats of an approval: assignee, candidate users and
// candidate groups, in this order. A group's seat is free until a member acts.
func (x *exec) seatApprovers(n *node, t *Task) error {
	plan := n.el.user.approval
	if err := x.computePolicy(n); err != nil {
		return err
	}
	var list []seat.Holder
	if t.Assignee != "" {
		list = append(list, plan.holder(t.Assignee, ""))
	}
	for _, u := range t.Users {
		list = append(list, plan.holder(u, ""))
	}
	for _, g := range t.Groups {
		list = append(list, plan.holder("", g))
	}
	if len(list) == 0 {
		return faultf("no-approver", "nobody is named to decide %s", n.el.id)
	}
	if missing := x.vacant(list); missing != "" {
		return faultf("no-approver", "nobody who is active holds %s, who must decide %s", missing, n.el.id)
	}
	t.Assignee, t.Users, t.Groups = "", nil, nil
	t.Seats = seat.Open(n.policyOf(), list)
	if u := x.reseat; u != nil && u.Element == n.Element {
		t.Seats, x.reseat = u.Seats, nil
	}
	return nil
}

// vacant is the first of the named persons and posts that nobody fills, so that
// an administrator hears of it instead of a task that nobody sees.
func (x *exec) vacant(list []seat.Holder) string {
	if x.in.Directory == nil {
		return ""
	}
	for _, h := range list {
		if h.Person != "" && !x.in.Directory.Person(h.Person) || h.Person == "" && len(x.in.Directory.Members(h.Group)) == 0 {
			return orID(h.Person, h.Group)
		}
	}
	return ""
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
	return n.el.user.approval.policy
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
	if op != "claim" && op != "unclaim" && op != "answer" && !slices.Contains(n.el.user.operations, op) {
		return refuse("operation-not-allowed", "this task does not allow %q", op)
	}
	if move := tokenOperations[op]; move != nil {
		return move(x, n)
	}
	request, err := x.request()
	if err != nil {
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
		if _, err := x.returnTarget(n); err != nil {
			return err
		}
	}
	if result.Verdict == seat.Rejected && x.ev.Code == "" {
		return refuse("reject-code-required", "say the kind of reason for the rejection")
	}
	x.decision = &decided{scope: n.parent, made: recallable{Element: n.Element, Task: n.Task.Key, Person: x.ev.Actor.Person, At: x.in.Now.UTC(), Seats: n.Task.Seats}}
	n.Task.Seats = result.Seats
	return x.verdict(n, result)
}

// request is the event as the seats see it.
func (x *exec) request() (seat.Request, error) {
	ev := x.ev
	if ev.Actor == nil {
		return seat.Request{}, refuse("no-actor", "only a person can decide")
	}
	by := seat.By{Person: ev.Actor.Person, Groups: ev.Actor.Groups, Owner: ev.Actor.Admin}
	if ev.Actor.Post != "" {
		by.Groups = appendNew(slices.Clone(by.Groups), ev.Actor.Post)
	}
	persons := ev.Persons
	if ev.To != "" {
		persons = append([]string{ev.To}, persons...)
	}
	for _, p := range persons {
		if err := x.known(p); err != nil {
			return seat.Request{}, err
		}
	}
	return seat.Request{Operation: seat.Operation(ev.Operation), By: by, Seat: ev.Seat, To: persons, Mode: seat.Kind(ev.Mode), Weight: ev.Weight,
		Opinion: ev.Opinion, Reason: ev.Reason, Digest: ev.Digest, At: x.in.Now}, nil
}

// verdict moves the token when the seats have decided.
func (x *exec) verdict(n *node, r seat.Result) error {
	if r.Verdict != seat.Agreed && r.Verdict != seat.Disagreed {
		x.decision = nil
	}
	switch r.Verdict {
	case seat.Undecided:
		x.changed(n)
		return nil
	case seat.Returned:
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
		if target := n.el.user.approval.returnTo; target != nil && n.returnsTo(target) {
			return x.replay(n, target, "nobody-decided", r.Voided)
		}
	}
	task := n.Task.Key
	decided := signed{Element: n.Element, Task: task}
	for _, s := range r.Seats {
		if s.State == seat.Done {
			decided.Seats = append(decided.Seats, s.No)
		}
	}
	n.sign(decided)
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

// reassignSeat lets an administrator give an open seat to another person.
func (x *exec) reassignSeat(n *node) error {
	seats := slices.Clone(n.Task.Seats)
	at := slices.IndexFunc(seats, func(s Seat) bool {
		return s.State == seat.Active && (x.ev.Seat == 0 || s.No == x.ev.Seat)
	})
	switch {
	case at < 0:
		return refuse("no-such-seat", "the task has no such seat that is open")
	case x.ev.To == "":
		return refuse("person-required", "name the person who gets the seat")
	}
	if err := x.known(x.ev.To); err != nil {
		return err
	}
	s := &seats[at]
	if s.Principal != "" {
		s.Chain = append(slices.Clone(s.Chain), s.Principal)
	}
	s.Principal, s.Actor = x.ev.To, x.ev.To
	n.Task.Seats = seats
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
