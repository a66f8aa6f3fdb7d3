package activities

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
)

// prepare readies an operation on a task: is it allowed, is the form right, and
// what does the command of the task make of it?
func (s *step) prepare(tx *gorm.DB) error {
	row, err := s.taskRow(tx, s.ev.Key)
	if errors.Is(err, process.ErrNotFound) && s.ev.Operation == "jump" {
		return nil // of a token that waits for something else; the engine knows it
	}
	if errors.Is(err, process.ErrNotFound) {
		return models.Refuse("no-such-task", "key", fmt.Sprint(s.ev.Key))
	}
	if err != nil {
		return err
	}
	t := *row
	if t.Root != s.root.Key {
		return models.Refuse("no-such-task", "key", fmt.Sprint(s.ev.Key))
	}
	s.task = &t
	if s.ev.Operation == "recall" {
		if err := process.Recallable(tx, t, s.acting.Person); err != nil {
			return err
		}
	}
	if s.ev.Digest == "" {
		s.ev.Digest = s.digest()
	}
	// An approval has no command: its signature is the act.
	if s.ev.Operation == "agree" || s.ev.Operation == lateSigned && s.ev.Mode == "agree" {
		d, err := t.Details()
		if err != nil {
			return err
		}
		if err := s.gate(tx, d.Headers, ""); err != nil {
			return err
		}
	}
	if !bundles.Submits(s.ev.Operation, t.Form, t.Command) {
		return nil
	}
	clean, scope, err := s.bundle.Submit(s.state, s.world.Input, bundles.Submission{Event: s.ev, Form: t.Form, Data: s.req.Data})
	if err != nil {
		return err
	}
	if len(clean) > 0 {
		s.answers = models.JSONOf(clean)
	}
	if t.Command == "" || s.ev.Operation != "complete" {
		s.ev.Variables, err = bundles.Variables(clean)
		return err
	}
	d, err := t.Details()
	if err != nil {
		return err
	}
	s.ev.Variables, err = s.run(tx, commands.Call{
		Name: t.Command, Task: t.Key, Element: t.Element, Vars: scope, Headers: d.Headers, Data: json.RawMessage(models.JSONOf(clean)),
	})
	return err
}

// digest binds a verdict to the content that was on the table: the business key,
// the visible scalars and what was submitted with the verdict.
func (s *step) digest() string {
	raw, err := json.Marshal(s.state.Visible(s.ev.Key))
	if err != nil {
		return ""
	}
	h := sm3.New()
	_, _ = fmt.Fprintf(h, "%s\x00%s\x00%s", s.root.BusinessKey, raw, s.req.Data)
	return hex.EncodeToString(h.Sum(nil))
}

// act records what a person did with a task.
func (s *step) act(tx *gorm.DB) error {
	if s.acting.Person == models.System {
		return s.actOfClock(tx)
	}
	if s.task == nil {
		return s.actOnInstance(tx)
	}
	target := s.ev.To
	if target == "" {
		target = s.ev.Element
	}
	act := process.TaskAct{
		Task: s.task.Key, Root: s.root.Key, Element: s.task.Element, TaskName: s.task.Name, Round: s.task.Round,
		Person: s.acting.Person, Post: s.acting.Post, Principal: s.principal(), Operation: s.ev.Operation, Opinion: s.ev.Opinion,
		Reason: s.ev.Reason, Target: target, Digest: s.ev.Digest, Event: s.req.ID, At: s.now, BusinessDate: s.acting.BusinessDate,
		Answers: s.answers,
	}
	if s.ev.Operation == lateSigned {
		if err := s.signedLate(&act); err != nil {
			return err
		}
	}
	return process.RecordAct(tx, act)
}

// principal is whose authority the actor used, when it was not his own.
func (s *step) principal() string {
	d, err := s.task.Details()
	if err != nil {
		return ""
	}
	for _, seat := range d.Seats {
		if seat.Actor == s.acting.Person && seat.State == "active" && seat.Principal != seat.Actor {
			return seat.Principal
		}
	}
	return d.For[s.acting.Person]
}
