package api

import (
	"errors"
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/process"
)

// What an operation asks for.
const (
	required = "required"
	optional = "optional"
	nothing  = "none"
)

// operation is a verb that people use on tasks (domain/approval.md §2), and what
// it asks for beside the version. What a row does not say is not asked.
type operation struct {
	Name            string
	opinion, reason string
	people          int              // persons that it names at most
	seat            bool             // it names a seat
	mode            bool             // it says how added seats run
	data            bool             // it sends the form's data
	primary         bool             // it is what the task is for
	always          bool             // not for the model to allow
	targets         string           // where to: "return" or "jump"
	codes           bool             // it names a kind of reason
	second          bool             // a second person confirms it
	whole           engine.EventType // it is about the whole matter, not the task
	closed          bool             // it can be done with a closed task
	needs           permission
	remark          *remark // it changes nothing of the task; nil: an event of the process
}

// operations is the table, in the order in which people are offered them.
var operations = []operation{
	{Name: "complete", opinion: optional, data: true, primary: true},
	{Name: "agree", opinion: optional, data: true, primary: true},
	{Name: "disagree", opinion: required, data: true},
	{Name: "abstain", opinion: optional},
	{Name: "answer", opinion: required, primary: true, always: true},
	{Name: "return", opinion: optional, reason: required, targets: "return"},
	{Name: "reject", opinion: optional, reason: required, codes: true, data: true},
	{Name: "transfer", reason: required, people: 1},
	{Name: "delegate", reason: optional, people: 1},
	{Name: "addBefore", reason: optional, people: maxAdded, mode: true},
	{Name: "addAfter", opinion: optional, reason: optional, people: maxAdded, mode: true},
	{Name: "addParallel", reason: optional, people: maxAdded},
	{Name: "removeSign", reason: required, seat: true},
	{Name: "recall", reason: required, closed: true},
	{Name: "withdraw", reason: required},
	{Name: "claim", always: true},
	{Name: "unclaim", always: true},
	{Name: "urge", opinion: optional, remark: &remark{acts.Urge, acts.MayUrge}},
	{Name: "cc", opinion: optional, people: acts.MaxCopies, closed: true, remark: &remark{do: acts.Copy}},
	{Name: "comment", opinion: required, closed: true, remark: &remark{do: acts.Comment}},
	{Name: "reassign", reason: required, people: 1, seat: true, always: true, needs: processGovern},
	{Name: "suspend", reason: required, always: true, needs: processGovern, whole: engine.Suspend},
	{Name: "resume", reason: required, always: true, needs: processGovern, whole: engine.Resume},
	{Name: "jump", reason: required, targets: "jump", always: true, needs: processGovern, second: true},
	{Name: "terminate", reason: required, always: true, needs: processGovern, second: true, whole: engine.Cancel},
}

// rejectCodes are the kinds of reasons for a rejection.
var rejectCodes = []string{"need", "duplicate", "scope", "funds", "materials", "other"}

// maxAdded is how many persons one addition of signers names at most (package seat).
const maxAdded = 5

func operationNamed(name string) (operation, bool) {
	i := slices.IndexFunc(operations, func(o operation) bool { return o.Name == name })
	if i < 0 {
		return operation{}, false
	}
	return operations[i], true
}

// offers are the operations that the person may do with a task: what the
// process would take is offered, what it would take from this person at another
// moment is shown with the reason why not.
func (c *call) offers(p *matter, t process.Task, detail process.TaskDetail, a models.Acting, hasForm bool) ([]wire.AllowedOperation, error) {
	out := []wire.AllowedOperation{}
	if !c.who.may(taskWork) {
		return out, nil
	}
	for _, op := range operations {
		if t.State == process.TaskClosed && !op.closed || !op.known(t, detail) || op.needs != "" && !c.who.may(op.needs) {
			continue
		}
		err := c.possible(p, t, op, a)
		var r *models.Refusal
		if err != nil && !errors.As(err, &r) {
			return nil, err
		}
		if r != nil && !shown[r.Code] {
			continue
		}
		o := c.offer(p, t, detail, op, a)
		o.Data = op.data && hasForm
		if r != nil {
			o.Blocked, o.Primary = c.textOf(r.Code, r.Args), false
		}
		out = append(out, o)
	}
	return out, nil
}

// known reports whether a task has the operation at all.
func (op operation) known(t process.Task, detail process.TaskDetail) bool {
	if op.always || op.remark != nil {
		return true
	}
	return slices.Contains(detail.Operations, op.Name) || t.Policy == "" && op.Name == "complete"
}

// possible asks whether the process, or the register, would take the operation.
func (c *call) possible(p *matter, t process.Task, op operation, a models.Acting) error {
	if op.remark != nil {
		return c.mayRemark(op, t, a)
	}
	return p.check(c.probe(p, t, op, a))
}

func (c *call) offer(p *matter, t process.Task, detail process.TaskDetail, op operation, a models.Acting) wire.AllowedOperation {
	o := wire.AllowedOperation{
		Operation: op.Name, Label: c.text("operation." + op.Name), Primary: op.primary, Opinion: orNothing(op.opinion), Reason: orNothing(op.reason),
		To: nothing, People: op.people, Second: op.second, Targets: c.targets(p, t, op, a),
	}
	if op.people > 0 {
		o.To = required
	}
	if op.mode {
		o.Modes = []string{"all", "any", "sequential"}
	}
	if e := p.bundle.Element(t.Process, t.Element); op.targets == "return" && e != nil && e.Ext.Approval != nil && e.Ext.Approval.KeyFields != "" {
		o.Modes = []string{"replay", "resume"}
	}
	if op.codes {
		for _, code := range rejectCodes {
			o.Codes = append(o.Codes, wire.Target{ID: code, Name: c.text("reject." + code)})
		}
	}
	if op.seat {
		for _, s := range detail.Seats {
			if slices.Contains([]string{"waiting", "active", "suspended"}, s.State) {
				o.Seats = append(o.Seats, s.No)
			}
		}
	}
	return o
}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}

// shown are refusals that a person should see beside the button.
var shown = map[string]bool{
	"not-your-turn": true, "seat-suspended": true, "suspended": true, "incident": true, "transfer-limit": true, "result-known": true,
	"urge-just-arrived": true, "urge-too-soon": true, "urge-enough-today": true,
}

// probeReason stands for words that are asked for when the operation is done.
const probeReason = "probe whether possible"

// probe is an event that asks whether an operation is possible.
func (c *call) probe(p *matter, t process.Task, op operation, a models.Acting) engine.Event {
	ev := op.event(t, c.actor(a))
	ev.ID = "probe"
	if op.reason != "" {
		ev.Reason = probeReason
	}
	if op.opinion == required {
		ev.Opinion = probeReason
	}
	if op.people > 0 {
		ev.To = c.somebodyElse()
	}
	if op.seat && op.people == 0 {
		ev.Seat = c.someSeat(t, a)
	}
	if op.codes {
		ev.Code = rejectCodes[0]
	}
	if to := c.targets(p, t, op, a); len(to) > 0 {
		ev.Element = to[0].ID
	}
	return ev
}

// event is what the operation is to the process.
func (op operation) event(t process.Task, actor *engine.Actor) engine.Event {
	if op.whole != "" {
		return engine.Event{Type: op.whole, Key: t.Root, Actor: actor}
	}
	return engine.Event{Type: engine.Operate, Key: t.Key, Operation: op.Name, Actor: actor}
}

// somebodyElse is a person to ask the engine about handing on with.
func (c *call) somebodyElse() string {
	if c.other == "" {
		c.db().Raw("SELECT id FROM person WHERE active AND id <> ? ORDER BY id DESC LIMIT 1", c.who.Person.ID).Scan(&c.other)
	}
	return c.other
}

// someSeat is a seat to ask the engine about removing: one that the person added.
func (c *call) someSeat(t process.Task, a models.Acting) int {
	detail, err := t.Details()
	if err != nil {
		return 0
	}
	for _, s := range detail.Seats {
		if s.AddedBy == a.Person && (s.State == "active" || s.State == "waiting") {
			return s.No
		}
	}
	return 0
}

// targets are where a return or a jump can lead to so that the case still ends; of a return the model's own choice is the first.
func (c *call) targets(p *matter, t process.Task, op operation, a models.Acting) []wire.Target {
	var ids []string
	switch op.targets {
	case "return":
		ids = p.state.ReturnTargets(p.bundle.Program, t.Key)
	case "jump":
		ids = p.state.JumpTargets(p.bundle.Program, t.Key)
	}
	ev := op.event(t, c.actor(a))
	ev.Reason = probeReason
	var out []wire.Target
	for _, id := range ids {
		if ev.Element = id; p.bundle.Strands(p.state, ev, p.input) != nil {
			continue
		}
		to := c.target(p, t, id)
		for _, skipped := range p.state.Skipped(p.bundle.Program, t.Key, id) {
			to.Skips = append(to.Skips, c.target(p, t, skipped).Name)
		}
		out = append(out, to)
	}
	return out
}

func (c *call) target(p *matter, t process.Task, id string) wire.Target {
	if to := p.bundle.Element(t.Process, id); to != nil {
		return wire.Target{ID: id, Name: c.elementName(to)}
	}
	return wire.Target{ID: id, Name: id}
}
