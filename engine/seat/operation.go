package seat

// Operation is a verb of an approval task (domain: approval.md §2). Withdraw,
// recall, jump and the return target belong to the engine: they move the token.
type Operation string

// Operations are the verbs, in the order in which people are offered them.
var Operations = []Operation{
	"agree", "disagree", "return", "reject", "abstain", "answer", "transfer", "addBefore", "addAfter", "addParallel", "removeSign",
	"delegate", "claim", "unclaim",
}

// operation is a row of the table.
type operation struct {
	signer   bool // seats added before or after may do it too
	delegate bool // a delegate's seat may do it
	voter    bool // a seat of the policy may do it
	owner    bool // the owner of the task may do it without a seat
	seatless bool // no seat acts
	people   int  // how many persons it names at most
	reason   bool // it needs a reason
	may      func(*turn) bool
	run      func(*turn) error
}

// operations is the table, never changed.
var operations = map[Operation]operation{
	"agree":       {voter: true, signer: true, run: agree},
	"disagree":    {voter: true, signer: true, run: decision(Disagree)},
	"abstain":     {voter: true, signer: true, run: decision(Abstain)},
	"answer":      {delegate: true, run: decision(Answered)},
	"return":      {voter: true, signer: true, reason: true, may: mayGiveBack, run: giveBack},
	"reject":      {voter: true, reason: true, may: mayReject, run: reject},
	"transfer":    {voter: true, signer: true, people: 1, reason: true, may: mayTransfer, run: transfer},
	"delegate":    {voter: true, people: 1, run: delegate},
	"addBefore":   {voter: true, people: MaxAdded, run: addBefore},
	"addAfter":    {voter: true, people: MaxAdded, run: addAfter},
	"addParallel": {voter: true, owner: true, people: MaxAdded, may: mayAddParallel, run: addParallel},
	"removeSign":  {seatless: true, reason: true, may: mayRemove, run: removeSign},
	"claim":       {voter: true, signer: true, may: mayClaim, run: claim},
	"unclaim":     {voter: true, signer: true, may: mayUnclaim, run: unclaim},
}

// MaxAdded is how many persons one addition of signers names at most.
const MaxAdded = 5

const maxHops = 3 // transfers of one seat

func (op operation) fits(s *Seat) bool {
	switch {
	case s.Origin == Delegated:
		return op.delegate
	case s.For != 0:
		return op.signer
	}
	return op.voter
}

// take seats the acting person: a free group seat gets a holder; principal or proxy, who acts is the actor.
func (t *turn) take() {
	if t.seat.Principal == "" {
		t.seat.Principal = t.req.By.Person
	}
	t.seat.Actor = t.req.By.Person
}

// sign finishes the acting seat with a decision.
func (t *turn) sign(d Decision) {
	t.take()
	s, r := t.seat, t.req
	s.State, s.Decision, s.Opinion, s.Digest, s.SignedAt = Done, d, r.Opinion, r.Digest, r.At
	s.Evidence, s.DecidedAt = r.Evidence, r.DecidedAt
}

func decision(d Decision) func(*turn) error {
	return func(t *turn) error {
		t.sign(d)
		return nil
	}
}

// agree asks for a reason when somebody whom the holder had asked first disagreed (scenario 19).
func agree(t *turn) error {
	no := t.seat.No
	if !t.reasoned() && anySeat(t.seats, func(s *Seat) bool { return s.For == no && s.Origin == AddedBefore && s.Decision == Disagree }) {
		return errReason
	}
	t.sign(Agree)
	return nil
}

// giveBack ends the task. An added signer returns only to who added him.
func giveBack(t *turn) error {
	if !mayGiveBack(t) {
		return refuse("not-for-this-seat", "this seat advises; it cannot return the matter")
	}
	t.sign(Return)
	if t.seat.For == 0 {
		t.verdict = Returned
	}
	return nil
}

// mayGiveBack: an assistant advises, and does not move the token.
func mayGiveBack(t *turn) bool { return t.seat.For != 0 || !t.policy.row().primary || t.seat.Primary }

// mayReject: who only advises, or was added, does not end a matter.
func mayReject(t *turn) bool {
	return t.seat.Origin != AddedBeside && (!t.policy.row().primary || t.seat.Primary)
}

// reject ends the task for good; open seats are void.
func reject(t *turn) error {
	if !mayReject(t) {
		return refuse("not-for-this-seat", "this seat advises; it cannot reject")
	}
	t.sign(Reject)
	t.verdict = Rejected
	return nil
}

func mayTransfer(t *turn) bool { return len(t.seat.Chain) < maxHops }

// transfer gives the seat to another person, for good.
func transfer(t *turn) error {
	if !mayTransfer(t) {
		return refuse("transfer-limit", "this task was handed on %d times already; give it to the section head", maxHops)
	}
	t.take()
	s := t.seat
	s.Give(t.req.To[0], t.req.Why[t.req.To[0]])
	if s.For == 0 && s.AddedBy == "" {
		s.Origin = Transferred
	}
	return nil
}

// addHelpers adds seats that help the acting one.
func (t *turn) addHelpers(origin Origin) {
	mode := t.req.Mode
	if mode == "" {
		mode = All
	}
	no := t.seat.No
	for i, person := range t.req.To {
		s := Seat{
			Principal: person, Actor: person, Group: t.req.Why[person].Post(), Origin: origin, State: Active, Weight: 1, For: no,
			Mode: mode, Why: t.req.Why[person],
		}
		if mode == Sequential && i > 0 {
			s.State = Waiting
		}
		t.add(s)
	}
}

// add appends a seat. It may move the slice, so the acting seat is looked up again.
func (t *turn) add(s Seat) {
	s.No, s.AddedBy = len(t.seats)+1, t.req.By.Person
	t.seats = append(t.seats, s)
	if t.seat != nil {
		t.seat = &t.seats[t.seat.No-1]
	}
}

// delegate asks one person for an opinion; the holder still decides.
func delegate(t *turn) error {
	t.take()
	t.seat.State = Suspended
	t.addHelpers(Delegated)
	return nil
}

func addBefore(t *turn) error {
	t.take()
	t.seat.State = Suspended
	t.addHelpers(AddedBefore)
	return nil
}

func addAfter(t *turn) error {
	if err := agree(t); err != nil {
		return err
	}
	t.addHelpers(AddedAfter)
	return nil
}

func mayAddParallel(t *turn) bool { return settled(t.policy, Count(t.policy, t.seats)) == Undecided }

// addParallel lets more seats join the policy; not when its result is known, which would dilute it.
func addParallel(t *turn) error {
	switch {
	case !mayAddParallel(t):
		return refuse("result-known", "the result is already known; seats can no longer join")
	case t.policy.row().weighted && t.req.Weight <= 0:
		return refuse("weight-required", "state the weight of the added seats")
	case t.policy.row().weighted && t.req.Weight > t.greatestWeight():
		return refuse("weight-too-great", "an added seat weighs at most %d here", t.greatestWeight())
	}
	if t.seat != nil {
		t.take()
	}
	for _, person := range t.req.To {
		s := Seat{
			Principal: person, Actor: person, Group: t.req.Why[person].Post(), Origin: AddedBeside, State: Active,
			Weight: max(t.req.Weight, 1), Why: t.req.Why[person],
		}
		if t.policy.row().sequential {
			s.State = Waiting
		}
		t.add(s)
	}
	return nil
}

// greatestWeight is what an added seat may weigh: as much as that of who adds it,
// of the owner without a seat as much as the lightest of the model's.
func (t *turn) greatestWeight() int {
	if t.seat != nil {
		return t.seat.Weight
	}
	least := 0
	for i := range t.seats {
		if s := &t.seats[i]; s.Origin != AddedBeside && s.votes() && (least == 0 || s.Weight < least) {
			least = s.Weight
		}
	}
	return least
}

// removable reports whether the person may remove the seat: who added it, or the owner of the task.
func (t *turn) removable(s *Seat) bool {
	return s.open() && (t.req.By.Owner || s.AddedBy != "" && s.AddedBy == t.req.By.Person)
}

func mayRemove(t *turn) bool { return anySeat(t.seats, t.removable) }

// removeSign takes an open seat away, with the helpers it has.
func removeSign(t *turn) error {
	no := t.req.Seat
	if no < 1 || no > len(t.seats) {
		return refuse("no-such-seat", "the task has no seat %d", no)
	}
	s := &t.seats[no-1]
	switch {
	case s.State == Done:
		return refuse("already-decided", "seat %d has already decided", no)
	case !s.open():
		return refuse("seat-closed", "seat %d is closed", no)
	case !t.removable(s):
		return refuse("not-your-seat", "only who added seat %d, or the owner of the task, may remove it", no)
	case s.For == 0 && !anySeat(t.seats, func(o *Seat) bool { return o.No != no && o.votes() }):
		return refuse("last-seat", "at least one seat must remain")
	}
	t.close(Void, func(o *Seat) bool { return o.No == no || o.For == no })
	return nil
}

func mayClaim(t *turn) bool { return t.seat.Actor == "" }

// claim takes a group's free seat, so that the other members no longer may.
func claim(t *turn) error {
	if !mayClaim(t) {
		return refuse("already-claimed", "you hold this seat already")
	}
	t.take()
	return nil
}

func mayUnclaim(t *turn) bool {
	s := t.seat
	return s.Group != "" && s.Origin == Initial && s.Actor == t.req.By.Person && !s.named()
}

// unclaim frees a group's seat again.
func unclaim(t *turn) error {
	if !mayUnclaim(t) {
		return refuse("not-claimed", "this seat was not taken from a group")
	}
	t.seat.Actor, t.seat.Principal = "", ""
	return nil
}
