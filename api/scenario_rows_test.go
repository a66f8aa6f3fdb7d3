package api_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// running are kinds of notifications that go with every task; only a scenario that names them looks for them.
var running = []string{"task-open", "task-handed", "task-recorded"}

// check compares what the database holds of the case with what a scenario expects.
func (p *play) check(want expected) {
	p.t.Helper()
	if want.Tasks != nil {
		p.same("tasks", p.tasks(), want.Tasks)
	}
	for element, seats := range want.Seats {
		p.same("seats of "+element, p.seats(element), seats)
	}
	if want.Acts != nil {
		p.same("acts", p.acts(), want.Acts)
	}
	if want.Ended != nil {
		root, err := process.RootByKey(p.db.Read(ctx()), p.root)
		p.must(err)
		if root.Open == *want.Ended {
			p.t.Errorf("ended: %v", !root.Open)
		}
	}
	for person, elements := range want.Inbox {
		p.same("inbox of "+person, p.inbox(person), elements)
	}
	for person, kinds := range want.Told {
		var got []string
		p.must(p.db.Read(ctx()).Model(&office.Notification{}).Where("person = ?", p.vars[person]).Order("id").Pluck("kind", &got).Error)
		got = slices.DeleteFunc(got, func(kind string) bool { return slices.Contains(running, kind) && !slices.Contains(kinds, kind) })
		p.same("told "+person, got, kinds)
	}
	for _, action := range want.Audited {
		if p.audited(action) == 0 {
			p.t.Errorf("the audit has no %s", action)
		}
	}
	for _, action := range want.Silent {
		if p.audited(action) != 0 {
			p.t.Errorf("the audit has %s", action)
		}
	}
	for element, rules := range want.Whys {
		var got []string
		d, err := p.newest(element).Details()
		p.must(err)
		for _, w := range d.Whys {
			got = append(got, w.Rule)
		}
		for _, s := range d.Seats {
			if s.Why != nil && !slices.Contains(got, s.Why.Rule) {
				got = append(got, s.Why.Rule)
			}
		}
		p.same("whys of "+element, got, rules)
	}
	for element, day := range want.Due {
		t := p.newest(element)
		if days, ok := strings.CutSuffix(day, "wd"); ok {
			day = string(p.workday(days))
		}
		if t.DueAt == nil || string(models.DateOf(*t.DueAt)) != p.fill(day) {
			p.t.Errorf("%s is due %v, want %s", element, t.DueAt, p.fill(day))
		}
	}
	for element, day := range want.Dated {
		var act process.TaskAct
		p.must(p.db.Read(ctx()).Where("root = ? AND element = ?", p.root, element).Order("id DESC").Take(&act).Error)
		got := act.BusinessDate
		if string(got) != p.timed(day) {
			p.t.Errorf("%s was done on %s, want %s", element, got, p.timed(day))
		}
	}
	if want.Governed != nil {
		var got []string
		for _, t := range p.all() {
			if d, err := t.Details(); err == nil && t.State != process.TaskClosed && len(d.Governors) > 0 {
				got = append(got, t.Element)
			}
		}
		p.same("governed", got, want.Governed)
	}
}

func (p *play) audited(action string) (n int64) {
	p.t.Helper()
	p.must(
		p.db.Read(ctx()).Model(&audit.AuditEntry{}).Where("chain = ? AND action = ?", fmt.Sprintf("i:%d", p.root), action).Count(&n).Error,
	)
	return n
}

func (p *play) same(what string, got, want []string) {
	p.t.Helper()
	if !slices.Equal(got, want) {
		p.t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func (p *play) all() []process.Task {
	p.t.Helper()
	all, err := process.TasksOf(p.db.Read(ctx()), p.root)
	p.must(err)
	return all
}

func (p *play) newest(element string) process.Task {
	p.t.Helper()
	for _, t := range slices.Backward(p.all()) {
		if t.Element == element {
			return t
		}
	}
	p.t.Fatalf("no task %s", element)
	return process.Task{}
}

// letter is a person as the scenario calls him.
func (p *play) letter(id string) string {
	for letter := range maps.Keys(p.People) {
		if p.vars[letter] == id {
			return letter
		}
	}
	return strings.ReplaceAll(id, p.unit, "")
}

func (p *play) tasks() (out []string) {
	for _, t := range p.all() {
		out = append(out, fmt.Sprintf("%s#%d %s", t.Element, t.Round, t.State))
	}
	return out
}

func (p *play) seats(element string) (out []string) {
	d, err := p.newest(element).Details()
	p.must(err)
	for _, s := range d.Seats {
		who := p.letter(s.Principal)
		if s.Principal == "" {
			who = p.letter(s.Group)
		}
		if s.Actor != s.Principal && s.Actor != "" {
			who += "/" + p.letter(s.Actor)
		}
		out = append(out, strings.TrimSpace(who+" "+s.State+" "+s.Decision))
	}
	return out
}

func (p *play) acts() (out []string) {
	all, err := process.ActsOf(p.db.Read(ctx()), p.root)
	p.must(err)
	for _, a := range all {
		s := p.letter(a.Person)
		if a.Principal != "" {
			s += " for " + p.letter(a.Principal)
		}
		s += " " + a.Operation
		if a.Element != "" {
			s += " " + a.Element
		}
		if a.Void {
			s += " void"
		}
		out = append(out, s)
	}
	return out
}

func (p *play) inbox(person string) (out []string) {
	posts, err := office.PostsOf(p.db.Read(ctx()), p.vars[person])
	p.must(err)
	q := process.InboxQuery{Person: p.vars[person], Scope: process.ScopeOpen, Limit: 100}
	for _, post := range posts {
		q.Posts = append(q.Posts, post.ID)
	}
	tasks, _, err := process.Inbox(p.db.Read(ctx()), q)
	p.must(err)
	for _, t := range tasks {
		if t.Root == p.root {
			out = append(out, t.Element)
		}
	}
	slices.Sort(out)
	return out
}
