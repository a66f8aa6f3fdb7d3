package seed

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// life is one project that is being played.
type life struct {
	*Player
	Project
	todo    []fact
	leave   []string // elements whose tasks are left as they are
	until   func(wire.Project) bool
	other   map[string]act // what is done otherwise, once
	heal    map[string]way // faults of bureaus that end at an element
	changes []string       // changes that are still to be begun
	change  string         // the newest that was begun
	losing  []string       // packages whose awards are cancelled, each once
	holds   bool           // the construction waits for the changes
	apart   bool           // it is not linked to the projects that look like it
	again   int            // how often an act was refused for what runs beside; it is tried by another key
	issue   string         // number of a finding that stands outside any project
}

// errEnded says that a project has come to an end before its mark.
var errEnded = errors.New("the project has ended")

// run plays until the mark, however long it takes as long as something moves.
func (l *life) run(ctx context.Context) (wire.Project, error) {
	deadline, pause := time.Now().Add(stands), poll
	for {
		now, err := l.now(ctx)
		if err != nil {
			return now, err
		}
		if l.until(now) {
			return now, nil
		}
		moved, err := l.step(ctx, now)
		switch {
		case err != nil:
			return now, err
		case moved:
			deadline, pause = time.Now().Add(stands), poll
			continue
		case ended(now.Stage) && len(now.OpenTasks) == 0:
			return now, fmt.Errorf("%w: %s", errEnded, now.Stage)
		case time.Now().After(deadline):
			return now, fmt.Errorf("stands still in stage %s with %s", now.Stage, taskNames(now.OpenTasks))
		}
		if err := sleep(ctx, pause); err != nil {
			return now, err
		}
		pause = min(2*pause, slowest)
	}
}

func (l *life) now(ctx context.Context) (wire.Project, error) {
	viewer, err := l.viewer(ctx)
	if err != nil {
		return wire.Project{}, err
	}
	return viewer.Project(ctx, l.Code)
}

// step does what can be done now: every open task of the script, else the next fact.
func (l *life) step(ctx context.Context, now wire.Project) (bool, error) {
	for _, aside := range []func(context.Context, wire.Project) (bool, error){l.lost, l.changed} {
		if did, err := aside(ctx, now); did || err != nil {
			return did, err
		}
	}
	if open := l.mine(now.OpenTasks); len(open) > 0 {
		moved := false
		for _, t := range open {
			did, err := l.act(ctx, now, t)
			if err != nil {
				return moved, fmt.Errorf("%s: %w", t.Name, err)
			}
			moved = moved || did
		}
		return moved, nil
	}
	if len(l.todo) > 0 && reached(now.Stage, l.todo[0].after) {
		if err := l.register(ctx, l.todo[0]); err != nil {
			return false, err
		}
		l.todo = l.todo[1:]
		return true, nil
	}
	return false, nil
}

// mine are the open tasks that the script does.
func (l *life) mine(open []wire.NextTask) (out []wire.NextTask) {
	for _, t := range open {
		element := l.element(t.Element)
		if _, known := script[element]; known && !slices.Contains(l.leave, element) && !(l.holds && element == "p8_report") {
			out = append(out, t)
		}
	}
	return out
}

// begin begins the project, unless it is there.
func (l *life) begin(ctx context.Context) error {
	clerk, err := l.as(ctx, "APPLY_CLERK", l.Dept)
	if err != nil {
		return err
	}
	key := "play-" + uuid.NewString()
	if l.Code != "" {
		if _, err := clerk.Project(ctx, l.Code); client.Slug(err) != "not-found" {
			return err // it is there, or something is wrong
		}
		key = "seed-" + l.Code
	}
	draft := wire.ProjectDraft{
		Code: l.Code, Name: l.Name, Type: l.Type, Dept: l.Dept, MlpsLevel: l.MlpsLevel, BusinessDate: l.Dates["applied"],
	}
	for _, r := range l.Lines {
		draft.Lines = append(draft.Lines, wire.LineInput{
			Category: r.Category, Name: r.Name, Unit: r.Unit, Qty: r.Qty.String(), UnitPrice: r.UnitPrice.StringFixed(2),
		})
	}
	p, err := clerk.CreateProject(ctx, key, draft)
	l.Code = p.Code
	return err
}

// act lets a holder do what the script says; false when it is not time for it, or the task has gone.
func (l *life) act(ctx context.Context, now wire.Project, t wire.NextTask) (bool, error) {
	if w, ok := l.heal[l.element(t.Element)]; ok {
		if err := l.misbehave(ctx, w, false); err != nil {
			return false, err
		}
		delete(l.heal, l.element(t.Element))
	}
	holders := l.holders(t)
	for _, holder := range holders {
		who, err := l.person(ctx, holder)
		if err != nil {
			return false, err
		}
		did, err := l.operate(ctx, who, now, t)
		switch client.Slug(err) {
		case "task-closed", "stale-version", "not-found":
			return false, nil
		case "beside-open": // a further package is not paid yet: asked again later, by another key
			l.again++
			return false, nil
		case "not-your-task":
			continue
		case "checks-block":
			if others := kin(err); len(others) > 0 { // not linked on purpose, or submitted at the same time as this
				l.again++
				return true, l.holdApart(ctx, others)
			}
		case "delegate-answers": // advises; the one who delegated it decides
			return l.advise(ctx, who, t)
		}
		return did, err
	}
	if len(holders) == 0 {
		return false, nil // done by somebody since it was listed; one that nobody holds stands still, and is told then
	}
	return false, fmt.Errorf("nobody of %d holders may act", len(holders))
}

// advise answers him who delegated the task.
func (l *life) advise(ctx context.Context, who *client.Client, t wire.NextTask) (bool, error) {
	detail, err := who.Task(ctx, t.Key)
	if err != nil {
		return false, err
	}
	_, err = who.Operate(
		ctx, t.Key, "answer", "seed-"+t.Key+"-answer-"+who.Person.ID, wire.OperationRequest{Version: detail.Version, Opinion: "建议同意"},
	)
	return err == nil, err
}

// operate does what the script says with a task; false when it waits with it.
func (l *life) operate(ctx context.Context, who *client.Client, now wire.Project, t wire.NextTask) (bool, error) {
	element, key := l.element(t.Element), "seed-"+t.Key+"-"+who.Person.ID
	if l.again > 0 { // what was refused under a key is refused under it for good
		key = fmt.Sprintf("%s-%d", key, l.again)
	}
	s := Scene{Project: l.Project, Now: now, Today: l.today}
	var err error
	if s.Task, err = who.Task(ctx, t.Key); err != nil {
		return false, err
	}
	a, other := l.other[element]
	if !other {
		a = script[element]
	}
	if s.Files, err = l.upload(ctx, who, element, t.Key, a.date); err != nil {
		return false, err
	}
	if element == "p1_draft" {
		err = l.submit(ctx, who, s, key)
	} else {
		if element == "p10_request" || element == "c1_request" || element == "p6_plan" {
			if err := l.contracted(ctx, &s); err != nil {
				return false, err
			}
		}
		switch element {
		case "p9_prelim":
			if s.Rectified, err = l.rectified(ctx); err != nil {
				return false, err
			}
		case "p9_trial":
			if err := l.letTrialPass(ctx); err != nil {
				return false, err
			}
		}
		if a.edit != nil && s.Now.Stage == "SUPPLEMENTING" {
			if err := who.Edit(ctx, "PATCH", "/api/v1/projects/"+l.Code, s.Now.Version, a.edit(s), nil); err != nil {
				return false, err
			}
		}
		operation, in, ok := a.answer(s)
		if !ok {
			return false, nil
		}
		var done wire.OperationResult
		if done, err = l.checked(ctx, who, t, operation, key, in); err == nil && done.Confirmation != "" {
			err = l.confirm(ctx, a.second, done.Confirmation)
		}
	}
	if err == nil && other {
		delete(l.other, element)
	}
	return err == nil, err
}

// answering is how often an act is tried whose findings other projects change
// between the answers and the act.
const answering = 8

// checked operates on a task; the section head's signature waits for the answers of
// reviewer A, and another project that ends meanwhile moves the prices they are about.
func (l *life) checked(
	ctx context.Context, who *client.Client, t wire.NextTask, operation, key string, in wire.OperationRequest,
) (done wire.OperationResult, err error) {
	if l.element(t.Element) != "p4_head" {
		return who.Operate(ctx, t.Key, operation, key, in)
	}
	for try := range answering {
		if try > 0 {
			key = fmt.Sprintf("%s-%d", key, try)
		}
		if err = l.answerReviewer(ctx); err == nil {
			done, err = who.Operate(ctx, t.Key, operation, key, in)
		}
		if slug := client.Slug(err); slug != "checks-block" && slug != "answers-refused" {
			break
		}
	}
	return done, err
}

// confirm is the word of the second person.
func (l *life) confirm(ctx context.Context, role, id string) error {
	second, err := l.as(ctx, role, "")
	if err != nil {
		return err
	}
	// The platform keeps a confirmation under this key, whatever the caller names.
	return second.Post(ctx, "/api/v1/confirmations/"+id, "confirmation-"+id, wire.Decision{Accept: true}, nil)
}

// submit completes the application's form, and submits it.
func (l *life) submit(ctx context.Context, clerk *client.Client, s Scene, key string) error {
	fresh, err := clerk.Project(ctx, l.Code)
	if err != nil {
		return err
	}
	form := application(s)
	for field, value := range fresh.Form { // what somebody has filled in stays
		form[field] = value
	}
	if err := clerk.Edit(ctx, "PATCH", "/api/v1/projects/"+l.Code, fresh.Version, wire.ProjectPatch{Form: form}, nil); err != nil {
		return err
	}
	for try := range answering { // another project like this one may come between the answers and the submission
		if err = l.prepare(ctx, clerk, fresh.Dept, form); client.Slug(err) == "answers-refused" {
			continue
		}
		if err != nil {
			return err
		}
		_, err = clerk.Submit(ctx, l.Code, fmt.Sprintf("%s-try-%d", key, try), wire.ProjectAct{BusinessDate: l.Dates["applied"]})
		if client.Slug(err) != "checks-block" || l.apart {
			break
		}
	}
	return err
}

// upload brings the files that a task's form names: by its holder, or by the clerk for him.
func (l *life) upload(ctx context.Context, who *client.Client, element, task, date string) (map[string][]string, error) {
	out := map[string][]string{}
	if l.Code == "" && l.issue == "" { // files belong to projects and findings
		return out, nil
	}
	for i, p := range papers[element] {
		about := map[string]string{"kind": p.kind, "title": p.title}
		if on := l.Dates[date]; on != "" {
			about["businessDate"] = on
		}
		key := fmt.Sprintf("seed-%s-file-%d", task, i)
		if l.Code == "" {
			d, err := who.UploadEvidence(ctx, l.issue, key, p.title+".pdf", p.content(l.issue+" "+task), about)
			if err != nil {
				return nil, fmt.Errorf("file %s: %w", p.title, err)
			}
			out[p.title] = []string{d.ID}
			continue
		}
		d, err := who.Upload(ctx, l.Code, key, p.title+".pdf", p.content(l.Code+" "+task), about)
		if client.Slug(err) == "forbidden" {
			clerk, e := l.as(ctx, "APPLY_CLERK", l.Dept)
			if e != nil {
				return nil, e
			}
			d, err = clerk.Upload(ctx, l.Code, key, p.title+".pdf", p.content(l.Code+" "+task), about)
		}
		if err != nil {
			return nil, fmt.Errorf("file %s: %w", p.title, err)
		}
		out[p.title] = []string{d.ID}
	}
	return out, nil
}

// rectified reports whether an acceptance has failed before.
func (l *life) rectified(ctx context.Context) (bool, error) {
	c, err := l.viewer(ctx)
	if err != nil {
		return false, err
	}
	var page wire.RectificationPage
	err = c.Get(ctx, "/api/v1/projects/"+l.Code+"/rectifications", &page)
	return len(page.Items) > 0, err
}

// register enters a fact as the liaison and has it checked by a second person.
func (l *life) register(ctx context.Context, f fact) error {
	role := "FINANCE_LIAISON"
	if f.Partner == "procurement" {
		role = "PROCUREMENT_LIAISON"
	}
	liaison, err := l.as(ctx, role, "")
	if err != nil {
		return err
	}
	checker, err := l.viewer(ctx)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("seed-%s-%s-%d", f.Project, f.EventType, f.no)
	o, err := liaison.RegisterOffline(ctx, key, f.OfflineInput)
	if client.Slug(err) == "idempotency-key-reused" { // a former release registered it in its own words: they stand
		return nil
	}
	if err != nil {
		return fmt.Errorf("register %s: %w", f.EventType, err)
	}
	if o.State != "waiting" {
		return nil
	}
	_, err = checker.VerifyOffline(ctx, o.ID, key+"-check", wire.Verification{Accept: true})
	return err
}

// misbehave lets a fake bureau answer this project otherwise, or as usual again.
func (l *life) misbehave(ctx context.Context, w way, on bool) error {
	c, err := l.viewer(ctx)
	if err != nil {
		return err
	}
	faults := fields{}
	if on {
		faults[w.fault] = w.value
	}
	if err := c.Do(ctx, "PUT", "/fake/"+w.bureau+"/faults?project="+url.QueryEscape(l.Code), "", faults, nil); err != nil {
		return fmt.Errorf("the fake bureau %s: %w", w.bureau, err)
	}
	return nil
}

// letTrialPass lets the months of the trial run pass; a demo cannot wait for them.
func (l *life) letTrialPass(ctx context.Context) error {
	c, err := l.viewer(ctx)
	if err != nil {
		return err
	}
	if err := c.Do(ctx, "PUT", "/fake/finance/trial?project="+url.QueryEscape(l.Code), "", fields{}, nil); err != nil {
		return fmt.Errorf("the months of the trial run: %w", err)
	}
	return nil
}

// stages in the order of a life; side states come nowhere in it.
var stages = []string{
	"DRAFT", "SUBMITTED", "ACCEPTED", "IN_REVIEW", "TRIMMING", "REVIEWED", "APPROVING", "APPROVED", "BUDGETED", "PROCURING", "AWARDED",
	"CONTRACTED", "BUILDING", "PRELIM_ACCEPTED", "TRIAL_RUN", "FINAL_ACCEPTED", "ARCHIVED",
}

// ends are the stages in which a project is over.
var ends = []string{"ARCHIVED", "REJECTED", "WITHDRAWN", "TERMINATED"}

func ended(stage string) bool { return slices.Contains(ends, stage) }

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
