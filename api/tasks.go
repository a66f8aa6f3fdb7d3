package api

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// amberHorizon is how far ahead a task can be amber: 30 % of the longest limit.
const amberHorizon = 60 * 24 * time.Hour

// inboxQuery is what the address asks of an inbox.
func (c *call) inboxQuery() process.InboxQuery {
	q := process.InboxQuery{
		Person: c.who.Person.ID, Posts: c.who.postIDs(), Scope: process.Scope(c.DefaultQuery("scope", string(process.ScopeMine))),
		Dept: c.Query("dept"), Text: c.Query("q"), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	}
	if process, element, ok := strings.Cut(c.Query("element"), "/"); ok {
		q.Process, q.Element = process, element
	} else {
		q.Element = process
	}
	return q
}

// listTasks is a page of one of the person's inboxes, with the counts of all.
func listTasks(c *call) (any, error) {
	q := c.inboxQuery()
	tasks, next, err := c.lit(q, c.Query("light"))
	if err != nil {
		return nil, err
	}
	v, err := c.taskView(tasks)
	if err != nil {
		return nil, err
	}
	if q.Scope == process.ScopeCopies {
		if err := v.readCopies(tasks); err != nil {
			return nil, err
		}
	}
	out := wire.TaskPage{Items: []wire.TaskSummary{}, Next: next}
	for _, t := range tasks {
		out.Items = append(out.Items, v.summary(t, q.Scope))
	}
	if out.Counts, err = c.counts(); err != nil {
		return nil, err
	}
	out.Worked, out.Free = oddDays(c.clocks().Calendar, models.DateOf(c.now))
	out.Groups, out.Days, err = c.groups(q)
	return out, err
}

// stripDays are how far the strip of due days looks.
const stripDays = 60

// oddDays are the coming weekend days that are worked, and the weekdays that are not.
func oddDays(days *calendar.Calendar, today models.Date) (worked, free []string) {
	worked, free = []string{}, []string{}
	for i := range stripDays {
		d := today.AddDays(i)
		weekend := d.Start().In(models.Zone).Weekday() == time.Saturday || d.Start().In(models.Zone).Weekday() == time.Sunday
		switch {
		case weekend && days.IsWorkday(d):
			worked = append(worked, string(d))
		case !weekend && !days.IsWorkday(d):
			free = append(free, string(d))
		}
	}
	return worked, free
}

// lit reads a page of the tasks that show a light, "" for all. Red is a range
// of due times; amber and green depend on each task's limit and are picked out.
func (c *call) lit(q process.InboxQuery, light string) ([]process.Task, string, error) {
	switch light {
	case "":
		return process.Inbox(c.db(), q)
	case red:
		q.DueBefore = c.now
		return process.Inbox(c.db(), q)
	case none:
		q.DueFrom = never
		return process.Inbox(c.db(), q)
	case amber:
		q.DueFrom, q.DueBefore = c.now, c.now.Add(amberHorizon)
	default:
		q.DueFrom, q.DueBefore = c.now, never
	}
	var out []process.Task
	for limit := q.Limit; ; {
		q.Limit = limit - len(out)
		tasks, next, err := process.Inbox(c.db(), q)
		if err != nil {
			return nil, "", err
		}
		for _, t := range tasks {
			if c.due(t.DueAt, t.DueWorkdays).Light == light {
				out = append(out, t)
			}
		}
		if next == "" || len(out) >= limit {
			return out, next, nil
		}
		q.Cursor = next
	}
}

// never is later than every due time.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// groups counts the lights of an inbox, each up to most, and what is due on each day from now on.
func (c *call) groups(q process.InboxQuery) ([]wire.LightCount, []wire.DayCount, error) {
	days := []wire.DayCount{}
	out := []wire.LightCount{{Light: red}, {Light: amber}, {Light: green}, {Light: none}}
	if q.Scope == process.ScopeDone || q.Scope == process.ScopeCopies {
		return []wire.LightCount{}, days, nil
	}
	q.Sort, q.Cursor, q.Limit = "", "", most
	late, undated := q, q
	late.DueBefore, undated.DueFrom = c.now, never
	var err error
	if out[0].Count, err = process.CountInbox(c.db(), late, most); err != nil {
		return nil, nil, err
	}
	if out[3].Count, err = process.CountInbox(c.db(), undated, most); err != nil {
		return nil, nil, err
	}
	q.DueFrom, q.DueBefore = c.now, never
	tasks, next, err := process.Inbox(c.db(), q)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tasks {
		light := c.due(t.DueAt, t.DueWorkdays).Light
		switch light {
		case amber:
			out[1].Count++
		case green:
			out[2].Count++
		default:
			continue
		}
		days = dueOn(days, string(models.DateOf(*t.DueAt)), light)
	}
	if next != "" {
		out[2].Count = most
	}
	return out, days, nil
}

// dueOn counts one more on a day.
func dueOn(days []wire.DayCount, date, light string) []wire.DayCount {
	i := slices.IndexFunc(days, func(d wire.DayCount) bool { return d.Date == date && d.Light == light })
	if i < 0 {
		return append(days, wire.DayCount{Date: date, Light: light, Count: 1})
	}
	days[i].Count++
	return days
}

// taskView holds what rows of tasks need beside themselves, read at once.
type taskView struct {
	c        *call
	d        *directory
	projects map[string]string // names
	amounts  map[string]string // by project: the sum that matters most of those that the person sees
	issues   map[string]string // titles of rectifications, by number
	process  map[string]process.Definition
	copies   map[int64]process.TaskCopy // by task: what the person was given to read
}

func (c *call) taskView(tasks []process.Task) (*taskView, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	return c.taskViewWith(d, tasks)
}

// taskViewWith is taskView with what was read already: the departments, and projects.
func (c *call) taskViewWith(d *directory, tasks []process.Task, known ...books.ProjectRow) (*taskView, error) {
	v := &taskView{
		c: c, d: d, projects: map[string]string{}, amounts: map[string]string{}, issues: map[string]string{},
	}
	for _, p := range known {
		v.projects[p.Code] = p.Name
		if err := v.worth(p.Project, p.Totals); err != nil {
			return nil, err
		}
	}
	var codes, people, keys []string
	for _, t := range tasks {
		people = append(people, t.Assignee)
		if _, have := v.projects[t.Project]; t.Project != "" && !have {
			codes = append(codes, t.Project)
		}
		if books.IsIssueNo(t.BusinessKey) {
			keys = append(keys, t.BusinessKey)
		}
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	if err := v.matters(codes, keys); err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return v, nil
	}
	var err error
	v.process, err = c.definitions()
	return v, err
}

func (v *taskView) matters(codes, keys []string) error {
	var projects []books.Project
	if codes = unique(codes); len(codes) > 0 {
		if err := v.c.db().Where("code IN ?", codes).Find(&projects).Error; err != nil {
			return err
		}
		totals, err := books.TotalsOf(v.c.db(), codes...)
		if err != nil {
			return err
		}
		for _, p := range projects {
			v.projects[p.Code] = p.Name
			if err := v.worth(p, totals[p.Code]); err != nil {
				return err
			}
		}
	}
	var issues []books.Rectification
	if keys = unique(keys); len(keys) > 0 {
		if err := v.c.db().Select("no", "title").Where("no IN ?", keys).Find(&issues).Error; err != nil {
			return err
		}
	}
	for _, r := range issues {
		v.issues[r.No] = r.Title
	}
	return nil
}

// worth keeps what a project is worth to the person: a task of it shows him no more than its page does.
func (v *taskView) worth(p books.Project, t books.Totals) error {
	seen, err := v.c.sumsOf(p, t)
	v.amounts[p.Code] = amountOf(seen)
	return err
}

func (v *taskView) summary(t process.Task, scope process.Scope) wire.TaskSummary {
	out := wire.TaskSummary{
		Key: keyText(t.Key), Name: v.name(t), Process: t.Process, ProcessName: v.processName(t.Process), Element: t.Element,
		Version: t.Version, State: "open", View: t.View, Batch: t.Batch, Project: t.Project, ProjectName: v.projects[t.Project],
		Dept: t.Dept, DeptName: v.d.dept(t.Dept), Amount: v.amounts[t.Project], Assignee: v.d.maybe(t.Assignee, ""),
		CreatedAt: local(&t.CreatedAt), ClosedAt: local(t.ClosedAt), Round: t.Round, Due: v.c.taskDue(t),
	}
	if title, ok := v.issues[t.BusinessKey]; ok {
		out.Rectification, out.RectificationTitle = t.BusinessKey, title
	}
	if t.State == process.TaskClosed {
		out.State, out.Outcome, out.Due = "closed", t.Operation, wire.Due{At: local(t.DueAt), Light: none, Limit: t.DueWorkdays}
	}
	out.Why = v.why(t, scope)
	if k, ok := v.copies[t.Key]; ok {
		out.Unread = k.ReadAt == nil
	}
	return out
}

func (v *taskView) name(t process.Task) string {
	if v.c.lang == texts.English && t.NameEn != "" {
		return t.NameEn
	}
	return t.Name
}

func (v *taskView) processName(id string) string {
	def, ok := v.process[id]
	switch {
	case !ok:
		return id
	case v.c.lang == texts.English && def.NameEn != "":
		return def.NameEn
	}
	return def.Name
}

// amountOf is the sum that matters most at the stage that the books have reached.
func amountOf(t wire.Totals) string {
	for _, sum := range []string{t.Contracted, t.Approved, t.Reviewed, t.Declared} {
		if sum != "" && sum != "0.00" {
			return sum
		}
	}
	return t.Declared
}

// why says why a task is with the person.
func (v *taskView) why(t process.Task, scope process.Scope) *wire.Why {
	me := v.c.who.Person.ID
	if scope == process.ScopeDone {
		return &wire.Why{Kind: "acted", Text: v.c.text("why.acted")}
	}
	if k, ok := v.copies[t.Key]; ok {
		return &wire.Why{Kind: "cc", Text: v.c.text("why.cc", "who", v.d.ref(k.Sender, "").Name)}
	}
	detail, err := t.Details()
	if err != nil {
		return nil
	}
	for _, s := range detail.Seats {
		if s.Actor == me && (s.State == "active" || s.State == "suspended") {
			kind := map[string]string{"transfer": "transfer", "delegate": "delegate", "proxy": "proxy", "addBefore": "addSign",
				"addAfter": "addSign", "addParallel": "addSign"}[s.Origin]
			if kind == "" {
				kind = "seat"
			}
			return &wire.Why{Kind: kind, Text: v.c.text("why." + kind), Post: s.Group}
		}
	}
	if t.Assignee == me {
		return &wire.Why{Kind: "assigned", Text: v.c.text("why.assigned")}
	}
	for _, post := range v.c.who.postIDs() {
		if contains(detail.Groups, post) {
			return &wire.Why{Kind: "post", Text: v.c.text("why.post", "post", v.d.post(post)), Post: post}
		}
	}
	if contains(detail.Users, me) {
		return &wire.Why{Kind: "assigned", Text: v.c.text("why.assigned")}
	}
	return nil
}

// readCopies reads who gave the person each of the tasks to read, and whether he has.
func (v *taskView) readCopies(tasks []process.Task) error {
	v.copies = map[int64]process.TaskCopy{}
	keys := make([]int64, len(tasks))
	for i, t := range tasks {
		keys[i] = t.Key
	}
	all, err := process.CopiesFor(v.c.db(), v.c.who.Person.ID, keys)
	if err != nil {
		return err
	}
	var senders []string
	for _, k := range all {
		v.copies[k.Task], senders = k, append(senders, k.Sender)
	}
	return v.d.know(senders...)
}

// unique is a list sorted, each once.
func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// openTasks are the open tasks of a root instance as anybody who sees the matter may see them.
func (c *call) openTasks(d *directory, root int64) ([]wire.NextTask, error) {
	tasks, err := process.OpenTasks(c.db(), root)
	if err != nil {
		return nil, err
	}
	return c.nextTasks(d, tasks)
}

// nextTasks say whose each task is.
func (c *call) nextTasks(d *directory, tasks []process.Task) ([]wire.NextTask, error) {
	holders, err := process.CandidatesOf(c.db(), tasks)
	if err != nil {
		return nil, err
	}
	return c.nextTasksOf(d, tasks, holders)
}

// nextTasksOf does so where it is known whose the tasks are.
func (c *call) nextTasksOf(d *directory, tasks []process.Task, holders map[int64][]string) ([]wire.NextTask, error) {
	out := []wire.NextTask{}
	v := &taskView{c: c, d: d}
	for _, t := range tasks {
		principals := holders[t.Key]
		due := c.taskDue(t)
		n := wire.NextTask{Key: keyText(t.Key), Name: v.name(t), Element: t.Element, Process: t.Process, Due: &due}
		if err := c.heldBy(d, &n, principals); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// heldBy says whose a task is: persons, and posts that may take it.
func (c *call) heldBy(d *directory, n *wire.NextTask, principals []string) error {
	n.Holders = []wire.PersonRef{}
	principals, err := c.sealed(principals)
	if err != nil {
		return err
	}
	if err := d.know(principals...); err != nil {
		return err
	}
	// Whoever comes from outside is named before the house's own people, who do his part only in his place.
	slices.SortStableFunc(principals, func(a, b string) int { return cmp.Compare(insider(a), insider(b)) })
	for _, p := range principals {
		n.Holders = append(n.Holders, d.ref(p, ""))
		n.Mine = n.Mine || p == c.who.Person.ID || contains(c.who.postIDs(), p)
	}
	return nil
}
