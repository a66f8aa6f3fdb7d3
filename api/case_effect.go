package api

import (
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// effects says in words what an act on a case leads to.
func (c *call) effects(p *matter, act string) ([]string, error) {
	places := p.state.Places(p.bundle.Program)
	timers, messages := 0, 0
	for _, at := range places {
		timers += len(at.Timers)
		messages += len(at.Messages)
	}
	out := []string{}
	say := func(when bool, key string, args ...string) {
		if when {
			out = append(out, c.text("case.effect."+key, args...))
		}
	}
	n := func(i int) string { return strconv.Itoa(i) }
	switch act {
	case "suspend":
		say(true, "suspend.tokens", "n", n(len(places)))
		say(timers > 0, "suspend.timers", "n", n(timers))
		say(messages > 0, "suspend.messages")
		say(true, "suspend.until")
	case "resume":
		say(true, "resume.tokens", "n", n(len(places)))
		say(true, "resume.clocks")
		say(messages > 0, "resume.messages")
	case "terminate":
		say(true, "terminate.tokens", "n", n(len(places)))
		return c.terminates(out, p)
	case "jump":
		say(true, "jump.voids")
	default:
		say(true, act)
	}
	return out, nil
}

// terminates says what the end of a case means beside its process: tasks, books, bureaus.
func (c *call) terminates(out []string, p *matter) ([]string, error) {
	open, err := process.OpenTasks(c.db(), p.root.Key)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	next, err := c.nextTasks(d, open)
	if err != nil {
		return nil, err
	}
	for _, t := range next {
		var who []string
		for _, h := range t.Holders {
			who = append(who, h.Name)
		}
		out = append(out, c.text("case.effect.terminate.task", "task", t.Name, "who", strings.Join(who, c.text("list.separator"))))
	}
	if p.root.BusinessKey == "" || p.root.BusinessKey != p.root.Project {
		return out, nil
	}
	project, err := books.FindProject(c.db(), p.root.Project)
	if err != nil {
		return nil, err
	}
	out = append(out, c.text("case.effect.terminate.stage"))
	if project.ApprovedOn != "" {
		out = append(out, c.text("case.effect.terminate.revoked", "partner", c.text("partner.finance")))
	}
	return out, nil
}

// jumpEffects says what a jump does.
func (c *call) jumpEffects(p *matter, at engine.RestingPlace, target string) []string {
	out := []string{
		c.text("case.effect.jump.ends", "from", c.nameOf(p, at.Process, at.Element)),
		c.text("case.effect.jump.begins", "to", c.nameOf(p, at.Process, target)),
	}
	var names []string
	for _, id := range p.state.Skipped(p.bundle.Program, at.Key, target) {
		names = append(names, c.nameOf(p, at.Process, id))
	}
	if len(names) > 0 {
		out = append(
			out, c.text("case.effect.jump.skips", "n", strconv.Itoa(len(names)), "what", strings.Join(names, c.text("list.separator"))),
		)
	}
	return append(out, c.text("case.effect.jump.voids"))
}
