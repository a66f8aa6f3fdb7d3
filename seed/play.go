package seed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// Run plays all ten projects at a server, each to the stage where it stood, and
// tells its progress on out.
func Run(ctx context.Context, server string, out io.Writer) error {
	projects, err := Projects()
	if err != nil {
		return err
	}
	p, err := newPlayer(ctx, server)
	if err != nil {
		return err
	}
	for i, project := range projects {
		began := time.Now()
		if err := p.play(ctx, project); err != nil {
			return fmt.Errorf("seed: %s %s: %w", project.Code, project.Name, err)
		}
		fmt.Fprintf(out, "[%2d/%d] %s %s → %s（%.1f s）\n", i+1, len(projects), project.Code, project.Name, project.Stage, time.Since(began).Seconds())
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
	p, err := newPlayer(ctx, server)
	if err != nil {
		return nil, err
	}
	ends, errs := map[string]int{}, make([]error, len(projects))
	var wg sync.WaitGroup
	for i, project := range projects {
		rest := onward(project, p.today)
		ends[rest.Stage]++
		wg.Go(func() {
			if err := p.play(ctx, rest); err != nil {
				errs[i] = fmt.Errorf("seed: %s %s: %w", project.Code, project.Name, err)
			}
		})
	}
	wg.Wait()
	return ends, errors.Join(errs...)
}

const (
	patience = time.Minute            // how long a call is repeated
	stands   = 2 * time.Minute        // how long a project may stand still
	poll     = 100 * time.Millisecond // between two looks at a project that waits
)

// player holds the sessions of the demo people.
type player struct {
	server  string
	today   string
	holders map[string][]string // post → persons

	mu       sync.Mutex
	sessions map[string]*client.Client
}

func newPlayer(ctx context.Context, server string) (*player, error) {
	var people wire.People
	if err := client.Anonymous(server, patience).Get(ctx, "/api/v1/people", &people); err != nil {
		return nil, fmt.Errorf("seed: the list of demo people: %w", err)
	}
	p := &player{server: server, holders: map[string][]string{}, sessions: map[string]*client.Client{}}
	for _, person := range people.People {
		for _, post := range person.Posts {
			p.holders[post.ID] = append(p.holders[post.ID], person.ID)
		}
	}
	viewer, err := p.as(ctx, viewer)
	if err != nil {
		return nil, err
	}
	var me wire.Me
	if err := viewer.Get(ctx, "/api/v1/me", &me); err != nil {
		return nil, err
	}
	p.today = me.Now.Format(time.DateOnly)
	return p, nil
}

// viewer sees every project.
const viewer = "BUREAU_CHIEF@DP34"

// as is the session of a person, or of the first holder of a post.
func (p *player) as(ctx context.Context, who string) (*client.Client, error) {
	if strings.Contains(who, "@") {
		if len(p.holders[who]) == 0 {
			return nil, fmt.Errorf("nobody holds the post %s", who)
		}
		who = p.holders[who][0]
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.sessions[who]; c != nil {
		return c, nil
	}
	c, err := client.SignIn(ctx, p.server, who, "", patience)
	if err != nil {
		return nil, err
	}
	p.sessions[who] = c
	return c, nil
}

// play takes one project from wherever it is to its stage.
func (p *player) play(ctx context.Context, project Project) error {
	if err := p.create(ctx, project); err != nil {
		return err
	}
	todo := facts(project)
	deadline := time.Now().Add(stands)
	for {
		now, moved, err := p.step(ctx, project, &todo)
		if err != nil {
			return err
		}
		if now.Stage == project.Stage && len(todo) == 0 && len(p.mine(project, now.OpenTasks)) == 0 {
			return nil
		}
		if moved {
			deadline = time.Now().Add(stands)
			continue
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("stands still in stage %s with %s", now.Stage, taskNames(now.OpenTasks))
		}
		if err := sleep(ctx, poll); err != nil {
			return err
		}
	}
}

// step does what can be done now: every open task of the script, else the next fact.
func (p *player) step(ctx context.Context, project Project, todo *[]fact) (wire.Project, bool, error) {
	viewer, err := p.as(ctx, viewer)
	if err != nil {
		return wire.Project{}, false, err
	}
	now, err := viewer.Project(ctx, project.Code)
	if err != nil {
		return now, false, err
	}
	if open := p.mine(project, now.OpenTasks); len(open) > 0 {
		moved := false
		for _, t := range open {
			did, err := p.act(ctx, project, now, t)
			if err != nil {
				return now, moved, fmt.Errorf("%s: %w", t.Name, err)
			}
			moved = moved || did
		}
		return now, moved, nil
	}
	if len(*todo) > 0 && reached(now.Stage, (*todo)[0].after) {
		if err := p.register(ctx, (*todo)[0]); err != nil {
			return now, false, err
		}
		*todo = (*todo)[1:]
		return now, true, nil
	}
	return now, false, nil
}

// mine are the open tasks that the script does.
func (p *player) mine(project Project, open []wire.NextTask) (out []wire.NextTask) {
	for _, t := range open {
		if _, known := script[t.Element]; (known || t.Element == "p1_draft") && !slices.Contains(stops[project.Stage], t.Element) {
			out = append(out, t)
		}
	}
	return out
}

func (p *player) create(ctx context.Context, project Project) error {
	clerk, err := p.as(ctx, "APPLY_CLERK@"+project.Dept)
	if err != nil {
		return err
	}
	if _, err := clerk.Project(ctx, project.Code); client.Slug(err) != "not-found" {
		return err // it is there, or something is wrong
	}
	draft := wire.ProjectDraft{
		Code: project.Code, Name: project.Name, Type: project.Type, Dept: project.Dept, MlpsLevel: project.MlpsLevel,
		BusinessDate: project.Dates["applied"],
	}
	for _, l := range project.Lines {
		draft.Lines = append(draft.Lines, wire.LineInput{
			Category: l.Category, Name: l.Name, Unit: l.Unit, Qty: l.Qty.String(), UnitPrice: l.UnitPrice.StringFixed(2),
		})
	}
	_, err = clerk.CreateProject(ctx, "seed-"+project.Code, draft)
	return err
}

// act lets a holder do what the script says; false when it is not time for it, or the task has gone.
func (p *player) act(ctx context.Context, project Project, now wire.Project, t wire.NextTask) (bool, error) {
	for _, holder := range t.Holders {
		who, err := p.as(ctx, holder.ID)
		if err != nil {
			return false, err
		}
		did, err := p.operate(ctx, who, project, now, t)
		switch client.Slug(err) {
		case "task-closed", "stale-version", "not-found":
			return false, nil
		case "not-your-task":
			continue
		}
		return did, err
	}
	return false, fmt.Errorf("nobody of %d holders may act", len(t.Holders))
}

// operate does what the script says with a task; false when it waits with it.
func (p *player) operate(ctx context.Context, who *client.Client, project Project, now wire.Project, t wire.NextTask) (bool, error) {
	key := "seed-" + t.Key + "-" + who.Person.ID
	if t.Element == "p1_draft" {
		_, err := who.Submit(ctx, project.Code, key, wire.ProjectAct{BusinessDate: project.Dates["applied"]})
		return true, err
	}
	s := Scene{Project: project, Now: now, Today: p.today}
	var err error
	if s.Task, err = who.Task(ctx, t.Key); err != nil {
		return false, err
	}
	if s.Rectified, err = p.rectified(ctx, project.Code); err != nil {
		return false, err
	}
	operation, in, ok := Answer(s)
	if !ok {
		return false, nil
	}
	_, err = who.Operate(ctx, t.Key, operation, key, in)
	return true, err
}

func (p *player) rectified(ctx context.Context, code string) (bool, error) {
	c, err := p.as(ctx, viewer)
	if err != nil {
		return false, err
	}
	var page wire.RectificationPage
	err = c.Get(ctx, "/api/v1/projects/"+code+"/rectifications", &page)
	return len(page.Items) > 0, err
}

// register enters a fact as the liaison and has it checked by a second person.
func (p *player) register(ctx context.Context, f fact) error {
	post, second := "FINANCE_LIAISON@DP22", "BUREAU_CHIEF@DP34"
	if f.Partner == "procurement" {
		post = "PROCUREMENT_LIAISON@DP31"
	}
	liaison, err := p.as(ctx, post)
	if err != nil {
		return err
	}
	checker, err := p.as(ctx, second)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("seed-%s-%s-%d", f.Project, f.EventType, f.no)
	o, err := liaison.RegisterOffline(ctx, key, f.OfflineInput)
	if err != nil {
		return fmt.Errorf("register %s: %w", f.EventType, err)
	}
	if o.State != "waiting" {
		return nil
	}
	_, err = checker.VerifyOffline(ctx, o.ID, key+"-check", wire.Verification{Accept: true})
	return err
}

// stages in the order of a life; side states come nowhere in it.
var stages = []string{"DRAFT", "SUBMITTED", "ACCEPTED", "IN_REVIEW", "TRIMMING", "REVIEWED", "APPROVING", "APPROVED", "BUDGETED", "PROCURING", "AWARDED", "CONTRACTED", "BUILDING", "PRELIM_ACCEPTED", "TRIAL_RUN", "FINAL_ACCEPTED", "ARCHIVED"}

func reached(stage, want string) bool {
	at := slices.Index(stages, stage)
	return at >= 0 && at >= slices.Index(stages, want)
}

func taskNames(ts []wire.NextTask) string {
	var names []string
	for _, t := range ts {
		names = append(names, t.Name)
	}
	if len(names) == 0 {
		return "no open task"
	}
	return strings.Join(names, ", ")
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
