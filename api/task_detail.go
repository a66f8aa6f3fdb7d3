package api

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// task reads a task that the person may see: it is or was his, he
// was given it to read, or he sees the matter.
func (c *call) task() (process.Task, error) { return c.taskByKey(c.Param("key")) }

func (c *call) taskByKey(text string) (process.Task, error) {
	key, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return process.Task{}, notFound()
	}
	t, mine, err := process.TaskOf(c.db(), key, c.who.Person.ID, c.who.postIDs())
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return t, notFound()
	}
	if err != nil || mine {
		return t, err
	}
	visible, err := c.seesMatterOf(t)
	if err == nil && !visible {
		err = notFound()
	}
	return t, err
}

// seesMatterOf reports whether the person sees the matter that a task belongs to, and with it the task.
func (c *call) seesMatterOf(t process.Task) (bool, error) {
	if t.Project == "" {
		root, err := process.RootByKey(c.db(), t.Root)
		if err != nil {
			return false, err
		}
		err = c.seesCase(root)
		var p *problem
		if errors.As(err, &p) && p.Status == http.StatusNotFound {
			return false, nil
		}
		return err == nil, err
	}
	row, err := c.project(t.Project)
	var unseen *models.Refusal
	if errors.As(err, &unseen) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sight, err := c.sightOf(row.Project)
	if err != nil {
		return false, err
	}
	return sight.opens(t.Element), nil
}

// getTask is all that the task page shows.
func getTask(c *call) (any, error) {
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	if err := c.receipt(t); err != nil {
		return nil, err
	}
	detail, err := t.Details()
	if err != nil {
		return nil, err
	}
	p, err := c.process(t.Root)
	if err != nil {
		return nil, err
	}
	v, err := c.taskView([]process.Task{t})
	if err != nil {
		return nil, err
	}
	out := wire.TaskDetail{
		TaskSummary: v.summary(
			t, process.ScopeMine,
		), InstanceKey: keyText(t.Instance), CaseKey: keyText(t.Root), Policy: t.Policy, About: t.About, Data: map[string]any{},
		Guidance: c.guidance(p, t), MayBackRegister: c.who.may(backRegister),
	}
	for _, fill := range []func() error{
		func() error { return c.fillForm(&out, p, t, detail) },
		func() error { return c.fillMatter(&out, v.d, t) },
		func() error { return c.fillSeats(&out, v.d, t, detail) },
		func() error { return c.fillCopies(&out, v.d, t) },
		func() error { return c.fillConfirmations(&out, v.d, t) },
		func() error { return c.fillDraft(&out, t) },
		func() error { return c.fillCheckPoint(&out) },
	} {
		if err := fill(); err != nil {
			return nil, err
		}
	}
	if out.Digest, err = c.contentOf(t, out); err != nil {
		return nil, err
	}
	if err := c.supervised(&out, v.d, t); err != nil {
		return nil, err
	}
	out.Appended, out.Steps = detail.Appended, detail.Steps
	if detail.ActsLate() {
		out.Late = c.text("timeout." + detail.Late)
	}
	if out.Opinions, err = c.thread(v.d, t.Root); err != nil {
		return nil, err
	}
	a, err := c.actingAt(t, operation{}, wire.OperationRequest{})
	if err != nil {
		return nil, err
	}
	if out.Operations, err = c.offers(p, t, detail, a, len(out.Form) > 0); err != nil {
		return nil, err
	}
	for _, post := range c.who.postIDs() {
		if contains(detail.Groups, post) {
			out.Posts = append(out.Posts, post)
		}
	}
	return reply{Status: http.StatusOK, Header: map[string]string{"ETag": etag(t.Version)}, Body: out}, nil
}

// guidance is what the step is about: the documentation of its element.
func (c *call) guidance(p *matter, t process.Task) string {
	e := p.bundle.Element(t.Process, t.Element)
	if e == nil {
		return ""
	}
	return e.Documentation
}

func (c *call) elementName(e *bpmn.Element) string {
	if c.lang == texts.English && e.Ext.NameEn != "" {
		return e.Ext.NameEn
	}
	if e.Name == "" {
		return e.ID
	}
	return e.Name
}

// fillForm gives the form, and of the visible variables those that it mentions:
// figures that a step must not show are not in its form.
func (c *call) fillForm(out *wire.TaskDetail, p *matter, t process.Task, detail process.TaskDetail) error {
	schema := p.bundle.Schemas[t.Form]
	if len(schema) == 0 {
		return nil
	}
	if err := json.Unmarshal(schema, &out.Form); err != nil {
		return err
	}
	raw, err := json.Marshal(p.state.Visible(t.Key))
	if err != nil {
		return err
	}
	var now, inputs map[string]any // the state has forgotten a closed task, its row has not
	if err := models.JSON(raw).Into(&now); err != nil {
		return err
	}
	if err := detail.Inputs.Into(&inputs); err != nil {
		return err
	}
	visible := map[string]any{}
	maps.Copy(visible, now)
	maps.Copy(visible, inputs)
	words := map[string]bool{}
	for _, w := range word.FindAllString(string(schema), -1) {
		words[w] = true
	}
	for name, value := range visible {
		if words[name] {
			out.Data[name] = value
		}
	}
	return nil
}

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// fillMatter gives facts, sheet and documents of the project or the rectification.
func (c *call) fillMatter(out *wire.TaskDetail, d *directory, t process.Task) error {
	out.Facts = []wire.Fact{}
	if out.Rectification != "" {
		r, err := books.FindRectification(c.db(), out.Rectification)
		if err != nil {
			return err
		}
		out.Facts = append(out.Facts, c.rectificationFacts(d, r)...)
	}
	if t.About == aboutStuck {
		facts, err := c.stuckFacts(d, t.BusinessKey)
		if err != nil {
			return err
		}
		out.Facts = append(out.Facts, facts...)
	}
	if t.Project == "" {
		return nil
	}
	row, err := books.ProjectByCode(c.db(), nil, t.Project) // seeing the task is seeing its matter
	if err != nil {
		return err
	}
	sight, err := c.sightOf(row.Project)
	if err != nil {
		return err
	}
	out.Facts = append(out.Facts, c.projectFacts(d, row, sight)...)
	more, err := c.stageFacts(t)
	if err != nil {
		return err
	}
	out.Facts = append(out.Facts, more...)
	if out.Documents, err = c.documents(t.Project); err != nil {
		return err
	}
	if t.View == "trimming" || t.View == "objection" || t.View == "opinion" {
		out.Sheet, err = c.sheet(d, t)
	}
	if err != nil || out.Sheet == nil || sight.reviews() {
		return err
	}
	holds, err := c.holdsTask(t.Key)
	if err == nil && (t.State == process.TaskClosed || !holds) { // of a round that runs without him, or runs without him again
		hideReview(out.Sheet)
	}
	return err
}

// stageFacts are what the books say that matters for this step.
func (c *call) stageFacts(t process.Task) ([]wire.Fact, error) {
	matter, err := books.Matter(c.db(), t.Project, t.About)
	if err != nil {
		return nil, err
	}
	facts := make([]wire.Fact, 0, len(matter))
	for _, f := range matter {
		fact := wire.Fact{Label: c.textOf(f.Key, f.Args), Value: f.Value, Kind: f.Kind}
		if f.Kind == "key" {
			fact.Value, fact.Kind = c.text(f.Value), "text"
		}
		facts = append(facts, fact)
	}
	return facts, nil
}

func (c *call) projectFacts(d *directory, p books.ProjectRow, sight *caseSight) []wire.Fact {
	facts, seen := []wire.Fact{}, sight.totals(p.Totals)
	for _, m := range []struct {
		key   string
		value models.Money
		seen  string
	}{
		{"declared", p.Totals.Declared, seen.Declared}, {"reviewed", p.Totals.Reviewed, seen.Reviewed},
		{"approved", p.Totals.Approved, seen.Approved},
		{"issued", p.Totals.Issued, seen.Issued}, {"contracted", p.Totals.Contracted, seen.Contracted},
		{"paid", p.Totals.NetPaid(), seen.Paid},
	} {
		if m.value.Sign() > 0 && m.seen != "" {
			facts = append(facts, wire.Fact{Label: c.text("ledger." + m.key), Value: m.value.String(), Kind: "money"})
		}
	}
	facts = append(facts,
		wire.Fact{Label: c.text("fact.project"), Value: p.Name, Kind: "link", Href: "/projects/" + p.Code},
		wire.Fact{Label: c.text("fact.code"), Value: p.Code, Kind: "text"},
		wire.Fact{Label: c.text("fact.dept"), Value: d.dept(p.DeptID), Kind: "text"},
		wire.Fact{Label: c.text("fact.type"), Value: p.Type, Kind: "text"},
		wire.Fact{Label: c.text("fact.stage"), Value: c.text("stage." + string(p.Stage)), Kind: "text"})
	if p.MlpsLevel > 0 {
		facts = append(facts, wire.Fact{Label: c.text("fact.mlps"), Value: keyText(int64(p.MlpsLevel)), Kind: "text"})
	}
	for _, on := range []struct {
		key  string
		date models.Date
	}{{"fact.submittedOn", p.SubmittedOn}, {"fact.acceptedOn", p.AcceptedOn}} {
		if on.date != "" {
			facts = append(facts, wire.Fact{Label: c.text(on.key), Value: string(on.date), Kind: "date"})
		}
	}
	return facts
}

func (c *call) rectificationFacts(d *directory, r books.Rectification) []wire.Fact {
	facts := []wire.Fact{
		{Label: c.text("fact.rectification"), Value: r.Title, Kind: "link", Href: "/rectifications/" + r.No},
		{Label: c.text("fact.severity"), Value: r.Severity, Kind: "text"},
		{Label: c.text("fact.owner"), Value: d.dept(r.OwnerDept), Kind: "text"},
		{Label: c.text("fact.foundOn"), Value: string(r.FoundOn), Kind: "date"},
	}
	if r.Description != "" {
		facts = append(facts, wire.Fact{Label: c.text("fact.description"), Value: r.Description, Kind: "text"})
	}
	return facts
}

// blindCommand marks the cross-check, whose reviewer enters figures of his own
// before he sees the other's (rule B08).
const blindCommand = "trimming.cross"

// blind reports whether the person still has to enter figures of his own for a
// project's cross-check: until then the other reviewer's are hidden everywhere.
func (c *call) blind(project string) (bool, error) { return c.blinds(project, c.who) }

func (c *call) blinds(project string, who *identity) (bool, error) {
	var n int64
	err := c.db().
		Raw(`SELECT count(*) FROM task t JOIN task_candidate k ON k.key = t.key WHERE t.project = ? AND t.command = ? AND k.principal IN ?`,
			project, blindCommand, append(who.postIDs(), who.Person.ID)).
		Scan(&n).
		Error
	return n > 0, err
}

// sheet is the trimming sheet as the step may see it.
func (c *call) sheet(d *directory, t process.Task) (*wire.Sheet, error) {
	s, err := books.CurrentSheet(c.db(), t.Project)
	if err != nil {
		return nil, err
	}
	out := &wire.Sheet{
		ID: t.Project + "/" + keyText(
			int64(s.Round),
		), Round: s.Round, State: strings.ToLower(s.Kind), Declared: s.Declared.String(), Reviewed: s.Reviewed.String(),
		Cut: s.Cut.String(), Rate: s.Rate.Percent(), ByReason: []wire.ReasonSum{},
	}
	if out.Lines, err = c.lines(d, s.Lines); err != nil {
		return nil, err
	}
	for _, r := range s.ByReason {
		out.ByReason = append(out.ByReason, wire.ReasonSum{Reason: r.Reason, Amount: r.Amount.String(), Lines: r.Lines})
	}
	blind := t.View == "opinion"
	if !blind {
		blind, err = c.blind(t.Project)
	}
	if blind {
		hideReview(out)
	}
	return out, err
}

// hideReview leaves of a sheet what was declared.
func hideReview(s *wire.Sheet) {
	s.Reviewed, s.Cut, s.Rate, s.ByReason, s.Blind = s.Declared, models.Money{}.String(), "0.00", []wire.ReasonSum{}, true
	for i, l := range s.Lines {
		s.Lines[i] = wire.Line{
			No: l.No, Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty, UnitPrice: l.UnitPrice,
			Declared: l.Declared, Remark: l.Remark,
		}
	}
}

func (c *call) fillSeats(out *wire.TaskDetail, d *directory, t process.Task, detail process.TaskDetail) error {
	var people []string
	for _, s := range detail.Seats {
		people = append(people, s.Actor, s.Principal)
	}
	if err := d.know(people...); err != nil {
		return err
	}
	reads, err := process.ReadsOf(c.db(), t.Key)
	if err != nil {
		return err
	}
	answers, err := process.AnswersOn(c.db(), t.Key)
	if err != nil {
		return err
	}
	for _, s := range detail.Seats {
		principal := s.Principal
		if principal == "" {
			principal = s.Group
		}
		var read *time.Time
		if at, ok := reads[s.Actor]; ok {
			read = local(&at)
		}
		var filled map[string]any
		if err := answers[s.Actor].Into(&filled); s.State == "done" && err != nil {
			return err
		}
		if detail.Blind && t.State != process.TaskClosed && s.Actor != c.who.Person.ID {
			filled, s.Decision, s.Opinion = nil, "", ""
		}
		decided := ""
		if !s.DecidedAt.IsZero() {
			decided = string(models.DateOf(s.DecidedAt))
		}
		out.Seats = append(out.Seats, wire.SeatView{
			DecidedOn: decided, Evidence: s.Evidence,
			Answers: filled, No: s.No, Actor: d.maybe(s.Actor, s.Group), Principal: d.maybe(principal, ""), Origin: s.Origin,
			State:    s.State,
			Decision: s.Decision, Opinion: s.Opinion, SignedAt: local(&s.SignedAt), ReadAt: read, Whys: c.whys(d, s.Why),
		})
	}
	for i := range detail.Whys {
		out.Whys = append(out.Whys, c.whys(d, &detail.Whys[i])...)
	}
	return nil
}

// whys says the reason of a decision about people; one of a former release that has no words is not said.
func (c *call) whys(d *directory, w *process.TaskWhy) []wire.SeatWhy {
	if w == nil || !texts.Has("seated."+w.Rule) {
		return nil
	}
	args := maps.Clone(w.Args)
	for name, value := range args {
		switch {
		case value == "":
		case strings.Contains(value, "@"):
			args[name] = d.post(value)
		case name == "person" || name == "by" || name == "principal" || name == "deputy":
			if d.know(value) == nil {
				args[name] = d.ref(value, "").Name
			}
		case name == "unit" || name == "org" || name == "old" || name == "new":
			args[name] = d.dept(value)
		case name == "duty" || name == "other":
			args[name] = c.text("duty." + value)
		case name == "reason":
			slug, _, _ := strings.Cut(value, " ") // of a duty which one: its name may be sealed
			args[name] = c.text("receiver." + slug)
		}
	}
	return []wire.SeatWhy{{Rule: w.Rule, Text: c.textOf("seated."+w.Rule, args)}}
}

func (c *call) fillDraft(out *wire.TaskDetail, t process.Task) error {
	d, err := process.TaskDraftOf(c.db(), t.Key, c.who.Person.ID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	out.Draft, err = draftOf(d)
	return err
}

func draftOf(d process.TaskDraft) (*wire.Draft, error) {
	w := &wire.Draft{Opinion: d.Opinion, Reason: d.Reason, Revision: d.Revision, SavedAt: local(&d.SavedAt)}
	return w, d.Data.Into(&w.Data)
}
