package api

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
)

// What an operation asks for.
const (
	required = "required"
	optional = "optional"
	nothing  = "none"
)

// minReason is how long a reason is at least (domain/approval.md §1).
const minReason = 5

// need is what an operation on a task asks for beside the version.
type need struct {
	opinion, reason, to string
	data                bool // it sends the form's data
	primary             bool
}

// needs is the table of operations that people do on tasks (domain/approval.md
// §2). What a row does not say is not asked.
var needs = map[string]need{
	"complete":    {opinion: optional, data: true, primary: true},
	"agree":       {opinion: optional, data: true, primary: true},
	"disagree":    {opinion: required, data: true},
	"abstain":     {opinion: optional},
	"reject":      {opinion: optional, reason: required},
	"return":      {opinion: optional, reason: required},
	"withdraw":    {reason: required},
	"recall":      {reason: required},
	"transfer":    {reason: required, to: required},
	"delegate":    {reason: optional, to: required},
	"addBefore":   {reason: optional, to: required},
	"addAfter":    {opinion: optional, reason: optional, to: required},
	"addParallel": {reason: optional, to: required},
	"removeSign":  {reason: required, to: required},
	"claim":       {},
	"unclaim":     {},
	"terminate":   {reason: required},
	"jump":        {reason: required},
	"reassign":    {reason: required, to: required},
}

// order is how operations are offered.
var order = []string{"complete", "agree", "disagree", "abstain", "return", "reject", "transfer", "delegate", "addBefore", "addAfter", "addParallel", "removeSign", "recall", "withdraw", "claim", "unclaim"}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}

// operations asks the engine about each operation that the task knows: what it
// would take is offered, what it would take from this person at another moment
// is shown with the reason why not.
func (c *call) operations(p *process, t models.Task, detail models.TaskDetail, a models.Acting, hasForm bool) []wire.AllowedOperation {
	out := []wire.AllowedOperation{}
	if !c.who.may(taskWork) || t.State == models.TaskClosed {
		return out
	}
	known := append(slices.Clone(detail.Operations), "claim", "unclaim")
	if t.Policy == "" {
		known = append(known, "complete")
	}
	for _, op := range order {
		if !slices.Contains(known, op) {
			continue
		}
		n := needs[op]
		err := p.check(c.probe(t, op, a))
		var r *models.Refusal
		if err != nil && (!errors.As(err, &r) || !shown[r.Code]) {
			continue
		}
		o := wire.AllowedOperation{
			Operation: op, Label: c.text("operation." + op), Primary: n.primary, Opinion: orNothing(n.opinion), Reason: orNothing(n.reason),
			To: orNothing(n.to), Data: n.data && hasForm, Targets: c.targets(p, t, op),
		}
		if err != nil {
			o.Blocked, o.Primary = c.textOf(r.Code, r.Args), false
		}
		out = append(out, o)
	}
	return out
}

// shown are refusals that the holder of a task should see beside the button.
var shown = map[string]bool{"not-your-turn": true, "seat-suspended": true, "suspended": true, "incident": true, "transfer-limit": true, "result-known": true}

// probe is an event that asks whether an operation is possible.
func (c *call) probe(t models.Task, op string, a models.Acting) engine.Event {
	ev := engine.Event{ID: "probe", Type: engine.Operate, Key: t.Key, Operation: op, Actor: c.actor(a)}
	if needs[op].reason != "" {
		ev.Reason = "probe whether possible"
	}
	if needs[op].opinion == required {
		ev.Opinion = ev.Reason
	}
	if needs[op].to == required {
		ev.To = c.somebodyElse()
	}
	return ev
}

// somebodyElse is a person to ask the engine about handing on with.
func (c *call) somebodyElse() string {
	if c.other == "" {
		c.db().Raw("SELECT id FROM person WHERE active AND id <> ? ORDER BY id DESC LIMIT 1", c.who.Person.ID).Scan(&c.other)
	}
	return c.other
}

// targets are where a return goes to: the model names one.
func (c *call) targets(p *process, t models.Task, op string) []wire.Target {
	if op != "return" {
		return nil
	}
	e := p.bundle.Element(t.Process, t.Element)
	if e == nil || e.Ext.Approval == nil || e.Ext.Approval.ReturnTo == "" {
		return nil
	}
	id := e.Ext.Approval.ReturnTo
	if to := p.bundle.Element(t.Process, id); to != nil {
		return []wire.Target{{ID: id, Name: c.elementName(to)}}
	}
	return []wire.Target{{ID: id, Name: id}}
}

// complete refuses a request that lacks what its operation asks for.
func (n need) complete(in wire.OperationRequest) error {
	p := invalid()
	if n.reason == required && utf8.RuneCountInString(strings.TrimSpace(in.Reason)) < minReason {
		p.field("/reason", "reason-required", "limit", "5")
	}
	if n.opinion == required && strings.TrimSpace(in.Opinion) == "" && strings.TrimSpace(in.Reason) == "" {
		p.field("/opinion", "field.required")
	}
	if n.to == required && in.To == "" {
		p.field("/to", "person-required")
	}
	if n.to == "" && in.To != "" {
		p.field("/to", "field.unexpected")
	}
	if !n.data && len(in.Data) > 0 {
		p.field("/data", "field.unexpected")
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}
