package api

import (
	"cmp"
	"errors"
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/process"
)

// operation is a verb of the engine's table with what is HTTP's: the permission
// that it needs beside the one to work on tasks, and for a remark its command.
type operation struct {
	engine.OperationSpec
	needs  permission
	remark *remark // it changes nothing of the task; nil: an event of the process
}

// governing is what the operations of those who govern processes need.
var governing = map[string]permission{
	"reassign": processGovern, "appendStep": processGovern, "suspend": processGovern, "resume": processGovern,
	"jump": processGovern, "terminate": processGovern,
}

// remarks are the commands of the operations that move nothing.
var remarks = map[string]*remark{
	"urge": {
		acts.Urge, acts.MayUrge,
	}, "cc": {do: acts.Copy}, "comment": {do: acts.Comment}, "supplement": {acts.Supplement, acts.MaySupplement},
}

func operationOf(spec engine.OperationSpec) operation {
	return operation{spec, governing[spec.Name], remarks[spec.Name]}
}

// rejectCodes are the kinds of reasons for a rejection.
var rejectCodes = []string{"need", "duplicate", "scope", "funds", "materials", "other"}

// operationNamed finds an operation that people are offered.
func operationNamed(name string) (operation, bool) {
	spec, ok := engine.OperationNamed(name)
	return operationOf(spec), ok && !spec.System
}

// offers are the operations that the person may do with a task: what the
// process would take is offered, what it would take from this person at another
// moment is shown with the reason why not.
func (c *call) offers(
	p *matter, t process.Task, detail process.TaskDetail, a models.Acting, hasForm bool,
) ([]wire.AllowedOperation, error) {
	out := []wire.AllowedOperation{}
	if !c.who.may(taskWork) {
		return out, nil
	}
	general := a
	owns, err := c.ownsByModel(t)
	if err != nil {
		return nil, err
	}
	for _, spec := range engine.Operations {
		op := operationOf(spec)
		if op.System || t.State == process.TaskClosed && !op.Closed || !op.known(t, detail) || op.needs != "" && !c.who.may(op.needs) &&
			!(owns && op.Name == appendStep) {
			continue
		}
		a := general
		if op.needs != "" && !c.who.mayIn(a.Post, op.needs) {
			a.Post = c.who.postWith(op.needs)
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
		o.Data = op.Data && hasForm
		if r != nil {
			o.Blocked, o.Primary = c.textOf(r.Code, r.Args), false
		}
		out = append(out, o)
	}
	return out, nil
}

// known reports whether a task has the operation at all.
func (op operation) known(t process.Task, detail process.TaskDetail) bool {
	if op.Always || op.remark != nil {
		return true
	}
	return slices.Contains(detail.Operations, op.Name) || t.Policy == "" && op.Plain
}

// possible asks whether the process, or the register, would take the operation.
func (c *call) possible(p *matter, t process.Task, op operation, a models.Acting) error {
	if op.remark != nil {
		return c.mayRemark(op, t, a)
	}
	if op.Evidence {
		return c.maySignLate(p, t)
	}
	if op.Second {
		if err := c.mayBegin(p, op.Name); err != nil {
			return models.Refuse("admin-only")
		}
	}
	ev := c.probe(p, t, op, a)
	if op.People > 0 && ev.To == "" && p.world.Input.Org != nil {
		if err := p.check(c.nobody(ev)); err != nil && problemOf(err).Slug != "person-required" {
			return err
		}
		return models.Refuse("nobody-eligible")
	}
	return p.check(ev)
}

func (c *call) offer(p *matter, t process.Task, detail process.TaskDetail, op operation, a models.Acting) wire.AllowedOperation {
	o := wire.AllowedOperation{
		Operation: op.Name, Label: c.text("operation." + op.Name), Primary: op.Primary, Opinion: orNothing(op.Opinion),
		Reason: orNothing(op.Reason),
		To:     orNothing(""), People: op.People, Second: op.Second, Targets: c.targets(p, t, op, a),
	}
	if op.People > 0 {
		o.To = string(engine.Required)
	}
	if op.Evidence {
		o.Evidence, o.Second, o.Modes = true, true, decisionsOf(detail)
	}
	if op.Mode {
		o.Modes = []string{"all", "any", "sequential"}
	}
	if e := p.bundle.Element(t.Process, t.Element); op.Target == "return" && e != nil && e.Ext.Approval != nil &&
		e.Ext.Approval.KeyFields != "" {
		o.Modes = []string{"replay", "resume"}
	}
	if op.Code {
		for _, code := range rejectCodes {
			o.Codes = append(o.Codes, wire.Target{ID: code, Name: c.text("reject." + code)})
		}
	}
	if op.Seat {
		for _, s := range detail.Seats {
			if slices.Contains([]string{"waiting", "active", "suspended"}, s.State) {
				o.Seats = append(o.Seats, s.No)
			}
		}
	}
	return o
}

func orNothing(a engine.Ask) string { return cmp.Or(string(a), "none") }

// shown are refusals that a person should see beside the button.
var shown = map[string]bool{
	"nobody-eligible": true, "not-your-turn": true, "seat-suspended": true, "suspended": true, "incident": true, "transfer-limit": true,
	"result-known":      true,
	"urge-just-arrived": true, "urge-too-soon": true, "urge-enough-today": true,
}

// probeReason stands for words that are asked for when the operation is done.
const probeReason = "probe whether possible"

// probe is an event that asks whether an operation is possible.
func (c *call) probe(p *matter, t process.Task, op operation, a models.Acting) engine.Event {
	ev := op.event(t, c.actor(a))
	ev.ID = "probe"
	if op.Name == appendStep { // who governs the case was asked before
		ev.Actor.Admin = true
	}
	if op.Reason != "" {
		ev.Reason = probeReason
	}
	if op.Opinion == engine.Required {
		ev.Opinion = probeReason
	}
	if op.People > 0 {
		ev.To = c.somebody(p, t, op, a)
	}
	if op.Seat && op.People > 0 {
		ev.Seat = firstOpen(t)
	}
	if op.Seat && op.People == 0 {
		ev.Seat = c.someSeat(t, a)
	}
	if op.Code {
		ev.Code = rejectCodes[0]
	}
	if to := c.targets(p, t, op, a); len(to) > 0 {
		ev.Element = to[0].ID
	}
	return ev
}

// event is what the operation is to the process.
func (op operation) event(t process.Task, actor *engine.Actor) engine.Event {
	if op.Event != "" {
		return engine.Event{Type: op.Event, Key: t.Root, Actor: actor}
	}
	return engine.Event{Type: engine.Operate, Key: t.Key, Operation: op.Name, Actor: actor}
}

// nobody is an event that names nobody: what else is against it is said first.
func (c *call) nobody(ev engine.Event) engine.Event {
	ev.To, ev.Persons = "", nil
	return ev
}

// firstOpen is an open seat of a task, 0 of a plain one.
func firstOpen(t process.Task) int {
	detail, err := t.Details()
	if err != nil {
		return 0
	}
	for _, s := range detail.Seats {
		if s.State == "active" {
			return s.No
		}
	}
	return 0
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
	switch op.Target {
	case "return":
		ids = p.state.ReturnTargets(p.bundle.Program, t.Key)
	case "jump":
		ids = p.state.JumpTargets(p.bundle.Program, t.Key)
	}
	ev := op.event(t, c.actor(a))
	ev.Reason = probeReason
	var out []wire.Target
	for _, id := range ids {
		if ev.Element = id; p.bundle.Strands(p.state, ev, p.world.Input) != nil {
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
	in := cmp.Or(p.state.TargetProcess(p.bundle.Program, t.Key, id), t.Process)
	if to := p.bundle.Element(in, id); to != nil {
		return wire.Target{ID: id, Name: c.elementName(to)}
	}
	return wire.Target{ID: id, Name: id}
}
