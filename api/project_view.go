package api

import (
	"slices"

	"strconv"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/running"
)

func totals(t books.Totals) wire.Totals {
	return wire.Totals{
		Declared: t.Declared.String(), Reviewed: t.Reviewed.String(), Cut: t.Cut.String(), Approved: t.Approved.String(),
		Issued: t.Issued.String(), Contracted: t.Contracted.String(), Paid: t.Paid.String(), Refunded: t.Refunded.String(),
	}
}

func (c *call) summary(d *directory, p books.ProjectRow) wire.ProjectSummary {
	updated := p.UpdatedAt.In(models.Zone)
	return wire.ProjectSummary{
		Code: p.Code, Name: p.Name, Type: p.Type, Dept: p.DeptID, DeptName: d.dept(p.DeptID),
		Stage: string(p.Stage), StageName: c.text("stage." + string(p.Stage)), Status: p.Status(), MlpsLevel: p.MlpsLevel,
		SubmittedOn: string(p.SubmittedOn), AcceptedOn: string(p.AcceptedOn), UpdatedAt: &updated, Totals: totals(p.Totals),
	}
}

// project reads one project that the person may see, as a row.
func (c *call) project(code string) (books.ProjectRow, error) {
	return books.ProjectByCode(c.db(), c.who.viewer(), code)
}

// page is all of a project's page that is not asked for separately.
func (c *call) page(code string) (wire.Project, error) {
	row, err := c.project(code)
	if err != nil {
		return wire.Project{}, err
	}
	d, err := c.directory()
	if err != nil {
		return wire.Project{}, err
	}
	bar, err := books.StageBar(c.db(), row.Project)
	if err != nil {
		return wire.Project{}, err
	}
	breaches, err := books.Breaches(c.db(), code)
	if err != nil {
		return wire.Project{}, err
	}
	form := map[string]any{}
	if err := row.Form.Into(&form); err != nil {
		return wire.Project{}, err
	}
	root, err := c.rootOf(code)
	if err != nil {
		return wire.Project{}, err
	}
	sight, err := c.sightOf(row.Project)
	if err != nil {
		return wire.Project{}, err
	}
	lines, err := books.LineViews(c.db(), code, c.who.sees == seesAll && sight.reviews()) // applicants see what is issued
	if err != nil {
		return wire.Project{}, err
	}
	out := wire.Project{
		ProjectSummary: c.summary(d, row), Version: row.Version, Revision: row.RevisionNo, RulePack: row.RulePack, Form: sight.form(form),
		Stages: c.stageBar(bar), OpenTasks: []wire.NextTask{}, Breaches: c.breaches(breaches),
	}
	out.Totals = sight.totals(row.Totals)
	taken, err := running.TakenAmong(c.db(), code)
	if err != nil {
		return wire.Project{}, err
	}
	out.Backfilled = taken[code]
	if out.Lines, err = c.lines(d, lines); err != nil {
		return wire.Project{}, err
	}
	if !sight.whole("lines.declared") {
		out.Lines = []wire.Line{}
	}
	if root != 0 {
		out.InstanceKey = keyText(root)
		if out.OpenTasks, err = c.openTasks(d, root); err != nil {
			return wire.Project{}, err
		}
		beside, err := c.tasksOf(code, func(process.RootState) bool { return true })
		if err != nil {
			return wire.Project{}, err
		}
		out.OpenTasks = append(out.OpenTasks, beside...) // further packages, and changes
		if !sight.follows() {
			out.OpenTasks = slices.DeleteFunc(out.OpenTasks, func(t wire.NextTask) bool { return !sight.his(t.Element) })
		}
		out.Light = worst(out.OpenTasks)
	}
	if out.Clocks, err = c.matterClocks(code, root, root != 0 && sight.follows()); err != nil {
		return wire.Project{}, err
	}
	if out.FormSchema, err = c.applicationForm(root); err != nil {
		return wire.Project{}, err
	}
	if out.Allowed, err = c.allowed(row); err != nil {
		return wire.Project{}, err
	}
	if contains(out.Allowed, "edit") {
		if out.IncompleteLines, err = c.incompleteLines(code); err != nil {
			return wire.Project{}, err
		}
	}
	if out.Supplement, err = c.supplement(row.Project); err != nil {
		return wire.Project{}, err
	}
	if root == 0 {
		return out, nil
	}
	state, err := process.RootByKey(c.db(), root)
	if err != nil {
		return out, err
	}
	govern, err := c.governs(state)
	out.Allowed = append(out.Allowed, govern...)
	return out, err
}

// supplement is what a project's applicant is asked for, nil when it is nothing.
func (c *call) supplement(p books.Project) (*wire.Supplement, error) {
	if p.Stage != books.Supplementing {
		return nil, nil
	}
	items, err := books.Asked(c.db(), p)
	if err != nil {
		return nil, err
	}
	may, err := books.ChangeableIn(c.db(), p)
	out := &wire.Supplement{Round: p.SupplementRound, Items: []wire.SupplementItem{}, Changeable: may.Names()}
	for _, it := range items {
		out.Items = append(out.Items, wire.SupplementItem{Item: it.Item, Requirement: it.Requirement, Parts: it.Parts()})
	}
	return out, err
}

// rootOf is the life of a project, 0 before it has one.
func (c *call) rootOf(code string) (int64, error) {
	var key int64
	err := c.db().
		Raw("SELECT key FROM root_state WHERE project = ? AND process = ? AND business_key = ? ORDER BY key LIMIT 1", code, lifecycle,
			code).
		Scan(&key).
		Error
	return key, err
}

const lifecycle = "qc_lifecycle"

// allowed is what the person may do with a project now.
func (c *call) allowed(p books.ProjectRow) ([]string, error) {
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	edit, err := acts.MayEdit(c.db(), a, p.Project)
	if err != nil {
		return nil, err
	}
	submit, err := acts.MaySubmit(c.db(), a, p.Project)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, may := range []struct {
		ok   bool
		what string
	}{
		{edit, "edit"}, {submit, "submit"}, {acts.MayWithdraw(a, p.Project), "withdraw"},
		{c.who.may(documentAdd) && p.Stage != books.Archived, "upload"}, {c.who.may(rectRaise), "rectify"},
		{c.who.may(partnerWork), "offline"},
	} {
		if may.ok {
			out = append(out, may.what)
		}
	}
	return out, nil
}

// own reports whether the person applies for a department.
func (c *call) own(dept string) bool {
	for _, p := range c.who.Posts {
		if p.DeptID == dept && (p.Role == "APPLY_CLERK" || p.Role == "APPLY_LEADER") {
			return true
		}
	}
	return false
}

func (c *call) stageBar(bar []books.StageStep) []wire.StageStep {
	out := []wire.StageStep{}
	for _, s := range bar {
		out = append(
			out, wire.StageStep{Stage: string(s.Stage), Name: c.text("stage." + string(s.Stage)), State: s.State, On: string(s.On)},
		)
	}
	return out
}

func (c *call) breaches(all []books.Breach) []wire.Breach {
	out := []wire.Breach{}
	for _, b := range all {
		at := b.At.In(models.Zone)
		out = append(out, wire.Breach{Code: b.Rule, Message: c.textOf("breach."+b.Rule, b.Said()), At: &at})
	}
	return out
}

func (c *call) lines(d *directory, all []books.LineView) ([]wire.Line, error) {
	out, objectors := []wire.Line{}, []string{}
	for _, l := range all {
		if l.Objection != nil {
			objectors = append(objectors, l.Objection.Actor)
		}
	}
	if err := d.know(objectors...); err != nil {
		return nil, err
	}
	for _, l := range all {
		w := wire.Line{
			No: l.LineNo, Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty.String(),
			UnitPrice: l.UnitPrice.String(),
			Declared:  l.Declared.String(), Reviewed: money(l.Reviewed), Cut: money(l.Cut), Reason: l.Reason, SecondReason: l.SecondReason,
			ReasonRef: l.Capability,
			Comment:   l.Basis,
			Remark:    l.Remark, Previous: money(l.Previous), Suggested: money(l.Suggested),
		}
		if o := l.Objection; o != nil {
			at := o.At.In(models.Zone)
			w.Objection = &wire.Objection{Text: o.Text, By: d.maybe(o.Actor, ""), At: &at, Reply: o.Reply, Outcome: o.Outcome}
		}
		out = append(out, w)
	}
	return out, nil
}

// incompleteLines are the rows of a draft that are no lines yet.
func (c *call) incompleteLines(code string) ([]wire.IncompleteLine, error) {
	rows, err := books.IncompleteLines(c.db(), code)
	var out []wire.IncompleteLine
	for _, l := range rows {
		out = append(out, wire.IncompleteLine{
			No: l.LineNo, Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty, UnitPrice: l.UnitPrice,
			Remark: l.Remark, Missing: l.Missing(),
		})
	}
	return out, err
}

func money(m *models.Money) string {
	if m == nil {
		return ""
	}
	return m.String()
}

func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

func local(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	l := t.In(models.Zone)
	return &l
}
