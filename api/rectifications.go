package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

func listRectifications(c *call) (any, error) { return c.rectifications(c.rectificationFilter()) }

// rectificationFilter is what the address asks of the list of findings.
func (c *call) rectificationFilter() books.RectificationFilter {
	return books.RectificationFilter{
		States: c.QueryArray("state"), Dept: c.Query("dept"), Project: c.Query("project"), Viewer: c.who.viewer(), Show: c.Query("show"),
		Asking: c.asking(), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	}
}

func (c *call) asking() books.Asking {
	return books.Asking{Principals: append(c.who.postIDs(), c.who.Person.ID), Now: c.now}
}

// projectRectifications are those about a project that the person may see.
func projectRectifications(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	return c.rectifications(books.RectificationFilter{Project: p.Code, Asking: c.asking(), Limit: 200})
}

func (c *call) rectifications(f books.RectificationFilter) (any, error) {
	rows, next, counts, err := books.Rectifications(c.db(), f)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	tasks, err := c.tasksOfRectifications(d, rows)
	if err != nil {
		return nil, err
	}
	out := wire.RectificationPage{Items: []wire.Rectification{}, Next: next, Counts: counts}
	if out.Shows, err = books.ShownRectifications(c.db(), f); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := d.know(r.Registrar, r.Verifier); err != nil {
			return nil, err
		}
		w := c.rectification(d, r.Rectification)
		w.OwnerDeptName, w.ProjectName, w.OpenTasks = d.dept(r.OwnerDept), r.ProjectName, tasks[r.No]
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// tasksOfRectifications are the open tasks of rectifications, by number.
func (c *call) tasksOfRectifications(d *directory, rows []books.RectificationRow) (map[string][]wire.NextTask, error) {
	var numbers []string
	for _, r := range rows {
		numbers = append(numbers, r.No)
	}
	open, err := process.OpenTasksOf(c.db(), numbers)
	if err != nil {
		return nil, err
	}
	next, err := c.nextTasks(d, open)
	if err != nil {
		return nil, err
	}
	out := map[string][]wire.NextTask{}
	for i, t := range open {
		out[t.BusinessKey] = append(out[t.BusinessKey], next[i])
	}
	return out, nil
}

func (c *call) rectification(d *directory, r books.Rectification) wire.Rectification {
	due := wire.Due{Light: none}
	if r.DueOn != "" && r.State != books.RectClosed && r.State != books.RectReferredUp { // who waits for the superior is not late
		end := r.DueOn.AddDays(1).Start().Add(-1)
		due = c.due(&end, 0)
	}
	out := wire.Rectification{
		No: r.No, Title: r.Title, Description: r.Description, State: r.State, StateName: c.text("rectState." + r.State),
		Severity: r.Severity, Impact: r.Impact, Scope: r.Scope,
		Source: r.Source, Project: string(r.Project), OwnerDept: r.OwnerDept, OwnerDeptName: d.dept(r.OwnerDept),
		FoundOn: string(r.FoundOn),
		FoundBy: d.maybe(
			r.Registrar, "",
		), ClosedOn: string(r.ClosedOn), Due: &due, Cause: r.Cause, Analysis: r.Analysis, Measures: measures(r.Measures),
		Evidence: r.Evidence, Verification: r.Verification, Method: r.Method, Verifier: d.maybe(r.Verifier, ""), ReferredTo: r.ReferredTo,
		Returns: r.Returns, Blocking: r.Blocking,
		MaterialsCut: r.MaterialsCut, StepsCut: r.StepsCut,
	}
	if r.DaysCut != 0 {
		out.DaysCut = decimal.New(int64(r.DaysCut), -1).StringFixed(1)
	}
	return out
}

// measures of a plan as lines of text.
func measures(raw models.JSON) string {
	var all []books.Measure
	if raw.Into(&all) != nil {
		return ""
	}
	var lines []string
	for _, m := range all {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{m.Text, m.Owner, string(m.Due)}, " ")))
	}
	return strings.Join(lines, "\n")
}

// docsNamed are the documents with these ids.
func docsNamed(all []wire.Document, ids models.JSON) (out []wire.Document) {
	var wanted []string
	if ids.Into(&wanted) != nil {
		return nil
	}
	for _, doc := range all {
		if slices.Contains(wanted, doc.ID) {
			out = append(out, doc)
		}
	}
	return out
}

// seen reads a rectification that the person may see.
func (c *call) seen(no string) (books.Rectification, error) {
	r, err := books.FindRectification(c.db(), no)
	if err != nil {
		return r, err
	}
	v := c.who.viewer()
	if v == nil || slices.Contains(v.Depts, r.OwnerDept) || r.Registrar == c.who.Person.ID {
		return r, nil
	}
	if r.Project == "" {
		return r, notFound()
	}
	_, err = c.project(string(r.Project))
	return r, err
}

func getRectification(c *call) (any, error) {
	r, err := c.seen(c.Param("no"))
	if err != nil {
		return nil, err
	}
	return c.rectificationPage(r)
}

func (c *call) rectificationPage(r books.Rectification) (wire.Rectification, error) {
	d, err := c.directory()
	if err != nil {
		return wire.Rectification{}, err
	}
	steps, err := books.RectificationHistory(c.db(), r.No)
	if err != nil {
		return wire.Rectification{}, err
	}
	people := []string{r.Registrar, r.Verifier}
	for _, s := range steps {
		people = append(people, s.Actor)
	}
	if err := d.know(people...); err != nil {
		return wire.Rectification{}, err
	}
	out := c.rectification(d, r)
	for i := len(steps) - 1; i >= 0; i-- { // newest first
		s := steps[i]
		out.History = append(out.History, wire.TimelineEntry{
			ID: keyText(int64(s.Seq)), At: s.At.In(models.Zone), BusinessDate: string(s.BusinessDate), Action: s.Action,
			Title: c.text("rectStep." + s.Action), Actor: d.maybe(s.Actor, ""), Text: s.Text,
		})
	}
	all, err := c.evidence(r)
	if err != nil {
		return out, err
	}
	if r.Project != "" {
		p, err := books.FindProject(c.db(), string(r.Project))
		if err != nil {
			return out, err
		}
		out.ProjectName = p.Name
		if all, err = c.documents(p.Code); err != nil {
			return out, err
		}
	}
	out.Before, out.After = docsNamed(all, r.BeforeDocs), docsNamed(all, r.AfterDocs)
	if r.Root != 0 {
		out.InstanceKey = keyText(r.Root)
	}
	if root, err := c.rectificationRoot(r); err != nil || root == 0 {
		return out, err
	} else if out.OpenTasks, err = c.rectificationTasks(d, root, r.No); err != nil {
		return out, err
	}
	return out, nil
}

// rectificationRoot is the root instance in which a rectification runs: its
// own, or that of the project whose acceptance called it.
func (c *call) rectificationRoot(r books.Rectification) (int64, error) {
	if r.Root != 0 {
		return r.Root, nil
	}
	var key int64
	err := c.db().Raw("SELECT key FROM root_state WHERE business_key = ? ORDER BY key DESC LIMIT 1", r.No).Scan(&key).Error
	return key, err
}

func (c *call) rectificationTasks(d *directory, root int64, no string) ([]wire.NextTask, error) {
	open, err := process.OpenTasks(c.db(), root)
	if err != nil {
		return nil, err
	}
	own := slices.DeleteFunc(open, func(t process.Task) bool { return t.BusinessKey != no })
	return c.nextTasks(d, own)
}

func rectificationDiagram(c *call) (any, error) {
	r, err := c.seen(c.Param("no"))
	if err != nil {
		return nil, err
	}
	root, err := c.rectificationRoot(r)
	if err != nil {
		return nil, err
	}
	if root == 0 {
		return wire.Diagram{Processes: []wire.DiagramProcess{}}, nil
	}
	return c.diagram(root, func(i process.Instance) bool { return i.BusinessKey == r.No || i.Process == rectifyProcess })
}

const rectifyProcess = "qc_r1_rectify"

// raiseRectification raises one by hand.
func raiseRectification(c *call) (any, error) {
	var in wire.RectificationInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Project != "" {
		if _, err := c.project(in.Project); err != nil {
			return nil, invalid().field("/project", "not-found")
		}
	}
	a, err := c.acting(in.Post, in.FoundOn, "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		r, err := acts.Raise(tx, a, acts.Finding{
			Title: in.Title, Description: in.Description, Project: in.Project, OwnerDept: in.OwnerDept, Severity: in.Severity,
			Source: in.Source, FoundOn: models.Date(in.FoundOn),
		})
		if err != nil {
			return reply{}, err
		}
		page, err := c.rectificationPage(r)
		return reply{Status: http.StatusCreated, Body: page}, err
	})
}
