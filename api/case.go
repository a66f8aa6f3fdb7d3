package api

import (
	"errors"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// caseRoot reads the root instance of the path, if the person sees the matter.
func (c *call) caseRoot() (process.RootState, error) {
	key, err := c.key("key")
	if err != nil {
		return process.RootState{}, err
	}
	root, err := process.RootByKey(c.db(), key)
	if errors.Is(err, process.ErrNotFound) {
		return root, notFound()
	}
	if err != nil {
		return root, err
	}
	return root, c.seesCase(root)
}

// getCase is where a case stands, and what the person may do with it as a whole.
func getCase(c *call) (any, error) {
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	p, err := c.process(root.Key)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Case{
		Key: keyText(
			root.Key,
		), Process: root.Process, ProcessName: c.nameOf(p, root.Process, ""), Matter: matterOfCase(root), Project: root.Project,
		State: caseState(p), Step: root.Step, Seen: p.state.Standing(), Tokens: []wire.CaseToken{}, Acts: []wire.CaseAct{},
	}
	if since, yes := p.state.Suspended(); yes {
		out.SuspendedSince = local(&since)
	}
	if err := c.fillMatterOfCase(&out, root); err != nil {
		return nil, err
	}
	if err := c.fillReopened(&out, root.Key); err != nil {
		return nil, err
	}
	governs, err := c.governsCase(root)
	if err != nil {
		return nil, err
	}
	if governs {
		if out.Tokens, err = c.tokens(d, p); err != nil {
			return nil, err
		}
	}
	if out.Confirmations, err = c.confirmable(d, root.Key); err != nil {
		return nil, err
	}
	out.Acts, err = c.caseActs(p, out.Tokens, caseActs)
	return out, err
}

func caseState(p *matter) string {
	_, suspended := p.state.Suspended()
	switch {
	case !p.root.Open:
		return "ended"
	case suspended:
		return "suspended"
	}
	return "running"
}

// fillMatterOfCase names what the case is about.
func (c *call) fillMatterOfCase(out *wire.Case, root process.RootState) error {
	if root.Project != "" && (root.BusinessKey == root.Project || root.BusinessKey == "") {
		p, err := books.FindProject(c.db(), root.Project)
		out.MatterName = p.Name
		return err
	}
	r, err := books.FindRectification(c.db(), root.BusinessKey)
	var unknown *models.Refusal
	if errors.As(err, &unknown) {
		begun, err := process.BegunAll(c.db(), []int64{root.Key})
		out.MatterName = begun[root.Key].Title
		return err
	}
	out.MatterName, out.Rectification = r.Title, r.No
	return err
}

func matterOfCase(root process.RootState) string {
	if root.BusinessKey != "" {
		return root.BusinessKey
	}
	return root.Project
}

// nameOf is the name of a process, or of an element of it.
func (c *call) nameOf(p *matter, process, element string) string {
	e := p.bundle.Process(process)
	if element != "" {
		e = p.bundle.Element(process, element)
	}
	switch {
	case e != nil:
		return c.elementName(e)
	case element != "":
		return element
	}
	return process
}

// tokens are the places where the case stands, with what each waits for and where it can be moved.
func (c *call) tokens(d *directory, p *matter) ([]wire.CaseToken, error) {
	out := []wire.CaseToken{}
	for _, at := range p.state.Places(p.bundle.Program) {
		w := wire.CaseToken{
			Key: keyText(at.Key), Element: at.Element, Name: c.nameOf(p, at.Process, at.Element), Process: at.Process,
			ProcessName: c.nameOf(p, at.Process, ""), Waits: c.waits(at), Stuck: at.Stuck, Targets: c.moves(p, at),
		}
		if at.Task != 0 {
			t, err := process.TaskByKey(c.db(), at.Task)
			if err != nil {
				return nil, err
			}
			next, err := c.nextTasks(d, []process.Task{t})
			if err != nil {
				return nil, err
			}
			w.Task, w.Name, w.Holders = keyText(t.Key), next[0].Name, next[0].Holders
		}
		out = append(out, w)
	}
	return out, nil
}

// waits says in words what a token waits for.
func (c *call) waits(at engine.RestingPlace) []string {
	out := []string{}
	if at.Stuck {
		out = append(out, c.text("case.waits.incident"))
	}
	for _, m := range slices.Compact(slices.Sorted(slices.Values(at.Messages))) {
		out = append(out, c.text("case.waits.message", "name", c.messageName(m)))
	}
	for _, s := range at.Signals {
		out = append(out, c.text("case.waits.signal", "name", s))
	}
	for _, due := range at.Timers {
		out = append(out, c.text("case.waits.timer", "at", due.In(models.Zone).Format("2006-01-02 15:04")))
	}
	if at.Job {
		out = append(out, c.text("case.waits.job"))
	}
	return out
}

// messageName is a partner's event in words, any other message by its name.
func (c *call) messageName(name string) string {
	if key := "event." + name; texts.Has(key) {
		return c.text(key)
	}
	return name
}

// moves are where a token can be moved so that the case can still end.
func (c *call) moves(p *matter, at engine.RestingPlace) []wire.Target {
	out := []wire.Target{}
	for _, id := range p.state.JumpTargets(p.bundle.Program, at.Key) {
		ev := engine.Event{
			ID: "probe", Type: engine.Operate, Operation: "jump", Key: at.Key, Element: id, Reason: probeReason,
			Actor: &engine.Actor{Person: c.who.Person.ID, Admin: true},
		}
		if p.check(ev) != nil {
			continue
		}
		to := wire.Target{ID: id, Name: c.nameOf(p, at.Process, id)}
		for _, skipped := range p.state.Skipped(p.bundle.Program, at.Key, id) {
			to.Skips = append(to.Skips, c.nameOf(p, at.Process, skipped))
		}
		out = append(out, to)
	}
	return out
}

// bureausAtWork are the partners whose word the case waits for.
func bureausAtWork(p *matter) []string {
	var out []string
	for _, at := range p.state.Places(p.bundle.Program) {
		for _, m := range at.Messages {
			kind, _, _ := strings.Cut(m, ".")
			if who, known := senders[kind]; known && !slices.Contains(out, who) {
				out = append(out, who)
			}
		}
	}
	return out
}

// senders are the partners by the first word of their events (integration.md §4).
var senders = map[string]string{"budget": "finance", "payment": "finance", "procurement": "procurement"}
