package bundles

import (
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/models/process"
)

// mostMissed bounds the moments of a repeating timer that may lie before its deployment.
const mostMissed = 100_000

// starts lists, by process, the start events that wait for something outside
// any instance; the problems are those that only show at a deployment. A
// conditional start is not among them: nobody but who begins it knows its data.
func (b *Bundle) starts(tx *gorm.DB, in engine.Input) (map[string][]process.StartSubscription, []Diagnostic, error) {
	triggers, err := b.Program.Starts(in)
	if err != nil {
		return nil, []Diagnostic{{Diagnostic: bpmn.Diagnostic{Rule: "start-event", Severity: bpmn.Error, Message: err.Error()}}}, nil
	}
	all := map[string][]process.StartSubscription{}
	var problems []Diagnostic
	for _, t := range triggers {
		p := b.Process(t.Process)
		if p == nil || !p.Process.Executable || t.Kind == "conditional" {
			continue
		}
		s := process.StartSubscription{Element: t.Element, Definition: t.Definition, Kind: t.Kind, Name: t.Name}
		var code, arg string
		switch t.Kind {
		case process.SubTimer:
			if s.Due, s.Times = b.firstDue(t, in); s.Times > mostMissed {
				code, arg = "cycle-too-old", strconv.Itoa(mostMissed)
			}
		case process.SubMessage:
			if arg, err = b.otherStart(tx, all, t); err != nil {
				return nil, nil, err
			}
			if arg != "" {
				code = "message-taken"
			}
		}
		if code != "" {
			e := b.Element(t.Process, t.Element)
			problems = append(problems, diagnostic(verify.Finding{
				Code: code, Severity: bpmn.Error, Process: t.Process, Element: t.Element, Name: e.Name, Line: e.Pos.Line, Col: e.Pos.Col,
				Arg: arg,
			}))
		}
		all[t.Process] = append(all[t.Process], s)
	}
	return all, problems, nil
}

// firstDue is the first moment of a timer start that is not past, and how many
// were: a cycle that is counted from a fixed moment owes nothing from before
// its deployment. A single date that is past is due at once.
func (b *Bundle) firstDue(t engine.StartTrigger, in engine.Input) (due *time.Time, times int) {
	for now := in.Now; t.Due.Before(now) && t.Count <= mostMissed; {
		in.Now = t.Due
		next, more := b.Program.NextStart(t, in)
		if !more && t.Count > 0 {
			return nil, t.Count + 1
		}
		if !more {
			break
		}
		t = next
	}
	return &t.Due, t.Count
}

// otherStart is the process that a message starts already, or "": a message
// begins one instance of one process, a signal is for several.
func (b *Bundle) otherStart(tx *gorm.DB, mine map[string][]process.StartSubscription, t engine.StartTrigger) (string, error) {
	for id, starts := range mine {
		if slices.ContainsFunc(starts, func(s process.StartSubscription) bool { return s.Kind == t.Kind && s.Name == t.Name }) {
			return id, nil
		}
	}
	others, err := process.StartSubscriptions(tx, t.Kind, t.Name)
	if err != nil {
		return "", err
	}
	for _, s := range others {
		if b.Process(s.Process) == nil { // of the bundle's own processes the newest version counts
			return s.Process, nil
		}
	}
	return "", nil
}
