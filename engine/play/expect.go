package play

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
)

// expect checks one expectation.
func (p *Player) expect(e *Expectation) error {
	switch {
	case e.Tasks != nil:
		return p.expectTasks("tasks", *e.Tasks, e, func(t engine.Task) string { return t.Element })
	case e.TaskNames != nil:
		return p.expectTasks("task names", *e.TaskNames, e, func(t engine.Task) string { return t.Name })
	case e.TaskCount != nil:
		match, err := p.matcher(&e.Filter)
		return orCount(err, "open tasks", count(p.tasks, match), *e.TaskCount)
	case e.TaskOpen != nil:
		match, err := p.matcher(e.TaskOpen)
		if err == nil && !slices.ContainsFunc(p.tasks, match) {
			err = errors.New("no open task matches")
		}
		return err
	case e.Tokens != nil:
		return multiset("tokens", *e.Tokens, p.tokens)
	case e.Executed != nil:
		return multiset("executed", *e.Executed, p.executed(e.Of))
	case e.Jobs != nil:
		return multiset("jobs", *e.Jobs, p.waitingJobs())
	}
	return p.expectInstance(e)
}

// expectInstance checks expectations about instances and what waits in them.
func (p *Player) expectInstance(e *Expectation) error {
	switch {
	case e.State != nil:
		return p.expectState(*e.State, e.Instance)
	case e.InstanceCount != nil:
		n := 0
		for _, i := range p.instances {
			if i.outcome == "" && (e.Process == nil || i.process == *e.Process) {
				n++
			}
		}
		return orCount(nil, "running instances", n, *e.InstanceCount)
	case e.Var != nil:
		return p.expectVar(e)
	case e.Active != nil, e.Inactive != nil:
		return p.expectActive(e)
	case e.ActiveCount != nil:
		n, err := p.active(e.Element, e.Instance)
		return orCount(err, "active "+deref(e.Element), n, *e.ActiveCount)
	case e.Timers != nil:
		n, err := p.countTimers(e)
		return orCount(err, "timers", n, *e.Timers)
	case e.Subscriptions != nil:
		n, err := p.countSubscriptions(e)
		return orCount(err, "subscriptions", n, *e.Subscriptions)
	case e.NoIncident != nil:
		return p.expectHealthy(*e.NoIncident, true)
	case e.IncidentOrFailed != nil:
		return p.expectHealthy(*e.IncidentOrFailed, false)
	}
	return errors.New("the format has no such expectation")
}

func (p *Player) expectTasks(what string, want []string, e *Expectation, of func(engine.Task) string) error {
	match, err := p.matcher(&e.Filter)
	if err != nil {
		return err
	}
	var got []string
	for _, t := range p.tasks {
		if match(t) {
			got = append(got, of(t))
		}
	}
	return multiset(what, want, got)
}

func (p *Player) executed(of []string) []string {
	var got []string
	for _, el := range p.completed {
		if slices.Contains(of, el.id) {
			got = append(got, el.id)
		}
	}
	return got
}

func (p *Player) waitingJobs() []string {
	var got []string
	for _, j := range p.jobs {
		if _, served := p.workers[j.Type]; !served {
			got = append(got, j.Type)
		}
	}
	return got
}

func (p *Player) expectState(want string, alias *string) error {
	key, err := p.alias(deref(alias))
	if err != nil {
		return err
	}
	got := string(p.instances[key].outcome)
	if got == "" {
		got = "active"
		if p.hasIncident(func(i engine.IncidentRaised) bool { return i.Instance == key }) {
			got = "incident"
		}
	}
	if got == want || want == "ended" && (got == "completed" || got == "terminated") {
		return nil
	}
	return fmt.Errorf("the instance is %s, expected %s%s", got, want, p.explain(got))
}

// explain adds the reason to a difference that an incident causes.
func (p *Player) explain(state string) string {
	if state != "incident" {
		return ""
	}
	return " (" + p.newestIncident() + ")"
}

func (p *Player) hasIncident(f func(engine.IncidentRaised) bool) bool {
	for _, i := range p.incidents {
		if f(i) {
			return true
		}
	}
	return false
}

func (p *Player) expectVar(e *Expectation) error {
	key, err := p.alias(deref(e.Instance))
	if err != nil {
		return err
	}
	got, set := p.instances[key].vars[*e.Var]
	if e.Exists != nil {
		if (set && got != nil) != *e.Exists {
			return fmt.Errorf("variable %s: exists is %v, expected %v", *e.Var, set && got != nil, *e.Exists)
		}
		return nil
	}
	want, err := feel.FromJSON(e.Equals)
	if err != nil {
		return err
	}
	data, err := feel.ToJSON(got)
	if err != nil {
		return err
	}
	if plain, err := feel.FromJSON(data); err != nil || feel.Equal(plain, want) != feel.Value(true) {
		return fmt.Errorf("variable %s is %s, expected %s", *e.Var, data, e.Equals)
	}
	return nil
}

func (p *Player) expectActive(e *Expectation) error {
	id, want := e.Active, true
	if id == nil {
		id, want = e.Inactive, false
	}
	n, err := p.active(id, e.Instance)
	if err == nil && (n > 0) != want {
		err = fmt.Errorf("element %s has %d active instances", *id, n)
	}
	return err
}

// active counts the active element instances of an element; the body of a loop is none.
func (p *Player) active(id, alias *string) (int, error) {
	inside, err := p.inside(alias)
	n := 0
	for _, el := range p.elements {
		if el.id == deref(id) && !el.body && inside(el.instance) {
			n++
		}
	}
	return n, err
}

func (p *Player) countTimers(e *Expectation) (int, error) {
	inside, err := p.inside(e.Instance)
	n := 0
	for _, t := range p.timers {
		if inside(t.Instance) && (e.Element == nil || t.Element == *e.Element) {
			n++
		}
	}
	for _, t := range p.triggers {
		if e.Instance == nil && t.Kind == "timer" && (e.Element == nil || t.Element == *e.Element) {
			n++
		}
	}
	return n, err
}

func (p *Player) countSubscriptions(e *Expectation) (int, error) {
	inside, err := p.inside(e.Instance)
	fits := func(kind, name, element string) bool {
		return (kind == "message" || kind == "signal") && (e.Type == nil || kind == *e.Type) && (e.Name == nil || name == *e.Name) &&
			(e.Element == nil || element == *e.Element)
	}
	n := 0
	for _, w := range p.waits {
		if inside(w.Instance) && fits(w.Kind, w.Name, w.Element) {
			n++
		}
	}
	for _, t := range p.triggers {
		if e.Instance == nil && fits(t.Kind, t.Name, t.Element) {
			n++
		}
	}
	return n, err
}

// expectHealthy checks that an instance has no incident and has not failed, or that it has.
func (p *Player) expectHealthy(alias string, want bool) error {
	key, known := p.aliases[alias]
	healthy := key != 0 && p.instances[key].outcome != engine.Failed &&
		!p.hasIncident(func(i engine.IncidentRaised) bool { return p.within(i.Instance, key) })
	switch {
	case !known:
		return fmt.Errorf("no instance is called %q", alias)
	case healthy == want:
		return nil
	case want && key == 0:
		return errors.New("the instance did not start")
	case want:
		return fmt.Errorf("the instance has an incident: %s", p.newestIncident())
	}
	return fmt.Errorf("neither an incident nor a failure: the instance is %q", p.instances[key].outcome)
}

// alias is the instance that a name means.
func (p *Player) alias(name string) (int64, error) {
	key := p.aliases[name]
	if key == 0 {
		return 0, fmt.Errorf("no instance is called %q", name)
	}
	return key, nil
}

// inside is a test for exactly one instance, or for all when no name is given.
func (p *Player) inside(alias *string) (func(int64) bool, error) {
	if alias == nil {
		return func(int64) bool { return true }, nil
	}
	key, err := p.alias(*alias)
	return func(i int64) bool { return i == key }, err
}

// matcher is the test that a filter means.
func (p *Player) matcher(f *Filter) (func(engine.Task) bool, error) {
	if f == nil {
		f = &Filter{}
	}
	inside, err := p.inside(f.Instance)
	is := func(want *string, got string) bool { return want == nil || *want == got }
	free := func(want *string, t engine.Task, in []string) bool {
		return want == nil || t.Assignee == "" && slices.Contains(in, *want)
	}
	return func(t engine.Task) bool {
		return inside(t.Instance) && is(f.ID, t.Element) && is(f.Name, t.Name) && is(f.Assignee, t.Assignee) &&
			free(f.CandidateUser, t, t.Users) && free(f.CandidateGroup, t, t.Groups)
	}, err
}

// selectTask is the open task that a selector means: of several the one created first.
func (p *Player) selectTask(f *Filter) (engine.Task, error) {
	match, err := p.matcher(f)
	if err != nil {
		return engine.Task{}, err
	}
	i := slices.IndexFunc(p.tasks, match)
	switch {
	case i < 0:
		return engine.Task{}, fmt.Errorf("no open task matches; open are %s", p.openTasks())
	case f.Only && len(p.tasks) != 1:
		return engine.Task{}, fmt.Errorf("there is not exactly one open task, but %s", p.openTasks())
	}
	return p.tasks[i], nil
}

func (p *Player) openTasks() string {
	var ids []string
	for _, t := range p.tasks {
		ids = append(ids, t.Element)
	}
	return "[" + strings.Join(ids, " ") + "]"
}

// multiset compares lists without order.
func multiset(what string, want, got []string) error {
	a, b := slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if !slices.Equal(a, b) {
		return fmt.Errorf("%s are %v, expected %v", what, b, a)
	}
	return nil
}

func orCount(err error, what string, got, want int) error {
	if err == nil && got != want {
		err = fmt.Errorf("%d %s, expected %d", got, what, want)
	}
	return err
}

func count(tasks []engine.Task, match func(engine.Task) bool) int {
	n := 0
	for _, t := range tasks {
		if match(t) {
			n++
		}
	}
	return n
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
