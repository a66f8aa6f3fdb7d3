package seed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
)

// Run plays all ten projects at a server, each to the stage where it stood, and
// tells its progress on out.
func Run(ctx context.Context, server string, out io.Writer) error {
	projects, err := Projects()
	if err != nil {
		return err
	}
	return runProjects(ctx, server, projects, out)
}

func runProjects(ctx context.Context, server string, projects []Project, out io.Writer) error {
	p, err := NewPlayer(ctx, server)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for i, project := range projects {
		began := time.Now()
		if err := p.toStage(ctx, project); err != nil {
			return fmt.Errorf("seed: %s %s: %w", project.Code, project.Name, err)
		}
		fmt.Fprintf(
			out, "[%2d/%d] %s %s → %s（%.1f s）\n", i+1, len(projects), project.Code, project.Name, project.Stage,
			time.Since(began).Seconds(),
		)
	}
	return nil
}

// Finish plays the ten projects to the ends of their lives, from wherever they
// are and all at once: to the archive, or the refusal that one of them met. What
// the script has no dates for happens today, and the bureaus have to answer. How
// many came to each end is returned.
func Finish(ctx context.Context, server string) (map[string]int, error) {
	projects, err := Projects()
	if err != nil {
		return nil, err
	}
	p, err := NewPlayer(ctx, server)
	if err != nil {
		return nil, fmt.Errorf("seed: %w", err)
	}
	ends, errs := map[string]int{}, make([]error, len(projects))
	var wg sync.WaitGroup
	for i, project := range projects {
		rest := onward(project, p.today)
		ends[rest.Stage]++
		wg.Go(func() {
			if err := p.toStage(ctx, rest); err != nil {
				errs[i] = fmt.Errorf("seed: %s %s: %w", project.Code, project.Name, err)
			}
		})
	}
	wg.Wait()
	return ends, errors.Join(errs...)
}

// toStage takes one of the ten from wherever it is to its stage, with all the
// facts of 2022 that belong there.
func (p *Player) toStage(ctx context.Context, project Project) error {
	l := &life{Player: p, Project: project, todo: facts(project), leave: stops[project.Stage]}
	l.until = func(now wire.Project) bool {
		return now.Stage == project.Stage && len(l.todo) == 0 && len(l.mine(now.OpenTasks)) == 0
	}
	if err := l.begin(ctx); err != nil {
		return err
	}
	_, err := l.run(ctx)
	return err
}

// Complete plays a project that somebody has begun to its end from wherever it
// is, by side ways if any are named, and returns as what it ended.
func (p *Player) Complete(ctx context.Context, code string, aside ...string) (stage string, err error) {
	l := &life{Player: p, Project: Project{Code: code}, other: map[string]act{}, heal: map[string]way{}}
	l.until = func(now wire.Project) bool { return ended(now.Stage) && len(now.OpenTasks) == 0 }
	if err := l.take(ctx, aside); err != nil {
		return "", err
	}
	now, err := l.now(ctx)
	if err != nil {
		return "", err
	}
	own := now
	if len(now.Lines) == 0 { // a draft is its unit's own
		clerk, err := l.as(ctx, "APPLY_CLERK", now.Dept)
		if err != nil {
			return "", err
		}
		if own, err = clerk.Project(ctx, code); err != nil {
			return "", err
		}
	}
	l.Project = adopted(own)
	if now, err = l.run(ctx); err != nil {
		return now.Stage, fmt.Errorf("%s: %w", code, err)
	}
	return now.Stage, nil
}

// CompleteRectification plays a rectification to its end whose tasks no project leads to.
func (p *Player) CompleteRectification(ctx context.Context, no string) error {
	viewer, err := p.viewer(ctx)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(stands)
	for time.Now().Before(deadline) {
		var r wire.Rectification
		if err := viewer.Get(ctx, "/api/v1/rectifications/"+no, &r); err != nil {
			return err
		}
		if r.State == "CLOSED" {
			return nil
		}
		l := &life{Player: p, Project: Project{Dept: r.OwnerDept}, issue: no}
		moved := false
		for _, t := range l.mine(r.OpenTasks) {
			did, err := l.act(ctx, wire.Project{}, t)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", no, t.Name, err)
			}
			moved = moved || did
		}
		if moved {
			deadline = time.Now().Add(stands)
		} else if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s stands still", no)
}

// adopted is a project as the server knows it: what was reviewed stays, the rest is reduced as usual.
func adopted(now wire.Project) Project {
	p := Project{Code: now.Code, Name: now.Name, Dept: now.Dept, Type: now.Type, MlpsLevel: now.MlpsLevel}
	for _, r := range now.Lines {
		l := Line{Category: r.Category, Name: r.Name, Unit: r.Unit, Qty: money(r.Qty), UnitPrice: money(r.UnitPrice)}
		if reviewed, err := decimal.NewFromString(r.Reviewed); err == nil {
			l.Reviewed, l.Reason, l.Basis = reviewed, r.Reason, r.Comment
			if r.Reason == "REUSE" {
				l.Capability = r.ReasonRef
			}
		} else {
			l = l.reduced(10)
		}
		p.Lines = append(p.Lines, l)
	}
	return p
}

// Played is how far a project was played.
type Played struct {
	Code        string       `json:"code"`
	InstanceKey string       `json:"instanceKey"`
	Stage       string       `json:"stage"`
	Tasks       []PlayedTask `json:"tasks"` // open ones
}

// PlayedTask is an open task and the persons who hold it.
type PlayedTask struct {
	Key     string   `json:"key"`
	Element string   `json:"element"`
	Holders []string `json:"holders"`
}

// Marks are what a project can be played to: stages, and elements of the life cycle.
func Marks() []string {
	elements := slices.SortedFunc(maps.Keys(script), func(a, b string) int {
		return cmp.Or(cmp.Compare(part(a), part(b)), strings.Compare(a, b))
	})
	return slices.Concat(stages, []string{"SUPPLEMENTING", "REJECTED"}, elements)
}

// part of a life: 5 of p5_head; rectifications come last.
func part(element string) int {
	var n int
	if _, err := fmt.Sscanf(element, "p%d_", &n); err != nil {
		return 100
	}
	return n
}

// Play begins a project with settings key=value (see Settings) and plays it to a
// mark: an element of the shipped models whose task is then open, or a stage that
// is then reached. A mark that lies aside of the straight way takes that way by itself.
func (p *Player) Play(ctx context.Context, mark string, set []string) (Played, error) {
	var last Played
	err := p.Through(ctx, []string{mark}, set, func(_ string, at Played) { last = at })
	return last, err
}

// Through plays one project past several marks, in the order in which a life
// comes to them, and tells at each how it stands.
func (p *Player) Through(ctx context.Context, marks, set []string, seen func(mark string, at Played)) error {
	for _, mark := range marks {
		if !slices.Contains(Marks(), mark) {
			return fmt.Errorf("there is no mark %q; marks are %s", mark, strings.Join(Marks(), " "))
		}
	}
	c, err := choose(set, marks)
	if err != nil {
		return err
	}
	if c.project.Dept == "" {
		if c.project.Dept, err = p.applicant(ctx); err != nil {
			return err
		}
	}
	l := &life{Player: p, Project: c.project, other: map[string]act{}, heal: map[string]way{}}
	defer l.healed(context.WithoutCancel(ctx))
	if err := l.begin(ctx); err != nil {
		return err
	}
	if err := l.take(ctx, c.ways); err != nil {
		return err
	}
	for _, mark := range marks {
		now, err := l.to(ctx, mark)
		if err != nil {
			return err
		}
		seen(mark, l.played(now))
	}
	return nil
}

// take prepares the side ways.
func (l *life) take(ctx context.Context, names []string) error {
	for _, name := range names {
		w := ways[name]
		maps.Copy(l.other, w.acts)
		l.apart = l.apart || w.apart
		if w.lost != "" {
			l.losing = append(l.losing, w.lost)
		}
		if w.change != "" {
			l.changes = append(l.changes, w.change)
		}
		if w.bureau == "" {
			continue
		}
		l.heal[w.until] = w
		if err := l.misbehave(ctx, w, true); err != nil {
			return err
		}
	}
	return nil
}

// to plays on to a mark.
func (l *life) to(ctx context.Context, mark string) (wire.Project, error) {
	l.until = func(now wire.Project) bool { return l.at(now, mark) }
	now, err := l.run(ctx)
	if errors.Is(err, errEnded) && len(detours[mark]) > 0 {
		err = fmt.Errorf("%w; it is reached with %s", err, hint(detours[mark]))
	}
	if err != nil {
		return now, fmt.Errorf("%s does not come to %s: %w", l.Code, mark, err)
	}
	return now, nil
}

func hint(set map[string]string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(set)) {
		out = append(out, key+"="+set[key])
	}
	return strings.Join(out, " ")
}

// healed ends the faults that nobody met.
func (l *life) healed(ctx context.Context) {
	for _, w := range l.heal {
		_ = l.misbehave(ctx, w, false) // the server may be gone
	}
}

// at reports whether the project has come to the mark.
func (l *life) at(now wire.Project, mark string) bool {
	if strings.ToUpper(mark) != mark {
		return slices.ContainsFunc(now.OpenTasks, func(t wire.NextTask) bool { return l.element(t.Element) == mark })
	}
	return now.Stage == mark || slices.Contains(stages, mark) && reached(now.Stage, mark)
}

func (l *life) played(now wire.Project) Played {
	out := Played{Code: now.Code, InstanceKey: now.InstanceKey, Stage: now.Stage, Tasks: []PlayedTask{}}
	for _, t := range now.OpenTasks {
		out.Tasks = append(out.Tasks, PlayedTask{Key: t.Key, Element: t.Element, Holders: l.holders(t)})
	}
	return out
}
